"""The keys of servers and how they stand: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from bot.errors import StaleTask
from bot.keys import KeyGone, KeyShut, KeyState, KeyStore, Server, Stop, StopOrder
from bot.model import Hold, Task, TaskState
from bot.ports import TaskStore
from storage.database import Database
from storage.keys import SqlKeyStore
from storage.tasks import SqlTaskStore
from storage.vault import Vault
from tests.factories import NOON, a_task, a_worker, after, an_owner
from tests.fakes.databases import stores
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.memory_store import MemoryTaskStore
from tests.fakes.task_stores import added, ids

SECRET = "one-of-the-secrets"
GUILD = Server(platform="discord", server_id="G1")
WORKSPACE = Server(platform="slack", server_id="T1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The keys, and the table of tasks that are made with them."""

    keys: KeyStore
    tasks: TaskStore

    async def now(self, task: Task) -> Task:
        return await self.tasks.load(task.id)


def in_memory() -> Ring:
    store = MemoryTaskStore()
    return Ring(keys=MemoryKeyStore(store), tasks=store)


def in_sql(database: Database) -> Ring:
    return Ring(keys=SqlKeyStore(database, Vault(SECRET)), tasks=SqlTaskStore(database))


@pytest.fixture(params=stores(in_memory, in_sql))
async def ring(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ring]:
    """No keys, no tasks."""
    async with request.param(tmp_path) as opened:
        yield opened


def an_order(why: Stop = Stop.CREDITS, **changes: Decimal) -> StopOrder:
    return StopOrder(why=why, needs=changes.get("needs", Decimal("0.5")), now=NOON, look_at=after(minutes=3))


def asked_in(server: Server, **changes: object) -> Task:
    return a_task(owner=an_owner(platform=server.platform, server_id=server.server_id), **changes)


async def kept(ring: Ring, secret: str = "a-key", server: Server = GUILD) -> str:
    return (await ring.keys.keep(server, secret, now=NOON)).key_id


async def claimed(ring: Ring, *, parallel: int = 9, resting: tuple[str | None, ...] = ()) -> list[str]:
    """Claim whatever can be sent, in turn."""
    found: list[Task] = []
    while True:
        task = await ring.tasks.claim_accepted(a_worker(), now=after(minutes=1), parallel=parallel, resting=resting)
        if task is None:
            return ids(found)
        found.append(task)


async def test_a_server_without_a_key_of_its_own_has_the_operators(ring: Ring) -> None:
    assert await ring.keys.key_of(GUILD) is None
    assert await ring.keys.state(None) == KeyState(id="operator")
    assert await ring.keys.states() == ()


async def test_a_key_that_is_kept_comes_back_and_is_the_servers(ring: Ring) -> None:
    key_id = await kept(ring)

    assert await ring.keys.key_of(GUILD) == key_id
    assert await ring.keys.key_of(WORKSPACE) is None
    assert await ring.keys.secret_of(key_id) == "a-key"
    assert "a-key" not in key_id
    assert [state.servers for state in await ring.keys.states()] == [(GUILD,)]


async def test_the_same_key_in_two_servers_is_one_key(ring: Ring) -> None:
    first, second = await kept(ring), await kept(ring, server=WORKSPACE)

    assert first == second
    (state,) = await ring.keys.states()
    assert state.servers == (GUILD, WORKSPACE)


async def test_what_waits_goes_on_with_the_new_key_and_its_thread_is_told(ring: Ring) -> None:
    old, other = await kept(ring, "old"), await kept(ring, "other", WORKSPACE)
    waiting, elsewhere, under_way = await added(
        ring.tasks,
        asked_in(GUILD, key_id=old, hold=Hold.KEY),
        asked_in(WORKSPACE, key_id=other),
        asked_in(GUILD, key_id=old, state=TaskState.GENERATING),
    )

    came = await ring.keys.keep(GUILD, "new", now=NOON)

    moved = await ring.now(waiting)
    assert (moved.key_id, moved.hold, moved.revision) == (came.key_id, None, waiting.revision + 1)
    assert came.moved == 1
    assert (await ring.now(elsewhere)).key_id == other
    assert (await ring.now(under_way)).key_id == old


async def test_a_task_that_was_claimed_with_the_old_key_is_not_sent_with_it(ring: Ring) -> None:
    await added(ring.tasks, asked_in(GUILD))
    about_to_leave = await ring.tasks.claim_accepted(a_worker(), now=after(minutes=1), parallel=9)
    assert about_to_leave is not None

    await kept(ring)

    with pytest.raises(StaleTask):
        await ring.tasks.save(
            about_to_leave.move(TaskState.SUBMITTING, now=NOON), expected_revision=about_to_leave.revision
        )


async def test_a_removed_key_serves_what_runs_with_it_and_is_erased_afterwards(ring: Ring) -> None:
    key_id = await kept(ring)
    (task,) = await added(ring.tasks, asked_in(GUILD, key_id=key_id, state=TaskState.GENERATING))

    assert await ring.keys.remove(GUILD) == key_id
    assert await ring.keys.erase_unused() == ()
    assert await ring.keys.secret_of(key_id) == "a-key"
    await ring.tasks.save(task.move(TaskState.COLLECTING, now=NOON), expected_revision=task.revision)
    collecting = await ring.now(task)
    await ring.tasks.save(collecting.move(TaskState.READY, now=NOON), expected_revision=collecting.revision)

    assert await ring.keys.erase_unused() == (key_id,)
    with pytest.raises(KeyShut):
        await ring.keys.secret_of(key_id)
    assert await ring.keys.key_of(GUILD) is None
    assert await ring.keys.remove(GUILD) is None


async def test_a_key_that_another_server_still_has_is_not_erased(ring: Ring) -> None:
    key_id = await kept(ring)
    await kept(ring, server=WORKSPACE)
    await ring.keys.remove(GUILD)

    assert await ring.keys.erase_unused() == ()
    assert await ring.keys.secret_of(key_id) == "a-key"


async def test_no_task_is_written_for_a_key_that_was_erased_meanwhile(ring: Ring) -> None:
    key_id = await kept(ring)
    await ring.keys.remove(GUILD)
    await ring.keys.erase_unused()
    task = asked_in(GUILD, key_id=key_id)

    with pytest.raises(KeyGone):
        await ring.tasks.add(task)

    assert await ring.tasks.tasks_in([TaskState.ACCEPTED], limit=9) == ()


async def test_an_erased_key_can_be_set_again(ring: Ring) -> None:
    key_id = await kept(ring)
    await ring.keys.remove(GUILD)
    await ring.keys.erase_unused()

    assert await kept(ring) == key_id
    assert await ring.keys.secret_of(key_id) == "a-key"


async def test_of_a_stopped_key_nothing_is_claimed_and_its_threads_are_told(ring: Ring) -> None:
    key_id = await kept(ring)
    mine, theirs = await added(ring.tasks, asked_in(GUILD, key_id=key_id), asked_in(WORKSPACE))

    assert await ring.keys.stop(key_id, an_order(needs=Decimal("1.5")))

    held = await ring.now(mine)
    assert (held.hold, held.revision) == (Hold.KEY, mine.revision + 1)
    assert (await ring.now(theirs)).revision == theirs.revision
    assert await claimed(ring) == [theirs.id]
    state = await ring.keys.state(key_id)
    assert (state.stopped, state.since, state.needs, state.look_at) == (
        Stop.CREDITS,
        NOON,
        Decimal("1.5"),
        after(minutes=3),
    )


async def test_the_operators_key_is_stopped_like_any_other(ring: Ring) -> None:
    key_id = await kept(ring)
    _, theirs = await added(ring.tasks, asked_in(WORKSPACE), asked_in(GUILD, key_id=key_id))

    assert await ring.keys.stop(None, an_order(Stop.KEY))

    assert await claimed(ring) == [theirs.id]
    assert (await ring.keys.state(None)).stopped is Stop.KEY
    assert [state.id for state in await ring.keys.states() if state.stopped] == ["operator"]


async def test_a_key_is_stopped_once_and_the_first_reason_stays(ring: Ring) -> None:
    await ring.keys.stop(None, an_order(Stop.KEY))

    assert not await ring.keys.stop(None, an_order(Stop.CREDITS))

    assert (await ring.keys.state(None)).stopped is Stop.KEY


async def test_a_resumed_key_sends_again_and_its_threads_are_told(ring: Ring) -> None:
    (task,) = await added(ring.tasks, asked_in(GUILD))
    await ring.keys.stop(None, an_order())

    assert await ring.keys.resume(None, refused=1)

    going = await ring.now(task)
    assert (going.hold, going.revision) == (None, task.revision + 2)
    assert await claimed(ring) == [task.id]
    state = await ring.keys.state(None)
    assert (state.stopped, state.refused) == (None, 1)
    assert not await ring.keys.resume(None)


async def test_a_key_that_is_set_again_is_not_stopped_any_more(ring: Ring) -> None:
    key_id = await kept(ring)
    (task,) = await added(ring.tasks, asked_in(GUILD, key_id=key_id))
    await ring.keys.count_refusal(key_id, now=NOON)
    await ring.keys.stop(key_id, an_order())

    await kept(ring)

    state = await ring.keys.state(key_id)
    assert (state.stopped, state.refused, state.looks) == (None, 0, 0)
    assert (await ring.now(task)).hold is None


async def test_refusals_in_a_row_are_counted_for_each_key_and_forgotten(ring: Ring) -> None:
    key_id = await kept(ring)

    counts = [await ring.keys.count_refusal(one, now=NOON) for one in (None, key_id, None)]
    await ring.keys.forget_refusals(None)

    assert counts == [1, 1, 2]
    assert (await ring.keys.state(None)).refused == 0
    assert (await ring.keys.state(key_id)).refused == 1


async def test_looks_at_a_stopped_key_are_counted_until_it_serves_again(ring: Ring) -> None:
    await ring.keys.stop(None, an_order())
    await ring.keys.look_later(None, after(minutes=9))
    state = await ring.keys.state(None)
    await ring.keys.resume(None)
    await ring.keys.forget_refusals(None)

    assert (state.looks, state.look_at) == (1, after(minutes=9))
    assert (await ring.keys.state(None)).looks == 0


async def test_each_key_has_its_own_places_at_rodin(ring: Ring) -> None:
    key_id = await kept(ring)
    tasks = await added(
        ring.tasks,
        *(asked_in(WORKSPACE, created_at=after(seconds=number)) for number in range(3)),
        *(asked_in(GUILD, key_id=key_id, created_at=after(seconds=10 + number)) for number in range(3)),
    )

    first = await claimed(ring, parallel=2)

    assert sorted(first) == sorted(ids([*tasks[:2], *tasks[3:5]]))
    assert await ring.tasks.queue_places(ids([tasks[2], tasks[5]])) == {tasks[2].id: 3, tasks[5].id: 3}


async def test_the_tasks_of_a_resting_key_stay_here(ring: Ring) -> None:
    key_id = await kept(ring)
    with_ours, with_theirs = await added(ring.tasks, asked_in(WORKSPACE), asked_in(GUILD, key_id=key_id))

    assert await claimed(ring, resting=(None,)) == [with_theirs.id]
    assert await claimed(ring, resting=(key_id,)) == [with_ours.id]


async def test_of_two_keys_the_one_with_fewer_tasks_at_rodin_goes_first(ring: Ring) -> None:
    key_id = await kept(ring)
    await added(ring.tasks, asked_in(WORKSPACE, state=TaskState.GENERATING))
    _, later = await added(
        ring.tasks,
        a_task(owner=an_owner("bo", platform="slack", server_id="T2")),
        asked_in(GUILD, key_id=key_id, created_at=after(seconds=30)),
    )

    turn = await ring.tasks.claim_accepted(a_worker(), now=after(minutes=1), parallel=9)

    assert turn is not None
    assert turn.id == later.id


async def test_with_one_key_a_person_gains_nothing_by_what_runs_with_another(ring: Ring) -> None:
    key_id = await kept(ring)
    await added(ring.tasks, asked_in(WORKSPACE, state=TaskState.GENERATING))
    hers, _ = await added(
        ring.tasks,
        a_task(owner=an_owner("ada", platform="slack", server_id="T1"), key_id=key_id),
        a_task(owner=an_owner("bo", platform="slack", server_id="T1"), key_id=key_id, created_at=after(seconds=9)),
    )

    turn = await ring.tasks.claim_accepted(a_worker(), now=after(minutes=1), parallel=9)

    assert turn is not None
    assert turn.id == hers.id
