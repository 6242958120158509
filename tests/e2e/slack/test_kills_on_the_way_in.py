"""The bot killed without a word on a wish's way to Rodin: started again it tells everything once."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.e2e.slack.scene import FORGOTTEN_S, POST, RESULT, SMALL, STATUS, Scene
from tests.e2e.stage import PATIENCE_S
from tests.emulators.slack import Answer
from tests.emulators.slack.troubles import When

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

LOST = "nobody can tell whether it was taken"
IMPATIENT_S = 0.3
"""How long the stand-in waits where no acknowledgement can come; Slack's own three seconds prove no more."""


async def mention(scene: Scene) -> Answer:
    """Let Ann ask by writing to the bot in the channel."""
    return await scene.ann.write(scene.general, f"<@bot> {scene.prompt} {SMALL}")


async def assert_nothing_happened(scene: Scene, answer: Answer) -> None:
    """No row, no charge, no message."""
    assert scene.home.states() == []
    assert scene.charges() == 0
    assert scene.told() == []
    assert answer.ephemerals == ()


async def test_killed_before_a_command_is_acknowledged_a_second_try_works(scene: Scene) -> None:
    async with scene.bot() as bot:
        bot.signal(signal.SIGSTOP)
        scene.slack.outbox.patience_s = IMPATIENT_S
        answer = await scene.ask()
        await scene.kill(bot)
    assert answer.complaint == '/rodin failed with the error "operation_timeout"'
    scene.slack.outbox.patience_s = PATIENCE_S

    async with scene.bot():
        await assert_nothing_happened(scene, answer)
        await scene.ask()
        await scene.assert_delivered_once()


async def test_killed_before_a_mention_is_acknowledged_it_comes_again_and_is_done_once(scene: Scene) -> None:
    async with scene.bot() as bot:
        bot.signal(signal.SIGSTOP)
        scene.slack.outbox.patience_s = IMPATIENT_S
        answer = await mention(scene)
        await scene.kill(bot)
    assert not answer.acknowledged
    scene.slack.outbox.patience_s = PATIENCE_S

    async with scene.bot():
        await scene.assert_delivered_once(under=answer.message)
        assert answer.acknowledged


async def test_killed_before_the_row_is_written_a_second_try_works(scene: Scene) -> None:
    async with scene.bot() as bot:
        with scene.locked():
            answer = await scene.ask()
            await scene.kill(bot)
    await scene.slack.advance(FORGOTTEN_S)
    assert answer.acknowledged

    async with scene.bot():
        await assert_nothing_happened(scene, answer)
        await scene.ask()
        await scene.assert_delivered_once()


async def test_killed_before_the_answer_is_shown(scene: Scene) -> None:
    async with scene.bot() as bot:
        hold = scene.slack.hold("response_url")
        await scene.ask()
        await hold.arrived(timeout_s=PATIENCE_S)
        await scene.taken()
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next()


@pytest.mark.parametrize(("when", "down_s"), [("before", 0.0), ("after", FORGOTTEN_S)])
async def test_killed_while_the_root_is_sent(scene: Scene, when: When, down_s: float) -> None:
    async with scene.bot() as bot:
        hold = scene.slack.hold(POST, when=when)
        await scene.ask()
        await hold.arrived(timeout_s=PATIENCE_S)
        await scene.taken()
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next(down_s=down_s)


async def test_killed_while_the_status_is_sent_under_a_persons_message(scene: Scene) -> None:
    async with scene.bot() as bot:
        hold = scene.slack.hold(POST, when="after")
        answer = await mention(scene)
        await hold.arrived(timeout_s=PATIENCE_S)
        await scene.taken()
        await scene.kill(bot, hold)
    await scene.slack.advance(FORGOTTEN_S)

    async with scene.bot():
        await scene.assert_delivered_once(under=answer.message)


async def test_killed_while_it_is_handed_to_rodin_the_thread_says_that_nobody_can_tell(scene: Scene) -> None:
    scene.rodin.break_with("timeout_before_accept:x1")
    async with scene.bot() as bot:
        await scene.ask()
        await scene.in_state("submitting")
        await scene.kill(bot)

    async with scene.bot():
        await scene.all_told()

        [status], [result] = scene.told(STATUS), scene.told(RESULT)
        assert scene.home.states() == ["unclear"]
        assert LOST in status.text
        assert LOST in result.text
        assert result.buttons == ("Send it again · 0.5 credits",)
        assert result.pings == ("Ann",)
        assert scene.charges() == 0


async def test_what_was_sent_again_after_the_restart_makes_no_second_task(scene: Scene) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        await mention(scene)
        await scene.until(lambda: len(scene.home.states()) == 2)
        await scene.kill(bot)
    sent = tuple(scene.slack.deliveries)

    async with scene.bot():
        again = await asyncio.gather(*(scene.slack.repeat(delivery) for delivery in sent * 2))
        await scene.all_told()

        assert all(outcome.acknowledged for outcome in again)
        assert scene.home.states() == ["ready", "ready"]
        assert len(scene.told(STATUS)) == len(scene.told(RESULT)) == 2
        assert scene.charges() == 2
