"""Keeps rows that cannot be read from stopping those that can."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bot.errors import StorageError

log = logging.getLogger(__name__)

REST = timedelta(minutes=10)
"""How long a row that cannot be read is left out of claims. Shorter notices sooner that somebody has mended it."""


class UnreadableTasks(StorageError):
    """Rows of tasks hold what this version does not know; `reasons` says of each id what, and quotes nothing."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        named = "; ".join(f"the row of task {task_id} cannot be read: {reason}" for task_id, reason in reasons.items())
        super().__init__(named)
        self.reasons = reasons


class Unreadable:
    """Remembers, in this process alone, which tasks claims leave out and for how long.

    Nothing is written into such a row: the version that wrote it may be at work beside this one, as in a rolling
    upgrade, and still gets it.
    """

    def __init__(self) -> None:
        self._left_out: dict[str, datetime] = {}

    def at(self, now: datetime) -> Collection[str]:
        """Return the ids to leave out at a moment."""
        return [task_id for task_id, until in self._left_out.items() if until > now]

    def note(self, found: UnreadableTasks, *, now: datetime) -> None:
        """Leave rows out for a while, and log each when it is new here."""
        for task_id, reason in found.reasons.items():
            if task_id not in self._left_out:
                log.error(
                    "task cannot be read and is left alone, run the version of the bot that wrote it task=%s error=%s",
                    task_id,
                    reason,
                )
            self._left_out[task_id] = now + REST

    def forget(self, readable: Collection[str]) -> None:
        """Forget rows that somebody has mended."""
        for task_id in readable:
            self._left_out.pop(task_id, None)
