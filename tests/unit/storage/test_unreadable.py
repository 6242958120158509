"""A row that another version has written stops nobody but its own task."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.errors import StorageError
from bot.model import Task, TaskState
from storage.database import Database, open_database
from storage.schema import files, tasks
from storage.tasks import SqlTaskStore
from storage.unreadable import REST
from tests.factories import NOON, a_task, a_worker, after
from tests.fakes.databases import DATABASES, sqlite_url
from tests.fakes.task_stores import added, ids

RUNNING = {TaskState.SUBMITTED, TaskState.GENERATING}
SECRET = "a secret owl"

Claim = Callable[[SqlTaskStore, str], Awaitable[Collection[Task]]]


async def claim_accepted(store: SqlTaskStore, worker: str) -> Collection[Task]:
    task = await store.claim_accepted(a_worker(worker), now=NOON, parallel=1)
    return (task,) if task else ()


async def claim_due(store: SqlTaskStore, worker: str) -> Collection[Task]:
    return await store.claim_due({TaskState.ACCEPTED}, a_worker(worker), now=NOON, limit=2)


async def claim_untold(store: SqlTaskStore, worker: str) -> Collection[Task]:
    return await store.claim_untold(a_worker(worker), platforms=["console"], now=NOON, limit=2)


CLAIMS = [
    pytest.param(claim_accepted, id="accepted"),
    pytest.param(claim_due, id="due"),
    pytest.param(claim_untold, id="untold"),
]

# What a later version may write, a person may break, or a failing disk may leave.
PLANTED: list[dict[str, object]] = [
    {"request": f'{{"prompt": "{SECRET}", "tier": 3}}'},
    {"request": SECRET},
    {"jobs": f'[{{"uuid": "{SECRET}", "state": "{SECRET}"}}]'},
    {"showing": f'{{"removal": "{SECRET}"}}'},
    {"failure": f'{{"kind": "{SECRET}", "charged": "yes"}}'},
    {"hold": SECRET},
    {"state": SECRET},
    {"created_ms": 10**17},
]


@pytest.fixture(params=DATABASES)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database."""
    async with request.param(tmp_path) as url, open_database(url) as opened:
        yield opened


async def plant(database: Database, task: Task, **values: object) -> None:
    async with database.writing() as connection:
        await connection.execute(update(tasks).where(tasks.c.id == task.id).values(values))


async def bad_among_good(database: Database, store: SqlTaskStore, **values: object) -> tuple[Task, list[str]]:
    """Write two rows that cannot be read, each the first of a batch, and three that can; return one and the others."""
    bad, good, worse, better, best = await added(store, *(a_task(next_at=after(seconds=n - 9)) for n in range(5)))
    await plant(database, bad, **values)
    await plant(database, worse, **values)
    return bad, ids([good, better, best])


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("values", PLANTED, ids=str)
async def test_a_claim_gives_the_rows_that_can_be_read(
    claim: Claim, values: dict[str, object], database: Database
) -> None:
    store = SqlTaskStore(database)
    _, good = await bad_among_good(database, store, **values)

    claimed: list[str] = []
    while batch := await claim(store, "one"):
        claimed += [task.id for task in batch]
        # As the loops do when they are through; the tellings stay leased.
        for task in batch:
            await store.save(task.move(TaskState.CANCELLED, now=NOON), expected_revision=0)

    assert sorted(claimed) == sorted(good)


@pytest.mark.parametrize("values", PLANTED, ids=str)
async def test_each_is_logged_once_as_an_error_without_what_it_holds(
    values: dict[str, object], database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store = SqlTaskStore(database)
    bad, _ = await bad_among_good(database, store, **values)

    with caplog.at_level(logging.DEBUG, logger="storage"):
        for _ in range(3):
            for claim in (claim_accepted, claim_due, claim_untold):
                await claim(store, "one")

    lines = [record for record in caplog.records if bad.id in record.getMessage()]
    assert [record.levelno for record in lines] == [logging.ERROR]
    assert len(caplog.records) == 2
    assert SECRET not in caplog.text


@pytest.mark.parametrize("values", PLANTED, ids=str)
async def test_reading_one_is_refused_without_what_it_holds(values: dict[str, object], database: Database) -> None:
    store = SqlTaskStore(database)
    bad, good = await bad_among_good(database, store, **values)

    with pytest.raises(StorageError, match=bad.id) as caught:
        await store.load(bad.id)

    assert SECRET not in repr(caught.value) + repr(caught.value.__context__)
    assert (await store.load(good[0])).id == good[0]


async def test_a_result_file_of_unknown_use_makes_its_task_unreadable_and_no_other(database: Database) -> None:
    store = SqlTaskStore(database)
    bad, good = await added(store, *(a_task(state=TaskState.READY) for _ in range(2)))
    async with database.writing() as connection:
        await connection.execute(update(files).where(files.c.task_id == bad.id).values(role="hologram"))

    assert await store.claim_due({TaskState.READY}, a_worker(), now=NOON, limit=9) == (good,)
    with pytest.raises(StorageError, match=bad.id):
        await store.load(bad.id)


async def test_one_holds_no_lease_so_whoever_can_read_it_gets_it(database: Database) -> None:
    store = SqlTaskStore(database)
    (task,) = await added(store, a_task())
    await plant(database, task, hold="a word of tomorrow")
    assert await claim_accepted(store, "today") == ()
    assert await claim_untold(store, "today") == ()

    await plant(database, task, hold=None)  # what the other version makes of it

    other = SqlTaskStore(database)
    assert ids([*await claim_accepted(other, "tomorrow")]) == [task.id]
    assert ids([*await claim_untold(other, "tomorrow")]) == [task.id]


async def test_one_that_was_mended_is_claimed_after_a_while_and_logged_when_it_breaks_again(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store = SqlTaskStore(database)
    (task,) = await added(store, a_task())
    await plant(database, task, hold="a word of tomorrow")
    states = {TaskState.ACCEPTED}
    assert await store.claim_due(states, a_worker(), now=NOON, limit=9) == ()
    await plant(database, task, hold=None)

    assert await store.claim_due(states, a_worker(), now=NOON, limit=9) == ()
    assert await store.claim_due(states, a_worker(), now=NOON + REST, limit=9) == (task,)

    await plant(database, task, hold="a word of tomorrow", work_until_ms=None)
    caplog.clear()
    assert await store.claim_due(states, a_worker(), now=NOON + REST, limit=9) == ()
    assert len(caplog.records) == 1


async def test_one_at_rodin_takes_no_place_from_those_that_wait(database: Database) -> None:
    store = SqlTaskStore(database)
    stuck, waiting = await added(store, a_task(state=TaskState.GENERATING), a_task())
    await plant(database, stuck, jobs="nothing of ours")
    assert await store.claim_accepted(a_worker(), now=NOON, parallel=1) is None

    assert await store.claim_due(RUNNING, a_worker(), now=NOON, limit=9) == ()

    claimed = await store.claim_accepted(a_worker(), now=NOON, parallel=1)
    assert claimed is not None
    assert claimed.id == waiting.id


async def test_one_does_not_wake_the_loops(database: Database) -> None:
    store = SqlTaskStore(database)
    (early, _) = await added(store, a_task(), a_task(next_at=after(minutes=1)))
    await plant(database, early, hold="a word of tomorrow")
    states = {TaskState.ACCEPTED}
    assert await store.next_due(states, now=NOON) == NOON

    await store.claim_due(states, a_worker(), now=NOON, limit=9)

    assert await store.next_due(states, now=NOON) == after(minutes=1)


async def test_a_value_of_another_kind_is_unreadable_too(tmp_path: Path) -> None:
    async with sqlite_url(tmp_path) as url, open_database(url) as database:  # it keeps any type in any column
        store = SqlTaskStore(database)
        bad, good = await added(store, a_task(), a_task())
        async with database.writing() as connection:
            await connection.exec_driver_sql("UPDATE tasks SET price_mc = ? WHERE id = ?", (SECRET, bad.id))

        assert await store.claim_due({TaskState.ACCEPTED}, a_worker(), now=NOON, limit=9) == (good,)
        with pytest.raises(StorageError, match=bad.id) as caught:
            await store.load(bad.id)
        assert SECRET not in str(caught.value)
