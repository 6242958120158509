"""What a loop remembers of its talks with Rodin: for how long it was answered, and whether it is answered now."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

OLD = timedelta(hours=1)
"""A task that was not asked about for so long is somebody else's by now, or over."""


class Contact:
    """Counts the time in which Rodin answered about each task; silence, Rodin's or ours, does not count.

    It lives in memory, so after a restart the counting begins anew: a task is rather waited for too long than given
    up while nobody was looking. Logs once when answers stay out, and once when they are all back.
    """

    def __init__(self, loop: str, *, gap_s: float) -> None:
        """Make one for the loop of this name; between two answers at most `gap_s` seconds count."""
        self._loop = loop
        self._gap = timedelta(seconds=gap_s)
        self._heard: dict[str, tuple[datetime, timedelta]] = {}
        self._silent: dict[str, datetime] = {}

    def heard(self, task_id: str, *, now: datetime) -> timedelta:
        """Note an answer and return for how long there have been answers about this task."""
        last, total = self._heard.get(task_id, (now, timedelta()))
        total += min(now - last, self._gap)
        self._heard[task_id] = (now, total)
        self._back(task_id, now)
        return total

    def missed(self, task_id: str, error: Exception, *, now: datetime) -> None:
        """Note that Rodin did not answer."""
        if not self._silent:
            log.warning("rodin does not answer loop=%s task=%s error=%s", self._loop, task_id, error)
        self._silent[task_id] = now

    def forget(self, task_id: str, *, now: datetime) -> None:
        """Drop what is known of a task that this loop is done with."""
        self._heard.pop(task_id, None)
        self._back(task_id, now)

    def _back(self, task_id: str, now: datetime) -> None:
        self._heard = {known: entry for known, entry in self._heard.items() if now - entry[0] < OLD}
        if not self._silent:
            return
        self._silent.pop(task_id, None)
        self._silent = {known: last for known, last in self._silent.items() if now - last < OLD}
        if not self._silent:
            log.info("rodin answers again loop=%s", self._loop)
