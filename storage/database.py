"""Opens the database: the right driver, safe settings, the newest schema; and hands out transactions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import timedelta

from filelock import Timeout
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import DatabaseUnusable, StorageError
from storage.errors import translated
from storage.migrations import upgrade
from storage.postgres import postgres_engine
from storage.sqlite import alone, make_file, sqlite_engine
from storage.urls import DatabasePlace, parse_database_url

BUSY_TIMEOUT = timedelta(seconds=10)
"""How long a transaction waits for its turn, a connection or a lock before it is `DatabaseBusy`."""

# Another process may be at the migrations.
_OPENING_TIMEOUT_S = 60.0

# Any constant does, as long as every version of the bot uses the same one.
_UPGRADE_LOCK = 7_264_301


class Database:
    """An open database. `where` is its place in words that may be shown; `path` is its file if it is SQLite."""

    def __init__(self, engine: AsyncEngine, place: DatabasePlace, *, busy_timeout: timedelta = BUSY_TIMEOUT) -> None:
        self.where = place.where
        self.path = place.path
        self._reader = engine
        self._writer = engine.execution_options(sqlite_begin="IMMEDIATE")
        self._busy_timeout_s = busy_timeout.total_seconds()
        # SQLite has one writer. Those of this process wait in order here, instead of each polling for the file's lock.
        # Whoever is not urgent stands in the outer queue first, so an urgent one waits for two others at most.
        self._turn, self._patient = asyncio.Lock(), asyncio.Lock()

    @property
    def dialect(self) -> str:
        """Return `sqlite` or `postgresql`."""
        return self._reader.dialect.name

    @property
    def reader(self) -> AsyncEngine:
        """Return the engine whose transactions only read, for a vendor's own store."""
        return self._reader

    @property
    def writer(self) -> AsyncEngine:
        """Return the engine whose transactions begin as writers, for a vendor's own store; it stands in no queue."""
        return self._writer

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads.

        Raises:
            DatabaseBusy: locked, timed out or disconnected. StorageError: it cannot do that.
        """
        with translated():
            async with self._reader.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self, *, is_urgent: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that writes: committed at the end, undone when the block raises.

        On SQLite it owns the file from the start, so what it reads stays true until it has written. An urgent one, for
        which a person waits, goes ahead of the loops' own: a chat platform gives us three seconds.

        Raises:
            DatabaseBusy: locked, timed out or disconnected. StorageError: it cannot do that.
        """
        with translated():
            async with self._our_turn(is_urgent=is_urgent), self._writer.begin() as connection:
                yield connection

    async def ping(self) -> None:
        """Ask the database for a sign of life. Raises like `reading`."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def _our_turn(self, *, is_urgent: bool) -> AsyncIterator[None]:
        queues = () if self.path is None else (self._turn,) if is_urgent else (self._patient, self._turn)
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(self._busy_timeout_s):
                for queue in queues:
                    await stack.enter_async_context(queue)
            yield


@asynccontextmanager
async def open_database(
    url: str, *, pool_size: int = 5, busy_timeout: timedelta = BUSY_TIMEOUT
) -> AsyncIterator[Database]:
    """Open a database, bring its schema up to date, and close it in the end.

    An SQLite file is made when it is missing (mode 0600, in a folder of mode 0700). `pool_size` is the number of
    connections to PostgreSQL that stay open.

    Raises:
        DatabaseTooNew: a newer version of the bot has written it.
        DatabaseUnusable: it cannot be opened or written to. The sentence says what to do and holds no password.
    """
    place = parse_database_url(url)
    engine = _engine(place, pool_size=pool_size, busy_timeout_s=busy_timeout.total_seconds())
    try:
        database = Database(engine, place, busy_timeout=busy_timeout)
        await _bring_up_to_date(database)
        yield database
    finally:
        await engine.dispose()


def _engine(place: DatabasePlace, *, pool_size: int, busy_timeout_s: float) -> AsyncEngine:
    if place.path:
        return sqlite_engine(place.path, busy_timeout_s=busy_timeout_s, mode="rw")
    return postgres_engine(place.dsn, pool_size=pool_size, pool_timeout_s=busy_timeout_s)


async def _bring_up_to_date(database: Database) -> None:
    try:
        if database.path:
            await asyncio.to_thread(make_file, database.path)
        async with _upgrade_lock(database), database.writing() as connection:
            if database.dialect == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
            await connection.run_sync(upgrade)
    except (OSError, StorageError, Timeout) as error:
        raise DatabaseUnusable(_advice(database, error)) from error


def _upgrade_lock(database: Database) -> AbstractAsyncContextManager[None]:
    return alone(database.path, timeout_s=_OPENING_TIMEOUT_S) if database.path else nullcontext()


def _advice(database: Database, error: Exception) -> str:
    """Return what happened and what the operator can do about it."""
    if database.path:
        next_step = "Check that the folder can be written to and that the file is a database of this bot"
    else:
        next_step = "Check that the server runs, and the host, name, user and password"
    next_step = f"{next_step}, or set DATABASE_URL to another place."
    return f"The database cannot be used ({database.where}): {error}. {next_step}"
