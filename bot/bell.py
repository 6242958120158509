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
        self.rings = 0
        """How often it has rung."""

    def ring(self) -> None:
        """Wake everybody who waits now."""
        self.rings += 1
        for event in self._waiting:
            event.set()

    async def wait(self, at_most_s: float, *, since: int | None = None) -> None:
        """Return when the bell rings, or after this many seconds; at once if it has rung `since` that count."""
        if since is not None and since != self.rings:
            return
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            await set_within(event, at_most_s)
        finally:
            self._waiting.discard(event)


async def set_within(event: asyncio.Event, seconds: float) -> None:
    """Return when the event is set, or after this many seconds."""
    # Not wait_for, which before Python 3.12 forgets that it was cancelled when the event is set in that moment.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
