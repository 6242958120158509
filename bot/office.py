"""What the operator does from the command line, on the database of a bot that may be running: stop, block, count up."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from bot import words_money
from bot.changes import attempt
from bot.clock import SystemClock
from bot.controls import Block, BlockKind, Controls, is_about
from bot.errors import DatabaseUnusable
from bot.ledger import Ledger, Span, total, write_csv
from bot.model import Task, TaskState
from bot.ports import Clock, FileStore, TaskStore
from bot.settings import Settings
from bot.sweeper import clear_spool
from storage.controls import SqlControls
from storage.database import open_database
from storage.files import ObjectFileStore
from storage.ledger import SqlLedger
from storage.tasks import SqlTaskStore
from storage.urls import parse_database_url

log = logging.getLogger(__name__)

MOST_CALLED_OFF = 10_000
"""Waiting tasks that a block looks through; MAX_WAITING keeps far fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The operator's desk. Each method does one thing and says in a sentence what is true now."""

    controls: Controls
    ledger: Ledger
    tasks: TaskStore
    files: FileStore
    clock: Clock

    async def pause(self, word: str) -> str:
        """Send nothing to Rodin from now on, and tell those who wait, with this word."""
        return words_money.is_paused(await self.controls.pause(word, now=self.clock.now()))

    async def resume(self) -> str:
        """Send again."""
        if await self.controls.paused() is None:
            return words_money.was_not_paused()
        return words_money.is_resumed(await self.controls.resume())

    async def block(self, kind: BlockKind, value: str) -> str:
        """Take nothing more from a person or server, or with a word, and call off what waits of it."""
        now = self.clock.now()
        is_new = await self.controls.block(kind, value, now=now)
        count = await self._call_off(Block(kind=kind, value=value, since=now))
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

    async def _call_off(self, block: Block) -> int:
        """Cancel what waits and is blocked; return how many tasks. What is on its way already stays so."""
        waiting = await self.tasks.tasks_in([TaskState.ACCEPTED], limit=MOST_CALLED_OFF)
        meant = [task for task in waiting if is_about(block, task.owner, task.request.words)]
        count = 0
        for task in meant:
            ended = await attempt(self.tasks, task.id, _called_off(self.clock.now()))
            if ended.state is TaskState.CANCELLED:
                count += 1
                await clear_spool(self.files, task.id)
        return count


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
            ledger=SqlLedger(database),
            tasks=SqlTaskStore(database),
            files=ObjectFileStore(settings.files_url),
            clock=SystemClock(),
        )


def _called_off(now: datetime) -> Callable[[Task], Task]:
    def cancelled(row: Task) -> Task:
        return row.move(TaskState.CANCELLED, now=now, hold=None) if row.state is TaskState.ACCEPTED else row

    return cancelled
