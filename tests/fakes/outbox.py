"""What was posted, and ways to answer, in memory: for tests of platforms, which need no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.outbox import Sending


@dataclass(slots=True)
class _Send:
    begun_at: datetime
    message: str | None = None


class MemorySendLog:
    """The messages in a dict. No method waits, so each is one step for everybody else: a transaction."""

    def __init__(self) -> None:
        self._sends: dict[str, _Send] = {}

    async def begin(self, key: str, *, now: datetime) -> Sending:
        earlier = self._sends.get(key)
        self._sends[key] = _Send(_to_ms(now), earlier.message if earlier else None)
        return Sending(is_repeat=True, message=earlier.message) if earlier else Sending(is_repeat=False)

    async def sent(self, key: str, *, message: str) -> None:
        if key in self._sends:
            self._sends[key].message = message

    async def undo(self, key: str) -> None:
        self._sends.pop(key, None)

    async def forget(self, *, before: datetime) -> int:
        old = [key for key, send in self._sends.items() if send.begun_at < _to_ms(before)]
        for key in old:
            del self._sends[key]
        return len(old)


@dataclass(frozen=True, slots=True, repr=False)
class _Answer:
    secret: str
    until: datetime


class MemoryAnswerStore:
    """The answers in a dict, as they are: nothing reaches a disk."""

    def __init__(self) -> None:
        self._answers: dict[str, _Answer] = {}

    async def keep(self, key: str, secret: str, *, until: datetime) -> None:
        self._answers[key] = _Answer(secret, _to_ms(until))

    async def load(self, key: str, *, now: datetime) -> str | None:
        answer = self._answers.get(key)
        return answer.secret if answer and answer.until > _to_ms(now) else None

    async def erase(self, *, before: datetime) -> int:
        dead = [key for key, answer in self._answers.items() if answer.until < _to_ms(before)]
        for key in dead:
            del self._answers[key]
        return len(dead)


def _to_ms(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
