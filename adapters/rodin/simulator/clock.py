"""The simulator's time: one source for job lives, link expiry and usage records, so that tests can turn it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the simulator needs to know about time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC. Never runs backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once this many seconds have passed on this clock."""
        ...


class SystemClock:
    """Real time: the wall clock read once, then carried on by the monotonic one, so a corrected clock moves nothing."""

    def __init__(self) -> None:
        self._began_at = datetime.now(UTC)
        self._began_s = time.monotonic()

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._began_s)

    async def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(seconds)
