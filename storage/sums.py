"""The statements that add up: what people used, how long tasks took, how many wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, case, func, select, true

from bot.limits import Scope
from bot.model import Charge, Owner, TaskState
from storage.codec import to_ms
from storage.schema import tasks

# What Rodin said it took; else the price, while a task runs or may have been charged; else nothing.
_counted_mc = func.coalesce(
    tasks.c.consumed_mc,
    case(
        (tasks.c.state == TaskState.CANCELLED, 0),
        (tasks.c.charged == Charge.NO, 0),
        # Ended by our own fault before Rodin took it.
        (and_(tasks.c.state == TaskState.FAILED, tasks.c.charged.is_(None), tasks.c.vendor_uuid.is_(None)), 0),
        else_=tasks.c.price_mc,
    ),
)


def usage(owner: Owner, *, since: datetime, alias: str | None = None) -> Select[int, int, int, int]:
    """Count a person's tasks and sum their credits in thousandths: ever, and since a moment."""
    is_recent = tasks.c.created_ms >= to_ms(since)
    return select(
        func.count(),
        func.coalesce(func.sum(_counted_mc), 0),
        func.count(case((is_recent, 1))),
        func.coalesce(func.sum(case((is_recent, _counted_mc))), 0),
    ).where(*of_scope(Scope.PERSON, owner, alias=alias))


def spent(scope: Scope, owner: Owner, *, since: datetime, alias: str | None = None) -> Select[int]:
    """Sum the credits of a scope's tasks since a moment, in thousandths."""
    return select(func.coalesce(func.sum(_counted_mc), 0)).where(
        *of_scope(scope, owner, alias=alias), tasks.c.created_ms >= to_ms(since)
    )


def waiting(scopes: Collection[Scope], owner: Owner, *, key_id: str | None) -> Select[Any]:
    """Count the waiting tasks of each scope, in order. One look at those that wait, however many tasks there are."""
    counts = [func.count(case((and_(true(), *of_scope(scope, owner, key_id=key_id)), 1))) for scope in scopes]
    return select().add_columns(*counts).where(tasks.c.state == TaskState.ACCEPTED)


def of_scope(
    scope: Scope, owner: Owner, *, key_id: str | None = None, alias: str | None = None
) -> tuple[ColumnElement[bool], ...]:
    """Return what the tasks of a scope have in common; everybody's, that they are made with one key.

    `alias` is another id of that person or channel.
    """
    here = tasks.c.platform == owner.platform
    match scope:
        case Scope.PERSON:
            return here, _is_one_of(tasks.c.user_id, owner.user_id, alias)
        case Scope.CHANNEL:
            return here, _is_one_of(tasks.c.channel_id, owner.channel_id, alias)
        case Scope.SERVER:
            return here, tasks.c.server_id == owner.server_id
        case Scope.EVERYBODY:
            return (tasks.c.key_id.is_(None) if key_id is None else tasks.c.key_id == key_id,)


def _is_one_of(column: Column[Any], name: str | None, alias: str | None) -> ColumnElement[bool]:
    return column == name if alias is None else column.in_([name, alias])


def durations(tier: str, *, limit: int) -> Select[int, int]:
    """List when the newest finished tasks of a tier were submitted and ended, newest first.

    Only those with a model: one that failed says nothing about how long a model takes.
    """
    return (
        select(tasks.c.submitted_ms, tasks.c.ended_ms)
        .where(
            tasks.c.tier == tier,
            tasks.c.state == TaskState.READY,
            tasks.c.ended_ms.is_not(None),
            tasks.c.submitted_ms.is_not(None),
        )
        .order_by(tasks.c.ended_ms.desc())
        .limit(limit)
    )


# Made once: a subquery names all its columns anew, which takes longer than asking the database.
_line = (
    select(
        tasks.c.id,
        func.row_number()
        .over(partition_by=func.coalesce(tasks.c.key_id, ""), order_by=(tasks.c.created_ms, tasks.c.id))
        .label("place"),
    )
    .where(tasks.c.state == TaskState.ACCEPTED)
    .subquery("line")
)


def places(task_ids: Collection[str]) -> Select[str, int]:
    """List those of these tasks that are accepted with their places in the line of their key, the first being 1."""
    return select(_line.c.id, _line.c.place).where(_line.c.id.in_(task_ids))
