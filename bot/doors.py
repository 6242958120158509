"""When to send with a key, after Rodin took none of its tasks: one door for each key, so that none holds up another."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.errors import VendorBusy, VendorFull
from bot.keys import OPERATOR
from bot.model import Hold
from bot.schedule import Pace, backoff_s

log = logging.getLogger(__name__)


class Doors:
    """The doors of all keys; a key that nothing was sent with yet has an open one."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._doors: dict[str | None, Door] = {}

    def of(self, key_id: str | None) -> Door:
        """Return the door of a key."""
        return self._doors.setdefault(key_id, Door(key_id or OPERATOR, self._pace))

    def shut(self, now: datetime) -> list[str | None]:
        """Return the keys with which nothing may be sent now."""
        return [key_id for key_id, door in self._doors.items() if not door.is_open(now)]

    def next_open(self, due: datetime) -> datetime:
        """Return when a task may be sent that is due: not before a door opens, where one is shut."""
        moments = [door.opens_at for door in self._doors.values() if door.opens_at is not None]
        return max(due, min(moments)) if moments else due


class Door:
    """Whether tasks may be sent with one key: shut for a while after Rodin took none, then tried with one task first.

    Each process has its own; it is a courtesy to Rodin and to the queue, not a promise.
    """

    def __init__(self, key: str, pace: Pace) -> None:
        """Make one for a key of this name."""
        self._key = key
        self._pace = pace
        self.sending: set[str] = set()
        self._misses = 0
        self._doubts = 0
        self._said = ""
        self._shut_until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Say whether one more task may be sent now; `sending` are on their way."""
        return self._shut_until is None or (now >= self._shut_until and not self.sending)

    @property
    def opens_at(self) -> datetime | None:
        """When the next task may be sent, if not now already."""
        return self._shut_until

    def shut(self, error: VendorBusy, *, now: datetime) -> Hold:
        """Rodin took none: shut for as long as the error says, longer each time. Returns why, for people."""
        if self._shut_until is None or now >= self._shut_until:  # several that left together count once
            self._misses += 1
        if isinstance(error, VendorFull):
            self._shut("rodin is full", now=now, wait_s=max(self._pace.full_s, error.retry_after_s or 0.0))
            return Hold.FULL
        wait_s = backoff_s(self._misses, self._pace, retry_after_s=error.retry_after_s)
        self._shut("rodin takes nothing for now", now=now, wait_s=wait_s)
        return Hold.BUSY

    def doubt(self, *, now: datetime) -> None:
        """An answer was lost. What is sent next may be lost as well and be charged, so each time it waits longer."""
        self._doubts += 1
        self._shut("sending rests after a lost answer", now=now, wait_s=self._pace.full_s * 2 ** min(self._doubts, 5))

    def open(self) -> None:
        """Rodin answered a submission: send as many as there is room for."""
        if self._said:
            log.info("rodin takes tasks again key=%s", self._key)
        self._misses, self._doubts, self._said, self._shut_until = 0, 0, "", None

    def _shut(self, why: str, *, now: datetime, wait_s: float) -> None:
        if why != self._said:
            log.warning("%s wait_s=%.1f key=%s", why, wait_s, self._key)
        self._said = why
        until = now + timedelta(seconds=wait_s)
        self._shut_until = until if self._shut_until is None else max(until, self._shut_until)
