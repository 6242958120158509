"""A low balance comes into the operator's channel once, also when the bot is killed while it says so."""

from __future__ import annotations

import pytest

from tests.e2e.slack.scene import POST, Scene
from tests.emulators.slack.troubles import When

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_a_low_balance_is_told_the_next_start_has_told_it_once(scene: Scene, when: When) -> None:
    scene = scene.set(OPERATOR_CHANNEL=f"slack:{scene.general.id}", LOW_BALANCE_CREDITS="200000")
    async with scene.bot() as bot:
        hold, call = await scene.held(POST, when)
        await scene.kill(bot, hold)
    assert call.arguments["channel"] == scene.general.id
    assert scene.posted() == []

    async with scene.bot():
        await scene.until(scene.posted)
    [told] = scene.told()
    assert told.channel is scene.general
    assert told.text.startswith("The bot's Rodin account holds only 100000 credits.")
    assert told.pings == ()
