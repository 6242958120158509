"""A database of the version before learns limits, pauses and blocks, and keeps what it held."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.controls import BlockKind
from bot.ledger import Span
from bot.limits import Limits, QueueFull, Scope
from bot.model import TaskState
from storage.controls import SqlControls
from storage.database import open_database
from storage.ledger import SqlLedger
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_submission, a_task, a_worker, an_owner
from tests.unit.storage.before import write_before

WAITING = a_task()
READY = a_task(state=TaskState.READY, submission=a_submission(uuid="uuid-of-before", consumed=Decimal("0.5")))


@pytest.fixture
async def url(url: str) -> str:
    """The URL of a database of the version before, with a task that waits and one that is ready."""
    await write_before("0005_limits_pause_blocks", url, WAITING, READY)
    return url


async def test_the_tasks_of_before_are_limited_paused_blocked_and_entered(url: str) -> None:
    async with open_database(url) as database:
        store, controls = SqlTaskStore(database), SqlControls(database)

        with pytest.raises(QueueFull):
            await store.add(a_task(), within=Limits(since=NOON, waiting={Scope.PERSON: 1}))
        assert await store.spent(Scope.CHANNEL, an_owner(), since=NOON) == Decimal(1)
        assert await controls.pause("later", now=NOON) == 1
        assert await store.claim_accepted(a_worker(), now=NOON, parallel=9) is None
        assert await controls.resume() == 1
        await controls.block(BlockKind.SERVER, "desk", now=NOON)
        assert await store.claim_accepted(a_worker(), now=NOON, parallel=9) is None
        await controls.unblock(BlockKind.SERVER, "desk")
        claimed = await store.claim_accepted(a_worker(), now=NOON, parallel=9)
        entered = [entry.uuid async for entry in SqlLedger(database).entries(Span())]

    assert claimed is not None
    assert claimed.id == WAITING.id
    assert entered == ["uuid-of-before"]
