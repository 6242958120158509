"""Copies of the database, taken while the bot runs and put back after a misfortune, without paying for anything twice.

A copy knows nothing of what happened after it was taken. What waited then may have been sent since, so after a restore
nothing of it is sent by itself: those tasks end unclear, and the people who asked decide.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot import words_office
from bot.changes import attempt
from bot.clock import SystemClock
from bot.errors import OperatorMistake
from bot.model import Charge, Failure, FailureKind, Task, TaskState
from bot.ports import TaskStore
from bot.settings import Settings
from storage.backup import back_up, exchange, unpack
from storage.database import open_database
from storage.tasks import SqlTaskStore
from storage.urls import parse_database_url

UNSENT = frozenset({TaskState.ACCEPTED, TaskState.SUBMITTING})
"""What may have left for Rodin after the copy was taken."""

MOST_WAITING = 1_000_000
"""More than MAX_WAITING ever lets wait."""


async def make_backup(settings: Settings, copy: Path) -> str:
    """Copy the database to a file and say so; the bot may run meanwhile.

    Raises:
        OperatorMistake: it is no SQLite database, or `storage.backup.BackupFailed`.
    """
    size = await asyncio.to_thread(back_up, _file_of(settings), copy)
    return words_office.backed_up(copy, size)


async def restore_backup(settings: Settings, copy: Path) -> str:
    """Put a copy in the place of the database, which is kept beside it, and say what that means.

    Raises:
        OperatorMistake: it is no SQLite database, or `storage.backup.BackupFailed`; then nothing was changed.
        DatabaseTooNew: a newer version of the bot has made the copy.
    """
    place, now = _file_of(settings), SystemClock().now()
    draft = place.with_name(f"{place.name}.restoring")
    aside = place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}")
    try:
        await asyncio.to_thread(unpack, copy, draft)
        async with open_database(f"sqlite+aiosqlite:///{draft}") as database:
            doubtful = await leave_unsent_open(SqlTaskStore(database), now=now)
        was_there = place.exists()
        await asyncio.to_thread(exchange, draft, place, aside=aside)
    finally:
        await asyncio.to_thread(_clear, draft)
    return words_office.restored(place, aside if was_there else None, doubtful=doubtful)


async def leave_unsent_open(tasks: TaskStore, *, now: datetime) -> int:
    """End what may have been sent since as unclear, and return how many tasks that were."""
    waiting = await tasks.tasks_in(sorted(UNSENT), limit=MOST_WAITING)
    doubtful = [task for task in waiting if task.price]  # what is free never goes to Rodin
    for task in doubtful:
        await attempt(tasks, task.id, lambda row: _in_doubt(row, now=now))
    return len(doubtful)


def _in_doubt(row: Task, *, now: datetime) -> Task:
    if row.state is TaskState.ACCEPTED:
        row = replace(row.move(TaskState.SUBMITTING, now=now, hold=None), submitted_at=now)
    failure = Failure(kind=FailureKind.LOST_ANSWER, charged=Charge.MAYBE)
    return row.move(TaskState.UNCLEAR, now=now, failure=failure)


def _file_of(settings: Settings) -> Path:
    place = parse_database_url(settings.database_url)
    if place.path is None:
        raise OperatorMistake(words_office.not_sqlite())
    return place.path


def _clear(draft: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm", ".upgrade.lock"):
        with suppress(FileNotFoundError):
            draft.with_name(f"{draft.name}{suffix}").unlink()
