"""The telling is cut off at every request that it makes, before and after Slack took it: everything is there once."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from tests.edge.slack.stage import Stage, kind_of

ENDING = (
    "chat.update",
    "files.getUploadURLExternal",
    "upload_url",
    "files.completeUploadExternal",
    "files.info",
    "chat.postMessage",
)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_beginning_that_is_cut_off_leaves_one_root(stage: Stage, when: str) -> None:
    await stage.ann.command(stage.general, "/rodin a brass owl")
    await stage.accepted()

    await cut_off(stage, "chat.postMessage", when)
    await stage.house.tell(after_s=60)

    assert kind_of(stage.root()) == "status"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ENDING)
async def test_an_ending_that_is_cut_off_leaves_one_of_everything(stage: Stage, method: str, when: str) -> None:
    await stage.asked()
    await stage.house.send()
    stage.house.rodin.finish("base.glb", "render.png")
    await stage.house.poll()
    await stage.house.collect()

    await cut_off(stage, method, when)
    await stage.house.until_over(turns=4)

    assert "ready" in stage.root().text
    assert stage.result().images
    await stage.shared("base.glb")
    await stage.shared("turntable.gif")
    assert len(stage.house.rodin.ledger) == 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_sharing_that_is_cut_off_leaves_one_of_each_file(stage: Stage, when: str) -> None:
    await stage.a_model("base.glb")
    await stage.shared("base.glb")
    await stage.house.curate()

    await cut_off(stage, "files.completeUploadExternal", when)
    await stage.house.until_over(turns=4)

    await stage.shared("base.glb")
    await stage.shared("turntable.gif")


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_model_that_is_deleted_after_its_sharing_was_cut_off_leaves_no_file_in_the_chat(
    stage: Stage, when: str
) -> None:
    await stage.asked()
    await stage.house.send()
    stage.house.rodin.finish("base.glb")
    await stage.house.poll()
    await stage.house.collect()
    [task] = await stage.tasks()

    await cut_off(stage, "files.completeUploadExternal", when)
    await stage.house.intake.delete(task.id, task.owner)
    await stage.house.until_over(turns=4)

    assert "deleted" in stage.result().text
    assert [file.name for message in stage.replies() for file in message.files] == []


async def cut_off(stage: Stage, method: str, when: str) -> None:
    """Tell, end it in the middle of its first request of a kind, as a killed process does, and start anew."""
    hold = stage.slack.hold(method, when=when)
    telling = asyncio.create_task(stage.tell())
    await hold.arrived()
    telling.cancel()
    with suppress(asyncio.CancelledError):
        await telling
    hold.drop()
    await stage.restart()
