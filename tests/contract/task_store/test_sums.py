"""Lists, places in the queue, durations and credits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.limits import Scope
from bot.model import (
    Charge,
    Failure,
    FailureKind,
    Task,
    TaskState,
    Usage,
)
from bot.ports import TaskStore
from tests.factories import (
    NOON,
    a_request,
    a_submission,
    a_task,
    after,
    an_owner,
)
from tests.fakes.task_stores import added, ids


async def test_a_persons_tasks_come_newest_first_from_every_server(store: TaskStore) -> None:
    old, new, newest = await added(
        store,
        a_task(),
        a_task(created_at=after(hours=1), owner=an_owner(server_id="other", channel_id=None)),
        a_task(created_at=after(hours=2), owner=an_owner(server_id=None)),
    )
    await added(store, a_task(owner=an_owner("bea")), a_task(owner=an_owner(platform="slack")))

    assert ids(await store.tasks_of(an_owner(), limit=9)) == [newest.id, new.id, old.id]
    assert ids(await store.tasks_of(an_owner(), limit=2)) == [newest.id, new.id]
    assert await store.tasks_of(an_owner("nobody"), limit=9) == ()


async def test_tasks_in_states_come_oldest_first(store: TaskStore) -> None:
    new, old, _ = await added(
        store,
        a_task(state=TaskState.UNCLEAR, created_at=after(hours=1)),
        a_task(state=TaskState.SUBMITTING),
        a_task(),
    )
    states = {TaskState.UNCLEAR, TaskState.SUBMITTING}

    assert await store.tasks_in(states, limit=9) == (old, new)
    assert await store.tasks_in(states, limit=1) == (old,)


async def test_the_place_in_the_queue_counts_who_asked_before(store: TaskStore) -> None:
    third, first, second, sent = await added(
        store,
        a_task(created_at=after(seconds=2)),
        a_task(),
        a_task(created_at=after(seconds=1), owner=an_owner("bea")),
        a_task(state=TaskState.GENERATING, created_at=after(seconds=-9)),
    )

    places = await store.queue_places([third.id, sent.id, first.id, second.id, "nothing"])

    assert places == {first.id: 1, second.id: 2, third.id: 3}
    assert await store.queue_places([]) == {}


async def test_tasks_of_one_moment_have_places_of_their_own(store: TaskStore) -> None:
    tasks = await added(store, a_task(), a_task(), a_task())

    assert sorted((await store.queue_places(ids(tasks))).values()) == [1, 2, 3]


async def test_durations_are_those_of_the_newest_finished_models_of_the_tier(store: TaskStore) -> None:
    def finished(minutes: int, *, tier: str = "Sketch", state: TaskState = TaskState.READY) -> Task:
        ended_at = after(hours=minutes)
        return a_task(
            state=state,
            request=a_request(tier=tier),
            submitted_at=ended_at - timedelta(minutes=minutes),
            ended_at=ended_at,
        )

    await added(store, finished(2), finished(1), finished(3), finished(9, tier="Other"))
    await added(store, finished(30, state=TaskState.FAILED), a_task(request=a_request(tier="Sketch")))

    assert await store.durations("Sketch", limit=2) == (timedelta(minutes=3), timedelta(minutes=2))
    assert await store.durations("Never", limit=2) == ()


@pytest.mark.parametrize(
    ("changes", "credits_used"),
    [
        ({"state": TaskState.ACCEPTED}, "0.5"),
        ({"state": TaskState.SUBMITTING}, "0.5"),
        ({"state": TaskState.CANCELLED}, "0"),
        ({"state": TaskState.UNCLEAR}, "0.5"),
        ({"state": TaskState.GENERATING, "submission": a_submission()}, "0.5"),
        ({"state": TaskState.GENERATING, "submission": a_submission(consumed=Decimal("1.5"))}, "1.5"),
        ({"state": TaskState.READY, "submission": a_submission()}, "0.5"),
        ({"state": TaskState.READY, "submission": a_submission(consumed=Decimal(0))}, "0"),
        ({"state": TaskState.READY, "submission": a_submission(consumed=Decimal("0.001"))}, "0.001"),
        (
            {
                "state": TaskState.FAILED,
                "submission": None,
                "failure": Failure(kind=FailureKind.REFUSED, charged=Charge.NO),
            },
            "0",
        ),
        ({"state": TaskState.FAILED, "submission": None, "failure": None}, "0"),
        (
            {
                "state": TaskState.FAILED,
                "submission": a_submission(),
                "failure": Failure(kind=FailureKind.TIMED_OUT, charged=Charge.MAYBE),
            },
            "0.5",
        ),
        (
            {
                "state": TaskState.FAILED,
                "submission": a_submission(consumed=Decimal("0.75")),
                "failure": Failure(kind=FailureKind.JOBS_FAILED, charged=Charge.YES),
            },
            "0.75",
        ),
    ],
    ids=lambda value: str(value.get("state")) if isinstance(value, dict) else str(value),
)
async def test_a_task_counts_what_rodin_took_else_its_price_unless_it_surely_was_free(
    store: TaskStore, changes: dict[str, object], credits_used: str
) -> None:
    await added(store, a_task(**changes))

    spent = await store.spent(Scope.SERVER, an_owner(), since=NOON)
    used = await store.usage(an_owner(), since=NOON)

    assert spent == used.credits == used.credits_today == Decimal(credits_used)


async def test_usage_is_one_persons_ever_and_since_a_moment(store: TaskStore) -> None:
    await added(
        store,
        a_task(created_at=after(milliseconds=-1), price=Decimal(2)),
        a_task(created_at=NOON, owner=an_owner(server_id=None)),
        a_task(created_at=after(hours=1), state=TaskState.CANCELLED),
        a_task(owner=an_owner("bea")),
        a_task(owner=an_owner(platform="slack")),
    )

    used = await store.usage(an_owner(), since=NOON)

    assert used == Usage(tasks=3, credits=Decimal("2.5"), tasks_today=2, credits_today=Decimal("0.5"))


async def test_usage_of_a_stranger_is_nothing(store: TaskStore) -> None:
    used = await store.usage(an_owner("nobody"), since=NOON)

    assert used == Usage(tasks=0, credits=Decimal(0), tasks_today=0, credits_today=Decimal(0))


@pytest.mark.parametrize(
    ("scope", "credits_spent"),
    [(Scope.PERSON, "8.5"), (Scope.CHANNEL, "2.5"), (Scope.SERVER, "4.5"), (Scope.EVERYBODY, "31.5")],
)
async def test_a_scope_spends_what_all_its_tasks_cost_since_a_moment(
    store: TaskStore, scope: Scope, credits_spent: str
) -> None:
    await added(
        store,
        a_task(created_at=after(milliseconds=-1), price=Decimal(64)),
        a_task(),
        a_task(owner=an_owner("bea"), price=Decimal(2)),
        a_task(owner=an_owner("bea", channel_id="other"), price=Decimal(2)),
        a_task(owner=an_owner(server_id="other", channel_id=None), price=Decimal(8)),
        a_task(owner=an_owner(platform="slack"), price=Decimal(16)),
        a_task(owner=an_owner("bea", server_id=None, channel_id=None), price=Decimal(3)),
    )

    assert await store.spent(scope, an_owner(), since=NOON) == Decimal(credits_spent)
    assert await store.spent(scope, an_owner(), since=after(days=1)) == 0


async def test_known_uuids_are_those_of_our_tasks(store: TaskStore) -> None:
    (task,) = await added(store, a_task(state=TaskState.READY))
    assert task.submission

    assert await store.known_uuids([task.submission.uuid, "of-somebody-else"]) == {task.submission.uuid}
    assert await store.known_uuids([]) == frozenset()
