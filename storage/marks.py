"""Small things that hold for every process, by name, in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.watch import Telling
from storage import news
from storage.codec import to_ms
from storage.database import Database
from storage.schema import settings
from storage.upserts import insert_into


class SqlMarks:
    """The table of such things; keeps the promises of `bot.watch.Marks`. Raises DatabaseBusy or StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def exchange(self, name: str, value: str, *, now: datetime, telling: Telling | None = None) -> str | None:
        """Write a value under a name and return what stood there before; None where nothing did."""
        row = {"value": value, "changed_ms": to_ms(now)}
        this = settings.c.name == name
        # The row has to be there to be locked: of two that find nothing, the second waits and finds the first one.
        made = insert_into(settings, self._database).values(name=name, value="", changed_ms=row["changed_ms"])
        async with self._database.writing() as connection:
            await connection.execute(made.on_conflict_do_nothing())
            before: str = (
                await connection.execute(select(settings.c.value).where(this).with_for_update())
            ).scalar_one()
            await connection.execute(update(settings).where(this).values(row))
            if telling is not None and (item := telling(before or None)) is not None:
                await news.put(connection, self._database, item, now=now)
        return before or None

    async def read(self, name: str) -> str | None:
        """Return what stands under a name; None where nothing does."""
        async with self._database.reading() as connection:
            value = (await connection.execute(select(settings.c.value).where(settings.c.name == name))).scalar()
        return value or None


async def put(connection: AsyncConnection, database: Database, name: str, *, value: str, now: datetime) -> None:
    """Write a value under a name, in the transaction at hand."""
    row = {"value": value, "changed_ms": to_ms(now)}
    new = insert_into(settings, database).values(name=name, **row)
    await connection.execute(new.on_conflict_do_update(index_elements=[settings.c.name], set_=row))


async def drop(connection: AsyncConnection, name: str) -> bool:
    """Remove what stands under a name, in the transaction at hand; say whether anything did."""
    return bool((await connection.execute(delete(settings).where(settings.c.name == name))).rowcount)
