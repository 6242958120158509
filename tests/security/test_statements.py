"""SQL is made of statements of ours and bound values: how the code is written, and what hostile values do to it."""

from __future__ import annotations

import ast
import inspect
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.controls import BlockKind
from bot.errors import BotError
from bot.folding import words_sought
from bot.keys import Server, Stop, StopOrder
from bot.ledger import Span
from bot.limits import Scope
from bot.model import Address, Owner, Task, TaskState
from bot.news import News
from bot.policy import Grant, Right, RightKind
from bot.ports import Sought
from storage.answers import SqlAnswerStore
from storage.controls import SqlControls
from storage.database import Database, open_database
from storage.keys import SqlKeyStore
from storage.ledger import SqlLedger
from storage.marks import SqlMarks
from storage.news import SqlNews
from storage.rights import SqlRights
from storage.sends import SqlSendLog
from storage.tasks import SqlTaskStore
from storage.vault import Vault
from tests.factories import NOON, a_request, a_submission, a_task, a_worker, an_owner

ROOT = Path(__file__).parents[2]

VERBS = (
    *("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "DROP ", "ALTER ", "PRAGMA ", "BEGIN ", "ATTACH "),
    *("WITH ", "VACUUM", "REPLACE INTO", "GRANT ", "TRUNCATE ", "UNION ", "WHERE ", "ORDER BY"),
)
"""How SQL, or a part of it, begins where people write it by hand."""

RAW = frozenset({"text", "literal_column", "exec_driver_sql", "executescript", "DDL"})
"""What takes SQL as words: only words that stand in the source as they are."""

KNOWN = {("storage/sqlite.py", "f'BEGIN {mode}'"): "DEFERRED or IMMEDIATE, as the code itself says"}
"""What is put together all the same, and why no value of anybody's is in it."""


def made_of_parts(source: str) -> Iterator[str]:
    """Yield whatever puts SQL together out of strings, instead of binding values."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in RAW and node.args:
            if not _is_plain(node.args[0]):
                yield ast.unparse(node.args[0])
        elif _puts_together(node) and _begins_as_sql(node):
            yield ast.unparse(node)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _puts_together(node: ast.AST) -> bool:
    is_format = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    return is_format or isinstance(node, ast.JoinedStr | ast.BinOp)


def _begins_as_sql(node: ast.AST) -> bool:
    words = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return any(word.lstrip().startswith(VERBS) for word in words)


@pytest.mark.parametrize(
    "line",
    [
        'run(text(f"SELECT * FROM tasks WHERE id = {id}"))',
        'run(text("SELECT * FROM tasks WHERE id = " + id))',
        'run(text("SELECT * FROM tasks WHERE id = %s" % id))',
        'run(text("SELECT * FROM tasks WHERE id = {}".format(id)))',
        "run(text(statement))",
        'run(literal_column(f"{name}"))',
        'connection.exec_driver_sql("DELETE FROM " + table)',
        'statement = f"UPDATE tasks SET state = {state}"',
        'statement = "DROP TABLE %s" % name',
    ],
)
def test_the_rule_sees_sql_that_is_put_together(line: str) -> None:
    assert list(made_of_parts(line))


def test_the_rule_lets_bound_values_through() -> None:
    assert not list(made_of_parts('run(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})'))
    assert not list(made_of_parts("run(select(tasks).where(tasks.c.id == task_id))"))


def test_no_sql_is_put_together_out_of_strings() -> None:
    sources = sorted((ROOT / "storage").rglob("*.py"))
    assert len(sources) > 20

    found = {(str(path.relative_to(ROOT)), part) for path in sources for part in made_of_parts(path.read_text("utf-8"))}

    assert found == set(KNOWN)


def test_outside_the_storage_nothing_is_asked_of_a_database_but_by_the_slack_sdks_own_tables() -> None:
    sources = sorted(path for folder in ("bot", "adapters") for path in (ROOT / folder).rglob("*.py"))
    brought = re.compile(r"^(?:from|import) (?:sqlalchemy|sqlite3|aiosqlite|asyncpg)", re.MULTILINE)

    found = {str(path.relative_to(ROOT)) for path in sources if brought.search(path.read_text("utf-8"))}

    assert found <= {"adapters/slack/installations.py", "adapters/slack/platform.py"}


HOSTILE = (
    "'; DROP TABLE tasks; --",
    "'); DELETE FROM tasks; --",
    "x' OR '1'='1",
    '" OR ""="',
    "ada' --",
    "ada'/*",
    "%",
    "_",
    "\\",
    ":id",
    "?",
    "{0}",
    "$1",
    "1; UPDATE tasks SET user_id = 'eve'",
    "' UNION SELECT sealed FROM keys --",
    "\x00",
    "\ud800",
    "\uff07 OR 1=1",
    "x" * 5000,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def values(text: str) -> Mapping[str, Any]:
    """Return a value for each type that a store's methods take, hostile wherever it holds words."""
    owner = Owner(platform=text, user_id=text, server_id=text, channel_id=text)
    task = a_task(
        id=text,
        owner=owner,
        address=Address(platform=text, value=text, place=text),
        request=a_request(prompt=text),
        submission=a_submission(uuid=text, subscription_key=text),
        event=text,
    )
    return {
        "str": text,
        "str | None": text,
        "int": 3,
        "datetime": NOW,
        "Task": task,
        "Owner": owner,
        "Address": Address(platform=text, value=text, place=text),
        "Worker": a_worker(text),
        "Server": Server(platform=text, server_id=text),
        "Right": Right(kind=RightKind.PRESET, name=text),
        "Grant": Grant(roles=frozenset({text}), people=frozenset({text})),
        "StopOrder": StopOrder(why=Stop.CREDITS, now=NOW, needs=task.price, look_at=NOW),
        "BlockKind": BlockKind.PERSON,
        "Scope": Scope.PERSON,
        "Span": Span(),
        "News": News(key=text, sentence=text),
        "Sought": Sought(asker=owner, words=words_sought(text), channel_id=text, is_own_only=False),
        "Collection[str]": (text,),
        "Collection[str | None]": (text, None),
        "Collection[TaskState]": (TaskState.ACCEPTED,),
        "Limits | None": None,
        "Telling | None": None,
    }


def stores(database: Database) -> tuple[object, ...]:
    vault = Vault("a secret that only tests know")
    return (
        *(SqlTaskStore(database), SqlControls(database), SqlRights(database), SqlNews(database), SqlLedger(database)),
        *(SqlMarks(database), SqlSendLog(database), SqlAnswerStore(database, vault), SqlKeyStore(database, vault)),
    )


def methods(store: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, function in inspect.getmembers(type(store), inspect.isfunction):
        is_asked = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        if is_asked and not name.startswith("_"):
            yield name, getattr(store, name)


async def asked(method: Callable[..., Any], given: Mapping[str, Any]) -> object:
    """Call a method with hostile values; a refusal must be one of ours."""
    parameters = inspect.signature(method).parameters.values()
    positional = [given[str(one.annotation).strip("'")] for one in parameters if one.kind is not one.KEYWORD_ONLY]
    named = {one.name: given[str(one.annotation).strip("'")] for one in parameters if one.kind is one.KEYWORD_ONLY}
    try:
        answer = method(*positional, **named)
        return [entry async for entry in answer] if isinstance(answer, AsyncIterator) else await answer
    except BotError as error:
        return error


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_words_are_mere_words_to_every_method_of_every_store(text: str, tmp_path: Path) -> None:
    path = tmp_path / "tasks.db"
    async with open_database(f"sqlite:///{path}") as database:
        tasks = SqlTaskStore(database)
        bystander: Task = await tasks.add(a_task(state=TaskState.READY, owner=an_owner("ada"), created_at=NOON))
        before, given = schema(path), values(text)

        for store in stores(database):
            for name, method in methods(store):
                answer = await asked(method, given)
                if not isinstance(store, SqlLedger):  # which lists everything
                    assert bystander.id not in repr(answer), name
                assert await tasks.load(bystander.id) == bystander, name

        assert schema(path) == before
