"""What the operator's channel is still to be told, in SQL: `SqlNews` keeps the promises of `bot.news.NewsStore`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.news import LASTS, News
from storage.codec import to_ms
from storage.database import Database
from storage.schema import news
from storage.upserts import insert_into


class SqlNews:
    """The news in a database. Each method is one transaction; any may raise DatabaseBusy or StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, item: News, *, now: datetime) -> None:
        """Write down something to tell."""
        async with self._database.writing() as connection:
            await put(connection, self._database, item, now=now)

    async def untold(self, *, now: datetime, limit: int) -> tuple[News, ...]:
        """Return what is still to be told, oldest first."""
        waiting = select(news).where(news.c.since_ms > to_ms(now - LASTS)).order_by(news.c.since_ms, news.c.key)
        async with self._database.reading() as connection:
            rows = (await connection.execute(waiting.limit(limit))).all()
        return tuple(News(key=row.key, sentence=row.sentence) for row in rows)

    async def told(self, key: str) -> None:
        """Note that something was told."""
        async with self._database.writing() as connection:
            await connection.execute(delete(news).where(news.c.key == key))


async def put(connection: AsyncConnection, database: Database, item: News, *, now: datetime) -> None:
    """Write down something to tell, in the transaction at hand; what is too old to be told goes."""
    await connection.execute(delete(news).where(news.c.since_ms <= to_ms(now - LASTS)))
    row = {"key": item.key, "sentence": item.sentence, "since_ms": to_ms(now)}
    await connection.execute(insert_into(news, database).values(row).on_conflict_do_nothing())
