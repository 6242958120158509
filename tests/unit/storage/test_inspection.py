"""A database is looked at without being changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.errors import DatabaseTooNew, DatabaseUnusable
from storage.database import open_database
from storage.inspection import inspect_database


def url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def test_a_database_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "data" / "bot.db"

    assert "made at the first start" in await inspect_database(url(path))
    assert list(tmp_path.iterdir()) == []


async def test_a_database_of_this_version_is_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with open_database(url(path)):
        pass

    assert (await inspect_database(url(path))).endswith("bot.db: up to date")


async def test_an_older_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with open_database(url(path)):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")

    assert "at revision 0001, brought to" in await inspect_database(url(path))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


async def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with open_database(url(path)):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(DatabaseTooNew, match="9999"):
        await inspect_database(url(path))


async def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    path.write_text("once upon a time, and more than enough of it to be no header of a database" * 10)

    with pytest.raises(DatabaseUnusable):
        await inspect_database(url(path))


async def test_a_server_that_is_not_there_is_refused_without_its_password() -> None:
    with pytest.raises(DatabaseUnusable) as refused:
        await inspect_database("postgresql://bot:hunter22@127.0.0.1:9/db")

    assert "hunter22" not in str(refused.value)
