"""The real clock behind the `Clock` port."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """The wall clock and the event loop's own sleep."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait at least this long."""
        await asyncio.sleep(max(0.0, seconds))
