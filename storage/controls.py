"""The operator's switches in SQL: `SqlControls` keeps the promises of `bot.controls.Controls`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.controls import Block, BlockKind, Pause
from bot.model import TaskState
from storage import marks
from storage.claims import ACCEPTED_LOCK, PAUSE
from storage.codec import from_ms, to_ms
from storage.database import Database
from storage.schema import blocks, settings, tasks
from storage.upserts import insert_into


class SqlControls:
    """The switches in a database. Each method is one transaction; any may raise DatabaseBusy or StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pause(self, word: str = "", *, now: datetime) -> int:
        """Send nothing from now on; return how many tasks wait. Their threads are told."""
        async with self._database.writing(is_urgent=True) as connection:
            if self._database.dialect == "postgresql":
                # A claim that began before would not see the pause; this waits until it is through.
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ACCEPTED_LOCK})
            await marks.put(connection, self._database, PAUSE, value=word, now=now)
            return await _touch_waiting(connection)

    async def resume(self) -> int:
        """Send again; return how many tasks wait. Their threads are told if there was a pause."""
        async with self._database.writing(is_urgent=True) as connection:
            return await _touch_waiting(connection) if await marks.drop(connection, PAUSE) else 0

    async def paused(self) -> Pause | None:
        """Return the pause, or None while tasks are sent."""
        held = select(settings.c.value, settings.c.changed_ms).where(settings.c.name == PAUSE)
        async with self._database.reading() as connection:
            row = (await connection.execute(held)).first()
        return None if row is None else Pause(word=row.value, since=from_ms(row.changed_ms))

    async def block(self, kind: BlockKind, value: str, *, now: datetime) -> bool:
        """Block something; return whether it was not blocked before."""
        row = {"kind": kind.value, "value": value, "since_ms": to_ms(now)}
        new = insert_into(blocks, self._database).values(row).on_conflict_do_nothing().returning(blocks.c.kind)
        async with self._database.writing(is_urgent=True) as connection:
            return (await connection.execute(new)).first() is not None

    async def unblock(self, kind: BlockKind, value: str) -> bool:
        """Allow it again; return whether it was blocked."""
        gone = delete(blocks).where(blocks.c.kind == kind, blocks.c.value == value)
        async with self._database.writing(is_urgent=True) as connection:
            return bool((await connection.execute(gone)).rowcount)

    async def blocks(self) -> tuple[Block, ...]:
        """Return everything that is blocked, by kind, then by value."""
        known = select(blocks).where(blocks.c.kind.in_(list(BlockKind))).order_by(blocks.c.kind, blocks.c.value)
        async with self._database.reading() as connection:
            rows = (await connection.execute(known)).all()
        return tuple(Block(kind=BlockKind(row.kind), value=row.value, since=from_ms(row.since_ms)) for row in rows)


async def _touch_waiting(connection: AsyncConnection) -> int:
    """Give every waiting task a new revision; return how many there are.

    So its thread is told; and a submitter that has claimed one finds it changed, and does not send it.
    """
    touched = update(tasks).where(tasks.c.state == TaskState.ACCEPTED).values(revision=tasks.c.revision + 1)
    return (await connection.execute(touched)).rowcount
