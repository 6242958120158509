"""Several processes on one database share the work: each has its own engine here, as it would there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.errors import DuplicateEvent, StaleTask
from bot.model import Task, TaskState
from bot.ports import TaskStore
from storage.database import open_database
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_task, a_worker, an_owner
from tests.fakes.databases import DATABASES
from tests.fakes.task_stores import added

CLAIMERS = 8


@pytest.fixture(params=DATABASES)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[TaskStore, TaskStore]]:
    """Two stores on one database."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(request.param(tmp_path))
        one, two = [await stack.enter_async_context(open_database(url)) for _ in range(2)]
        yield SqlTaskStore(one), SqlTaskStore(two)


async def test_two_hundred_due_tasks_are_claimed_once_each(stores: tuple[TaskStore, TaskStore]) -> None:
    tasks = await added(stores[0], *(a_task(state=TaskState.GENERATING) for _ in range(200)))

    async def claim_all(number: int) -> list[str]:
        mine: list[str] = []
        while batch := await stores[number % 2].claim_due(
            {TaskState.GENERATING}, a_worker(f"worker-{number}"), now=NOON, limit=5
        ):
            assert len(batch) <= 5
            mine.extend(task.id for task in batch)
        return mine

    claimed = [task_id for mine in await asyncio.gather(*map(claim_all, range(CLAIMERS))) for task_id in mine]

    assert sorted(claimed) == sorted(task.id for task in tasks)


async def test_untold_tasks_are_claimed_once_each(stores: tuple[TaskStore, TaskStore]) -> None:
    tasks = await added(stores[0], *(a_task() for _ in range(60)))

    async def claim_all(number: int) -> list[str]:
        mine: list[str] = []
        while batch := await stores[number % 2].claim_untold(
            a_worker(f"worker-{number}"), platforms=["console"], now=NOON, limit=3
        ):
            mine.extend(task.id for task in batch)
        return mine

    claimed = [task_id for mine in await asyncio.gather(*map(claim_all, range(CLAIMERS))) for task_id in mine]

    assert sorted(claimed) == sorted(task.id for task in tasks)


async def test_claimers_at_once_never_take_more_than_the_free_places(stores: tuple[TaskStore, TaskStore]) -> None:
    await added(stores[0], *(a_task(owner=an_owner(f"person-{n}")) for n in range(30)))

    claimed = await asyncio.gather(
        *(stores[n % 2].claim_accepted(a_worker(f"worker-{n}"), now=NOON, parallel=3) for n in range(CLAIMERS))
    )

    taken = [task.id for task in claimed if task]
    assert len(taken) == len(set(taken)) == 3


async def test_the_cap_holds_while_places_are_taken_and_left_at_once(stores: tuple[TaskStore, TaskStore]) -> None:
    waiting = {task.id for task in await added(stores[0], *(a_task(owner=an_owner(f"p{n % 7}")) for n in range(60)))}
    at_rodin: set[str] = set()
    most_at_once = 0

    async def send(store: TaskStore, task: Task) -> None:
        nonlocal most_at_once
        at_rodin.add(task.id)
        most_at_once = max(most_at_once, len(at_rodin))
        sending = task.move(TaskState.SUBMITTING, now=NOON)
        await store.save(sending, expected_revision=0)
        at_rodin.discard(task.id)
        await store.save(sending.move(TaskState.UNCLEAR, now=NOON), expected_revision=1)

    async def submit_all(number: int) -> None:
        store, worker = stores[number % 2], a_worker(f"worker-{number}")
        while waiting:
            if task := await store.claim_accepted(worker, now=NOON, parallel=3):
                waiting.remove(task.id)  # raises when it was claimed before
                await send(store, task)

    await asyncio.gather(*map(submit_all, range(CLAIMERS)))

    assert most_at_once == 3
    assert len(await stores[1].tasks_in({TaskState.UNCLEAR}, limit=99)) == 60


async def test_of_two_writers_from_one_revision_one_is_refused(stores: tuple[TaskStore, TaskStore]) -> None:
    (task,) = await added(stores[0], a_task())
    moves = (TaskState.SUBMITTING, TaskState.CANCELLED)

    outcomes = await asyncio.gather(
        *(
            store.save(task.move(state, now=NOON), expected_revision=0)
            for store, state in zip(stores, moves, strict=True)
        ),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes if outcome is not None] == [StaleTask]
    assert (await stores[0].load(task.id)).state is moves[outcomes.index(None)]


async def test_one_event_that_reaches_two_processes_makes_one_task(stores: tuple[TaskStore, TaskStore]) -> None:
    twins = [a_task(event="slack:Ev1") for _ in range(CLAIMERS)]

    outcomes = await asyncio.gather(*(stores[n % 2].add(twin) for n, twin in enumerate(twins)), return_exceptions=True)

    (first,) = [outcome for outcome in outcomes if isinstance(outcome, Task)]
    refusals = [outcome for outcome in outcomes if not isinstance(outcome, Task)]
    assert len(refusals) == CLAIMERS - 1
    assert all(isinstance(error, DuplicateEvent) and error.task_id == first.id for error in refusals)
