"""A new task keeps within what the operator allows, whoever writes at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.errors import DuplicateEvent, NoSuchTask
from bot.limits import CreditsShort, Limits, OverLimit, QueueFull, Scope
from bot.model import Charge, Failure, FailureKind, Owner, Task, TaskState
from bot.ports import TaskStore
from storage.database import open_database
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_submission, a_task, after, an_owner
from tests.fakes.databases import DATABASES, DatabaseUrl
from tests.fakes.task_stores import added

ELSEWHERE = an_owner("bea", server_id="other", channel_id="other", platform="slack")
NEIGHBOUR = {
    Scope.PERSON: an_owner("ada", server_id="other", channel_id="other"),
    Scope.CHANNEL: an_owner("bea", server_id="other"),
    Scope.SERVER: an_owner("bea", channel_id="other"),
    Scope.EVERYBODY: ELSEWHERE,
}
"""Somebody who shares just this scope with `an_owner()`."""


def credits_of(scope: Scope, amount: str) -> Limits:
    return Limits(since=NOON, credits={scope: Decimal(amount)})


def places_of(scope: Scope, count: int) -> Limits:
    return Limits(since=NOON, waiting={scope: count})


@pytest.mark.parametrize("scope", Scope)
async def test_a_task_beyond_a_scopes_credits_is_refused_and_not_written(store: TaskStore, scope: Scope) -> None:
    await store.add(a_task(owner=NEIGHBOUR[scope]), within=credits_of(scope, "1"))
    fits, too_much = a_task(), a_task()
    await store.add(fits, within=credits_of(scope, "1"))

    with pytest.raises(CreditsShort) as caught:
        await store.add(too_much, within=credits_of(scope, "1"))

    short = caught.value
    assert (short.scope, short.limit, short.left, short.price) == (scope, Decimal(1), Decimal(0), Decimal("0.5"))
    with pytest.raises(NoSuchTask):
        await store.load(too_much.id)


@pytest.mark.parametrize("scope", [Scope.PERSON, Scope.CHANNEL, Scope.SERVER])
async def test_what_others_spend_takes_nothing_from_a_scope(store: TaskStore, scope: Scope) -> None:
    await added(store, *(a_task(owner=owner, price=Decimal(9)) for one, owner in NEIGHBOUR.items() if one is not scope))

    await store.add(a_task(), within=credits_of(scope, "0.5"))


async def test_what_is_left_is_the_limit_without_what_runs_and_what_was_spent(store: TaskStore) -> None:
    await added(
        store,
        a_task(created_at=after(milliseconds=-1)),
        a_task(state=TaskState.GENERATING, submission=a_submission(consumed=Decimal("1.5"))),
        a_task(state=TaskState.CANCELLED),
        a_task(state=TaskState.FAILED, failure=Failure(kind=FailureKind.REFUSED, charged=Charge.NO), submission=None),
        a_task(state=TaskState.UNCLEAR),
    )

    with pytest.raises(CreditsShort) as caught:
        await store.add(a_task(price=Decimal("1.5")), within=credits_of(Scope.PERSON, "3"))

    assert caught.value.left == Decimal(1)


async def test_the_limit_that_leaves_least_is_named(store: TaskStore) -> None:
    await added(store, a_task(), a_task(owner=NEIGHBOUR[Scope.SERVER]))
    limits = Limits(since=NOON, credits={Scope.PERSON: Decimal("0.75"), Scope.SERVER: Decimal("1.125")})

    with pytest.raises(CreditsShort) as caught:
        await store.add(a_task(), within=limits)

    assert (caught.value.scope, caught.value.left) == (Scope.SERVER, Decimal("0.125"))


async def test_a_price_beyond_a_whole_day_is_named_before_a_day_that_is_spent(store: TaskStore) -> None:
    await store.add(a_task(price=Decimal(4)))
    limits = Limits(since=NOON, credits={Scope.PERSON: Decimal(4), Scope.SERVER: Decimal("0.25")})

    with pytest.raises(CreditsShort) as caught:
        await store.add(a_task(), within=limits)

    assert caught.value.scope is Scope.SERVER


async def test_what_costs_nothing_is_never_short_of_credits(store: TaskStore) -> None:
    await store.add(a_task(price=Decimal(2)))

    await store.add(a_task(price=Decimal(0)), within=credits_of(Scope.PERSON, "1"))


@pytest.mark.parametrize("scope", [Scope.PERSON, Scope.EVERYBODY])
async def test_only_so_many_tasks_of_a_scope_wait(store: TaskStore, scope: Scope) -> None:
    sent = [a_task(state=state) for state in TaskState if state is not TaskState.ACCEPTED]
    await added(store, *sent, a_task(owner=NEIGHBOUR[scope]), a_task())

    with pytest.raises(QueueFull) as caught:
        await store.add(a_task(), within=places_of(scope, 2))
    await store.add(a_task(), within=places_of(scope, 3))

    assert (caught.value.scope, caught.value.limit) == (scope, 2)


async def test_a_person_waits_for_none_of_the_others(store: TaskStore) -> None:
    await added(store, a_task(owner=an_owner("bea")), a_task(owner=an_owner(platform="slack")))

    await store.add(a_task(), within=places_of(Scope.PERSON, 1))


async def test_outside_a_server_and_channel_their_limits_do_not_count(store: TaskStore) -> None:
    alone = an_owner("bea", server_id=None, channel_id=None)
    await store.add(a_task(owner=alone))
    limits = Limits(since=NOON, credits={Scope.SERVER: Decimal(0), Scope.CHANNEL: Decimal(0)})

    await store.add(a_task(owner=alone), within=limits)


async def test_a_repeated_event_is_named_although_nothing_is_left(store: TaskStore) -> None:
    limits = Limits(since=NOON, credits={Scope.PERSON: Decimal("0.5")}, waiting={Scope.PERSON: 1})
    (first,) = await added(store, a_task(event="click"))

    with pytest.raises(DuplicateEvent) as caught:
        await store.add(a_task(event="click"), within=limits)

    assert caught.value.task_id == first.id


async def test_of_ten_at_once_with_credits_for_three_exactly_three_are_written(store: TaskStore) -> None:
    limits = credits_of(Scope.PERSON, "1.5")

    results = await asyncio.gather(*(store.add(a_task(), within=limits) for _ in range(10)), return_exceptions=True)

    assert outcome(results) == {"Task": 3, "CreditsShort": 7}
    assert len(await store.tasks_of(an_owner(), limit=99)) == 3


@pytest.fixture(params=DATABASES)
async def doors(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[TaskStore]]:
    """Two stores on one database, each with connections of its own, as two processes have them."""
    make: DatabaseUrl = request.param
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(make(tmp_path))
        yield [SqlTaskStore(await stack.enter_async_context(open_database(url))) for _ in range(2)]


@pytest.mark.parametrize(
    "limits",
    [
        credits_of(Scope.PERSON, "1.5"),
        credits_of(Scope.SERVER, "1.5"),
        places_of(Scope.EVERYBODY, 3),
        Limits(since=NOON, credits=dict.fromkeys(Scope, Decimal("1.5")), waiting={Scope.PERSON: 20}),
    ],
    ids=["person", "server", "waiting", "everything"],
)
async def test_two_processes_at_once_overshoot_no_limit(doors: list[TaskStore], limits: Limits) -> None:
    wishes = [a_task() for _ in range(10)]

    results = await asyncio.gather(
        *(doors[number % 2].add(task, within=limits) for number, task in enumerate(wishes)), return_exceptions=True
    )

    written = [task for task, result in zip(wishes, results, strict=True) if isinstance(result, Task)]
    assert sum(isinstance(result, OverLimit) for result in results) == 7
    assert sorted(task.id for task in written) == sorted(
        task.id for task in await doors[0].tasks_in({TaskState.ACCEPTED}, limit=99)
    )
    assert len(written) == 3


async def test_people_with_crossing_limits_do_not_wait_for_each_other_for_ever(doors: list[TaskStore]) -> None:
    limits = Limits(since=NOON, credits=dict.fromkeys(Scope, Decimal(100)), waiting=dict.fromkeys(Scope, 100))
    people: list[Owner] = [an_owner(f"p{n % 4}", server_id=f"s{n % 3}", channel_id=f"c{n % 5}") for n in range(24)]
    wishes: list[Task] = [a_task(owner=owner) for owner in people]

    async with asyncio.timeout(20):
        await asyncio.gather(*(doors[n % 2].add(task, within=limits) for n, task in enumerate(wishes)))

    assert len(await doors[0].tasks_in({TaskState.ACCEPTED}, limit=99)) == 24


def outcome(results: list[Any]) -> dict[str, int]:
    """Count results by what they are."""
    names = [type(result).__name__ for result in results]
    return {name: names.count(name) for name in names}
