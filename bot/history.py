"""What earlier tasks tell about the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.catalog import typical_duration
from bot.model import Ask
from bot.ports import TaskStore
from bot.schedule import Pace, expected_duration

SAMPLE = 20
"""How many of the newest finished tasks of a tier (or of another product) are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Expected durations from the tasks that this bot has finished."""

    tasks: TaskStore
    pace: Pace

    async def expected(self, request: Ask) -> timedelta:
        """Say how long Rodin will take for a request, from submission to the end."""
        return self.expected_after(await self.durations(request.product), request)

    async def durations(self, product: str) -> tuple[timedelta, ...]:
        """Return how long the newest of a product took."""
        return await self.tasks.durations(product, limit=SAMPLE)

    def expected_after(self, durations: Sequence[timedelta], request: Ask) -> timedelta:
        """Say how long Rodin will take for a request, when its product took so long lately."""
        return expected_duration(durations, typical_duration(request), self.pace)
