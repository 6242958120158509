"""What people do, and what came of each deed as their side of the chat saw it."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot import text, words_chat, words_money
from bot.answering import MOST_OF_ONE
from bot.limits import Scope

ACK_WITHIN_S = 3.0
"""Discord's and Slack's three seconds."""


class Kind(StrEnum):
    """One kind of deed."""

    GENERATE = "generate"
    STATUS = "status"
    LIST = "list"
    USAGE = "usage"
    SUGGEST = "suggestions"  # typing into an option of a Discord command; Slack knows none, and lists instead
    BUTTON = "button"  # Again, under a finished model: makes a task
    FORM = "form"  # opens the form of a variation and sends it in: two interactions, and a task


MAKING = frozenset({Kind.GENERATE, Kind.BUTTON, Kind.FORM})
"""Deeds that may end in a new task."""

MIXTURE: Mapping[Kind, int] = {
    Kind.GENERATE: 30,
    Kind.STATUS: 20,
    Kind.LIST: 15,
    Kind.USAGE: 10,
    Kind.SUGGEST: 10,
    Kind.BUTTON: 10,
    Kind.FORM: 5,
}
"""How often of a hundred."""


class Verdict(StrEnum):
    """What an answer says."""

    TAKEN = "taken"
    QUEUE_FULL = "queue full"
    BUSY = "busy"
    ANSWERED = "answered"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of one interaction. `acknowledged_after_s` is None when that did not come in time; `said` is all words.

    `answers` counts the messages, forms or lists of suggestions that answered it.
    """

    acknowledged_after_s: float | None
    answers: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One interaction; `look` says what came of it. `makes` is whether it asks for a model."""

    platform: str
    kind: Kind
    makes: bool
    look: Callable[[], Seen]


class People(Protocol):
    """The people of one platform."""

    name: str
    is_bare: bool
    """Whether it is the bare app that listens: then no form ever opens."""

    async def do(self, kind: Kind, number: int) -> None:
        """Do one thing, the `number`th."""

    def commands(self) -> Sequence[Command]:
        """Return what has been done since the last `forget`, ready to be looked at."""

    def forget(self) -> None:
        """Begin to count anew."""


@dataclass(slots=True)
class Pace:
    """An even rate. Each deed begins at its moment, whatever became of the earlier ones.

    `late_s` is how much later than planned each began: people who are late themselves prove nothing.
    """

    rate: float
    seconds: float
    late_s: list[float] = field(default_factory=list)

    async def drive(self, crowd: Sequence[People], *, seed: int = 1) -> None:
        """Let people do things, platform by platform in turns, until the time is over.

        Returns when everything is acknowledged, or has not been in time.
        """
        dice, loop = random.Random(seed), asyncio.get_running_loop()
        kinds, weights = list(MIXTURE), list(MIXTURE.values())
        began_s = loop.time()
        async with asyncio.TaskGroup() as group:
            for number in range(round(self.rate * self.seconds)):
                due_s = began_s + number / self.rate
                await asyncio.sleep(max(0.0, due_s - loop.time()))
                self.late_s.append(loop.time() - due_s)
                [kind] = dice.choices(kinds, weights)
                group.create_task(crowd[number % len(crowd)].do(kind, number))
        await asyncio.sleep(ACK_WITHIN_S)


def verdict_of(said: str) -> Verdict:
    """Return what an answer's words mean."""
    if any(words in said for words in _QUEUE_FULL):
        return Verdict.QUEUE_FULL
    if any(words in said for words in _BUSY):
        return Verdict.BUSY
    if text.trouble() in said:
        return Verdict.TROUBLE
    return Verdict.TAKEN if _TAKEN.match(said) else Verdict.ANSWERED


_TAKEN = re.compile(r"Task \w{7}( \(from \w{7}\))?: ")
_BUSY = words_chat.too_many_at_once(), words_chat.too_many_of_yours(MOST_OF_ONE)
_QUEUE_FULL = tuple(words_money.queue_full(scope, 7).partition("7")[2] for scope in (Scope.PERSON, Scope.EVERYBODY))
