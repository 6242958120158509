"""aiosqlite's connection, crossing to its thread once for a statement.

A connection of aiosqlite lives in a thread of its own. Making a cursor, asking, fetching and closing are a way there
and back each, and each waits for its turn in the event loop. Under load whoever may write holds everybody else up for
as long as that takes. Here a statement is one way there and back, unless it brings many rows.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import aiosqlite

CHUNK = 100
"""Rows that come along with the answer to a statement."""


def connect(database: str, **options: Any) -> Connection:
    """Return a connection to be awaited. The options are those of `sqlite3.connect`."""
    return Connection(partial(sqlite3.connect, database, **options), CHUNK)


class Connection(aiosqlite.Connection):
    """A connection whose cursors are as SQLAlchemy's dialect uses them, and no more."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int) -> None:
        super().__init__(connector, iter_chunk_size)
        self._thread.daemon = True  # a process that ends does not wait for it, as with SQLAlchemy's own connections

    def cursor(self) -> Cursor:  # type: ignore[override]
        """Return a cursor, without asking anybody."""
        return Cursor(self)

    async def within(self, work: Callable[..., Any], *values: Any) -> Any:
        """Let something run in the connection's thread. Raises sqlite3.Error like that."""
        return await self._execute(work, *values)  # type: ignore[no-untyped-call]

    def now(self) -> sqlite3.Connection:
        """Return what is to be touched in the thread only."""
        return self._conn


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What one statement brought; `rest` is where more rows are."""

    rows: Sequence[Any] = ()
    rest: sqlite3.Cursor | None = None
    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None


class Cursor:
    """A statement and what it brought (PEP 249, made awaitable): first rows come along, more when asked for."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._found = _Found()
        self._rows: deque[Any] = deque()
        self._rest: sqlite3.Cursor | None = None

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        """The columns of the rows; None for a statement that has none."""
        return self._found.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._found.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The number of the row that was inserted last."""
        return self._found.lastrowid

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Run a statement. Raises sqlite3.Error."""
        return await self._run(self._connection.now().execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Run a statement for each of many parameters. Raises sqlite3.Error."""
        return await self._run(self._connection.now().executemany, sql, parameters)

    async def fetchone(self) -> Any:
        """Return the next row, or None. Raises sqlite3.Error."""
        found = await self.fetchmany(1)
        return found[0] if found else None

    async def fetchmany(self, size: int) -> Sequence[Any]:
        """Return so many of the next rows, or as many as are left. Raises sqlite3.Error."""
        if self._rest is not None and len(self._rows) < size:
            self._rows += await self._connection.within(self._rest.fetchmany, max(size, CHUNK))
        return [self._rows.popleft() for _ in range(min(size, len(self._rows)))]

    async def fetchall(self) -> Sequence[Any]:
        """Return all rows that are left. Raises sqlite3.Error."""
        if self._rest is not None:
            self._rows += await self._connection.within(self._rest.fetchall)
        found, self._rows = list(self._rows), deque()
        return found

    async def close(self) -> None:
        """Leave the rows that nobody has asked for."""
        rest, self._rest = self._rest, None
        if rest is not None:
            await self._connection.within(rest.close)

    async def _run(self, ask: Callable[..., sqlite3.Cursor], sql: str, parameters: Any) -> Self:
        await self.close()
        self._found = await self._connection.within(_first_of, ask, sql, parameters)
        self._rows, self._rest = deque(self._found.rows), self._found.rest
        return self


def _first_of(ask: Callable[..., sqlite3.Cursor], sql: str, parameters: Any) -> _Found:
    cursor = ask(sql, parameters)
    rows = cursor.fetchmany(CHUNK) if cursor.description else []
    found = _Found(
        rows=rows,
        rest=cursor if len(rows) == CHUNK else None,
        description=cursor.description,
        rowcount=cursor.rowcount,
        lastrowid=cursor.lastrowid,
    )
    if found.rest is None:
        cursor.close()
    return found
