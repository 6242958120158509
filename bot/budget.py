"""Who may still spend credits today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot import text
from bot.errors import BudgetSpent
from bot.model import Owner
from bot.ports import Clock, TaskStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Daily credits per person and per server; None means unlimited. Days are UTC's.

    What runs counts with its price, so it is reserved from the moment a task is written.
    """

    tasks: TaskStore
    clock: Clock
    user_daily: Decimal | None = None
    server_daily: Decimal | None = None

    async def check(self, owner: Owner, price: Decimal) -> None:
        """Refuse a task that does not fit into what is left today.

        Raises:
            BudgetSpent: with the limit, what is left, and when it opens again.
        """
        now = self.clock.now()
        midnight = day_of(now)
        opens_in = midnight + timedelta(days=1) - now
        if self.user_daily is not None:
            spent = (await self.tasks.usage(owner, since=midnight)).credits_today
            _refuse_beyond(self.user_daily, spent, price, opens_in=opens_in, whose="your")
        if self.server_daily is not None and owner.server_id is not None:
            spent = await self.tasks.spent(platform=owner.platform, server_id=owner.server_id, since=midnight)
            _refuse_beyond(self.server_daily, spent, price, opens_in=opens_in, whose="this server's")


def day_of(now: datetime) -> datetime:
    """Return the beginning of the UTC day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _refuse_beyond(limit: Decimal, spent: Decimal, price: Decimal, *, opens_in: timedelta, whose: str) -> None:
    if spent + price > limit:
        left = max(limit - spent, Decimal(0))
        raise BudgetSpent(text.budget_spent(price, left, limit=limit, opens_in=opens_in, whose=whose))
