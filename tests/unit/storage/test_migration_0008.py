"""A database of the version before learns to look for words, also for those of long ago."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.folding import words_in, words_sought
from bot.model import BangRequest, TextureRequest
from bot.ports import Sought
from storage.database import open_database
from storage.schema import tasks
from storage.tasks import SqlTaskStore
from tests.factories import a_request, a_task, an_owner
from tests.unit.storage.before import write_before, writing_to

MANY = 1_001
"""More than are filled in at once."""

ASKS = (
    a_request(prompt="Ein MÜHLRAD aus 100% Holz"),
    TextureRequest(model_name="m.glb", seed=1, subject="A Chair", prompt="green moss"),
    BangRequest(asset_id="a", subject="a boat", instruction="sails apart"),
)


@pytest.fixture
async def url(url: str) -> str:
    """The URL of a database of the version before, with many tasks and one that no version can read."""
    held = [a_task(request=ask) for ask in ASKS] + [a_task() for _ in range(MANY)]
    await write_before("0008_words", url, *held)
    async with writing_to(url) as connection:
        await connection.execute(update(tasks).where(tasks.c.id == held[-1].id).values(request="[]", state="odd"))
    return url


async def test_the_tasks_of_before_are_found_by_their_words(url: str) -> None:
    async with open_database(url) as database:
        store = SqlTaskStore(database)
        found = {
            typed: await store.search(Sought(asker=an_owner(), words=words_sought(typed)), limit=9)
            for typed in ("mühlrad 100%", "moss", "sails BOAT")
        }

    assert [one.request for (one,) in found.values()] == list(ASKS)


async def test_every_row_is_filled_as_it_would_be_written_now(url: str) -> None:
    async with open_database(url) as database, database.reading() as connection:
        words = list((await connection.execute(select(tasks.c.words))).scalars())

    assert words.count(words_in(a_request())) == MANY - 1
    assert words.count("") == 1
