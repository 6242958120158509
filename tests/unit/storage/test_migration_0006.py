"""A database of the version before learns keys of servers; what it held was made with the operator's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.keys import Server
from bot.ledger import Span
from bot.model import TaskState
from storage.database import open_database
from storage.keys import SqlKeyStore
from storage.ledger import SqlLedger
from storage.tasks import SqlTaskStore
from storage.vault import Vault
from tests.factories import NOON, a_submission, a_task, a_worker
from tests.unit.storage.before import write_before

WAITING = a_task()
READY = a_task(state=TaskState.READY, submission=a_submission(uuid="uuid-of-before", consumed=Decimal("0.5")))
DESK = Server(platform="console", server_id="desk")


@pytest.fixture
async def url(url: str) -> str:
    """The URL of a database of the version before, with a task that waits and one that is ready."""
    await write_before("0006_keys_of_servers", url, WAITING, READY)
    return url


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
