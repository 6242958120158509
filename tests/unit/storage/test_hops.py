"""A statement crosses to the connection's thread once, and brings back what PEP 249 promises."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text

from storage import hops
from storage.database import open_database


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[hops.Connection]:
    async with hops.connect(str(tmp_path / "test.db")) as opened:
        await said(opened, "CREATE TABLE owls (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
        yield opened


async def said(connection: hops.Connection, sql: str, parameters: tuple[Any, ...] = ()) -> hops.Cursor:
    return await connection.cursor().execute(sql, parameters)


async def test_a_statement_brings_rows_columns_and_numbers(connection: hops.Connection) -> None:
    inserted = await said(connection, "INSERT INTO owls (name) VALUES (?), (?)", ("Ada", "Bo"))
    found = await said(connection, "SELECT id, name FROM owls ORDER BY id")

    assert (inserted.rowcount, inserted.lastrowid, inserted.description) == (2, 2, None)
    assert [column[0] for column in found.description] == ["id", "name"]
    assert await found.fetchall() == [(1, "Ada"), (2, "Bo")]


async def test_one_statement_is_run_for_many_parameters(connection: hops.Connection) -> None:
    cursor = await connection.cursor().executemany("INSERT INTO owls (name) VALUES (?)", [("Ada",), ("Bo",)])

    assert cursor.rowcount == 2


async def test_many_rows_come_in_order_however_they_are_fetched(connection: hops.Connection) -> None:
    many = [(number,) for number in range(2 * hops.CHUNK + 5)]
    await connection.cursor().executemany("INSERT INTO owls (id) VALUES (?)", many)
    by_id = "SELECT id FROM owls ORDER BY id"

    assert await (await said(connection, by_id)).fetchall() == many
    cursor = await said(connection, by_id)
    singly = [await cursor.fetchone(), await cursor.fetchone()]
    some = await cursor.fetchmany(hops.CHUNK + 7)
    assert [*singly, *some, *await cursor.fetchall()] == many
    assert await cursor.fetchone() is None
    await cursor.close()


async def test_rows_that_nobody_fetches_hold_nothing_up(connection: hops.Connection) -> None:
    await connection.cursor().executemany("INSERT INTO owls (id) VALUES (?)", [(n,) for n in range(3 * hops.CHUNK)])
    cursor = await said(connection, "SELECT id FROM owls")
    await cursor.close()

    await said(connection, "DROP TABLE owls")  # SQLite refuses that while a statement is open


async def test_a_statement_that_fails_raises_sqlites_error_and_leaves_the_connection_in_order(
    connection: hops.Connection,
) -> None:
    await said(connection, "INSERT INTO owls (name) VALUES ('Ada')")

    with pytest.raises(sqlite3.IntegrityError):
        await said(connection, "INSERT INTO owls (name) VALUES ('Ada')")
    with pytest.raises(sqlite3.OperationalError):
        await said(connection, "SELECT nothing FROM nowhere")

    assert await (await said(connection, "SELECT name FROM owls")).fetchall() == [("Ada",)]


async def test_whoever_stops_waiting_leaves_the_connection_in_order(connection: hops.Connection) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"
    waiting = asyncio.create_task(said(connection, endless))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert await (await said(connection, "SELECT 1")).fetchall() == [(1,)]


async def test_a_transaction_crosses_once_for_each_thing_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crossings: list[Callable[..., object]] = []
    execute = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, fn: Callable[..., object], *args: Any, **kwargs: Any) -> object:
        crossings.append(fn)
        return await execute(self, fn, *args, **kwargs)

    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database:
        await database.ping()  # opens the connection
        monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
        async with database.writing() as connection:
            await connection.execute(text("UPDATE tasks SET told = told"))
            await connection.execute(text("SELECT id FROM tasks"))

        # BEGIN, two statements, COMMIT; and the pool makes sure that nothing is left open.
        assert len(crossings) == 5
