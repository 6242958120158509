"""The time in the stand-in's Slack: real time, plus what a test has turned."""

from __future__ import annotations

import time


class StandInClock:
    """Goes with real time, since a bot's own clock does, and jumps forward when a test turns it."""

    def __init__(self) -> None:
        self._turned_s = 0.0

    def now_s(self) -> float:
        """Return seconds since 1970."""
        return time.time() + self._turned_s

    def turn(self, seconds: float) -> None:
        """Jump forward."""
        self._turned_s += seconds
