"""A database of the version before learns keys of servers; what it held was made with the operator's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.keys import Server
from bot.ledger import Span
from bot.model import TaskState
from storage.codec import task_row
from storage.database import open_database
from storage.keys import SqlKeyStore
from storage.ledger import SqlLedger
from storage.migrations import upgrade
from storage.schema import tasks
from storage.tasks import SqlTaskStore
from storage.vault import Vault
from tests.factories import NOON, a_submission, a_task, a_worker
from tests.fakes.databases import DATABASES
from tests.unit.storage.test_migrations import an_engine

BEFORE: str = import_module("storage.migrations.versions.0006_keys_of_servers").down_revision

WAITING = a_task()
READY = a_task(state=TaskState.READY, submission=a_submission(uuid="uuid-of-before", consumed=Decimal("0.5")))
DESK = Server(platform="console", server_id="desk")


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database of the version before, with a task that waits and one that is ready."""
    async with request.param(tmp_path) as made:
        engine = an_engine(made)
        async with engine.begin() as connection:
            await connection.run_sync(upgrade, to=BEFORE)
            present = set((await connection.execute(text("SELECT * FROM tasks"))).keys())
            for task in (WAITING, READY):
                values = {name: value for name, value in task_row(task).items() if name in present}
                await connection.execute(insert(tasks).values(values))
        await engine.dispose()
        yield made


async def test_the_tasks_of_before_go_on_with_the_operators_key_until_their_server_brings_one(url: str) -> None:
    async with open_database(url) as database:
        store, keys = SqlTaskStore(database), SqlKeyStore(database, Vault("a secret for this test"))
        before = [(await store.load(task.id)).key_id for task in (WAITING, READY)]

        came = await keys.keep(DESK, "a-key", now=NOON)

        claimed = await store.claim_accepted(a_worker(), now=NOON, parallel=1)
        entered = [(entry.uuid, entry.key) async for entry in SqlLedger(database).entries(Span())]

    assert before == [None, None]
    assert came.moved == 1
    assert claimed is not None
    assert (claimed.id, claimed.key_id) == (WAITING.id, came.key_id)
    assert entered == [("uuid-of-before", "operator")]
