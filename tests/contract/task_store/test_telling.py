"""Which tasks a thread has still to be told about."""

from __future__ import annotations

import pytest

from bot.errors import NoSuchTask
from bot.model import (
    TaskState,
)
from bot.ports import TaskStore
from tests.factories import (
    NOON,
    a_task,
    a_worker,
    after,
    an_address,
)
from tests.fakes.task_stores import added, ids


async def test_untold_tasks_come_oldest_change_first(store: TaskStore) -> None:
    new, old, told = await added(
        store, a_task(changed_at=after(seconds=2)), a_task(changed_at=after(seconds=1)), a_task(told=0)
    )

    claimed = await store.claim_untold(a_worker(), platforms=["console"], now=after(seconds=3), limit=9)

    assert ids(claimed) == [old.id, new.id]
    assert told.id not in ids(claimed)


async def test_a_teller_gets_only_its_own_platforms(store: TaskStore) -> None:
    console, slack, discord = await added(
        store,
        a_task(),
        a_task(address=an_address(platform="slack")),
        a_task(address=an_address(platform="discord")),
    )

    assert await store.claim_untold(a_worker(), platforms=["slack"], now=NOON, limit=9) == (slack,)
    assert await store.claim_untold(a_worker(), platforms=[], now=NOON, limit=9) == ()
    assert await store.claim_untold(a_worker(), platforms=["console", "discord"], now=NOON, limit=9) == (
        console,
        discord,
    )


async def test_telling_and_working_are_leased_apart(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    await store.claim_accepted(a_worker("one"), now=NOON, parallel=1)

    assert await store.claim_untold(a_worker("two"), platforms=["console"], now=NOON, limit=9) == (task,)
    assert await store.claim_untold(a_worker("three"), platforms=["console"], now=NOON, limit=9) == ()
    later = after(minutes=1)
    assert await store.claim_untold(a_worker("three"), platforms=["console"], now=later, limit=9) == (task,)


async def test_releasing_ends_a_workers_own_telling_lease_and_nobody_elses(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    await store.claim_untold(a_worker("one"), platforms=["console"], now=NOON, limit=9)

    await store.release(task.id, a_worker("two"))
    assert await store.claim_untold(a_worker("two"), platforms=["console"], now=NOON, limit=9) == ()

    await store.release(task.id, a_worker("one"))
    assert await store.claim_untold(a_worker("two"), platforms=["console"], now=NOON, limit=9) == (task,)


async def test_a_telling_lease_is_renewed_too(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    worker = a_worker(seconds=10)
    await store.claim_untold(worker, platforms=["console"], now=NOON, limit=9)

    await store.renew([task.id], worker, now=after(seconds=9))

    assert await store.claim_untold(worker, platforms=["console"], now=after(seconds=18), limit=9) == ()
    assert await store.claim_untold(worker, platforms=["console"], now=after(seconds=19), limit=9) == (task,)


async def test_what_was_told_is_not_offered_again_until_something_changes(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    await store.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=9)

    await store.mark_told(task.id, revision=0, address=an_address("message-1"))
    assert await store.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=9) == ()

    await store.save(task.move(TaskState.SUBMITTING, now=NOON), expected_revision=0)
    (again,) = await store.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=9)
    assert (again.revision, again.told, again.address) == (1, 0, an_address("message-1"))


async def test_a_change_during_the_telling_is_offered_after_it(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    await store.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=9)
    newer = task.move(TaskState.SUBMITTING, now=NOON)
    await store.save(newer, expected_revision=0)

    await store.mark_told(task.id, revision=0, address=task.address)

    assert ids(await store.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=9)) == [task.id]


async def test_an_older_telling_that_comes_late_changes_nothing(store: TaskStore) -> None:
    (task,) = await added(store, a_task(revision=5, told=4))

    await store.mark_told(task.id, revision=3, address=an_address("an older message"))

    late = await store.load(task.id)
    assert (late.told, late.address) == (4, task.address)


async def test_telling_the_same_revision_again_may_move_the_address(store: TaskStore) -> None:
    (task,) = await added(store, a_task(told=0))

    await store.mark_told(task.id, revision=0, address=an_address("C2", platform="slack"))

    assert (await store.load(task.id)).address == an_address("C2", platform="slack")


async def test_telling_about_an_unknown_task_is_refused(store: TaskStore) -> None:
    with pytest.raises(NoSuchTask):
        await store.mark_told("nothing", revision=0, address=an_address())


async def test_a_postponed_telling_waits_for_its_moment_and_holds_no_lease(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    await store.claim_untold(a_worker("one"), platforms=["console"], now=NOON, limit=9)

    await store.postpone_telling(task.id, until=after(seconds=5))

    assert await store.claim_untold(a_worker("two"), platforms=["console"], now=after(seconds=4.999), limit=9) == ()
    assert await store.claim_untold(a_worker("two"), platforms=["console"], now=after(seconds=5), limit=9) == (task,)


async def test_postponing_the_telling_of_an_unknown_task_is_harmless(store: TaskStore) -> None:
    await store.postpone_telling("nothing", until=NOON)

    assert await store.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=9) == ()
