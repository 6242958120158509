"""The bot killed without a word on a model's way to its person: started again it tells everything once."""

from __future__ import annotations

import pytest

from tests.e2e.discord.scene import DOWN, FORGOTTEN_S, PROGRESS, RESULT, TURNTABLE, Scene
from tests.e2e.stage import READY
from tests.emulators.discord import Channel, Hold
from tests.emulators.discord.trouble import When

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


async def result_in_thread(scene: Scene, when: When) -> tuple[Channel, Hold]:
    """Wait for the result and hold it."""
    thread = await scene.thread()
    await scene.until(lambda: scene.marked(thread, PROGRESS))
    hold, request = await scene.held("POST", f"/channels/{thread.id}/messages", when)
    assert {file.filename.rpartition(".")[2] for file in request.files} >= {"glb", "png"}
    return thread, hold


async def test_killed_while_rodin_takes_it_a_key_of_its_own_finds_the_charge(scene: Scene) -> None:
    scene = scene.set(RODIN_KEY_EXCLUSIVE="true")
    scene.rodin.break_with("timeout_after_accept:x1")
    async with scene.bot() as bot:
        await scene.ask()
        await scene.until(scene.charges)
        await scene.kill(bot)
    assert scene.home.states() == ["submitting"]

    await scene.assert_delivered_by_the_next()


async def test_killed_while_rodin_works(scene: Scene) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        await scene.in_state("generating")
        await scene.kill(bot)

    await scene.assert_delivered_by_the_next()


@pytest.mark.parametrize(("when", "down_s"), [("before", 0.0), ("after", 0.0), ("after", FORGOTTEN_S)])
async def test_killed_while_the_result_is_sent(scene: Scene, when: When, down_s: float) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        _, hold = await result_in_thread(scene, when)
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next(down_s=down_s)


@pytest.mark.parametrize("down_s", DOWN)
async def test_killed_before_it_is_noted_that_the_result_was_told(scene: Scene, down_s: float) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        await scene.thread()
        with scene.refusing("told", "NEW.told >= NEW.ended_revision"):
            await scene.until(lambda: any(key.endswith(":result") for key in scene.posted()))
            await scene.kill(bot)
    [row] = scene.home.rows("told, ended_revision")
    assert row["told"] < row["ended_revision"]

    await scene.assert_delivered_by_the_next(down_s=down_s)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_the_turntable_joins(scene: Scene, when: When) -> None:
    scene = scene.set(PREVIEWS="turntable")
    async with scene.bot() as bot:
        await scene.ask()
        thread, hold = await result_in_thread(scene, "before")
        hold.release()
        [result] = await scene.until(lambda: scene.marked(thread, RESULT))
        joining, request = await scene.held("PATCH", f"/channels/{thread.id}/messages/{result.id}", when)
        assert TURNTABLE in {file.filename for file in request.files}
        await scene.kill(bot, joining)
    assert READY in result.text

    await scene.assert_delivered_by_the_next()


async def test_killed_for_long_a_private_model_comes_as_a_direct_message(scene: Scene) -> None:
    async with scene.bot() as bot:
        await scene.ask(private=True)
        await scene.taken()
        await scene.kill(bot)
    scene.discord.advance(FORGOTTEN_S)

    async with scene.bot():
        direct = scene.ann.direct
        [result] = await scene.until(lambda: scene.marked(direct, RESULT))
        await scene.all_told()

        assert scene.discord.messages(direct) == [result]
        assert READY in result.text
        assert scene.ann.notifications == [result]
        assert scene.discord.messages(scene.general) == []
        assert scene.charges() == 1
