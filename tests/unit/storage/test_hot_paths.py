"""What the loops and people ask often is answered from indexes, however many tasks have ended."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert

from bot.keys import Server
from bot.limits import Limits, Scope
from bot.model import TaskState
from bot.ports import Sought
from storage.answers import SqlAnswerStore
from storage.codec import task_row
from storage.database import Database, open_database
from storage.rights import SqlRights
from storage.schema import tasks
from storage.sends import SqlSendLog
from storage.tasks import SqlTaskStore
from storage.vault import Vault
from tests.factories import NOON, a_task, a_worker, after, an_address, an_owner

# The index on untold tasks holds only those; to walk through it is to walk through the answer.
FULL_SCAN = re.compile(r"SCAN (tasks|files|mine|sends|answers|rights|firsts)\b(?!.* ix_tasks_untold)")

INDEX_USED = re.compile(r"SEARCH tasks USING INDEX \S+ \(([^)]*)\)")
"""By which columns an index is asked."""

EVERY_LIMIT = Limits(
    since=after(days=1), credits=dict.fromkeys(Scope, Decimal(10**6)), waiting=dict.fromkeys(Scope, 10**6)
)

VAULT = Vault("a secret key for tests")

RUNNING = {TaskState.SUBMITTED, TaskState.GENERATING}

QUESTIONS: dict[str, Callable[[SqlTaskStore], Coroutine[Any, Any, object]]] = {
    "claim_accepted": lambda store: store.claim_accepted(a_worker(), now=after(days=1), parallel=3),
    "claim_due": lambda store: store.claim_due(RUNNING, a_worker(), now=after(days=1), limit=5),
    "claim_untold": lambda store: store.claim_untold(a_worker(), platforms=["console"], now=after(days=1), limit=5),
    "next_due": lambda store: store.next_due(RUNNING, now=NOON),
    "renew": lambda store: store.renew(["w1", "w2"], a_worker(), now=NOON),
    "release": lambda store: store.release("w1", a_worker()),
    "mark_told": lambda store: store.mark_told("w1", revision=0, address=an_address()),
    "postpone_telling": lambda store: store.postpone_telling("w1", until=NOON),
    "tasks_of": lambda store: store.tasks_of(an_owner(), limit=5),
    "tasks_at": lambda store: store.tasks_at("console", "thread-1", limit=5),
    "children": lambda store: store.children(["w1", "w2"], limit=5),
    "tasks_in": lambda store: store.tasks_in({TaskState.UNCLEAR}, limit=5),
    "queue_places": lambda store: store.queue_places(["w7", "w8"]),
    "durations": lambda store: store.durations("Gen-2.5-Medium", limit=20),
    "usage": lambda store: store.usage(an_owner(), since=NOON),
    **{
        f"spent {scope}": lambda store, scope=scope: store.spent(scope, an_owner("of before"), since=after(days=1))
        for scope in Scope
    },
    "add": lambda store: store.add(a_task(is_first=True), within=EVERY_LIMIT),
    "first_at": lambda store: store.first_at(an_owner()),
    "made_by": lambda store: store.made_by("console:1"),
    "known_uuids": lambda store: store.known_uuids(["a", "b"]),
    "save": lambda store: store.save(a_task(id="w1"), expected_revision=0),
}

OUTBOX: dict[str, Callable[[Database], Coroutine[Any, Any, object]]] = {
    "begin": lambda database: SqlSendLog(database).begin("key", now=NOON),
    "sent": lambda database: SqlSendLog(database).sent("key", message="1"),
    "undo": lambda database: SqlSendLog(database).undo("key"),
    "forget": lambda database: SqlSendLog(database).forget(before=NOON),
    "keep": lambda database: SqlAnswerStore(database, VAULT).keep("key", "secret", until=NOON),
    "load": lambda database: SqlAnswerStore(database, VAULT).load("key", now=NOON),
    "erase": lambda database: SqlAnswerStore(database, VAULT).erase(before=NOON),
    "rules_of": lambda database: SqlRights(database).rules_of(Server(platform="console", server_id="desk")),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with 10,000 ended tasks and 500 waiting ones."""
    path = tmp_path_factory.mktemp("hot") / "bot.db"
    asyncio.run(fill(path))
    return path


async def fill(path: Path) -> None:
    ended = task_row(a_task(state=TaskState.READY, told=0, owner=an_owner("of before")))
    waiting = task_row(a_task())
    rows = [{**ended, "id": f"e{n}", "vendor_uuid": f"u{n}"} for n in range(10_000)]
    rows += [{**waiting, "id": f"w{n}"} for n in range(500)]
    async with open_database(f"sqlite:///{path}") as database, database.writing() as connection:
        await connection.execute(insert(tasks), rows)


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Collect what is sent to the database meanwhile."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "WITH", "DELETE")):
            sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", QUESTIONS)
async def test_nothing_walks_through_all_tasks(name: str, path: Path) -> None:
    async with open_database(f"sqlite:///{path}") as database:
        with statements() as sent:
            await QUESTIONS[name](SqlTaskStore(database))

    assert full_scans(path, sent) == []


@pytest.mark.parametrize("channel_id", [None, "channel-1"])
async def test_a_list_of_everybody_looks_at_the_askers_and_their_servers_tasks_alone(
    channel_id: str | None, path: Path
) -> None:
    sought = Sought(asker=an_owner(), is_own_only=False, channel_id=channel_id, words=("owl",))

    async with open_database(f"sqlite:///{path}") as database:
        with statements() as sent:
            await SqlTaskStore(database).search(sought, limit=5)

    used = {match[1] for step in plan_of(path, sent) if (match := INDEX_USED.search(step))}
    assert used == {"platform=? AND user_id=?", "platform=? AND server_id=?"}


@pytest.mark.parametrize("name", OUTBOX)
async def test_nothing_walks_through_all_messages_answers_or_rules(name: str, path: Path) -> None:
    async with open_database(f"sqlite:///{path}") as database:
        with statements() as sent:
            await OUTBOX[name](database)

    assert full_scans(path, sent) == []


def full_scans(path: Path, sent: list[tuple[str, Any]]) -> list[str]:
    """Return the steps of the statements' plans that walk through a whole table."""
    return [step for step in plan_of(path, sent) if FULL_SCAN.match(step)]


def plan_of(path: Path, sent: list[tuple[str, Any]]) -> list[str]:
    """Return every step by which the statements are answered."""
    plain = sqlite3.connect(path)
    try:
        plans = [plain.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall() for statement, values in sent]
    finally:
        plain.close()
    assert plans
    return [step[3] for plan in plans for step in plan]
