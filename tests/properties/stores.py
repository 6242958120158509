"""The table of tasks twice, in memory and in SQLite, with the switches and keys beside it; asked the same, compared."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from bot.controls import Controls
from bot.errors import BotError
from bot.keys import KeyStore
from bot.ports import TaskStore
from storage.codec import from_ms
from storage.controls import SqlControls
from storage.database import Database, open_database
from storage.keys import SqlKeyStore
from storage.schema import tasks
from storage.tasks import SqlTaskStore
from storage.vault import Purpose, Vault
from tests.fakes.controls import MemoryControls
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.memory_store import MemoryTaskStore


@dataclass(frozen=True, slots=True)
class Lease:
    """Whose row it is, and until when."""

    worker: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Leases:
    """What hangs on a row besides its task: both leases, and until when nobody is told."""

    work: Lease | None
    telling: Lease | None
    tell_at: datetime | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    tasks: TaskStore
    controls: Controls
    keys: KeyStore
    leases: Callable[[], Awaitable[dict[str, Leases]]]


class _KnownMarks(Vault):
    """Names keys as the store in memory does, so that both can be compared."""

    def fingerprint(self, text: str, *, purpose: Purpose) -> str:
        return hashlib.sha256(text.encode()).hexdigest()[:12]


_VAULT = _KnownMarks("a secret that only tests know, long enough")


def in_memory() -> Side:
    """Return the side in memory."""
    store = MemoryTaskStore()

    def lease(held: Any) -> Lease | None:
        return None if held is None else Lease(held.worker, held.until)

    async def leases() -> dict[str, Leases]:
        rows = store._rows.items()  # the port tells nobody who holds what
        return {task_id: Leases(lease(row.work), lease(row.telling), row.tell_at) for task_id, row in rows}

    return Side(tasks=store, controls=MemoryControls(store), keys=MemoryKeyStore(store), leases=leases)


@asynccontextmanager
async def in_sqlite(folder: Path) -> AsyncIterator[Side]:
    """Open the side in SQLite, empty."""
    path = folder / "tasks.db"
    path.write_bytes(await _empty_database())
    async with open_database(f"sqlite:///{path}") as database:
        yield Side(
            tasks=SqlTaskStore(database),
            controls=SqlControls(database),
            keys=SqlKeyStore(database, _VAULT),
            leases=lambda: _leases_in(database),
        )


async def outcome(side: Side, step: Callable[[Side], Awaitable[object]]) -> object:
    """Return what a step gives, or the error it ends with."""
    try:
        return await step(side)
    except BotError as error:
        return type(error), vars(error) or str(error)


async def _leases_in(database: Database) -> dict[str, Leases]:
    async with database.reading() as connection:
        rows = (await connection.execute(select(tasks))).mappings().all()

    def lease(worker: str | None, until_ms: int | None) -> Lease | None:
        return None if worker is None or until_ms is None else Lease(worker, from_ms(until_ms))

    return {
        row["id"]: Leases(
            lease(row["work_worker"], row["work_until_ms"]),
            lease(row["tell_worker"], row["tell_until_ms"]),
            None if row["tell_at_ms"] is None else from_ms(row["tell_at_ms"]),
        )
        for row in rows
    }


async def _empty_database() -> bytes:
    """Return the bytes of an empty database of today's schema: migrating takes longer than an example."""
    if not _made:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "tasks.db"
            async with open_database(f"sqlite:///{path}"):
                pass
            _made.append(path.read_bytes())
    return _made[0]


_made: list[bytes] = []
