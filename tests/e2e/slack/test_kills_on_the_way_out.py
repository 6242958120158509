"""The bot killed without a word on a model's way to its person: started again it tells everything once."""

from __future__ import annotations

import pytest

from tests.e2e.slack.scene import EDIT, FORGOTTEN_S, POST, SHARE, TURNTABLE, Scene
from tests.emulators.slack.troubles import Hold, When

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


async def result_being_sent(scene: Scene, when: When) -> Hold:
    """Wait for the result and hold it."""
    await scene.status()
    hold, call = await scene.held(POST, when)
    assert call.arguments["metadata"]["event_payload"]["kind"] == "result"
    return hold


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


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_the_status_is_revised(scene: Scene, when: When) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        await scene.status()
        await scene.taken()
        hold, _ = await scene.held(EDIT, when)
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_the_still_is_brought(scene: Scene, when: When) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        hold, call = await scene.held(SHARE, when)
        assert "channel_id" not in call.arguments
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next()


@pytest.mark.parametrize(("when", "down_s"), [("before", 0.0), ("after", FORGOTTEN_S)])
async def test_killed_while_the_result_is_sent(scene: Scene, when: When, down_s: float) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        hold = await result_being_sent(scene, when)
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next(down_s=down_s)


async def test_killed_before_it_is_noted_that_the_result_was_told(scene: Scene) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        await scene.status()
        with scene.refusing("told", "NEW.told >= NEW.ended_revision"):
            await scene.until(lambda: any(key.endswith(":files") for key in scene.posted()))
            await scene.kill(bot)
    [row] = scene.home.rows("told, ended_revision")
    assert row["told"] < row["ended_revision"]

    await scene.assert_delivered_by_the_next(down_s=FORGOTTEN_S)


@pytest.mark.parametrize(("name", "when"), [(".glb", "before"), (".glb", "after"), (TURNTABLE, "after")])
async def test_killed_while_a_file_is_shared(scene: Scene, name: str, when: When) -> None:
    scene = scene.set(PREVIEWS="turntable")
    async with scene.bot() as bot:
        await scene.ask()
        hold = await scene.sharing(name, when)
        await scene.result()
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next()
