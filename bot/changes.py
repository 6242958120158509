"""Writing a change that must not be lost, whoever else writes at the same time."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.errors import DatabaseBusy, StaleTask
from bot.model import Task
from bot.ports import Clock, TaskStore

log = logging.getLogger(__name__)

BUSY_WAIT_S = 0.5


async def attempt(tasks: TaskStore, task_id: str, how: Callable[[Task], Task]) -> Task:
    """Load a task, change it with `how`, save it; again from the start while others write in between.

    A `how` that returns the very task it was given changes nothing.

    Raises:
        NoSuchTask: the row is gone.
        StorageError: the database is busy or broken; whether the change was written is then unknown.
    """
    while True:
        task = await tasks.load(task_id)
        changed = how(task)
        if changed is task:
            return task
        try:
            await tasks.save(changed, expected_revision=task.revision)
        except StaleTask:
            continue
        return changed


async def change(tasks: TaskStore, clock: Clock, task_id: str, how: Callable[[Task], Task]) -> Task:
    """Do the same, but go on for as long as the database is busy: what is written exists nowhere else.

    `how` meets its own change again when a write was reported as busy and went through all the same.

    Raises:
        NoSuchTask: the row is gone.
        StorageError: the database is broken, not just busy.
    """
    is_waiting = False
    while True:
        try:
            return await attempt(tasks, task_id, how)
        except DatabaseBusy as error:
            if not is_waiting:
                log.warning("database busy, holding a change task=%s error=%s", task_id, error)
            is_waiting = True
            await clock.sleep(BUSY_WAIT_S)


async def step(tasks: TaskStore, clock: Clock, task: Task, how: Callable[[Task], Task]) -> Task:
    """Change a task as `change` does, but only while it stands in the state it was claimed in.

    Raises:
        StaleTask: somebody else has moved it on.
    """

    def still_there(row: Task) -> Task:
        if row.state is not task.state:
            raise StaleTask(f"task {task.id} has moved on from {task.state} to {row.state}")
        return how(row)

    return await change(tasks, clock, task.id, still_there)
