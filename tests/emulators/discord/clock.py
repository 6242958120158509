"""Discord's clock and its ids. The clock runs with the real one and can be turned ahead."""

from __future__ import annotations

import time
from datetime import UTC, datetime

# Source: Discord docs, Reference, Snowflakes: the first millisecond of 2015.
EPOCH_MS = 1_420_070_400_000


class Clock:
    """The stand-in's time: the real time and what a test has turned it ahead."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._last_id = 0

    def now_s(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead_s

    def advance(self, seconds: float) -> None:
        """Turn the clock ahead."""
        if seconds < 0:
            raise ValueError("Discord's clock does not run backwards")
        self._ahead_s += seconds

    def stamp(self) -> str:
        """This moment as Discord writes it."""
        return datetime.fromtimestamp(self.now_s(), UTC).isoformat()

    def new_id(self) -> int:
        """A snowflake of this moment; later ones are always larger."""
        made = (int(self.now_s() * 1000) - EPOCH_MS) << 22
        self._last_id = max(made, self._last_id + 1)
        return self._last_id
