"""The bot killed without a word on a command's way to Rodin: started again it tells everything once."""

from __future__ import annotations

import pytest

from tests.e2e.discord.scene import (
    ANSWER,
    CALLBACK,
    DOWN,
    FORGOTTEN_S,
    MESSAGES,
    PROGRESS,
    RESULT,
    THREAD,
    Scene,
)
from tests.e2e.stage import PATIENCE_S
from tests.emulators.discord import NO_RESPONSE, Answer, Channel, Hold
from tests.emulators.discord.trouble import When

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

LOST = "nobody can tell whether it was taken"


async def messages_in_thread(scene: Scene, when: When) -> tuple[Channel, Hold]:
    """Wait for the thread to be made, and hold the first message into it."""
    hold, _ = await scene.held("POST", THREAD, "after")
    [thread] = scene.threads()
    first = scene.discord.hold("POST", f"/channels/{thread.id}/messages", when)
    hold.release()
    await first.arrived(timeout_s=PATIENCE_S)
    return thread, first


async def assert_nothing_happened(scene: Scene, answer: Answer) -> None:
    """The person sees that nobody answered; no row, no charge, no thread."""
    assert answer.text == NO_RESPONSE
    assert scene.home.states() == []
    assert scene.charges() == 0
    assert scene.discord.messages(scene.general) == []


async def test_killed_before_the_command_is_acknowledged_a_second_try_works(scene: Scene) -> None:
    async with scene.bot() as bot:
        hold = scene.discord.hold("POST", CALLBACK)
        answer = await scene.ask()
        await hold.arrived(timeout_s=PATIENCE_S)
        await scene.kill(bot, hold)
    scene.discord.advance(3)
    await assert_nothing_happened(scene, answer)

    async with scene.bot():
        await assert_nothing_happened(scene, answer)
        await scene.ask()
        await scene.assert_delivered_once()


async def test_killed_before_the_row_is_written_a_second_try_works(scene: Scene) -> None:
    async with scene.bot() as bot:
        with scene.locked():
            answer = await (await scene.ask()).acknowledged()
            await scene.kill(bot)
    scene.discord.advance(FORGOTTEN_S)
    await assert_nothing_happened(scene, answer)

    async with scene.bot():
        await assert_nothing_happened(scene, answer)
        await scene.ask()
        await scene.assert_delivered_once()


async def test_killed_before_the_answer_is_shown(scene: Scene) -> None:
    async with scene.bot() as bot:
        hold = scene.discord.hold("PATCH", ANSWER)
        await scene.ask()
        await hold.arrived(timeout_s=PATIENCE_S)
        await scene.taken()
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next()


@pytest.mark.parametrize(("when", "down_s"), [("before", 0.0), ("after", 0.0), ("after", FORGOTTEN_S)])
async def test_killed_while_the_first_message_is_sent(scene: Scene, when: When, down_s: float) -> None:
    async with scene.bot() as bot:
        hold = scene.discord.hold("POST", MESSAGES, when)
        await scene.ask()
        await hold.arrived(timeout_s=PATIENCE_S)
        await scene.taken()
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next(down_s=down_s)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_the_thread_is_made(scene: Scene, when: When) -> None:
    async with scene.bot() as bot:
        hold = scene.discord.hold("POST", THREAD, when)
        await scene.ask()
        await hold.arrived(timeout_s=PATIENCE_S)
        await scene.taken()
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next()


@pytest.mark.parametrize("down_s", DOWN)
async def test_killed_while_the_status_is_sent(scene: Scene, down_s: float) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        _, hold = await messages_in_thread(scene, "after")
        await scene.taken()
        await scene.kill(bot, hold)

    await scene.assert_delivered_by_the_next(down_s=down_s)


async def test_killed_while_it_is_handed_to_rodin_the_thread_says_that_nobody_can_tell(scene: Scene) -> None:
    scene.rodin.break_with("timeout_before_accept:x1")
    async with scene.bot() as bot:
        await scene.ask()
        await scene.in_state("submitting")
        await scene.kill(bot)

    async with scene.bot():
        thread = await scene.is_told(with_turntable=False)

        [status], [result] = scene.marked(thread, PROGRESS), scene.marked(thread, RESULT)
        assert scene.home.states() == ["unclear"]
        assert LOST in status.text.replace("\n", " ")
        assert LOST in result.text.replace("\n", " ")
        assert result.buttons == ("Send it again",)
        assert scene.ann.notifications == [result]
        assert scene.charges() == 0
