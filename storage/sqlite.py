"""SQLite: the file, and the settings of each connection."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from filelock import AsyncFileLock
from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage import hops

_PRAGMAS = (
    # Readers and the one writer do not wait for each other.
    "PRAGMA journal_mode=WAL",
    # A commit is on the disk before it returns: a row that says "asked Rodin" guards money, also in a power cut.
    # Source: sqlite.org/pragma.html#pragma_synchronous (in WAL mode NORMAL may lose the last commits).
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


def sqlite_engine(path: Path, *, busy_timeout_s: float, mode: Literal["rw", "rwc"] = "rwc") -> AsyncEngine:
    """Return an engine on a file; each transaction starts as the option `sqlite_begin` says (DEFERRED unless set).

    With the mode `rw` it never makes the file: one that is gone for a while, as with its volume, must not come back as
    an empty one.
    """
    there = {"mode": mode, "uri": "true"}  # Source: sqlite.org/uri.html
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=f"file:{quote(str(path))}", query=there),
        hide_parameters=True,
        connect_args={"timeout": busy_timeout_s, "async_creator_fn": hops.connect},
        pool_timeout=busy_timeout_s,
    )
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def make_file(path: Path) -> None:
    """Make the file and its folder unless they are there, and check that it can be written to.

    SQLite gives its `-wal` and `-shm` files the same mode. Blocks; raises OSError.
    """
    folders = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    for folder in reversed(folders):
        folder.mkdir(mode=0o700, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


@asynccontextmanager
async def alone(path: Path, *, timeout_s: float) -> AsyncIterator[None]:
    """Hold off every other process that opens the same file.

    The switch to WAL needs the file alone and does not wait for it: of six processes that open a new file at once,
    now and then one is told that it is locked, whatever the busy timeout says.
    """
    async with AsyncFileLock(f"{path}.upgrade.lock", timeout=timeout_s, mode=0o600):
        yield


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver begins no transactions of its own; `_begin` does. Source: SQLAlchemy 2.1, SQLite dialect,
    # "Enabling Non-Legacy SQLite Transactional Modes with the sqlite3 or aiosqlite driver".
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    # A writer begins IMMEDIATE: one that has read and then wants to write would be refused at once when another has
    # written in between, whatever the busy timeout says. Source: sqlite.org/lang_transaction.html
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
