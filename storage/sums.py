"""The statements that add up: what people used, how long tasks took, how many wait."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, and_, case, func, or_, select

from bot.model import Charge, Owner, TaskState
from storage.codec import to_ms
from storage.schema import tasks

# What Rodin said it took; else the price, while a task runs or may have been charged; else nothing.
_counted_mc = func.coalesce(
    tasks.c.consumed_mc,
    case(
        (tasks.c.state == TaskState.CANCELLED, 0),
        (tasks.c.charged == Charge.NO, 0),
        else_=tasks.c.price_mc,
    ),
)


def usage(owner: Owner, *, since: datetime) -> Select[int, int, int, int]:
    """Count a person's tasks and sum their credits in thousandths: ever, and since a moment."""
    is_recent = tasks.c.created_ms >= to_ms(since)
    return select(
        func.count(),
        func.coalesce(func.sum(_counted_mc), 0),
        func.count(case((is_recent, 1))),
        func.coalesce(func.sum(case((is_recent, _counted_mc))), 0),
    ).where(tasks.c.platform == owner.platform, tasks.c.user_id == owner.user_id)


def spent(*, platform: str, server_id: str, since: datetime) -> Select[int]:
    """Sum the credits of a server's tasks since a moment, in thousandths."""
    return select(func.coalesce(func.sum(_counted_mc), 0)).where(
        tasks.c.platform == platform,
        tasks.c.server_id == server_id,
        tasks.c.created_ms >= to_ms(since),
    )


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


def ahead(task_id: str) -> Select[int]:
    """Count the accepted tasks up to and with this one; none when it is not accepted."""
    mine = tasks.alias("mine")
    return (
        select(func.count())
        .select_from(mine)
        .join(
            tasks,
            or_(
                tasks.c.created_ms < mine.c.created_ms,
                and_(tasks.c.created_ms == mine.c.created_ms, tasks.c.id <= mine.c.id),
            ),
        )
        .where(mine.c.id == task_id, mine.c.state == TaskState.ACCEPTED, tasks.c.state == TaskState.ACCEPTED)
    )
