"""Keeps a new task within its limits, in the transaction that writes it."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from sqlalchemy import Select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import limits as rules
from bot.limits import Limits, Scope, scopes_of
from bot.model import Owner, Task
from storage import sums
from storage.codec import from_mc


async def lock(connection: AsyncConnection, owner: Owner, limits: Limits) -> None:
    """Hold off, until the transaction ends, whoever else reserves something of the same scopes. PostgreSQL only.

    What is read afterwards is what they have committed, and nobody else adds to it. The locks are taken in one order
    everywhere, so two never wait for each other. SQLite needs none: its one writer has begun IMMEDIATE.
    """
    scopes = [scope for scope in scopes_of(owner) if scope in limits.credits or scope in limits.waiting]
    for key in sorted(_lock_key(scope, owner) for scope in scopes):
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


async def check(connection: AsyncConnection, task: Task, limits: Limits) -> None:
    """Refuse a task that would go beyond a limit, by what is in the table now.

    Raises:
        QueueFull, CreditsShort.
    """
    scopes = scopes_of(task.owner)
    rules.check(
        task.price,
        limits,
        spent=await _spent(connection, task.owner, limits, [scope for scope in scopes if scope in limits.credits]),
        waiting=await _waiting(connection, task, [scope for scope in scopes if scope in limits.waiting]),
    )


async def _spent(
    connection: AsyncConnection, owner: Owner, limits: Limits, scopes: list[Scope]
) -> dict[Scope, Decimal]:
    return {
        scope: from_mc((await connection.execute(_spent_by(scope, owner, limits))).scalar_one()) for scope in scopes
    }


def _spent_by(scope: Scope, owner: Owner, limits: Limits) -> Select[int]:
    return sums.spent(scope, owner, since=limits.since, alias=limits.aliases.get(scope))


async def _waiting(connection: AsyncConnection, task: Task, scopes: list[Scope]) -> dict[Scope, int]:
    if not scopes:
        return {}
    counts = (await connection.execute(sums.waiting(scopes, task.owner, key_id=task.key_id))).one()
    return dict(zip(scopes, counts, strict=True))


def _lock_key(scope: Scope, owner: Owner) -> int:
    """Return a number for what is reserved from. Two that share one by chance only wait for each other."""
    whose = {
        Scope.PERSON: (owner.platform, owner.user_id),
        Scope.CHANNEL: (owner.platform, owner.channel_id),
        Scope.SERVER: (owner.platform, owner.server_id),
        Scope.EVERYBODY: (),
    }[scope]
    digest = hashlib.blake2b(repr((scope.value, *whose)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
