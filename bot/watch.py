"""The loop that looks at the wallet now and then, and has news for the operator before it is empty."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from bot import text, words_money
from bot.clock import pause
from bot.errors import StorageError, VendorError
from bot.news import News, news
from bot.outage import Outage
from bot.ports import Clock, Generator
from bot.tiers import CHEAPEST

log = logging.getLogger(__name__)

EVERY_S = 600.0
"""Between two looks. A model costs half a credit, so a wallet does not run dry unseen in ten minutes."""

MARK = "balance"
"""The name under which the database remembers what the operator was told last."""

CREDITS = "balance.credits"
"""The name under which it remembers the last balance, for processes that show it and do not look themselves."""


class Level(StrEnum):
    """How full the wallet is. Values are stored: add new ones, never rename."""

    ENOUGH = "enough"
    LOW = "low"
    EMPTY = "empty"


class Marks(Protocol):
    """Small things that every process on the database knows, by name. May raise StorageError."""

    async def exchange(self, name: str, value: str, *, now: datetime, telling: Telling | None = None) -> str | None:
        """Write a value under a name and return what stood there before, in one step; None where nothing did.

        The news that `telling` makes of what stood there are written down in the same step, for `bot.news` to tell.
        """

    async def read(self, name: str) -> str | None:
        """Return what stands under a name; None where nothing does."""


Telling = Callable[[str | None], News | None]
"""Makes of what stood under a name before what the operator is told of the change, if anything."""

Tell = Callable[[str], Awaitable[None]]
"""Has a sentence told where the operator reads it. May raise StorageError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchParts:
    """What the watch works with. Below `low` credits it warns."""

    generator: Generator
    marks: Marks
    clock: Clock
    low: Decimal


class BalanceWatch:
    """Asks for the balance every ten minutes and has news of it once for each level that it falls to or recovers from.

    What was told last stands in the database: neither a restart nor a second process tells it again.
    """

    def __init__(self, parts: WatchParts) -> None:
        self._parts = parts
        self._silence = Outage(log, back="balance known again")

    async def run(self, stopping: asyncio.Event) -> None:
        """Look now and then until told to stop; whatever does not answer is asked again next time."""
        while not stopping.is_set():
            try:
                await self.look()
            except StorageError as error:
                log.warning("balance not noted, trying again error=%s", error)
            await pause(self._parts.clock, EVERY_S, unless=stopping)

    async def balance(self) -> Decimal | None:
        """Return the balance as it was last heard, by whichever process; None until then. Raises StorageError."""
        heard = await self._parts.marks.read(CREDITS)
        return None if heard is None else Decimal(heard)

    async def look(self) -> None:
        """Ask once, and write news down if the level has changed since there were some.

        Raises:
            StorageError: there are news another time.
        """
        p = self._parts
        try:
            balance = await p.generator.balance()
        except VendorError as error:
            self._silence.begin(logging.WARNING, "balance unknown error=%s", error)
            return
        self._silence.end()
        await p.marks.exchange(CREDITS, str(balance), now=p.clock.now())
        await self._note(level_of(balance, low=p.low), balance)

    async def _note(self, level: Level, balance: Decimal) -> None:
        def telling(before: str | None) -> News | None:
            return news(_SENTENCES[level](text.as_credits(balance))) if _is_news(before, level) else None

        p = self._parts
        before = await p.marks.exchange(MARK, level, now=p.clock.now(), telling=telling)
        if _is_news(before, level):
            log.log(_LOUDNESS[level], "balance %s credits=%s", level, balance)
        elif (before or Level.ENOUGH) != level:
            log.info("balance still low credits=%s", balance)


def _is_news(before: str | None, level: Level) -> bool:
    """Say whether a level is worth a word after the one before it."""
    was = before or Level.ENOUGH
    # A step down to "low" from "empty" is none: some credits came, and not enough.
    return was != level and (was, level) != (Level.EMPTY, Level.LOW)


def level_of(balance: Decimal, *, low: Decimal) -> Level:
    """Say how full a wallet is that warns below `low` credits."""
    if balance < CHEAPEST:
        return Level.EMPTY
    return Level.LOW if balance < low else Level.ENOUGH


_LOUDNESS = {Level.ENOUGH: logging.INFO, Level.LOW: logging.WARNING, Level.EMPTY: logging.ERROR}
_SENTENCES: dict[Level, Callable[[str], str]] = {
    Level.ENOUGH: words_money.balance_recovered,
    Level.LOW: words_money.balance_low,
    Level.EMPTY: words_money.balance_empty,
}
