"""How much may be asked for, and who has asked for how much: pure data and the one rule over it.

A store checks a task against these limits in the transaction that writes it, so nobody overshoots, however many
processes take wishes at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.errors import StorageError
from bot.model import Owner


class Scope(StrEnum):
    """Over whose tasks a limit counts, narrowest first."""

    PERSON = "person"  # one person on one platform, wherever they ask
    CHANNEL = "channel"
    SERVER = "server"  # a Discord server, a Slack workspace
    EVERYBODY = "everybody"  # everybody whose tasks are made with one key


def scopes_of(owner: Owner) -> tuple[Scope, ...]:
    """Return the scopes that a person's task counts in: outside a server there is no server's limit."""
    left_out = {
        Scope.CHANNEL: owner.channel_id is None,
        Scope.SERVER: owner.server_id is None,
    }
    return tuple(scope for scope in Scope if not left_out.get(scope, False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the tasks of a scope may come to; a scope that is not named is unlimited.

    `credits` count since the moment `since`; `waiting` counts tasks that have not been sent yet. `aliases` are other
    ids of the person and the channel whose credits count as well (`bot.pseudonyms`).
    """

    since: datetime
    credits: Mapping[Scope, Decimal] = field(default_factory=dict)
    waiting: Mapping[Scope, int] = field(default_factory=dict)
    aliases: Mapping[Scope, str] = field(default_factory=dict)


class OverLimit(StorageError):
    """A task does not fit into the limits; nothing was written."""


class CreditsShort(OverLimit):
    """Of the `limit` credits of a scope `left` are not spent yet, and the task costs `price`."""

    def __init__(self, scope: Scope, *, limit: Decimal, left: Decimal, price: Decimal) -> None:
        super().__init__(f"over the credits of this {scope}: {left} of {limit} left, {price} asked")
        self.scope = scope
        self.limit = limit
        self.left = left
        self.price = price


class QueueFull(OverLimit):
    """As many tasks of a scope wait as may wait."""

    def __init__(self, scope: Scope, *, limit: int) -> None:
        super().__init__(f"queue of this {scope} is full: {limit} wait")
        self.scope = scope
        self.limit = limit


def check(price: Decimal, limits: Limits, *, spent: Mapping[Scope, Decimal], waiting: Mapping[Scope, int]) -> None:
    """Refuse a task that would go beyond a limit; `spent` and `waiting` say what there is without it.

    What costs nothing is never short of credits. Of several limits that are short, the one that keeps a person away
    the longest is named: a price that no day allows, then the one with the least left.

    Raises:
        QueueFull, CreditsShort.
    """
    for scope, count in waiting.items():
        if count >= limits.waiting[scope]:
            raise QueueFull(scope, limit=limits.waiting[scope])
    left = {scope: max(limits.credits[scope] - amount, Decimal(0)) for scope, amount in spent.items()}
    short = [
        CreditsShort(scope, limit=limits.credits[scope], left=left[scope], price=price)
        for scope in left
        if price > left[scope]
    ]
    if short:
        raise min(short, key=lambda one: (one.limit >= price, one.left))
