"""Calls off what waits, and nothing that is on its way: it has cost nothing, and will not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.changes import attempt
from bot.model import Task, TaskState
from bot.ports import Clock, FileStore, TaskStore
from bot.sweeper import clear_spool

MOST_CALLED_OFF = 10_000
"""Waiting tasks that are looked through at once; MAX_WAITING keeps far fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingOff:
    """Ends tasks that wait, on an operator's or an admin's word."""

    tasks: TaskStore
    files: FileStore
    clock: Clock

    async def of(self, is_meant: Callable[[Task], bool]) -> int:
        """Cancel what waits and is meant, its pictures with it; return how many tasks."""
        waiting = await self.tasks.tasks_in([TaskState.ACCEPTED], limit=MOST_CALLED_OFF)
        ended = [await attempt(self.tasks, task.id, self._called_off) for task in waiting if is_meant(task)]
        gone = [task for task in ended if task.state is TaskState.CANCELLED]
        for task in gone:
            await clear_spool(self.files, task.id)
        return len(gone)

    def _called_off(self, row: Task) -> Task:
        if row.state is not TaskState.ACCEPTED:
            return row
        return row.move(TaskState.CANCELLED, now=self.clock.now(), hold=None)
