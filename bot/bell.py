"""How the loops of one process wake each other."""

from __future__ import annotations

import asyncio
import contextlib


class Bell:
    """Rung after every write; whoever waits looks at the database again.

    Only a shortcut: a loop that hears nothing looks again after its own while, so nothing depends on it.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake everybody who waits now."""
        for event in self._waiting:
            event.set()

    async def wait(self, at_most_s: float) -> None:
        """Return when the bell rings, or after this many seconds."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), at_most_s)
        finally:
            self._waiting.discard(event)
