"""Short-lived ways to answer one person, sealed, in SQL: `SqlAnswerStore` keeps `bot.outbox.AnswerStore`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from storage.codec import to_ms
from storage.database import Database
from storage.schema import answers
from storage.upserts import insert_into
from storage.vault import Purpose, Vault


class SqlAnswerStore:
    """The answers in a database, which never sees them unsealed. Each method is one transaction.

    What they do is said in `bot.outbox.AnswerStore`. Any method may raise DatabaseBusy (it may be repeated) or
    StorageError.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def keep(self, key: str, secret: str, *, until: datetime) -> None:
        """Keep a secret until it dies. One that is kept under the same key is replaced."""
        sealed = self._vault.seal(secret, purpose=Purpose.ANSWERS)
        row = insert_into(answers, self._database).values(key=key, sealed=sealed, until_ms=to_ms(until))
        news = {"sealed": row.excluded.sealed, "until_ms": row.excluded.until_ms}
        # Urgent: it belongs to taking a person's command, for which a platform gives three seconds.
        async with self._database.writing(is_urgent=True) as connection:
            await connection.execute(row.on_conflict_do_update(index_elements=[answers.c.key], set_=news))

    async def load(self, key: str, *, now: datetime) -> str | None:
        """Return a secret that still lives, else None; None too, and a line in the log, when it cannot be opened."""
        living = select(answers.c.sealed).where(answers.c.key == key, answers.c.until_ms > to_ms(now))
        async with self._database.reading() as connection:
            sealed = (await connection.execute(living)).scalar()
        return None if sealed is None else self._vault.unseal(sealed, purpose=Purpose.ANSWERS)

    async def erase(self, *, before: datetime) -> int:
        """Erase every secret that died before a moment; return how many."""
        async with self._database.writing() as connection:
            erased = await connection.execute(delete(answers).where(answers.c.until_ms < to_ms(before)))
        return erased.rowcount
