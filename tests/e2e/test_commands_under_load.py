"""Fifty commands a second on both chats, and a crowd at a moment when nothing can be written: nobody goes unheard."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.load.commands import ACK_WITHIN_S
from benchmarks.load.figures import tables
from benchmarks.load.scene import Chat, Size
from benchmarks.load.session import a_session
from bot import words_chat
from bot.answering import MOST_AT_ONCE
from tests.e2e.discord.scene import SMALL, a_scene
from tests.e2e.harness import Rodin, simulator

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(480)]

MOST_GROWTH_MB = 60
TOO_MANY = words_chat.too_many_at_once()
CROWD, EACH = 15, 8


async def test_everybody_is_acknowledged_in_time_answered_once_and_what_is_taken_ends(tmp_path: Path):
    size = Size(seconds=20, rate=50, tracked=40, speed=1)

    async with a_session(tmp_path, (Chat.DISCORD, Chat.SLACK), size, say=print, lets_all_end=True) as session:
        outcome = await session.with_bot("both at once")
        states = Counter(session.scene.home.states())

    print(tables([outcome]))  # noqa: T201 - the numbers are what this is run for
    acks, answers, memory = outcome.bot.acks, outcome.answers, outcome.memory
    assert sum(one.count for one in acks.values()) >= size.seconds * size.rate
    assert {name: one.too_late for name, one in acks.items()} == {"discord": 0, "slack": 0}
    assert (answers.never, answers.twice, answers.troubled) == (0, 0, 0)
    assert answers.taken + answers.queue_full + answers.busy >= answers.asked_for
    assert answers.taken == outcome.new_rows
    assert answers.queue_full > 0
    assert states == {"ready": len(session.scene.crowd) * size.models + size.tracked + answers.taken}
    assert memory.most - memory.tracking < MOST_GROWTH_MB


@pytest.fixture
def rodin(tmp_path: Path):
    with simulator(tmp_path / "rodin", speed=200, parallel=100, balance=10_000) as process:
        yield process


async def test_a_crowd_finds_a_limit_and_is_told_so_while_nothing_can_be_written(tmp_path: Path, rodin: Rodin):
    async with a_scene(tmp_path, rodin) as scene, scene.bot(LOG_LEVEL="info"):
        crowd = [scene.server.member(f"Member {number}") for number in range(CROWD)]
        with scene.locked():
            answers = [
                await person.command(scene.general, "rodin generate", prompt=f"bell {number}", **SMALL)
                for number in range(EACH)
                for person in crowd
            ]
            await asyncio.gather(*(answer.acknowledged() for answer in answers))
            await scene.until(lambda: any(TOO_MANY in one.text for one in answers))
        await scene.until(lambda: all(one.message and not one.message.thinking for one in answers))

        refused = [one for one in answers if TOO_MANY in one.text]
        assert len(refused) == CROWD * EACH - MOST_AT_ONCE
        assert len([one for one in answers if one.text.startswith("Task ")]) == MOST_AT_ONCE
        assert len(scene.home.states()) == MOST_AT_ONCE
        assert all(one.ack_after_s is not None and one.ack_after_s < ACK_WITHIN_S for one in answers)
