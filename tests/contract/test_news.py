"""What the operator's channel is still to be told: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.news import LASTS, News, NewsStore, news
from bot.watch import Marks
from storage.database import Database
from storage.marks import SqlMarks
from storage.news import SqlNews
from tests.factories import NOON, after
from tests.fakes.controls import MemoryMarks, MemoryNews
from tests.fakes.databases import stores

LOW = News(key="k1", sentence="Only 3 credits are left.")
EMPTY = News(key="k2", sentence="No credits are left.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The news, and the marks whose changes make some."""

    news: NewsStore
    marks: Marks


def in_memory() -> Desk:
    held = MemoryNews()
    return Desk(news=held, marks=MemoryMarks(held))


def in_sql(database: Database) -> Desk:
    return Desk(news=SqlNews(database), marks=SqlMarks(database))


@pytest.fixture(params=stores(in_memory, in_sql))
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """Nothing to tell."""
    async with request.param(tmp_path) as opened:
        yield opened


async def test_news_wait_in_the_order_in_which_they_came_until_they_are_told(desk: Desk) -> None:
    await desk.news.add(EMPTY, now=after(minutes=1))
    await desk.news.add(LOW, now=NOON)
    before = await desk.news.untold(now=after(minutes=2), limit=9)

    await desk.news.told(LOW.key)
    await desk.news.told(LOW.key)

    assert before == (LOW, EMPTY)
    assert await desk.news.untold(now=after(minutes=2), limit=9) == (EMPTY,)


async def test_no_more_are_given_than_were_asked_for(desk: Desk) -> None:
    for number in range(3):
        await desk.news.add(news(f"Number {number}."), now=after(seconds=number))

    given = await desk.news.untold(now=after(minutes=1), limit=2)

    assert [item.sentence for item in given] == ["Number 0.", "Number 1."]


async def test_the_same_news_are_there_once(desk: Desk) -> None:
    await desk.news.add(LOW, now=NOON)
    await desk.news.add(LOW, now=after(seconds=1))

    assert await desk.news.untold(now=after(minutes=1), limit=9) == (LOW,)


async def test_news_of_another_day_are_told_no_more(desk: Desk) -> None:
    await desk.news.add(LOW, now=NOON)

    assert await desk.news.untold(now=NOON + LASTS, limit=9) == ()


async def test_a_change_and_its_news_are_written_together(desk: Desk) -> None:
    heard: list[str | None] = []

    def telling(before: str | None) -> News | None:
        heard.append(before)
        return LOW if before != "low" else None

    await desk.marks.exchange("balance", "low", now=NOON, telling=telling)
    await desk.news.told(LOW.key)
    await desk.marks.exchange("balance", "low", now=NOON, telling=telling)

    assert heard == [None, "low"]
    assert await desk.news.untold(now=NOON, limit=9) == ()
    assert await desk.marks.read("balance") == "low"


async def test_of_many_who_change_it_at_once_one_has_news(desk: Desk) -> None:
    def telling(before: str | None) -> News | None:
        return news("It changed.") if before != "low" else None

    await asyncio.gather(*(desk.marks.exchange("balance", "low", now=NOON, telling=telling) for _ in range(6)))

    assert len(await desk.news.untold(now=NOON, limit=9)) == 1


async def test_nothing_stands_under_a_name_that_nobody_wrote(desk: Desk) -> None:
    assert await desk.marks.read("balance") is None
