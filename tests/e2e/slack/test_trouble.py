"""Connections that end in the middle of work, and starting and stopping: nothing is lost, nothing is told twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest

from tests.e2e.slack.scene import EDIT, RESULT, SMALL, STATUS, Scene
from tests.e2e.stage import PATIENCE_S, READY, STOPS_WITHIN_S

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

SEVERAL = 6


async def test_sockets_that_are_refreshed_and_cut_in_mid_flow_lose_nothing(scene: Scene) -> None:
    prompts = [f"{scene.prompt} {number}" for number in range(SEVERAL)]
    sockets = scene.slack.outbox.socket
    async with scene.set(RODIN_MAX_PARALLEL="10").bot():
        asked = [asyncio.create_task(scene.ask(prompt)) for prompt in prompts[:3]]
        await scene.until(lambda: len(scene.slack.deliveries) == len(asked))
        await scene.slack.disconnect_socket("refresh_requested")
        answers = await asyncio.gather(*asked)
        await scene.until(lambda: sockets.opened == 2)
        answers += [await scene.ask(prompt) for prompt in prompts[3:5]]
        scene.slack.cut_sockets()
        written = await scene.ann.write(scene.general, f"<@bot> {prompts[5]} {SMALL}")
        await scene.until(lambda: len(scene.home.states()) == SEVERAL)
        await scene.all_told()

        assert written.acknowledged
        assert [answer.complaint for answer in answers] == [None] * len(answers)
        assert scene.home.states() == ["ready"] * SEVERAL
        assert Counter(one for one in scene.rodin.prompts() if scene.prompt in one) == Counter(prompts)
        assert len(scene.told(STATUS)) == len(scene.told(RESULT)) == SEVERAL
        assert all(READY in one.text for one in (*scene.told(STATUS), *scene.told(RESULT)))


async def test_stopped_while_slack_hangs_the_next_start_goes_on(scene: Scene) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        await scene.taken()
        hold, _ = await scene.held(EDIT, "before")
        began = time.monotonic()
        code = await scene.stop(bot)
        took_s = time.monotonic() - began
        print(f"stopped after {took_s:.1f} s")  # noqa: T201 - times worth reading
        hold.drop()
    assert code == 0
    assert took_s < STOPS_WITHIN_S

    async with scene.bot():
        await scene.assert_delivered_once()


@pytest.mark.parametrize(
    ("name", "token"), [("SLACK_BOT_TOKEN", "xoxb-not-the-token"), ("SLACK_APP_TOKEN", "xapp-not-the-token")]
)
async def test_a_wrong_token_is_refused_in_a_sentence(scene: Scene, name: str, token: str) -> None:
    with scene.process(**{name: token}) as bot:
        code = await asyncio.to_thread(bot.wait, within_s=PATIENCE_S)

    said = bot.output + bot.errors
    assert code == 2
    assert f"Slack does not accept {name}." in said
    assert token not in said
