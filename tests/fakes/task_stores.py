"""Every TaskStore there is, empty, and what tests of it often do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.model import Task
from bot.ports import TaskStore
from storage.database import open_database
from storage.tasks import SqlTaskStore
from tests.fakes.databases import postgres_url, sqlite_url, where_there_is_a_server
from tests.fakes.memory_store import MemoryTaskStore


@asynccontextmanager
async def memory_store(_folder: Path) -> AsyncIterator[TaskStore]:
    """Yield a store in memory."""
    yield MemoryTaskStore()


@asynccontextmanager
async def sqlite_store(folder: Path) -> AsyncIterator[TaskStore]:
    """Yield a store in an SQLite file in a folder."""
    async with sqlite_url(folder) as url, open_database(url) as database:
        yield SqlTaskStore(database)


@asynccontextmanager
async def postgres_store(folder: Path) -> AsyncIterator[TaskStore]:
    """Yield a store in a schema of its own on the server of TEST_DATABASE_URL."""
    async with postgres_url(folder) as url, open_database(url) as database:
        yield SqlTaskStore(database)


TASK_STORES = [
    pytest.param(memory_store, id="memory"),
    pytest.param(sqlite_store, id="sqlite"),
    *where_there_is_a_server(pytest.param(postgres_store, id="postgres")),
]


async def added(store: TaskStore, *tasks: Task) -> tuple[Task, ...]:
    """Write tasks and return them."""
    for task in tasks:
        await store.add(task)
    return tasks


def ids(tasks: Sequence[Task]) -> list[str]:
    """Return the ids of tasks, in order."""
    return [task.id for task in tasks]
