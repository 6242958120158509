"""What an outage looks like from outside: an hour passes, somebody types, and the log says it once."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from tests.matrix.console import Desk
from tests.matrix.machine import Machine

OURS = ("bot", "adapters", "storage")


def lines(said: pytest.LogCaptureFixture, *, level: int) -> Counter[str]:
    """Count what our own parts have logged at a level or above, without the error's own words."""
    ours = [one for one in said.records if one.name.startswith(OURS) and one.levelno >= level]
    return Counter(one.getMessage().partition(" error=")[0].partition(" task=")[0] for one in ours)


def count(said: pytest.LogCaptureFixture, words: str) -> int:
    """Count the lines with these words."""
    return sum(number for line, number in lines(said, level=logging.INFO).items() if words in line)


def assert_said_once(said: pytest.LogCaptureFixture, begin: str, end: str) -> None:
    """The beginning and the end of an outage stand in the log once for each part that noticed, and nothing repeats."""
    warned = lines(said, level=logging.WARNING)
    assert warned
    assert set(warned.values()) == {1}, warned
    begun = sum(count for line, count in warned.items() if begin in line)
    ended = sum(count for line, count in lines(said, level=logging.INFO).items() if end in line)
    assert begun == ended > 0, (warned, lines(said, level=logging.INFO))


def assert_said_once_but_commands(said: pytest.LogCaptureFixture, begin: str, end: str) -> None:
    """Each command that failed has a line of its own; nothing else repeats."""
    said.records[:] = [one for one in said.records if one.name != "bot.answering"]
    assert_said_once(said, begin, end)


async def an_hour(machine: Machine, *, turn_s: float = 120.0) -> None:
    """Let an hour pass, in which the loops go on looking."""
    for _ in range(round(3600 / turn_s)):
        await machine.turn(turn_s)


async def type_(desk: Desk, line: str) -> str:
    """Type a line; return what is printed at once."""
    before = len(desk.printed)
    await desk.session.obey(line)
    return desk.printed[before:]
