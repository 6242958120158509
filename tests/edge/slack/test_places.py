"""Where the bot cannot post: said in words with what to do, or told directly; nobody pays for silence."""

from __future__ import annotations

from tests.edge.slack.stage import Stage, kind_of
from tests.emulators.slack import upload

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" + b"IEND\xaeB`\x82"


async def test_where_the_bot_was_not_invited_nothing_is_asked_and_the_person_is_told_to_invite_it(stage: Stage) -> None:
    other = stage.team.channel("other", bot_in=False)

    answer = await stage.ann.command(other, "/rodin a brass owl")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "/invite" in answer.text
    assert await stage.tasks() == []


async def test_a_private_conversation_without_the_bot_is_refused_in_words(stage: Stage) -> None:
    secret = stage.team.channel("secret", private=True, bot_in=False)
    secret.invite(stage.ann)

    answer = await stage.ann.command(secret, "/rodin a brass owl")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "not part of this conversation" in answer.text
    assert await stage.tasks() == []


async def test_where_only_few_may_post_the_task_is_told_directly(stage: Stage) -> None:
    stage.general.read_only = True

    await stage.asked()
    await stage.make()

    assert stage.slack.messages(stage.general) == []
    root = stage.root(stage.ann.im)
    assert "/invite" in root.text
    assert "ready" in stage.result(root).text


async def test_a_channel_archived_meanwhile_gets_its_result_told_directly(stage: Stage) -> None:
    await stage.asked()
    await stage.house.send()
    stage.general.archived = True

    stage.house.rodin.finish("base.glb")
    await stage.house.poll()
    await stage.house.collect()
    await stage.tell()

    told = [one for one in stage.slack.messages(stage.ann.im) if kind_of(one) == "result"]
    assert len(told) == 1
    assert told[0].pings == ("Ann",)


async def test_a_deleted_status_is_not_posted_again_and_the_result_is_still_said(stage: Stage) -> None:
    await stage.asked()
    stage.team.delete(stage.root().record)

    await stage.make()

    kinds = [kind_of(one) for one in stage.slack.messages(stage.general)]
    assert kinds == ["result"]


async def test_a_task_whose_first_message_was_deleted_gets_a_thread_of_its_own(stage: Stage) -> None:
    written = await stage.ann.write(stage.general, "<@bot> a copper pot")
    await stage.accepted()
    stage.team.delete(written.message.record)

    await stage.tell()
    await stage.make()

    assert kind_of(stage.root()) == "status"
    assert stage.result()


async def test_slack_connect_files_are_looked_up_before_they_are_fetched(stage: Stage) -> None:
    stage.general.connect = True

    await stage.ann.write(stage.general, "<@bot>", files=[upload(PNG, "pot.png")])

    task = await stage.accepted()
    assert len(task.request.pictures) == 1


async def test_without_the_right_to_read_files_the_person_is_told_which_is_missing(stage: Stage) -> None:
    stage.team.scopes.remove("files:read")

    await stage.ann.write(stage.general, "<@bot>", files=[upload(PNG, "pot.png")])

    [refusal] = await stage.slack.until(lambda: stage.ann.ephemerals)
    assert "files:read" in refusal.text
    assert await stage.tasks() == []


async def test_without_the_right_to_write_files_the_result_comes_without_them(stage: Stage) -> None:
    stage.team.scopes.remove("files:write")

    result = await stage.a_model("base.glb", "render.png")

    assert "Download" in result.buttons
    assert [file for one in stage.replies() for file in one.files] == []


async def test_a_result_is_told_without_its_picture_when_slack_is_slow_to_look_at_it(stage: Stage) -> None:
    await stage.slack.process_files(hold=True)

    result = await stage.a_model("base.glb", "render.png")

    assert result.images == ()
    assert "ready" in result.text
