"""A model from words, from the command to the files in the thread: what a member sees."""

from __future__ import annotations

from tests.edge.slack.stage import Stage


async def test_a_command_is_answered_privately_with_the_task_and_its_price(stage: Stage) -> None:
    answer = await stage.ann.command(stage.general, "/rodin a brass teapot --preset print")

    await stage.slack.until(lambda: answer.ephemerals)
    task = await stage.accepted()
    assert task.id in answer.text
    assert "Price:" in answer.text
    assert task.request.prompt == "a brass teapot"
    assert task.request.geometry_file_format == "stl"


async def test_the_bots_first_message_is_the_status_and_the_root(stage: Stage) -> None:
    await stage.asked("a brass teapot")

    root = stage.root()
    assert "a brass teapot" in root.text
    assert "asked by ann" in root.text
    assert root.buttons == ("Cancel",)
    assert root.pings == ()


async def test_the_status_is_revised_in_place_and_keeps_its_blocks(stage: Stage) -> None:
    await stage.asked()

    await stage.house.send()
    await stage.tell()

    root = stage.root()
    assert "Rodin has it" in root.text
    assert root.edits
    assert not root.edited


async def test_the_result_is_a_reply_that_notifies_the_person(stage: Stage) -> None:
    result = await stage.a_model()

    assert result.pings == ("Ann",)
    assert "Your model is ready" in result.text
    assert "View in 3D" in result.buttons
    assert "Download" in result.buttons
    assert "Again · 0.5 credits" in result.buttons


async def test_the_model_comes_as_a_file_in_the_thread(stage: Stage) -> None:
    await stage.a_model("base.glb")

    shared = await stage.shared("base.glb")

    assert shared.files[0].content[:4] == b"glTF"


async def test_a_picture_of_the_model_is_shown_in_the_result(stage: Stage) -> None:
    await stage.a_model("base.glb", "render.png")

    await stage.picture()

    [image] = stage.result().images
    assert image.content
    assert "brass owl" in image.alt_text


async def test_the_turning_picture_joins_under_the_result_and_notifies_nobody(stage: Stage) -> None:
    await stage.a_model()

    await stage.picture()

    turning = await stage.shared("turntable.gif")
    assert turning.pings == ()
    assert len([one for one in stage.replies() if one.pings]) == 1


async def test_what_is_told_once_is_not_told_again_after_a_restart(stage: Stage) -> None:
    await stage.a_model()
    await stage.picture()
    await stage.shared("turntable.gif")
    await stage.shared("base.glb")
    before = [one.ts for one in stage.replies()]

    await stage.restart()
    await stage.house.until_over(turns=3)

    assert [one.ts for one in stage.replies()] == before
    assert stage.root()
