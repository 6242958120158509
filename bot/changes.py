"""Writing a change that must not be lost, whoever else writes at the same time."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.errors import DatabaseBusy, StaleTask
from bot.model import Task
from bot.ports import Clock, TaskStore

log = logging.getLogger(__name__)

BUSY_WAIT_S = 0.5


async def change(tasks: TaskStore, clock: Clock, task_id: str, how: Callable[[Task], Task]) -> Task:
    """Load a task, change it with `how`, save it; again from the start while others write in between.

    Goes on for as long as the database is busy: what is being written (Rodin took it, here is its id) exists
    nowhere else. `how` must be harmless to repeat.

    Raises:
        NoSuchTask: the row is gone.
        StorageError: the database is broken, not just busy.
    """
    is_waiting = False
    while True:
        try:
            task = await tasks.load(task_id)
            changed = how(task)
            if changed is not task:
                await tasks.save(changed, expected_revision=task.revision)
        except StaleTask:
            continue
        except DatabaseBusy as error:
            if not is_waiting:
                log.warning("database busy, holding a change task=%s error=%s", task_id, error)
            is_waiting = True
            await clock.sleep(BUSY_WAIT_S)
        else:
            return changed
