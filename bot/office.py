"""What the operator does from the command line, on the database of a bot that may be running: stop, block, count up."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TextIO

from bot import words_keys, words_money
from bot.callingoff import CallingOff
from bot.clock import SystemClock
from bot.controls import Block, BlockKind, Controls, is_about
from bot.errors import DatabaseUnusable
from bot.keys import KeyStore, id_of
from bot.ledger import Ledger, Span, total, write_csv
from bot.ports import Clock, FileStore, TaskStore
from bot.settings import Settings
from storage.controls import SqlControls
from storage.database import open_database
from storage.files import ObjectFileStore
from storage.keys import SqlKeyStore
from storage.ledger import SqlLedger
from storage.tasks import SqlTaskStore
from storage.urls import parse_database_url

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The operator's desk. Each method does one thing and says in a sentence what is true now."""

    controls: Controls
    keys: KeyStore
    ledger: Ledger
    tasks: TaskStore
    files: FileStore
    clock: Clock

    async def pause(self, word: str) -> str:
        """Send nothing to Rodin from now on, and tell those who wait, with this word."""
        return words_money.is_paused(await self.controls.pause(word, now=self.clock.now()))

    async def resume(self) -> str:
        """Send again: after a pause, and with keys that were stopped, if Rodin takes them now."""
        resumed = await self._resume_keys()
        if await self.controls.paused() is None:
            return words_keys.were_resumed(resumed) if resumed else words_money.was_not_paused()
        said = words_money.is_resumed(await self.controls.resume())
        return f"{said} {words_keys.were_resumed(resumed)}" if resumed else said

    async def key_list(self) -> str:
        """List which servers have a key of their own, and which keys are stopped; one line for each."""
        return words_keys.key_list(await self.keys.states())

    async def block(self, kind: BlockKind, value: str) -> str:
        """Take nothing more from a person or server, or with a word, and call off what waits of it."""
        now = self.clock.now()
        is_new = await self.controls.block(kind, value, now=now)
        block = Block(kind=kind, value=value, since=now)
        calling = CallingOff(tasks=self.tasks, files=self.files, clock=self.clock)
        count = await calling.of(lambda task: is_about(block, task.owner, task.request.words))
        return words_money.is_blocked(kind, value, is_new=is_new, called_off=count)

    async def unblock(self, kind: BlockKind, value: str) -> str:
        """Allow it again."""
        return words_money.is_unblocked(kind, value, was_blocked=await self.controls.unblock(kind, value))

    async def blocks(self) -> str:
        """Say what is blocked, and since when; one line for each."""
        return words_money.blocked_list(await self.controls.blocks(), await self.controls.paused())

    async def export(self, span: Span, to: TextIO) -> None:
        """Write the ledger of a span as CSV."""
        await write_csv(self.ledger.entries(span), to)

    async def summary(self, span: Span) -> str:
        """Say what a span has cost."""
        sums = await total(self.ledger.entries(span))
        return words_money.ledger_total(sums)

    async def _resume_keys(self) -> int:
        """Send with every stopped key again; whatever Rodin refuses once more stops it once more."""
        stopped = [state for state in await self.keys.states() if state.stopped is not None]
        return sum([await self.keys.resume(id_of(state)) for state in stopped])


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """Open the database that the settings name, whether or not a bot runs on it.

    Raises:
        DatabaseUnusable: there is none yet; a switch in a new empty one would stop nobody.
        DatabaseTooNew, FileStoreUnusable.
    """
    place = parse_database_url(settings.database_url)
    if place.path is not None and not place.path.exists():
        raise DatabaseUnusable(words_money.no_database(place.where))
    async with open_database(settings.database_url) as database:
        yield Office(
            controls=SqlControls(database),
            keys=SqlKeyStore(database, None),  # their secrets are of no use here
            ledger=SqlLedger(database),
            tasks=SqlTaskStore(database),
            files=ObjectFileStore(settings.files_url),
            clock=SystemClock(),
        )
