"""What every log of posted messages promises: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.outbox import Sending, SendLog
from storage.database import open_database
from storage.sends import SqlSendLog
from tests.factories import NOON, after
from tests.fakes.databases import DATABASES, DatabaseUrl, stores
from tests.fakes.outbox import MemorySendLog

FIRST = Sending(is_repeat=False)
UNKNOWN = Sending(is_repeat=True)


@pytest.fixture(params=stores(MemorySendLog, SqlSendLog))
async def sends(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SendLog]:
    """An empty log."""
    async with request.param(tmp_path) as opened:
        yield opened


@pytest.fixture(params=DATABASES)
async def two_logs(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[SendLog, SendLog]]:
    """Two logs on one database, as two processes have them."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(request.param(tmp_path))
        one, two = [await stack.enter_async_context(open_database(url)) for _ in range(2)]
        yield SqlSendLog(one), SqlSendLog(two)


async def test_who_begins_first_is_told_so(sends: SendLog) -> None:
    assert await sends.begin("key", now=NOON) == FIRST


async def test_who_begins_again_is_told_that_nobody_knows_what_became_of_it(sends: SendLog) -> None:
    await sends.begin("key", now=NOON)

    assert await sends.begin("key", now=after(minutes=1)) == UNKNOWN


async def test_who_begins_what_was_posted_is_told_which_message_it_is(sends: SendLog) -> None:
    await sends.begin("key", now=NOON)
    await sends.sent("key", message="C1/1700000000.000100 ✓")

    known = Sending(is_repeat=True, message="C1/1700000000.000100 ✓")
    assert await sends.begin("key", now=after(minutes=1)) == known
    assert await sends.begin("key", now=after(minutes=2)) == known


async def test_keys_know_nothing_of_each_other(sends: SendLog) -> None:
    await sends.begin("one", now=NOON)
    await sends.sent("one", message="1")
    await sends.begin("two", now=NOON)

    await sends.undo("one")

    assert await sends.begin("one", now=NOON) == FIRST
    assert await sends.begin("two", now=NOON) == UNKNOWN
    assert await sends.begin("three", now=NOON) == FIRST


async def test_a_key_may_have_64_characters(sends: SendLog) -> None:
    await sends.begin("k" * 64, now=NOON)

    assert await sends.begin("k" * 63, now=NOON) == FIRST
    assert await sends.begin("k" * 64, now=NOON) == UNKNOWN


async def test_noting_the_message_may_be_repeated_and_the_last_word_holds(sends: SendLog) -> None:
    await sends.begin("key", now=NOON)
    for message in ("1", "1", "2"):
        await sends.sent("key", message=message)

    assert (await sends.begin("key", now=NOON)).message == "2"


async def test_what_the_platform_surely_did_not_take_begins_anew(sends: SendLog) -> None:
    await sends.begin("key", now=NOON)

    await sends.undo("key")
    await sends.undo("key")

    assert await sends.begin("key", now=NOON) == FIRST


async def test_a_message_that_nobody_began_or_that_is_forgotten_is_not_remembered(sends: SendLog) -> None:
    await sends.sent("key", message="1")

    assert await sends.begin("key", now=NOON) == FIRST


async def test_what_began_long_ago_is_forgotten_and_counted(sends: SendLog) -> None:
    for second in range(4):
        await sends.begin(f"key-{second}", now=after(seconds=second))

    assert await sends.forget(before=after(seconds=2)) == 2
    assert await sends.forget(before=after(seconds=2)) == 0

    assert [await sends.begin(f"key-{second}", now=NOON) for second in range(4)] == [FIRST, FIRST, UNKNOWN, UNKNOWN]


async def test_what_began_again_counts_from_then_on(sends: SendLog) -> None:
    await sends.begin("key", now=NOON)
    await sends.sent("key", message="1")
    await sends.begin("key", now=after(days=3))

    assert await sends.forget(before=after(days=2)) == 0
    assert (await sends.begin("key", now=after(days=3))).message == "1"


async def test_of_many_that_begin_at_once_one_is_first(two_logs: tuple[SendLog, SendLog]) -> None:
    keys = [f"key-{n}" for n in range(10)]

    sendings = await asyncio.gather(*(two_logs[n % 2].begin(key, now=NOON) for key in keys for n in range(4)))

    assert [sendings[n : n + 4].count(FIRST) for n in range(0, 40, 4)] == [1] * 10
    assert all(sending == UNKNOWN for sending in sendings if sending.is_repeat)


async def test_beginning_while_others_undo_ends_with_an_answer(two_logs: tuple[SendLog, SendLog]) -> None:
    one, two = two_logs
    await one.begin("key", now=NOON)

    async def begin_and_undo(log: SendLog) -> None:
        for _ in range(10):
            await log.begin("key", now=NOON)
            await log.undo("key")

    await asyncio.gather(*map(begin_and_undo, (one, two, one, two)))

    assert await one.begin("key", now=NOON) == FIRST


@pytest.mark.parametrize("database_url", DATABASES)
async def test_what_was_posted_is_known_after_a_restart(database_url: DatabaseUrl, tmp_path: Path) -> None:
    async with database_url(tmp_path) as url:
        async with open_database(url) as database:
            await SqlSendLog(database).begin("posted", now=NOON)
            await SqlSendLog(database).sent("posted", message="1")
            await SqlSendLog(database).begin("killed", now=NOON)

        async with open_database(url) as database:
            assert await SqlSendLog(database).begin("posted", now=NOON) == Sending(is_repeat=True, message="1")
            assert await SqlSendLog(database).begin("killed", now=NOON) == UNKNOWN
