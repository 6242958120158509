"""Conversions in the table: they are claimed by their own loop, and nobody at Rodin waits for them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from bot.limits import Limits, Scope
from bot.model import Charge, Failure, FailureKind, Task, TaskState
from bot.ports import TaskStore
from tests.factories import NOON, a_conversion, a_task, a_worker, after
from tests.fakes.task_stores import added, ids


def converting(**changes: object) -> Task:
    """Return a conversion as it is written down: already on its way, at no price."""
    task = a_task(request=a_conversion(), price=Decimal(0)).move(TaskState.CONVERTING, now=NOON)
    return task if not changes else a_task(request=a_conversion(), price=Decimal(0), **changes)


async def test_a_conversion_comes_back_as_it_was(store: TaskStore) -> None:
    failure = Failure(kind=FailureKind.NOT_CONVERTED, charged=Charge.NO, detail="The GLB has no triangles.")
    tasks = await added(store, converting(), converting(state=TaskState.FAILED, failure=failure))

    assert [await store.load(task.id) for task in tasks] == list(tasks)


async def test_conversions_are_claimed_by_their_state_and_never_sent(store: TaskStore) -> None:
    (task,) = await added(store, converting())

    assert await store.claim_accepted(a_worker("submitter"), now=after(seconds=9), parallel=9) is None
    claimed = await store.claim_due([TaskState.CONVERTING], a_worker(), now=after(seconds=9), limit=9)

    assert ids(claimed) == [task.id]


async def test_conversions_take_no_place_at_rodin_and_none_in_the_line(store: TaskStore) -> None:
    await added(store, *[converting() for _ in range(3)])
    (task,) = await added(store, a_task(created_at=after(seconds=5)))

    assert await store.queue_places([task.id]) == {task.id: 1}
    claimed = await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=1)
    assert claimed is not None
    assert claimed.id == task.id


async def test_conversions_count_in_no_limit(store: TaskStore) -> None:
    await added(store, *[converting() for _ in range(3)])
    limits = Limits(since=NOON - timedelta(hours=12), waiting={Scope.PERSON: 1}, credits={Scope.PERSON: Decimal("0.5")})

    await store.add(a_task(), within=limits)
