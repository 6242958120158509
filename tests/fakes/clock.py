"""A clock that a test turns by hand."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from tests.factories import NOON


class HandClock:
    """Stands still until somebody turns it, or sleeps: then it jumps to the end of that sleep."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment
        self.slept_s: list[float] = []

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.turn(seconds=max(0.0, seconds))
        await asyncio.sleep(0)

    def turn(self, **span: float) -> None:
        """Go on by a span: `turn(minutes=5)`."""
        self.moment += timedelta(**span)
