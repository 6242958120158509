"""The statements that lease rows to a worker, and take leases back.

A claim is one statement: it picks rows that no other transaction holds and marks them, so several processes share the
work and never a row. SQLite leaves the lock clause out; it has one writer.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Update, and_, case, exists, func, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from bot.controls import BlockKind
from bot.keys import OPERATOR
from bot.model import AT_VENDOR, TaskState
from bot.ports import Worker
from storage.codec import to_ms
from storage.schema import blocks, keys, settings, tasks

# Any constant does, as long as every version of the bot uses the same one.
ACCEPTED_LOCK = 7_264_302
"""The key of the PostgreSQL advisory lock under which `accepted` runs: counting and leasing are one step."""


PAUSE = "pause"
"""The name under which `settings` holds a pause; absent while tasks are sent."""

key_name = func.coalesce(tasks.c.key_id, OPERATOR)
"""The key that a task is made with, by the name that it has in `keys`."""


def accepted(
    worker: Worker, *, now: datetime, parallel: int, resting: Collection[str] = (), but: Collection[str] = ()
) -> ReturningUpdate[Any]:
    """Lease the accepted task whose turn it is, of a key with fewer than `parallel` at Rodin. Returns its row.

    None while the operator has paused the bot, none of a blocked person or server, none for a key that is stopped or
    among the `resting`, which go by `key_name`. Tasks in `but` are left out, here and below. Nor do they count as
    being at Rodin: nobody here would ever see them leave, and Rodin itself says when it is full.
    """
    moment = to_ms(now)
    at_vendor = _at_vendor(moment, but)
    by_person = _running(at_vendor, "platform", "user_id")
    by_server = _running(at_vendor, "platform", "server_id")
    by_key = _running(at_vendor)
    rests = (key_name.not_in(resting),) if resting else ()
    turn = (
        select(tasks.c.id)
        .select_from(
            tasks.outerjoin(by_person, _is_same(by_person, "platform", "user_id"))
            .outerjoin(by_server, _is_same(by_server, "platform", "server_id"))
            .outerjoin(by_key, _is_same(by_key))
        )
        .where(
            tasks.c.state == TaskState.ACCEPTED,
            tasks.c.next_ms <= moment,
            _is_free(tasks.c.work_until_ms, moment),
            func.coalesce(by_key.c.running, 0) < parallel,
            ~exists().where(settings.c.name == PAUSE),
            ~exists().where(keys.c.id == key_name, keys.c.stopped.is_not(None)),
            ~_is_blocked(),
            *rests,
            *_all_but(but),
        )
        .order_by(
            func.coalesce(by_person.c.running, 0),
            func.coalesce(by_server.c.running, 0),  # outside any server: nobody else's turn is taken there
            func.coalesce(by_key.c.running, 0),
            tasks.c.created_ms,
            tasks.c.id,
        )
    )
    return _claim(turn, limit=1, lease=_work_lease(worker, moment))


def due(
    states: Collection[TaskState], worker: Worker, *, now: datetime, limit: int, but: Collection[str] = ()
) -> ReturningUpdate[Any]:
    """Lease the tasks in `states` whose moment has come, earliest first. Returns their rows, in no order."""
    moment = to_ms(now)
    rows = (
        select(tasks.c.id)
        .where(
            tasks.c.state.in_(states),
            tasks.c.next_ms <= moment,
            _is_free(tasks.c.work_until_ms, moment),
            *_all_but(but),
        )
        .order_by(tasks.c.next_ms, tasks.c.id)
    )
    return _claim(rows, limit=limit, lease=_work_lease(worker, moment))


def untold(
    worker: Worker, *, platforms: Collection[str], now: datetime, limit: int, but: Collection[str] = ()
) -> ReturningUpdate[Any]:
    """Lease the tasks that a thread has not seen in full, oldest change first. Returns their rows, in no order."""
    moment = to_ms(now)
    rows = (
        select(tasks.c.id)
        .where(
            tasks.c.told < tasks.c.revision,
            tasks.c.address_platform.in_(platforms),
            _is_free(tasks.c.tell_until_ms, moment),
            _is_free(tasks.c.tell_at_ms, moment),
            *_all_but(but),
        )
        .order_by(tasks.c.changed_ms, tasks.c.id)
    )
    lease = {"tell_worker": worker.name, "tell_until_ms": moment + _length_ms(worker)}
    return _claim(rows, limit=limit, lease=lease)


def next_due(states: Collection[TaskState], *, now: datetime, but: Collection[str] = ()) -> Select[Any]:
    """Find the earliest moment at which a task in these states, without a lease, wants to be looked at."""
    return select(func.min(tasks.c.next_ms)).where(
        tasks.c.state.in_(states), _is_free(tasks.c.work_until_ms, to_ms(now)), *_all_but(but)
    )


def renewals(task_ids: Collection[str], worker: Worker, *, now: datetime) -> tuple[Update, Update]:
    """Prolong the leases of both kinds that this worker has on these tasks."""
    until = to_ms(now) + _length_ms(worker)
    named = tasks.c.id.in_(task_ids)
    return (
        update(tasks).where(named, tasks.c.work_worker == worker.name).values(work_until_ms=until),
        update(tasks).where(named, tasks.c.tell_worker == worker.name).values(tell_until_ms=until),
    )


def release(task_id: str, worker: Worker) -> Update:
    """Give this worker's leases, of both kinds, on a task back."""
    works, tells = tasks.c.work_worker == worker.name, tasks.c.tell_worker == worker.name
    ended = {
        "work_worker": case((works, None), else_=tasks.c.work_worker),
        "work_until_ms": case((works, None), else_=tasks.c.work_until_ms),
        "tell_worker": case((tells, None), else_=tasks.c.tell_worker),
        "tell_until_ms": case((tells, None), else_=tasks.c.tell_until_ms),
    }
    return update(tasks).where(tasks.c.id == task_id, or_(works, tells)).values(ended)


def leases() -> Select[int]:
    """Count the leases of both kinds."""
    return select(func.count(tasks.c.work_worker) + func.count(tasks.c.tell_worker))


def clear() -> Update:
    """End every lease."""
    return (
        update(tasks)
        .where(or_(tasks.c.work_worker.is_not(None), tasks.c.tell_worker.is_not(None)))
        .values(work_worker=None, work_until_ms=None, tell_worker=None, tell_until_ms=None)
    )


def told(task_id: str, *, revision: int, address: dict[str, object]) -> Update:
    """Write down what a thread has seen. An older telling that comes late changes neither `told` nor the address."""
    is_news = tasks.c.told <= revision
    news = {"told": revision, **address}
    kept = {name: case((is_news, value), else_=tasks.c[name]) for name, value in news.items()}
    return update(tasks).where(tasks.c.id == task_id).values(**kept, tell_worker=None, tell_until_ms=None)


def postponed(task_id: str, *, until: datetime) -> Update:
    """Give the telling lease back and leave the task alone until a moment."""
    return (
        update(tasks).where(tasks.c.id == task_id).values(tell_at_ms=to_ms(until), tell_worker=None, tell_until_ms=None)
    )


def _at_vendor(moment_ms: int, but: Collection[str]) -> CTE:
    """List whose tasks take a place at Rodin, or are about to."""
    return (
        select(tasks.c.platform, tasks.c.user_id, tasks.c.server_id, key_name.label("key"))
        .where(
            # One list of states, so that the index on them is used; an accepted task counts while it is leased.
            tasks.c.state.in_({*AT_VENDOR, TaskState.ACCEPTED}),
            or_(tasks.c.state != TaskState.ACCEPTED, tasks.c.work_until_ms > moment_ms),
            *_all_but(but),
        )
        .cte("at_vendor")
    )


def _running(at_vendor: CTE, *whose: str) -> CTE:
    """Count the places that are taken with each key: all of them, or those of each person or server."""
    columns = [at_vendor.c[name] for name in ("key", *whose)]
    return select(*columns, func.count().label("running")).group_by(*columns).cte("_".join(("by_key", *whose)))


def _is_same(running: CTE, *whose: str) -> ColumnElement[bool]:
    """Say whether a task counts among these places."""
    return and_(running.c.key == key_name, *(running.c[name] == tasks.c[name] for name in whose))


def _is_blocked() -> ColumnElement[bool]:
    """Say of a task whether its person or server is blocked, by its id with or without the platform in front."""

    def named(kind: BlockKind, column: ColumnElement[str | None]) -> ColumnElement[bool]:
        spellings = (column, tasks.c.platform + ":" + column)
        return and_(blocks.c.kind == kind, blocks.c.value.in_(spellings))

    return exists().where(or_(named(BlockKind.PERSON, tasks.c.user_id), named(BlockKind.SERVER, tasks.c.server_id)))


def _claim(rows: Select[str], *, limit: int, lease: dict[str, object]) -> ReturningUpdate[Any]:
    # A table expression that locks is run once; PostgreSQL may run a subquery again for each row and pass the limit.
    chosen = rows.limit(limit).with_for_update(skip_locked=True, of=tasks).cte("chosen")
    return update(tasks).where(tasks.c.id.in_(select(chosen.c.id))).values(lease).returning(tasks)


def _work_lease(worker: Worker, moment_ms: int) -> dict[str, object]:
    return {"work_worker": worker.name, "work_until_ms": moment_ms + _length_ms(worker)}


def _length_ms(worker: Worker) -> int:
    return round(worker.lease.total_seconds() * 1000)


def _is_free(until_ms: ColumnElement[int | None], moment_ms: int) -> ColumnElement[bool]:
    return or_(until_ms.is_(None), until_ms <= moment_ms)


def _all_but(task_ids: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (tasks.c.id.not_in(task_ids),) if task_ids else ()
