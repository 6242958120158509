"""Every TaskStore there is, empty, and what tests of it often do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import Task
from bot.ports import TaskStore
from storage.tasks import SqlTaskStore
from tests.fakes.databases import stores
from tests.fakes.memory_store import MemoryTaskStore

TASK_STORES = stores(MemoryTaskStore, SqlTaskStore)


async def added(store: TaskStore, *tasks: Task) -> tuple[Task, ...]:
    """Write tasks and return them."""
    for task in tasks:
        await store.add(task)
    return tasks


def ids(tasks: Sequence[Task]) -> list[str]:
    """Return the ids of tasks, in order."""
    return [task.id for task in tasks]
