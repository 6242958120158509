"""Who may still spend credits today, and who may still wait: the operator's limits, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from bot import text, words_money
from bot.errors import BudgetSpent, UserMistake
from bot.limits import CreditsShort, Limits, OverLimit, QueueFull, Scope
from bot.model import Owner
from bot.ports import Clock
from bot.pseudonyms import Pseudonyms

_Amount = TypeVar("_Amount", Decimal, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Daily credits and waiting tasks that the operator allows; None means unlimited. Days are UTC's.

    What runs counts with its price, so it is reserved from the moment a task is written. Who keeps to the limits is
    the store, in the transaction that writes the task.
    """

    clock: Clock
    user_daily: Decimal | None = None
    channel_daily: Decimal | None = None
    server_daily: Decimal | None = None
    total_daily: Decimal | None = None
    user_waiting: int | None = None
    total_waiting: int | None = None
    pseudonyms: Pseudonyms | None = None

    def limits(self, key_id: str | None = None, *, owner: Owner | None = None) -> Limits:
        """Return the limits as they hold now for tasks of a key; the total credits are those of the operator's.

        For an `owner` what counts as well that they have had forgotten today.
        """
        daily = {
            Scope.PERSON: self.user_daily,
            Scope.CHANNEL: self.channel_daily,
            Scope.SERVER: self.server_daily,
            Scope.EVERYBODY: self.total_daily if key_id is None else None,
        }
        waiting = {Scope.PERSON: self.user_waiting, Scope.EVERYBODY: self.total_waiting}
        now = self.clock.now()
        aliases = {} if owner is None or self.pseudonyms is None else self.pseudonyms.aliases(owner, at=now)
        return Limits(since=day_of(now), credits=_those_set(daily), waiting=_those_set(waiting), aliases=aliases)

    def refusal(self, error: OverLimit) -> UserMistake:
        """Return what a person is told who asked for too much: what is left, and when it opens again."""
        match error:
            case CreditsShort():
                now = self.clock.now()
                whose = words_money.WHOSE[error.scope]
                opens_in = day_of(now) + timedelta(days=1) - now
                said = text.budget_spent(error.price, error.left, limit=error.limit, opens_in=opens_in, whose=whose)
            case QueueFull():
                said = words_money.queue_full(error.scope, error.limit)
            case _:
                raise TypeError(f"no words for {type(error).__name__}")
        return BudgetSpent(said)


def day_of(now: datetime) -> datetime:
    """Return the beginning of the UTC day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _those_set(limits: Mapping[Scope, _Amount | None]) -> dict[Scope, _Amount]:
    return {scope: limit for scope, limit in limits.items() if limit is not None}
