"""Whose turn it is to go to Rodin."""

from __future__ import annotations

import pytest

from bot.model import (
    AT_VENDOR,
    TaskState,
)
from bot.ports import TaskStore
from tests.factories import (
    NOON,
    a_task,
    a_worker,
    after,
    an_owner,
)
from tests.fakes.task_stores import added


async def test_the_oldest_waiting_task_goes_first(store: TaskStore) -> None:
    older, newer = a_task(), a_task(created_at=after(seconds=1))
    await added(store, newer, older)

    assert await store.claim_accepted(a_worker(), now=after(seconds=9), parallel=9) == older


async def test_the_person_with_the_fewest_tasks_at_rodin_goes_first(store: TaskStore) -> None:
    bea = an_owner("bea")
    at_rodin = [a_task(state=state, owner=bea) for state in AT_VENDOR]
    hers, his = a_task(owner=bea), a_task(created_at=after(seconds=1))
    await added(store, *at_rodin, hers, his)

    assert await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) == his


async def test_claims_in_a_row_serve_people_in_turn(store: TaskStore) -> None:
    first, second, third = (a_task(created_at=after(seconds=n)) for n in range(3))
    late = a_task(owner=an_owner("bea"), created_at=after(seconds=8))
    await added(store, first, second, third, late)

    claimed = [await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) for _ in range(4)]

    assert claimed == [first, late, second, third]


async def test_the_same_user_id_on_two_platforms_is_two_people(store: TaskStore) -> None:
    busy = a_task(state=TaskState.GENERATING, owner=an_owner("7", platform="slack"))
    mine, theirs = (
        a_task(owner=an_owner("7"), created_at=after(seconds=1)),
        a_task(owner=an_owner("7", platform="slack")),
    )
    await added(store, busy, mine, theirs)

    assert await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) == mine


async def test_one_person_in_two_servers_is_one_person(store: TaskStore) -> None:
    busy = a_task(state=TaskState.GENERATING, owner=an_owner("ada", server_id="one"))
    hers = a_task(owner=an_owner("ada", server_id="two"))
    his = a_task(owner=an_owner("bob", server_id="two"), created_at=after(seconds=1))
    await added(store, busy, hers, his)

    assert await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) == his


@pytest.mark.parametrize("state", sorted(AT_VENDOR))
async def test_nobody_goes_while_all_places_at_rodin_are_taken(store: TaskStore, state: TaskState) -> None:
    await added(store, a_task(state=state), a_task(state=state), a_task(owner=an_owner("bea")))

    assert await store.claim_accepted(a_worker(), now=NOON, parallel=2) is None
    assert await store.claim_accepted(a_worker(), now=NOON, parallel=3) is not None


async def test_tasks_that_left_rodin_take_no_place(store: TaskStore) -> None:
    gone = [a_task(state=state) for state in TaskState if state not in {*AT_VENDOR, TaskState.ACCEPTED}]
    (*_, waiting) = await added(store, *gone, a_task())

    assert await store.claim_accepted(a_worker(), now=NOON, parallel=1) == waiting


async def test_a_leased_task_takes_a_place_until_its_lease_ends(store: TaskStore) -> None:
    first, second = await added(store, a_task(), a_task(created_at=after(seconds=1)))
    worker = a_worker(seconds=10)

    assert await store.claim_accepted(worker, now=after(seconds=1), parallel=1) == first
    assert await store.claim_accepted(worker, now=after(seconds=10.999), parallel=1) is None
    assert await store.claim_accepted(worker, now=after(seconds=11), parallel=1) == first
    assert await store.claim_accepted(worker, now=after(seconds=11), parallel=2) == second


async def test_a_released_task_frees_its_place(store: TaskStore) -> None:
    first, _ = await added(store, a_task(), a_task(created_at=after(seconds=1)))
    await store.claim_accepted(a_worker(), now=after(seconds=1), parallel=1)

    await store.release(first.id, a_worker())

    assert await store.claim_accepted(a_worker(), now=after(seconds=1), parallel=1) == first


async def test_a_task_that_is_put_off_waits_and_lets_others_pass(store: TaskStore) -> None:
    put_off, other = await added(store, a_task(next_at=after(seconds=30)), a_task(created_at=after(seconds=1)))

    assert await store.claim_accepted(a_worker(), now=after(seconds=29), parallel=9) == other
    assert await store.claim_accepted(a_worker(), now=after(seconds=29), parallel=9) is None
    assert await store.claim_accepted(a_worker(), now=after(seconds=30), parallel=9) == put_off


async def test_no_place_at_all_lets_nobody_pass(store: TaskStore) -> None:
    await added(store, a_task())

    assert await store.claim_accepted(a_worker(), now=NOON, parallel=0) is None


async def test_a_claim_changes_nothing_about_the_task(store: TaskStore) -> None:
    (task,) = await added(store, a_task())

    await store.claim_accepted(a_worker(), now=NOON, parallel=1)

    assert await store.load(task.id) == task


async def test_of_people_with_as_few_tasks_the_server_with_the_fewest_goes_first(store: TaskStore) -> None:
    busy = a_task(state=TaskState.GENERATING, owner=an_owner("cem", server_id="one"))
    older = a_task(owner=an_owner("ada", server_id="one"))
    newer = a_task(owner=an_owner("bob", server_id="two"), created_at=after(seconds=1))
    await added(store, busy, older, newer)

    assert await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) == newer


async def test_the_person_counts_before_the_server(store: TaskStore) -> None:
    busy = [a_task(state=TaskState.GENERATING, owner=an_owner(f"p{n}", server_id="one")) for n in range(3)]
    own = a_task(state=TaskState.GENERATING, owner=an_owner("bob", server_id="three"))
    new_here = a_task(owner=an_owner("ada", server_id="one"), created_at=after(seconds=1))
    second_try = a_task(owner=an_owner("bob", server_id="two"))
    await added(store, *busy, own, new_here, second_try)

    assert await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) == new_here


async def test_the_same_server_id_on_two_platforms_is_two_servers(store: TaskStore) -> None:
    busy = a_task(state=TaskState.GENERATING, owner=an_owner("cem", server_id="one", platform="slack"))
    older = a_task(owner=an_owner("ada", server_id="one"))
    newer = a_task(owner=an_owner("bob", server_id="two"), created_at=after(seconds=1))
    await added(store, busy, older, newer)

    assert await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) == older


async def test_people_outside_any_server_do_not_wait_for_each_other(store: TaskStore) -> None:
    busy = a_task(state=TaskState.GENERATING, owner=an_owner("cem", server_id=None))
    alone = a_task(owner=an_owner("ada", server_id=None))
    newer = a_task(owner=an_owner("bob", server_id="two"), created_at=after(seconds=1))
    await added(store, busy, alone, newer)

    assert await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) == alone


async def test_servers_are_served_in_turn_whoever_floods_the_queue(store: TaskStore) -> None:
    flood = [a_task(owner=an_owner(f"p{n}", server_id="loud"), created_at=after(milliseconds=n)) for n in range(6)]
    quiet = [a_task(owner=an_owner(f"q{n}", server_id="quiet"), created_at=after(seconds=1 + n)) for n in range(2)]
    await added(store, *flood, *quiet)

    claimed = [await store.claim_accepted(a_worker(), now=after(minutes=1), parallel=9) for _ in range(5)]

    assert claimed == [flood[0], quiet[0], flood[1], quiet[1], flood[2]]
