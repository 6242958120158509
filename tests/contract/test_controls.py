"""The operator's switches: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.controls import Block, BlockKind, Controls, Pause
from bot.errors import StaleTask
from bot.model import TaskState
from bot.ports import TaskStore
from bot.watch import Marks
from storage.controls import SqlControls
from storage.database import Database
from storage.marks import SqlMarks
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_task, a_worker, after, an_owner
from tests.fakes.controls import MemoryControls, MemoryMarks
from tests.fakes.databases import stores
from tests.fakes.memory_store import MemoryTaskStore
from tests.fakes.task_stores import added


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The switches, and the table of tasks that they are about."""

    controls: Controls
    marks: Marks
    tasks: TaskStore


def in_memory() -> Office:
    store = MemoryTaskStore()
    return Office(controls=MemoryControls(store), marks=MemoryMarks(), tasks=store)


def in_sql(database: Database) -> Office:
    return Office(controls=SqlControls(database), marks=SqlMarks(database), tasks=SqlTaskStore(database))


@pytest.fixture(params=stores(in_memory, in_sql))
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """Nothing paused, nothing blocked, no tasks."""
    async with request.param(tmp_path) as opened:
        yield opened


async def test_while_paused_nothing_is_claimed_to_be_sent(office: Office) -> None:
    (task,) = await added(office.tasks, a_task())

    await office.controls.pause("back at nine", now=NOON)
    while_paused = await office.tasks.claim_accepted(a_worker(), now=NOON, parallel=9)
    await office.controls.resume()
    afterwards = await office.tasks.claim_accepted(a_worker(), now=NOON, parallel=9)

    assert while_paused is None
    assert afterwards is not None
    assert afterwards.id == task.id


async def test_what_was_sent_before_a_pause_is_followed_on(office: Office) -> None:
    (task,) = await added(office.tasks, a_task(state=TaskState.GENERATING))

    await office.controls.pause(now=NOON)

    assert await office.tasks.claim_due({TaskState.GENERATING}, a_worker(), now=NOON, limit=9) == (task,)


async def test_a_pause_tells_its_word_and_its_moment(office: Office) -> None:
    assert await office.controls.paused() is None

    await office.controls.pause("back at nine", now=NOON)
    first = await office.controls.paused()
    await office.controls.pause("", now=after(hours=1))
    second = await office.controls.paused()
    await office.controls.resume()

    assert first == Pause(word="back at nine", since=NOON)
    assert second == Pause(word="", since=after(hours=1))
    assert await office.controls.paused() is None


async def test_the_threads_of_those_who_wait_are_told_of_pause_and_end(office: Office) -> None:
    waiting, _ = await added(office.tasks, a_task(told=0), a_task(state=TaskState.GENERATING, told=0))

    paused = await office.controls.pause(now=NOON)
    told_of_pause = await office.tasks.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=9)
    await office.tasks.mark_told(waiting.id, revision=told_of_pause[0].revision, address=waiting.address)
    resumed = await office.controls.resume()
    told_of_end = await office.tasks.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=9)

    assert (paused, resumed) == (1, 1)
    assert [task.id for task in told_of_pause] == [task.id for task in told_of_end] == [waiting.id]


async def test_resuming_what_was_not_paused_tells_nobody(office: Office) -> None:
    await added(office.tasks, a_task(told=0))

    assert await office.controls.resume() == 0
    assert await office.tasks.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=9) == ()


async def test_a_task_that_is_about_to_be_sent_when_the_pause_comes_is_not_sent(office: Office) -> None:
    await added(office.tasks, a_task())
    claimed = await office.tasks.claim_accepted(a_worker(), now=NOON, parallel=9)
    assert claimed is not None

    await office.controls.pause(now=NOON)

    with pytest.raises(StaleTask):
        await office.tasks.save(claimed.move(TaskState.SUBMITTING, now=NOON), expected_revision=claimed.revision)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (BlockKind.PERSON, "ada"),
        (BlockKind.PERSON, "console:ada"),
        (BlockKind.SERVER, "desk"),
        (BlockKind.SERVER, "console:desk"),
    ],
)
async def test_what_a_blocked_person_or_server_waits_for_is_not_sent(
    office: Office, kind: BlockKind, value: str
) -> None:
    other = an_owner("bea", server_id=None)
    blocked, free = await added(office.tasks, a_task(), a_task(owner=other, created_at=after(seconds=1)))

    await office.controls.block(kind, value, now=NOON)
    claims = [await office.tasks.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) for _ in range(2)]
    await office.controls.unblock(kind, value)

    assert claims == [free, None]
    assert await office.tasks.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) == blocked


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (BlockKind.PERSON, "slack:ada"),
        (BlockKind.PERSON, "desk"),
        (BlockKind.SERVER, "ada"),
        (BlockKind.WORD, "ada"),
        (BlockKind.SERVER, "tty"),
    ],
)
async def test_a_block_of_somebody_else_keeps_nobody_back(office: Office, kind: BlockKind, value: str) -> None:
    (task,) = await added(office.tasks, a_task())

    await office.controls.block(kind, value, now=NOON)

    assert await office.tasks.claim_accepted(a_worker(), now=NOON, parallel=9) == task


async def test_blocks_are_listed_by_kind_and_value_with_their_beginning(office: Office) -> None:
    assert await office.controls.block(BlockKind.WORD, "sword", now=NOON)
    assert await office.controls.block(BlockKind.PERSON, "bea", now=NOON)
    assert await office.controls.block(BlockKind.PERSON, "ada", now=NOON)
    assert not await office.controls.block(BlockKind.PERSON, "ada", now=after(hours=1))

    assert await office.controls.blocks() == (
        Block(kind=BlockKind.PERSON, value="ada", since=NOON),
        Block(kind=BlockKind.PERSON, value="bea", since=NOON),
        Block(kind=BlockKind.WORD, value="sword", since=NOON),
    )


async def test_only_what_is_blocked_can_be_unblocked(office: Office) -> None:
    await office.controls.block(BlockKind.PERSON, "ada", now=NOON)

    assert not await office.controls.unblock(BlockKind.SERVER, "ada")
    assert await office.controls.unblock(BlockKind.PERSON, "ada")
    assert not await office.controls.unblock(BlockKind.PERSON, "ada")
    assert await office.controls.blocks() == ()


async def test_an_exchanged_mark_tells_what_stood_there_before(office: Office) -> None:
    values = [await office.marks.exchange("balance", value, now=NOON) for value in ("low", "low", "empty")]
    other = await office.marks.exchange("other", "x", now=NOON)

    assert values == [None, "low", "low"]
    assert other is None


async def test_of_several_that_exchange_a_mark_at_once_each_sees_the_one_before(office: Office) -> None:
    values = [f"v{number}" for number in range(5)]

    seen = await asyncio.gather(*(office.marks.exchange("balance", value, now=NOON) for value in values))
    last = await office.marks.exchange("balance", "end", now=NOON)

    assert sorted([*(value for value in seen if value), str(last)]) == values
    assert seen.count(None) == 1
