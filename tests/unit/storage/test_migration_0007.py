"""A database of the version before learns rights, first notices and news, and keeps what it held."""

from __future__ import annotations

import pytest

from bot.keys import Server
from bot.news import News
from bot.policy import ADMINS_ONLY, ASK
from storage.database import open_database
from storage.news import SqlNews
from storage.rights import SqlRights
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_task
from tests.unit.storage.before import write_before

WAITING = a_task()


@pytest.fixture
async def url(url: str) -> str:
    """The URL of a database of the version before, with a task that waits."""
    await write_before("0007_rights_first_notice_news", url, WAITING)
    return url


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
