"""A database of the version before learns rights, first notices and news, and keeps what it held."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.keys import Server
from bot.news import News
from bot.policy import ADMINS_ONLY, ASK
from storage.codec import task_row
from storage.database import open_database
from storage.migrations import upgrade
from storage.news import SqlNews
from storage.rights import SqlRights
from storage.schema import tasks
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_task
from tests.fakes.databases import DATABASES
from tests.unit.storage.test_migrations import an_engine

BEFORE: str = import_module("storage.migrations.versions.0007_rights_first_notice_news").down_revision

WAITING = a_task()


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database of the version before, with a task that waits."""
    async with request.param(tmp_path) as made:
        engine = an_engine(made)
        async with engine.begin() as connection:
            await connection.run_sync(upgrade, to=BEFORE)
            present = set((await connection.execute(text("SELECT * FROM tasks"))).keys())
            values = {name: value for name, value in task_row(WAITING).items() if name in present}
            await connection.execute(insert(tasks).values(values))
        await engine.dispose()
        yield made


async def test_tasks_of_before_were_no_first_ones_so_the_next_one_says_where_words_go(url: str) -> None:
    async with open_database(url) as database:
        store = SqlTaskStore(database)

        assert await store.load(WAITING.id) == WAITING
        assert (await store.add(a_task(is_first=True))).is_first


async def test_rules_and_news_can_be_kept(url: str) -> None:
    here, item = Server(platform="console", server_id="desk"), News(key="k", sentence="Low.")
    async with open_database(url) as database:
        rights, news = SqlRights(database), SqlNews(database)
        await rights.allow(here, ASK, ADMINS_ONLY)
        await news.add(item, now=NOON)

        assert await rights.rules_of(here) == {ASK: ADMINS_ONLY}
        assert await news.untold(now=NOON, limit=9) == (item,)
