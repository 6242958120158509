"""Which messages were posted, in SQL: `SqlSendLog` keeps the promises of `bot.outbox.SendLog`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update

from bot.outbox import Sending
from storage.codec import to_ms
from storage.database import Database
from storage.schema import sends
from storage.upserts import insert_into


class SqlSendLog:
    """The messages in a database. Each method is one transaction; what they do is said in `bot.outbox.SendLog`.

    No write here is urgent: a message is posted by a loop, after whoever asked has had an acknowledgement, so it stands
    in line behind the commands that people wait for. Any method may raise DatabaseBusy (it may be repeated) or
    StorageError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, key: str, *, now: datetime) -> Sending:
        """Note that a message is about to be posted under a key, and say what is known of earlier tries.

        A try that begins again is remembered from then on, so `forget` leaves it alone while it may still be repeated.
        """
        moment = to_ms(now)
        new = (
            insert_into(sends, self._database)
            .values(key=key, begun_ms=moment, message=None)
            .on_conflict_do_nothing()
            .returning(sends.c.key)
        )
        again = update(sends).where(sends.c.key == key).values(begun_ms=moment).returning(sends.c.message)
        async with self._database.writing() as connection:
            while (await connection.execute(new)).first() is None:
                earlier = (await connection.execute(again)).first()
                if earlier is not None:
                    return Sending(is_repeat=True, message=earlier.message)
                # On PostgreSQL somebody may undo or forget it in between; then we may be the first after all.
        return Sending(is_repeat=False)

    async def sent(self, key: str, *, message: str) -> None:
        """Note that the message of a key was posted, and its id."""
        async with self._database.writing() as connection:
            await connection.execute(update(sends).where(sends.c.key == key).values(message=message))

    async def undo(self, key: str) -> None:
        """Forget that posting began."""
        async with self._database.writing() as connection:
            await connection.execute(delete(sends).where(sends.c.key == key))

    async def forget(self, *, before: datetime) -> int:
        """Forget what began before a moment; return how many."""
        async with self._database.writing() as connection:
            forgotten = await connection.execute(delete(sends).where(sends.c.begun_ms < to_ms(before)))
        return forgotten.rowcount
