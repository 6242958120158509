"""The loop that looks at the wallet now and then, and tells the operator before it is empty."""

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
from bot.errors import PlatformError, StorageError, VendorError
from bot.ports import Clock, Generator
from bot.tiers import TIERS

log = logging.getLogger(__name__)

EVERY_S = 600.0
"""Between two looks. A model costs half a credit, so a wallet does not run dry unseen in ten minutes."""

CHEAPEST = min(tier.credits for tier in TIERS.values())
"""With less than this nothing can be made."""

MARK = "balance"
"""The name under which the database remembers what the operator was told last."""


class Level(StrEnum):
    """How full the wallet is. Values are stored: add new ones, never rename."""

    ENOUGH = "enough"
    LOW = "low"
    EMPTY = "empty"


class Marks(Protocol):
    """Small things that every process on the database knows, by name. May raise StorageError."""

    async def exchange(self, name: str, value: str, *, now: datetime) -> str | None:
        """Write a value under a name and return what stood there before, in one step; None where nothing did."""


Tell = Callable[[str], Awaitable[None]]
"""Says a sentence where the operator reads it. May raise PlatformError: then it is said again next time."""


async def tell_nobody(_sentence: str) -> None:
    """Say nothing anywhere: the log says it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchParts:
    """What the watch works with. Below `low` credits it warns."""

    generator: Generator
    marks: Marks
    clock: Clock
    low: Decimal


class BalanceWatch:
    """Asks for the balance every ten minutes and tells of it once for each level that it falls to or recovers from.

    What was told last stands in the database: neither a restart nor a second process tells it again. `balance` is for
    whoever shows numbers: what was last heard, None until then. `tell` is set by whoever can reach the operator.
    """

    def __init__(self, parts: WatchParts) -> None:
        self._parts = parts
        self._is_silent = False
        self.balance: Decimal | None = None
        self.tell: Tell = tell_nobody

    async def run(self, stopping: asyncio.Event) -> None:
        """Look now and then until told to stop; whatever does not answer is asked again next time."""
        while not stopping.is_set():
            try:
                await self.look()
            except StorageError as error:
                log.warning("balance not noted, trying again error=%s", error)
            except PlatformError as error:
                log.warning("operator not told of the balance, trying again error=%s", error)
            await self._wait(stopping)

    async def look(self) -> None:
        """Ask once, and tell if the level has changed since somebody was told.

        Raises:
            StorageError, PlatformError: it is told another time.
        """
        p = self._parts
        try:
            self.balance = balance = await p.generator.balance()
        except VendorError as error:
            if not self._is_silent:
                log.warning("balance unknown error=%s", error)
            self._is_silent = True
            return
        if self._is_silent:
            log.info("balance known again")
        self._is_silent = False
        await self._note(level_of(balance, low=p.low), balance)

    async def _note(self, level: Level, balance: Decimal) -> None:
        p = self._parts
        before = await p.marks.exchange(MARK, level, now=p.clock.now()) or Level.ENOUGH
        if before == level:
            return
        # A step down to "low" from "empty" is no news: some credits came, and not enough.
        if (before, level) == (Level.EMPTY, Level.LOW):
            log.info("balance still low credits=%s", balance)
            return
        log.log(_LOUDNESS[level], "balance %s credits=%s", level, balance)
        try:
            await self.tell(_SENTENCES[level](text.as_credits(balance)))
        except PlatformError:
            await p.marks.exchange(MARK, before, now=p.clock.now())
            raise

    async def _wait(self, stopping: asyncio.Event) -> None:
        stopped = asyncio.ensure_future(stopping.wait())
        slept = asyncio.ensure_future(self._parts.clock.sleep(EVERY_S))
        try:
            await asyncio.wait([stopped, slept], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            slept.cancel()


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
