"""The real clock behind the `Clock` port, and waiting by a clock."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.ports import Clock

log = logging.getLogger(__name__)

SET_BACK = timedelta(seconds=5)
"""From so much on a step back counts as the clock being put back; less is how time servers correct it all the time."""

LONGEST_SLEW = timedelta(days=1)
"""A clock that is put back by more was nonsense before, and is followed at once."""

SLEW = 0.5
"""How fast time passes here until a clock that was put back has caught up: an hour is made up for in two."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SystemClock:
    """The wall clock, which does not jump back here, and the event loop's own sleep.

    Moments lie in the database: what is due in ten seconds must not be due in an hour because somebody puts the
    machine's clock back meanwhile. Time then passes at half the speed until the wall clock has caught up. A clock that
    is put on is followed at once: what is due too early is only looked at too early.
    """

    def __init__(
        self, *, wall: Callable[[], datetime] = _utc_now, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._last_s, self._last = monotonic(), wall()
        self._is_back = False

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        moment_s, wall = self._monotonic(), self._wall()
        passed = timedelta(seconds=moment_s - self._last_s)
        ahead = self._last + passed - wall
        is_back = SET_BACK < ahead < LONGEST_SLEW
        if is_back and not self._is_back:
            log.warning("clock put back, slowing down until it has caught up seconds=%.0f", ahead.total_seconds())
        elif self._is_back and not is_back:
            log.info("clock has caught up")
        self._last_s, self._is_back = moment_s, is_back
        self._last = max(wall, self._last + passed * SLEW) if is_back else wall
        return self._last

    async def sleep(self, seconds: float) -> None:
        """Wait at least this long."""
        await asyncio.sleep(max(0.0, seconds))


async def pause(clock: Clock, seconds: float, *, unless: asyncio.Event) -> None:
    """Wait this long by that clock, or until the event is set."""
    stopped = asyncio.ensure_future(unless.wait())
    slept = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait([stopped, slept], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        slept.cancel()
