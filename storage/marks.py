"""Small things that hold for every process, by name, in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import to_ms
from storage.database import Database
from storage.schema import settings
from storage.upserts import insert_into


class SqlMarks:
    """The table of such things; keeps the promises of `bot.watch.Marks`. Raises DatabaseBusy or StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def exchange(self, name: str, value: str, *, now: datetime) -> str | None:
        """Write a value under a name and return what stood there before; None where nothing did."""
        async with self._database.writing() as connection:
            before = await _held(connection, name)
            await put(connection, self._database, name, value=value, now=now)
        return before


async def put(connection: AsyncConnection, database: Database, name: str, *, value: str, now: datetime) -> None:
    """Write a value under a name, in the transaction at hand."""
    row = {"value": value, "changed_ms": to_ms(now)}
    new = insert_into(settings, database).values(name=name, **row)
    await connection.execute(new.on_conflict_do_update(index_elements=[settings.c.name], set_=row))


async def drop(connection: AsyncConnection, name: str) -> bool:
    """Remove what stands under a name, in the transaction at hand; say whether anything did."""
    return bool((await connection.execute(delete(settings).where(settings.c.name == name))).rowcount)


async def _held(connection: AsyncConnection, name: str) -> str | None:
    # The lock makes a second process wait for the first one's answer; SQLite, with one writer, leaves it out.
    held = select(settings.c.value).where(settings.c.name == name).with_for_update()
    value: str | None = (await connection.execute(held)).scalar()
    return value
