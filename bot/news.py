"""What the operator has to know, brought to their channel once, whatever dies in between.

Whoever has news writes them down; a process that holds the chat posts them and notes that it did. Between posting and
noting, the key keeps the platform from posting them twice.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.chat import Platform
from bot.clock import pause
from bot.errors import PlatformError, StorageError
from bot.outage import Outage
from bot.ports import Clock

log = logging.getLogger(__name__)

EVERY_S = 5.0
"""Between two looks for news: one small read, and nobody waits for them at a screen."""

TELL_WITHIN_S = 60.0
"""How long one telling may take. What takes longer is told again under the same key."""

LASTS = timedelta(days=1)
"""What could not be told for so long is told no more: it would be about another day."""

AT_ONCE = 10
"""How many are told in one turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorChannel:
    """Where the operator is told: the platform's name, and the channel in that platform's own words."""

    platform: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A sentence for the operator. `key` is at most 16 characters, and the same for every telling of it."""

    key: str
    sentence: str


def news(sentence: str) -> News:
    """Return a sentence as news of its own."""
    return News(key=secrets.token_hex(8), sentence=sentence)


class NewsStore(Protocol):
    """Remembers what is still to be told. Every method is one transaction; any may raise DatabaseBusy."""

    async def add(self, item: News, *, now: datetime) -> None:
        """Write down something to tell. What is older than `LASTS` is forgotten."""

    async def untold(self, *, now: datetime, limit: int) -> tuple[News, ...]:
        """Return what is still to be told and not older than `LASTS`, oldest first."""

    async def told(self, key: str) -> None:
        """Note that something was told. May be repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrierParts:
    """What the crier works with; `platform` is the one that the channel is on."""

    store: NewsStore
    platform: Platform
    channel: str
    clock: Clock


class Crier:
    """The loop that posts news into the operator's channel. Two of them on one database do no harm."""

    def __init__(self, parts: CrierParts) -> None:
        self._parts = parts
        self._trouble = Outage(log, back="operator's channel reached again")

    async def run(self, stopping: asyncio.Event) -> None:
        """Tell what there is now and then, until told to stop; what fails is told another time."""
        while not stopping.is_set():
            try:
                await self.turn()
            except StorageError as error:
                log.warning("news not looked for, trying again error=%s", error)
            except Exception:  # news that cannot be told must not end the bot
                log.exception("news not told, trying again")
            await pause(self._parts.clock, EVERY_S, unless=stopping)

    async def turn(self) -> None:
        """Tell what there is; stop at the first that cannot be told, since the next one could not either."""
        p = self._parts
        for item in await p.store.untold(now=p.clock.now(), limit=AT_ONCE):
            try:
                async with asyncio.timeout(TELL_WITHIN_S):
                    await p.platform.notify(p.channel, item.sentence, key=item.key)
            except (PlatformError, TimeoutError) as error:
                self._trouble.begin(logging.WARNING, "operator's channel not reached, trying again error=%s", error)
                return
            self._trouble.end()
            await p.store.told(item.key)
