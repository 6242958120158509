"""A database of each earlier version arrives whole at the present one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import column, insert, table, text

from bot.looks import MeshFacts
from bot.model import Address, Charge, FailureKind, FileRole, Hold, JobState, TaskState
from storage.answers import SqlAnswerStore
from storage.database import Database, open_database
from storage.migrations import upgrade
from storage.sends import SqlSendLog
from storage.tasks import SqlTaskStore
from storage.vault import Vault
from tests.factories import NOON, a_worker, after, an_owner
from tests.fakes.databases import NEWEST
from tests.unit.storage.before import writing_to

PAYLOADS = Path(__file__).parents[2] / "payloads" / "database"


async def write(url: str, *, revision: str) -> dict[str, list[dict[str, Any]]]:
    """Make a database of a revision with the rows of its payload in it, and return those by table."""
    rows: dict[str, list[dict[str, Any]]] = json.loads((PAYLOADS / f"{revision}.json").read_text())
    del rows["source"]
    async with writing_to(url) as connection:
        await connection.run_sync(upgrade, to=revision)
        for name, values in rows.items():
            await connection.execute(insert(table(name, *map(column, values[0]))), values)
    return rows


@asynccontextmanager
async def opened_from(revision: str, url: str) -> AsyncIterator[Database]:
    await write(url, revision=revision)
    async with open_database(url) as database:
        yield database


async def test_every_column_of_0001_holds_what_it_held(url: str) -> None:
    before = await write(url, revision="0001")

    async with open_database(url) as database, database.reading() as connection:
        after_it = {
            name: [dict(row) for row in (await connection.execute(text(f"SELECT * FROM {name}"))).mappings()]
            for name in before
        }

    for name, rows in before.items():
        arrived = {(row.get("id"), row.get("position")): row for row in after_it[name]}
        assert len(arrived) == len(rows)
        for row in rows:
            assert row.items() <= arrived[row.get("id"), row.get("position")].items()


async def test_a_finished_task_of_0001_is_read_with_its_files(url: str) -> None:
    async with opened_from("0001", url) as database:
        task = await SqlTaskStore(database).load("task-ready")

    assert (task.state, task.revision, task.told, task.ended_revision) == (TaskState.READY, 6, 6, 5)
    assert task.address == Address(platform="console", value='{"line":12}', place="")
    assert (task.request.prompt, task.request.pictures[0].name) == ("a small brass owl", "1.png")
    assert task.submission is not None
    assert (task.submission.uuid, task.submission.subscription_key) == ("uuid-1", "key-1")
    assert (task.submission.consumed, task.price) == (Decimal("0.5"), Decimal("0.5"))
    assert [job.state for job in task.jobs] == [JobState.DONE]
    assert (task.created_at, task.ended_at) == (NOON, after(seconds=61))
    assert [(file.name, file.role) for file in task.files] == [
        ("base.glb", FileRole.MODEL),
        ("still.png", FileRole.STILL),
    ]
    assert task.files[0].size_bytes == 5_000_000_000
    assert isinstance(task.showing.facts, MeshFacts)
    assert task.showing.facts.triangles == 12


async def test_a_failed_task_of_0001_is_read_with_its_failure(url: str) -> None:
    async with opened_from("0001", url) as database:
        task = await SqlTaskStore(database).load("task-failed")

    assert task.failure is not None
    assert (task.failure.kind, task.failure.charged) == (FailureKind.JOBS_FAILED, Charge.YES)
    assert (task.muted, task.misses, task.owner.server_id) == (True, 2, None)


async def test_the_loops_go_on_with_the_tasks_of_0001(url: str) -> None:
    async with opened_from("0001", url) as database:
        store = SqlTaskStore(database)

        early = await store.claim_accepted(a_worker(), now=after(seconds=80), parallel=3)
        claimed = await store.claim_accepted(a_worker(), now=after(seconds=100), parallel=3)
        untold = await store.claim_untold(a_worker(), platforms=["console"], now=after(seconds=100), limit=9)

    assert early is None  # the lease of before holds
    assert claimed is not None
    assert (claimed.id, claimed.hold) == ("task-accepted", Hold.FULL)
    assert [task.id for task in untold] == ["task-failed", "task-accepted"]


async def test_people_still_find_their_tasks_of_0001(url: str) -> None:
    async with opened_from("0001", url) as database:
        store = SqlTaskStore(database)

        mine = await store.tasks_of(an_owner("ada"), limit=9)
        repeated = await store.made_by("console:1")
        usage = await store.usage(an_owner("ada"), since=NOON)

    assert [task.id for task in mine] == ["task-accepted", "task-ready"]
    assert repeated is not None
    assert repeated.id == "task-ready"
    assert usage.credits == Decimal(1)


async def test_a_task_of_0001_gets_a_place_when_it_is_told_again(url: str) -> None:
    async with opened_from("0001", url) as database:
        store = SqlTaskStore(database)
        here = Address(platform="console", value='{"line":13}', place="desk")

        await store.mark_told("task-accepted", revision=1, address=here)

        assert [task.id for task in await store.tasks_at("console", "desk", limit=9)] == ["task-accepted"]


async def test_a_database_of_0001_learns_to_remember_messages_and_answers(url: str) -> None:
    async with opened_from("0001", url) as database:
        sends, answers = SqlSendLog(database), SqlAnswerStore(database, Vault("a key of sixteen"))

        await sends.begin("key", now=NOON)
        await answers.keep("key", "secret", until=NOON + timedelta(minutes=15))

        assert (await sends.begin("key", now=NOON)).is_repeat
        assert await answers.load("key", now=NOON) == "secret"


async def test_an_upgrade_that_was_done_is_not_done_again(url: str) -> None:
    await write(url, revision="0001")

    for _ in range(2):
        async with open_database(url) as database, database.reading() as connection:
            revisions = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
            assert revisions == [NEWEST]
