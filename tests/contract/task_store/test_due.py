"""Due work and the leases on it."""

from __future__ import annotations

from bot.model import (
    TaskState,
)
from bot.ports import TaskStore
from tests.factories import (
    NOON,
    a_file,
    a_task,
    a_worker,
    after,
)
from tests.fakes.task_stores import added, ids


async def test_due_tasks_come_earliest_first_and_no_more_than_asked_for(store: TaskStore) -> None:
    tasks = [a_task(state=TaskState.GENERATING, next_at=after(seconds=n)) for n in (3, 1, 2)]
    await added(store, *tasks, a_task(state=TaskState.GENERATING, next_at=after(seconds=60)), a_task())

    claimed = await store.claim_due({TaskState.GENERATING}, a_worker(), now=after(seconds=10), limit=2)

    assert ids(claimed) == [tasks[1].id, tasks[2].id]


async def test_a_task_is_due_in_the_very_moment(store: TaskStore) -> None:
    (task,) = await added(store, a_task(state=TaskState.SUBMITTED, next_at=after(seconds=5)))
    states = {TaskState.SUBMITTED, TaskState.GENERATING}

    assert await store.claim_due(states, a_worker(), now=after(seconds=4.999), limit=9) == ()
    assert await store.claim_due(states, a_worker(), now=after(seconds=5), limit=9) == (task,)


async def test_a_claimed_task_with_files_comes_whole(store: TaskStore) -> None:
    both = (a_file("b.glb"), a_file("a.png"))
    tasks = await added(
        store,
        a_task(state=TaskState.READY, files=both),
        a_task(state=TaskState.READY, files=both[:1], next_at=after(seconds=1)),
    )

    assert await store.claim_due({TaskState.READY}, a_worker(), now=after(seconds=2), limit=9) == tasks


async def test_a_leased_task_goes_to_nobody_else_until_the_lease_ends(store: TaskStore) -> None:
    (task,) = await added(store, a_task(state=TaskState.GENERATING))
    states = {TaskState.GENERATING}
    await store.claim_due(states, a_worker("one", seconds=10), now=NOON, limit=1)

    assert await store.claim_due(states, a_worker("two"), now=after(seconds=9.999), limit=1) == ()
    assert await store.claim_due(states, a_worker("two"), now=after(seconds=10), limit=1) == (task,)


async def test_nothing_is_claimed_when_no_state_or_number_is_asked_for(store: TaskStore) -> None:
    await added(store, a_task())

    assert await store.claim_due(set(), a_worker(), now=NOON, limit=9) == ()
    assert await store.claim_due({TaskState.ACCEPTED}, a_worker(), now=NOON, limit=0) == ()


async def test_renewing_prolongs_only_our_own_leases(store: TaskStore) -> None:
    ours, theirs = await added(store, a_task(state=TaskState.GENERATING), a_task(state=TaskState.COLLECTING))
    one, two, three = a_worker("one", seconds=10), a_worker("two", seconds=10), a_worker("three")
    await store.claim_due({TaskState.GENERATING}, one, now=NOON, limit=1)
    await store.claim_due({TaskState.COLLECTING}, two, now=NOON, limit=1)

    await store.renew([ours.id, theirs.id, "gone"], one, now=after(seconds=9))

    states = {TaskState.GENERATING, TaskState.COLLECTING}
    assert await store.claim_due(states, three, now=after(seconds=18), limit=9) == (theirs,)
    assert await store.claim_due(states, three, now=after(seconds=19), limit=9) == (ours,)


async def test_renewing_nothing_is_harmless(store: TaskStore) -> None:
    (task,) = await added(store, a_task())

    await store.renew([], a_worker(), now=NOON)

    assert await store.claim_accepted(a_worker(), now=NOON, parallel=1) == task


async def test_only_the_holder_gives_a_lease_back(store: TaskStore) -> None:
    (task,) = await added(store, a_task(state=TaskState.GENERATING))
    await store.claim_due({TaskState.GENERATING}, a_worker("one"), now=NOON, limit=1)

    await store.release(task.id, a_worker("two"))
    await store.release("nothing", a_worker("one"))
    assert await store.claim_due({TaskState.GENERATING}, a_worker("two"), now=NOON, limit=1) == ()

    await store.release(task.id, a_worker("one"))
    assert await store.claim_due({TaskState.GENERATING}, a_worker("two"), now=NOON, limit=1) == (task,)


async def test_clearing_ends_leases_of_both_kinds_and_counts_them(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    dead, alive = a_worker("dead"), a_worker("alive")
    await store.claim_accepted(dead, now=NOON, parallel=1)
    await store.claim_untold(dead, platforms=["console"], now=NOON, limit=1)

    assert await store.clear_leases() == 2

    assert await store.claim_accepted(alive, now=NOON, parallel=1) == task
    assert await store.claim_untold(alive, platforms=["console"], now=NOON, limit=1) == (task,)
    assert await store.clear_leases() == 2
    assert await store.clear_leases() == 0


async def test_next_due_is_the_earliest_moment_of_a_task_that_nobody_works_on(store: TaskStore) -> None:
    await added(
        store,
        a_task(state=TaskState.SUBMITTED, next_at=after(seconds=5)),
        a_task(state=TaskState.GENERATING, next_at=after(seconds=7)),
        a_task(next_at=after(seconds=1)),
    )
    states = {TaskState.GENERATING, TaskState.SUBMITTED}
    assert await store.next_due(states, now=NOON) == after(seconds=5)

    await store.claim_due(states, a_worker(seconds=10), now=after(seconds=5), limit=9)

    assert await store.next_due(states, now=after(seconds=14.999)) == after(seconds=7)
    assert await store.next_due(states, now=after(seconds=15)) == after(seconds=5)
    assert await store.next_due({TaskState.READY}, now=NOON) is None
