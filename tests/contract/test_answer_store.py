"""What every store of private answers promises: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.outbox import AnswerStore
from storage.answers import SqlAnswerStore
from storage.database import open_database
from storage.vault import Vault
from tests.factories import NOON, after
from tests.fakes.databases import (
    DATABASES,
    DatabaseUrl,
    needs_postgres,
    postgres_url,
    stores,
)
from tests.fakes.outbox import MemoryAnswerStore

VAULT = Vault("the secret key of this test")
SECRET = "https://hooks.example/response/T1/9876/s3cr3t-w4y-back"


@pytest.fixture(params=stores(MemoryAnswerStore, lambda database: SqlAnswerStore(database, VAULT)))
async def answers(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnswerStore]:
    """An empty store."""
    async with request.param(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    "secret", [SECRET, "", "Löwe 🦁\n\0\ud800", "x" * 100_000], ids=["url", "empty", "odd", "long"]
)
async def test_a_secret_comes_back_as_it_was(answers: AnswerStore, secret: str) -> None:
    await answers.keep("key", secret, until=after(minutes=15))

    assert await answers.load("key", now=NOON) == secret
    assert await answers.load("key", now=NOON) == secret


async def test_what_was_never_kept_is_not_there(answers: AnswerStore) -> None:
    await answers.keep("key", SECRET, until=after(minutes=15))

    assert await answers.load("another", now=NOON) is None


async def test_a_secret_lives_until_its_moment_and_not_in_it(answers: AnswerStore) -> None:
    await answers.keep("key", SECRET, until=after(minutes=15))

    assert await answers.load("key", now=after(minutes=15) - timedelta(milliseconds=1)) == SECRET
    assert await answers.load("key", now=after(minutes=15)) is None


async def test_a_secret_under_the_same_key_replaces_the_earlier_one_and_its_moment(answers: AnswerStore) -> None:
    await answers.keep("key", "earlier", until=after(minutes=15))
    await answers.keep("key", "later", until=after(minutes=5))

    assert await answers.load("key", now=NOON) == "later"
    assert await answers.load("key", now=after(minutes=10)) is None


async def test_a_dead_secret_may_be_replaced_by_a_living_one(answers: AnswerStore) -> None:
    await answers.keep("key", "dead", until=NOON)
    await answers.keep("key", "alive", until=after(minutes=15))

    assert await answers.load("key", now=after(minutes=1)) == "alive"


async def test_dead_secrets_are_erased_and_counted_and_the_living_stay(answers: AnswerStore) -> None:
    for minute in range(4):
        await answers.keep(f"key-{minute}", SECRET, until=after(minutes=minute))

    assert await answers.erase(before=after(minutes=2)) == 2
    assert await answers.erase(before=after(minutes=2)) == 0

    assert [await answers.load(f"key-{minute}", now=after(minutes=-1)) for minute in range(4)] == [
        None,
        None,
        SECRET,
        SECRET,
    ]


async def test_two_who_keep_under_one_key_at_once_leave_one_of_both(answers: AnswerStore) -> None:
    await asyncio.gather(*(answers.keep("key", secret, until=after(minutes=15)) for secret in ("one", "two")))

    assert await answers.load("key", now=NOON) in {"one", "two"}


@pytest.mark.parametrize("database_url", DATABASES)
async def test_a_secret_is_there_after_a_restart_with_the_same_key(database_url: DatabaseUrl, tmp_path: Path) -> None:
    async with database_url(tmp_path) as url:
        async with open_database(url) as database:
            await SqlAnswerStore(database, Vault("a key of sixteen")).keep("key", SECRET, until=after(minutes=15))

        async with open_database(url) as database:
            assert await SqlAnswerStore(database, Vault("a key of sixteen")).load("key", now=NOON) == SECRET


@pytest.mark.parametrize("database_url", DATABASES)
async def test_after_another_secret_key_nothing_opens_until_it_is_kept_anew(
    database_url: DatabaseUrl, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with database_url(tmp_path) as url, open_database(url) as database:
        await SqlAnswerStore(database, VAULT).keep("key", SECRET, until=after(minutes=15))
        changed = SqlAnswerStore(database, Vault("another secret key"))

        with caplog.at_level(logging.WARNING):
            assert await changed.load("key", now=NOON) is None
        assert "SECRET_KEY" in caplog.text

        await changed.keep("key", SECRET, until=after(minutes=15))
        assert await changed.load("key", now=NOON) == SECRET


async def test_no_file_of_the_database_holds_the_secret(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    async with open_database(url) as database:
        answers = SqlAnswerStore(database, VAULT)
        await answers.keep("a-key-in-plain-words", SECRET, until=after(minutes=15))
        on_disk = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    on_disk["closed"] = (tmp_path / "bot.db").read_bytes()
    assert {"bot.db", "bot.db-wal"} <= on_disk.keys()
    # The key is found, so we look at what was written.
    assert b"a-key-in-plain-words" in on_disk["bot.db-wal"]
    assert b"a-key-in-plain-words" in on_disk["closed"]
    assert [name for name, data in on_disk.items() if SECRET.encode() in data or b"s3cr3t" in data] == []


@needs_postgres
async def test_no_row_of_a_server_holds_the_secret(tmp_path: Path) -> None:
    async with postgres_url(tmp_path) as url, open_database(url) as database:
        await SqlAnswerStore(database, VAULT).keep("key", SECRET, until=after(minutes=15))
        plain = await asyncpg.connect(url, timeout=10)
        rows = [str(dict(row)) for row in await plain.fetch("SELECT * FROM answers")]
        await plain.close(timeout=10)

    assert len(rows) == 1
    assert "s3cr3t" not in rows[0]
