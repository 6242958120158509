"""Every door: form, shortcut, mention, direct message, the app's page, buttons and typed commands."""

from __future__ import annotations

import pytest

from tests.edge.slack.stage import Stage, kind_of
from tests.emulators.slack import upload

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" + b"IEND\xaeB`\x82"


async def test_rodin_alone_opens_a_form_that_takes_words_pictures_and_options(stage: Stage) -> None:
    await stage.ann.command(stage.general, "/rodin")
    view = await stage.slack.until(lambda: stage.ann.view)

    await stage.ann.submit(
        view,
        {"What should it be?": "a tin robot", "Preset": "game", "More options": "--pose"},
        files=[upload(PNG, "a.png"), upload(PNG, "b.png")],
    )

    task = await stage.accepted()
    assert stage.ann.view is None
    assert task.request.prompt == "a tin robot"
    assert len(task.request.pictures) == 2
    assert task.request.geometry_file_format == "fbx"
    assert task.request.ta_pose
    await stage.tell()
    assert "a tin robot" in stage.root().text


async def test_what_is_wrong_with_a_form_is_said_in_the_channel_to_its_sender_alone(stage: Stage) -> None:
    await stage.ann.command(stage.general, "/rodin")
    view = await stage.slack.until(lambda: stage.ann.view)

    await stage.ann.submit(view, {"What should it be?": "a tin robot", "Faces": "many"})

    [refusal] = await stage.slack.until(lambda: stage.ann.ephemerals)
    assert "many" in refusal.text
    assert await stage.tasks() == []


async def test_the_shortcut_takes_the_pictures_of_a_message_and_answers_under_it(stage: Stage) -> None:
    written = await stage.ann.write(stage.general, "look at this", files=[upload(PNG, "pot.png")])

    await stage.ann.shortcut("Make 3D model", written.message)

    task = await stage.accepted()
    assert len(task.request.pictures) == 1
    await stage.tell()
    [status] = stage.replies(written.message)
    assert status.buttons == ("Cancel",)


async def test_the_shortcut_on_a_message_without_pictures_is_refused_in_words(stage: Stage) -> None:
    written = await stage.ann.write(stage.general, "no picture here")

    answer = await stage.ann.shortcut("Make 3D model", written.message)

    await stage.slack.until(lambda: answer.ephemerals)
    assert "no picture" in answer.text
    assert await stage.tasks() == []


async def test_a_mention_with_a_picture_makes_a_model_under_the_message(stage: Stage) -> None:
    written = await stage.ann.write(stage.general, "<@bot> a copper pot --tier low", files=[upload(PNG, "pot.png")])

    task = await stage.accepted()
    assert task.request.prompt == "a copper pot"
    assert task.request.tier == "Gen-2.5-Low"
    await stage.tell()
    [status] = stage.replies(written.message)
    assert kind_of(status) == "status"


async def test_a_mention_in_a_thread_of_the_bot_makes_the_next_version_there(stage: Stage) -> None:
    await stage.a_model()

    await stage.ann.write(stage.general, "<@bot> now in silver", thread=stage.root(), files=[upload(PNG, "s.png")])

    task = await stage.accepted(2)
    assert task.parent_id is not None
    assert task.request.prompt == "now in silver"
    assert len(task.request.pictures) == 1
    await stage.tell()
    assert [kind_of(one) for one in stage.replies()].count("status") == 1


async def test_a_mention_without_a_wish_is_told_how_to_begin(stage: Stage) -> None:
    await stage.ann.write(stage.general, "<@bot>")

    [answer] = await stage.slack.until(lambda: stage.ann.ephemerals)
    assert "/rodin" in answer.text
    assert await stage.tasks() == []


async def test_a_direct_message_makes_a_model_in_its_thread(stage: Stage) -> None:
    written = await stage.ann.dm("a glass whale", files=[upload(PNG, "whale.png")])

    task = await stage.accepted()
    assert task.request.prompt == "a glass whale"
    await stage.tell()
    await stage.make()
    kinds = [kind_of(one) for one in stage.replies(written.message)]
    assert kinds.count("status") == 1
    assert kinds.count("result") == 1


async def test_what_was_asked_for_directly_is_nobody_elses_to_see(stage: Stage) -> None:
    written = await stage.ann.dm("a glass whale")
    task = await stage.accepted()
    await stage.tell()

    answer = await stage.team.member("Bob").command(stage.general, f"/rodin show {task.id}")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "whale" not in answer.text
    assert "no task" in answer.text
    assert any("whale" in reply.text for reply in stage.replies(written.message))  # while ann reads it


async def test_a_direct_message_that_is_a_command_costs_nothing(stage: Stage) -> None:
    await stage.ann.dm("help")

    [answer] = await stage.slack.until(lambda: [one for one in stage.slack.messages(stage.ann.im) if one.is_bot])
    assert "/rodin list" in answer.text
    assert await stage.tasks() == []


async def test_the_bot_does_not_answer_its_own_direct_messages(stage: Stage) -> None:
    await stage.ann.dm("a glass whale")
    await stage.accepted()
    await stage.tell()
    await stage.make()

    await stage.shared("base.glb", root=stage.slack.messages(stage.ann.im)[0])

    assert len(await stage.tasks()) == 1


async def test_the_apps_page_shows_tasks_and_usage_and_opens_the_form(stage: Stage) -> None:
    await stage.asked("a brass teapot")

    await stage.ann.open_home()
    home = await stage.slack.until(lambda: stage.ann.home)
    await stage.ann.click(home, "New model")

    view = await stage.slack.until(lambda: stage.ann.view)
    assert "a brass teapot" in home.text
    assert "1 model" in home.text
    await stage.ann.submit(view, {"What should it be?": "a clay fox"})
    await stage.accepted(2)
    await stage.tell()
    assert "a clay fox" in stage.root(stage.ann.im).text


async def test_the_global_shortcut_opens_the_form(stage: Stage) -> None:
    await stage.ann.shortcut("New 3D model")

    assert await stage.slack.until(lambda: stage.ann.view)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("list", "You have asked for nothing yet"),
        ("usage", "0 models"),
        ("balance", "may see the balance"),
        ("help", "/rodin cancel ID"),
        ("help generate", "--preset print"),
        ("status", "Which task?"),
        ("cancel nothing1", "You have no task"),
        ("generate", None),
    ],
)
async def test_every_command_is_answered_to_the_asker_alone(stage: Stage, line: str, said: str | None) -> None:
    answer = await stage.ann.command(stage.general, f"/rodin {line}")

    if said is None:
        assert await stage.slack.until(lambda: stage.ann.view)
    else:
        await stage.slack.until(lambda: answer.ephemerals)
        assert said in answer.text
    assert stage.slack.messages(stage.general) == []
    assert await stage.tasks() == []


async def test_words_that_begin_like_a_command_are_a_wish(stage: Stage) -> None:
    await stage.ann.command(stage.general, "/rodin show jumping horse")

    assert (await stage.accepted()).request.prompt == "show jumping horse"


async def test_generate_forces_a_wish(stage: Stage) -> None:
    await stage.ann.command(stage.general, "/rodin generate list")

    assert (await stage.accepted()).request.prompt == "list"


async def test_an_admin_of_the_workspace_sees_the_balance(stage: Stage) -> None:
    boss = stage.team.member("Bo", admin=True)

    answer = await boss.command(stage.general, "/rodin balance")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "100 credits" in answer.text


async def test_cancel_calls_a_task_off_before_it_is_sent(stage: Stage) -> None:
    await stage.asked()

    answer = await stage.ann.click(stage.root(), "Cancel")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "Nothing was charged" in answer.text
    await stage.tell()
    assert "Called off" in stage.root().text
    assert stage.house.rodin.ledger == []


async def test_again_makes_another_one_in_the_same_thread(stage: Stage) -> None:
    result = await stage.a_model()

    await stage.ann.click(result, "rodin:again")

    task = await stage.accepted(2)
    await stage.tell()
    assert task.request.prompt == "a brass owl"
    assert [kind_of(one) for one in stage.replies()].count("status") == 1


async def test_somebody_elses_buttons_are_refused_to_that_person_alone(stage: Stage) -> None:
    result = await stage.a_model()
    bob = stage.team.member("Bob")

    answer = await bob.click(result, "Delete")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "Only the person who asked" in answer.text
    assert (await stage.tasks())[0].files


async def test_fresh_links_are_for_one_persons_eyes(stage: Stage) -> None:
    result = await stage.a_model()

    answer = await stage.ann.click(result, "Fresh links")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "base.glb" in answer.text
    assert "https://models.example.org/t/" in answer.text


async def test_delete_takes_the_files_out_of_slack_too(stage: Stage) -> None:
    result = await stage.a_model("base.glb", "render.png")
    await stage.shared("base.glb")

    await stage.ann.click(result, "Delete")
    await stage.slack.until(lambda: stage.ann.ephemerals[1:])
    await stage.tell()

    held = [file.name for one in stage.replies() for file in one.files]
    assert held == []
    assert stage.result().images == ()
    assert "were deleted" in stage.result().text
    assert "Download" not in stage.result().buttons


async def test_a_link_button_is_acknowledged_and_does_nothing_else(stage: Stage) -> None:
    result = await stage.a_model()

    answer = await stage.ann.click(result, "View in 3D")

    assert answer.acknowledged
    assert len(await stage.tasks()) == 1
