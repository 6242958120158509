"""The store in memory and the one in SQL answer alike, whatever happens in whatever order."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import StorageError
from bot.model import AT_VENDOR, MOVES, Address, Task, TaskState
from bot.ports import TaskStore
from storage.database import open_database
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_submission, a_task, a_worker, an_owner
from tests.fakes.databases import sqlite_url
from tests.fakes.memory_store import MemoryTaskStore
from tests.fakes.task_stores import ids

Step = Callable[[TaskStore], Coroutine[Any, Any, object]]

PLATFORMS = ("console", "slack")
PLACES = ("", "a", "b")

TASKS = [
    a_task(
        id=f"task-{n}",
        owner=an_owner(f"person-{n % 2}"),
        address=Address(platform=PLATFORMS[n % 2], value="thread", place=PLACES[n % 3]),
        created_at=NOON + timedelta(seconds=n // 2),
        event=f"event-{n // 2}" if n < 4 else None,
        price=Decimal(n) / 2,
    )
    for n in range(6)
]

tasks = st.sampled_from(TASKS)
workers = st.builds(a_worker, st.sampled_from(["one", "two"]), seconds=st.sampled_from([3, 9]))
moments = st.integers(-1, 12).map(lambda seconds: NOON + timedelta(seconds=seconds))
addresses = st.builds(
    Address, platform=st.just("console"), value=st.sampled_from(["a", "b"]), place=st.sampled_from(PLACES)
)
state_sets = st.sets(st.sampled_from(TaskState), max_size=4)


def moved(task: Task, state: TaskState, now: Any) -> Task:
    if state is TaskState.SUBMITTED:
        return task.move(state, now=now, submission=a_submission(uuid=f"u-{task.id}"), submitted_at=now)
    return task.move(state, now=now)


async def move(store: TaskStore, task_id: str, choice: int, now: Any) -> None:
    task = await store.load(task_id)
    if nexts := sorted(MOVES[task.state]):
        await store.save(moved(task, nexts[choice % len(nexts)], now), expected_revision=task.revision)


steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(lambda task: lambda store: store.add(task), tasks),
    st.builds(lambda task: lambda store: store.add(task), tasks),
    st.builds(lambda task, n, now: lambda store: move(store, task.id, n, now), tasks, st.integers(0, 3), moments),
    st.builds(lambda task: lambda store: store.save(replace(task, misses=1), expected_revision=1), tasks),
    st.builds(
        lambda worker, now, parallel: lambda store: store.claim_accepted(worker, now=now, parallel=parallel),
        workers,
        moments,
        st.integers(0, 3),
    ),
    st.builds(
        lambda states, worker, now, limit: lambda store: store.claim_due(states, worker, now=now, limit=limit),
        state_sets,
        workers,
        moments,
        st.integers(0, 4),
    ),
    st.builds(
        lambda worker, now: lambda store: store.claim_untold(worker, platforms=["console"], now=now, limit=2),
        workers,
        moments,
    ),
    st.builds(
        lambda task, revision, address: lambda store: store.mark_told(task.id, revision=revision, address=address),
        tasks,
        st.integers(-1, 2),
        addresses,
    ),
    st.builds(lambda task, now: lambda store: store.postpone_telling(task.id, until=now), tasks, moments),
    st.builds(lambda task, worker, now: lambda store: store.renew([task.id], worker, now=now), tasks, workers, moments),
    st.builds(lambda task, worker: lambda store: store.release(task.id, worker), tasks, workers),
    st.just(lambda store: store.clear_leases()),
    st.builds(lambda task: lambda store: store.made_by(task.event or "none"), tasks),
    st.builds(lambda states, now: lambda store: store.next_due(states, now=now), state_sets, moments),
    st.builds(lambda states: lambda store: store.tasks_in(states, limit=4), state_sets),
    st.builds(
        lambda platform, place: lambda store: store.tasks_at(platform, place, limit=2),
        st.sampled_from(PLATFORMS),
        st.sampled_from(PLACES),
    ),
    st.builds(lambda some: lambda store: store.queue_places(ids(some)), st.lists(tasks, max_size=4)),
    st.builds(lambda task, now: lambda store: store.usage(task.owner, since=now), tasks, moments),
)


async def outcome(store: TaskStore, step: Step) -> object:
    try:
        return await step(store)
    except StorageError as error:
        return type(error), str(error)


@settings(max_examples=20, deadline=None)
@given(st.lists(steps, min_size=8, max_size=40))
def test_memory_and_sql_answer_alike(history: list[Step]) -> None:
    async def compare(folder: Path) -> None:
        async with sqlite_url(folder) as url, open_database(url) as database:
            memory, sql = MemoryTaskStore(), SqlTaskStore(database)
            for step in [*history, lambda store: store.tasks_in(AT_VENDOR | MOVES.keys(), limit=99)]:
                assert await outcome(memory, step) == await outcome(sql, step)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder)))
