"""Where a next version is told that somebody types: in its parent's thread, and never before other eyes."""

from __future__ import annotations

import pytest

from bot.model import JobState, Task
from tests.edge.slack.stage import Stage, kind_of
from tests.emulators.slack import Answer, Channel, SeenMessage, upload

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" + b"IEND\xaeB`\x82"

FOLLOW = "Follow it in the thread of the version before"


def a_room(stage: Stage, *, bot_in: bool = True) -> Channel:
    """Make a private channel with Ann in it."""
    room = stage.team.channel("secret", private=True, bot_in=bot_in)
    room.invite(stage.ann)
    return room


async def a_model(stage: Stage, where: Channel) -> Task:
    """Have a model made and told in a thread of its own somewhere."""
    if where is stage.ann.im:
        await stage.ann.dm("a brass owl")
    else:
        await stage.ann.command(where, "/rodin a brass owl")
    task = await stage.accepted()
    await stage.tell()
    await stage.make()
    return await stage.house.now(task)


async def typed(stage: Stage, where: Channel, line: str) -> tuple[Task, Answer]:
    """Type a follow-up; return what it made, told once, and what was answered."""
    answer = await stage.ann.command(where, f"/rodin {line}")
    task = await stage.accepted(2)
    await stage.slack.until(lambda: answer.ephemerals)
    await stage.tell()
    return task, answer


def in_thread(stage: Stage, task: Task, root: SeenMessage) -> list[SeenMessage]:
    """The status messages of a task in a thread."""
    return [one for one in stage.replies(root) if task.id in one.text and kind_of(one) == "status"]


def anywhere(stage: Stage, where: Channel, task: Task) -> list[SeenMessage]:
    """What the bot has posted about a task in a conversation, in threads and outside of them."""
    roots = stage.slack.messages(where)
    return [m for m in (*roots, *(r for root in roots for r in stage.replies(root))) if m.is_bot and task.id in m.text]


async def test_the_answer_leads_to_the_thread_where_the_version_and_its_result_are(stage: Stage) -> None:
    model = await a_model(stage, stage.general)
    root = stage.root()

    task, answer = await typed(stage, stage.general, f"better {model.id}")
    await stage.make()

    [said] = answer.ephemerals
    assert f"/archives/{stage.general.id}/p{root.ts.replace('.', '')}|{FOLLOW}>" in str(said.blocks)
    assert f"(from {model.id})" in said.text
    assert in_thread(stage, task, root)
    assert [kind_of(one) for one in stage.replies(root)].count("result") == 2
    assert [one.ts for one in stage.slack.messages(stage.general)] == [root.ts]


async def test_a_mention_in_the_thread_goes_on_from_the_version_that_was_typed(stage: Stage) -> None:
    model = await a_model(stage, stage.general)
    typed_one, _ = await typed(stage, stage.general, f"better {model.id}")
    stage.house.clock.turn(seconds=1)

    await stage.ann.write(stage.general, "<@bot> in silver", thread=stage.root())

    assert (await stage.accepted(3)).parent_id == typed_one.id


async def test_a_form_that_was_opened_by_typing_makes_its_version_in_the_thread_too(stage: Stage) -> None:
    model = await a_model(stage, stage.general)
    root = stage.root()
    await stage.ann.command(stage.general, f"/rodin variation {model.id}")
    view = await stage.slack.until(lambda: stage.ann.view)

    await stage.ann.submit(view, {"What should it be now?": "a silver owl"})

    task = await stage.accepted(2)
    [said] = await stage.slack.until(lambda: [one for one in stage.ann.ephemerals if task.id in one.text])
    await stage.tell()
    assert FOLLOW in said.text
    assert in_thread(stage, task, root)


async def test_a_button_in_the_thread_needs_no_link_to_it(stage: Stage) -> None:
    result = await stage.a_model()

    await stage.ann.click(result, "rodin:better")

    task = await stage.accepted(2)
    [said] = await stage.slack.until(lambda: [one for one in stage.ann.ephemerals if task.id in one.text])
    assert FOLLOW not in said.text


async def test_a_mention_beside_the_thread_makes_its_version_there(stage: Stage) -> None:
    model = await a_model(stage, stage.general)
    root = stage.root()

    await stage.ann.write(stage.general, f"<@bot> retexture {model.id}", files=[upload(PNG, "copper.png")])

    task = await stage.accepted(2)
    await stage.tell()
    assert in_thread(stage, task, root)


async def test_a_direct_conversation_keeps_its_versions_together(stage: Stage) -> None:
    model = await a_model(stage, stage.ann.im)
    root = stage.slack.messages(stage.ann.im)[0]

    await stage.ann.dm(f"better {model.id}")

    task = await stage.accepted(2)
    await stage.tell()
    assert in_thread(stage, task, root)


@pytest.mark.parametrize("is_gone", ["deleted", "untold"])
async def test_without_its_parents_thread_a_version_begins_one_of_its_own(stage: Stage, is_gone: str) -> None:
    await stage.ann.command(stage.general, "/rodin a brass owl")
    model = await stage.accepted()
    if is_gone == "deleted":
        await stage.tell()
        stage.team.delete(stage.root().record)
    stage.house.clock.turn(seconds=1)

    task, answer = await typed(stage, stage.general, f"variation {model.id} in silver")

    assert FOLLOW not in answer.text
    [root] = [one for one in stage.slack.messages(stage.general) if task.id in one.text]
    assert kind_of(root) == "status"


async def test_where_slack_is_too_busy_for_a_link_the_version_is_in_the_thread_all_the_same(stage: Stage) -> None:
    model = await a_model(stage, stage.general)
    stage.slack.fail("chat.getPermalink", status=429, retry_after_s=30)

    task, answer = await typed(stage, stage.general, f"better {model.id}")

    assert f"{FOLLOW}." in answer.text
    assert in_thread(stage, task, stage.root())


async def test_asked_for_in_another_open_channel_it_is_told_in_its_parents_thread(stage: Stage) -> None:
    other = stage.team.channel("other", bot_in=False)
    model = await a_model(stage, stage.general)

    task, answer = await typed(stage, other, f"variation {model.id} in silver")

    assert FOLLOW in answer.text
    assert in_thread(stage, task, stage.root())
    assert stage.slack.messages(other) == []
    assert task.owner.channel_id == stage.general.id


async def test_a_channel_that_the_asker_has_left_gets_nothing_of_theirs(stage: Stage) -> None:
    other = stage.team.channel("other")
    model = await a_model(stage, stage.general)
    stage.general.remove(stage.ann)

    task, answer = await typed(stage, other, f"better {model.id}")

    assert FOLLOW not in answer.text
    assert anywhere(stage, stage.general, task) == []
    assert anywhere(stage, other, task)


async def test_while_slack_does_not_say_who_is_in_a_channel_nothing_is_posted_there(stage: Stage) -> None:
    other = stage.team.channel("other")
    model = await a_model(stage, stage.general)
    stage.slack.fail("users.conversations", error="missing_scope")

    task, _ = await typed(stage, other, f"better {model.id}")

    assert anywhere(stage, stage.general, task) == []
    assert anywhere(stage, other, task)


async def test_a_private_channels_model_goes_on_in_its_thread_wherever_it_is_asked_for(stage: Stage) -> None:
    room = a_room(stage)
    model = await a_model(stage, room)

    task, answer = await typed(stage, stage.general, f"better {model.id}")

    assert FOLLOW in answer.text
    assert in_thread(stage, task, stage.root(room))
    assert anywhere(stage, stage.general, task) == []
    assert task.owner.channel_id == room.id


@pytest.mark.parametrize("is_gone", ["the bot was put out", "archived", "the asker has left", "deleted root", "untold"])
async def test_a_private_channels_model_is_never_shown_in_another_one(stage: Stage, is_gone: str) -> None:
    room = a_room(stage)
    if is_gone in {"deleted root", "untold"}:
        await stage.ann.command(room, "/rodin a brass owl")
        model = await stage.accepted()
    else:
        model = await a_model(stage, room)
    match is_gone:
        case "the bot was put out":
            room.remove(stage.team.bot)
        case "archived":
            room.archived = True
        case "the asker has left":
            room.remove(stage.ann)
        case "deleted root":
            await stage.tell()
            stage.team.delete(stage.root(room).record)
    stage.house.clock.turn(seconds=1)

    task, answer = await typed(stage, stage.general, f"variation {model.id} in silver")

    assert "direct message" in answer.text
    assert anywhere(stage, stage.general, task) == []
    assert anywhere(stage, room, task) == []
    assert anywhere(stage, stage.ann.im, task)
    assert task.owner.channel_id is None


async def test_what_is_asked_for_in_a_private_channel_stays_there(stage: Stage) -> None:
    room = a_room(stage)
    model = await a_model(stage, stage.general)

    task, answer = await typed(stage, room, f"variation {model.id} with our new logo")

    assert FOLLOW not in answer.text
    assert anywhere(stage, stage.general, task) == []
    assert anywhere(stage, room, task)


async def test_what_is_asked_for_directly_stays_between_the_two(stage: Stage) -> None:
    model = await a_model(stage, stage.general)

    task, _ = await typed(stage, stage.ann.im, f"variation {model.id} with our new logo")

    assert anywhere(stage, stage.general, task) == []
    assert anywhere(stage, stage.ann.im, task)


async def test_a_direct_conversations_model_is_never_shown_in_a_channel(stage: Stage) -> None:
    model = await a_model(stage, stage.ann.im)

    task, answer = await typed(stage, stage.general, f"better {model.id}")

    assert FOLLOW in answer.text
    assert anywhere(stage, stage.general, task) == []
    assert in_thread(stage, task, stage.slack.messages(stage.ann.im)[0])


async def test_people_of_another_organisation_read_nothing_that_was_asked_for_elsewhere(stage: Stage) -> None:
    other = stage.team.channel("other")
    model = await a_model(stage, stage.general)
    stage.general.connect = True

    task, _ = await typed(stage, other, f"variation {model.id} with our new logo")

    assert anywhere(stage, stage.general, task) == []
    assert anywhere(stage, other, task) == []
    assert anywhere(stage, stage.ann.im, task)


async def test_a_channel_closed_to_the_bot_still_refuses_before_anything_is_charged(stage: Stage) -> None:
    model = await a_model(stage, stage.general)
    stage.general.remove(stage.team.bot)

    answer = await stage.ann.command(stage.general, f"/rodin better {model.id}")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "/invite" in answer.text
    assert [task.id for task in await stage.tasks()] == [model.id]


async def test_sending_again_twice_answers_with_the_one_task_in_the_thread(stage: Stage) -> None:
    await stage.asked()
    [model] = await stage.tasks()
    await stage.house.send()
    stage.house.rodin.put(JobState.FAILED)
    await stage.house.poll()
    await stage.tell()

    task, _ = await typed(stage, stage.general, f"resend {model.id}")
    again = await stage.ann.command(stage.general, f"/rodin resend {model.id}")

    await stage.slack.until(lambda: again.ephemerals)
    assert task.id in again.text
    assert len(await stage.tasks()) == 2
    assert len(in_thread(stage, task, stage.root())) == 1


async def test_it_holds_over_a_restart_between_the_wish_and_its_telling(stage: Stage) -> None:
    model = await a_model(stage, stage.general)
    root = stage.root()
    await stage.ann.command(stage.general, f"/rodin better {model.id}")
    task = await stage.accepted(2)

    await stage.restart()
    await stage.tell()

    assert len(in_thread(stage, task, root)) == 1
