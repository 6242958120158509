"""The table of tasks in SQL: `SqlTaskStore` keeps the promises of `bot.ports.TaskStore`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from sqlalchemy import RowMapping, Select, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.errors import DuplicateEvent, NoSuchTask, StaleTask, SubmissionTaken, TaskExists
from bot.keys import OPERATOR, KeyGone
from bot.limits import Limits, Scope
from bot.model import Address, Owner, Task, TaskState, Usage
from bot.ports import Sought, Worker
from storage import claims, firsts, reservations, searches, sums
from storage.codec import address_columns, file_rows, from_mc, from_ms, parse_file, parse_task, task_row
from storage.database import Database
from storage.errors import Conflict
from storage.schema import files, keys, tasks
from storage.unreadable import Unreadable, UnreadableTasks

# A statement holds this many parameters at most: 32,766 in SQLite (sqlite.org/limits.html), 32,767 in asyncpg.
_BATCH = 10_000

# A save leaves these to `mark_told`, which may run at the same time.
_NOT_SAVED = frozenset({"told", "address", "address_platform", "place"})

_Claim = Callable[[AsyncConnection, Collection[str]], Awaitable[tuple[Task, ...]]]
"""Leases rows in a transaction, all but those of the ids given."""


class SqlTaskStore:
    """The tasks in a database. Each method is one transaction; what they do is said in `bot.ports.TaskStore`.

    Any method may raise DatabaseBusy (it may be repeated) or StorageError. Moments are kept to the millisecond.

    A row that cannot be read, since another version wrote it, is an UnreadableTasks to whoever reads it, but a claim
    leaves it out and gives the others: one such row must not stop a loop.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unreadable = Unreadable()

    async def add(self, task: Task, *, within: Limits | None = None) -> Task:
        """Write a new task, if it keeps `within` the limits, and return it as it was written.

        Raises:
            DuplicateEvent: `task.event` has made a task before; the error names it. This goes before the limits.
            QueueFull, CreditsShort: it would go beyond a limit.
            TaskExists: the id has been written before.
            SubmissionTaken: another task holds the same Rodin uuid.
            KeyGone: its key was removed meanwhile.
        """
        try:
            async with self._database.writing(is_urgent=True) as connection:
                await _hold_key(connection, task.key_id)
                if within is not None:
                    await self._check_limits(connection, task, within)
                is_first = task.is_first and await firsts.note(connection, self._database, task)
                task = replace(task, is_first=is_first)
                await connection.execute(insert(tasks).values(task_row(task)))
                await _write_files(connection, task)
        except Conflict as error:
            await self._explain(task, error)
        return task

    async def first_at(self, owner: Owner) -> datetime | None:
        """Return when the first task of a person's server was written, outside any of the person; None before."""
        async with self._database.reading() as connection:
            return await firsts.since(connection, owner)

    async def forget_first(self, owner: Owner) -> None:
        """Forget that a person has had a first task outside any server."""
        async with self._database.writing() as connection:
            await firsts.forget(connection, owner)

    async def load(self, task_id: str) -> Task:
        """Return a task. Raises NoSuchTask."""
        found = await self._read(select(tasks).where(tasks.c.id == task_id))
        if not found:
            raise NoSuchTask(f"no task {task_id}")
        return found[0]

    async def made_by(self, event: str) -> Task | None:
        """Return the task that a platform event has made, or None while it has made none."""
        found = await self._read(select(tasks).where(tasks.c.event == event))
        return found[0] if found else None

    async def save(self, task: Task, *, expected_revision: int) -> None:
        """Write everything about a task but its address, `told` and leases.

        Raises:
            StaleTask: the row's revision is not `expected_revision`. NoSuchTask: nothing has this id.
            SubmissionTaken: another task holds the same Rodin uuid.
        """
        values = {name: value for name, value in task_row(task).items() if name not in _NOT_SAVED}
        this = tasks.c.id == task.id
        try:
            async with self._database.writing() as connection:
                changed = await connection.execute(
                    update(tasks).where(this, tasks.c.revision == expected_revision).values(values)
                )
                if not changed.rowcount:
                    await _must_exist(connection, task.id)
                    raise StaleTask(f"task {task.id} is not at revision {expected_revision} any more")
                await connection.execute(delete(files).where(files.c.task_id == task.id))
                await _write_files(connection, task)
        except Conflict as error:
            await self._explain(task, error)

    async def mark_told(self, task_id: str, *, revision: int, address: Address) -> None:
        """Note that the thread at `address` has seen `revision`. Raises NoSuchTask."""
        statement = claims.told(task_id, revision=revision, address=address_columns(address))
        async with self._database.writing() as connection:
            if not (await connection.execute(statement)).rowcount:
                await _must_exist(connection, task_id)

    async def claim_accepted(
        self, worker: Worker, *, now: datetime, parallel: int, resting: Collection[str | None] = ()
    ) -> Task | None:
        """Lease the accepted task whose turn it is, or return None."""
        rest = [key_id or OPERATOR for key_id in resting]

        async def claim(connection: AsyncConnection, but: Collection[str]) -> tuple[Task, ...]:
            if self._database.dialect == "postgresql":
                # Two claims at once would both count the last place as free.
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": claims.ACCEPTED_LOCK})
            turn = claims.accepted(worker, now=now, parallel=parallel, resting=rest, but=but)
            return await _tasks(connection, turn)

        claimed = await self._claim(claim, now=now)
        return claimed[0] if claimed else None

    async def claim_due(
        self, states: Collection[TaskState], worker: Worker, *, now: datetime, limit: int
    ) -> tuple[Task, ...]:
        """Lease up to `limit` tasks in `states` whose `next_at` has come, earliest first."""

        async def claim(connection: AsyncConnection, but: Collection[str]) -> tuple[Task, ...]:
            return await _tasks(connection, claims.due(states, worker, now=now, limit=limit, but=but))

        claimed = await self._claim(claim, now=now)
        return tuple(sorted(claimed, key=lambda task: (task.next_at, task.id)))

    async def claim_untold(
        self, worker: Worker, *, platforms: Collection[str], now: datetime, limit: int
    ) -> tuple[Task, ...]:
        """Lease up to `limit` untold tasks of these platforms, oldest change first."""

        async def claim(connection: AsyncConnection, but: Collection[str]) -> tuple[Task, ...]:
            return await _tasks(connection, claims.untold(worker, platforms=platforms, now=now, limit=limit, but=but))

        claimed = await self._claim(claim, now=now)
        return tuple(sorted(claimed, key=lambda task: (task.changed_at, task.id)))

    async def postpone_telling(self, task_id: str, *, until: datetime) -> None:
        """Give the telling lease back and do not offer the task to `claim_untold` before `until`."""
        async with self._database.writing() as connection:
            await connection.execute(claims.postponed(task_id, until=until))

    async def renew(self, task_ids: Collection[str], worker: Worker, *, now: datetime) -> None:
        """Prolong this worker's leases, of both kinds, on these tasks."""
        async with self._database.writing() as connection:
            for batch in _batches(task_ids):
                for statement in claims.renewals(batch, worker, now=now):
                    await connection.execute(statement)

    async def release(self, task_id: str, worker: Worker) -> None:
        """Give this worker's leases, of both kinds, on this task back."""
        async with self._database.writing() as connection:
            await connection.execute(claims.release(task_id, worker))

    async def clear_leases(self) -> int:
        """End every lease and return how many there were."""
        async with self._database.writing() as connection:
            count = (await connection.execute(claims.leases())).scalar_one()
            await connection.execute(claims.clear())
        return count

    async def next_due(self, states: Collection[TaskState], *, now: datetime) -> datetime | None:
        """Return the earliest `next_at` in these states among rows without a live work lease; None without any."""
        moment_ms = await self._value(claims.next_due(states, now=now, but=self._unreadable.at(now)))
        return None if moment_ms is None else from_ms(moment_ms)

    async def search(self, sought: Sought, *, limit: int) -> tuple[Task, ...]:
        """Return the newest tasks that are sought, newest first."""
        return await self._read(searches.found(sought, limit=limit))

    async def tasks_of(self, owner: Owner, *, limit: int) -> tuple[Task, ...]:
        """Return this person's newest tasks on this platform, newest first."""
        return await self._read(
            select(tasks)
            .where(tasks.c.platform == owner.platform, tasks.c.user_id == owner.user_id)
            .order_by(tasks.c.created_ms.desc(), tasks.c.id.desc())
            .limit(limit)
        )

    async def tasks_at(self, platform: str, place: str, *, limit: int) -> tuple[Task, ...]:
        """Return the newest tasks at a place on a platform, newest first; none at the empty one, which is no place."""
        if not place:
            return ()
        return await self._read(
            select(tasks)
            .where(tasks.c.address_platform == platform, tasks.c.place == place)
            .order_by(tasks.c.created_ms.desc(), tasks.c.id.desc())
            .limit(limit)
        )

    async def children(self, task_ids: Collection[str], *, limit: int) -> tuple[Task, ...]:
        """Return the tasks that were made from these, oldest first; at most `limit`."""
        found: list[Task] = []
        for batch in _batches(task_ids):
            made_from = select(tasks).where(tasks.c.parent_id.in_(batch))
            found += await self._read(made_from.order_by(tasks.c.created_ms, tasks.c.id).limit(limit))
        return tuple(sorted(found, key=lambda task: (task.created_at, task.id))[:limit])

    async def tasks_in(self, states: Collection[TaskState], *, limit: int) -> tuple[Task, ...]:
        """Return tasks in these states, oldest first."""
        return await self._read(
            select(tasks).where(tasks.c.state.in_(states)).order_by(tasks.c.created_ms, tasks.c.id).limit(limit)
        )

    async def queue_places(self, task_ids: Collection[str]) -> Mapping[str, int]:
        """Return for each of these that waits how many accepted tasks of its key were asked before it, plus one."""
        places: dict[str, int] = {}
        async with self._database.reading() as connection:
            for batch in _batches(task_ids):
                places.update((row.id, row.place) for row in await connection.execute(sums.places(batch)))
        return places

    async def durations(self, tier: str, *, limit: int) -> tuple[timedelta, ...]:
        """Return how long the newest finished tasks of a tier took from submission to their model, newest first."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(sums.durations(tier, limit=limit))).all()
        return tuple(timedelta(milliseconds=ended - submitted) for submitted, ended in rows)

    async def usage(self, owner: Owner, *, since: datetime, alias: str | None = None) -> Usage:
        """Sum this person's tasks and credits, ever and since a moment."""
        async with self._database.reading() as connection:
            row = (await connection.execute(sums.usage(owner, since=since, alias=alias))).one()
        ever, ever_mc, recent, recent_mc = row
        return Usage(tasks=ever, credits=from_mc(ever_mc), tasks_today=recent, credits_today=from_mc(recent_mc))

    async def spent(self, scope: Scope, owner: Owner, *, since: datetime, alias: str | None = None) -> Decimal:
        """Sum the credits of a scope's tasks since a moment; of everybody's, those with the operator's key."""
        return from_mc(await self._value(sums.spent(scope, owner, since=since, alias=alias)))

    async def known_uuids(self, uuids: Collection[str]) -> frozenset[str]:
        """Return those of Rodin's task uuids that belong to a task of ours."""
        known: set[str] = set()
        async with self._database.reading() as connection:
            for batch in _batches(uuids):
                found = select(tasks.c.vendor_uuid).where(tasks.c.vendor_uuid.in_(batch))
                known.update((await connection.execute(found)).scalars())
        return frozenset(known)

    async def _check_limits(self, connection: AsyncConnection, task: Task, limits: Limits) -> None:
        if self._database.dialect == "postgresql":
            await reservations.lock(connection, task.owner, limits)
        if task.event is not None:
            same = select(tasks.c.id).where(tasks.c.event == task.event)
            if (holder := (await connection.execute(same)).scalar()) is not None:
                raise DuplicateEvent(holder)
        await reservations.check(connection, task, limits)

    async def _read(self, statement: Select[Any]) -> tuple[Task, ...]:
        async with self._database.reading() as connection:
            return await _tasks(connection, statement)

    async def _claim(self, claim: _Claim, *, now: datetime) -> tuple[Task, ...]:
        """Run a claim in a transaction; when it meets rows that cannot be read, undo it and run it without them."""
        while True:  # ends: each turn leaves out at least one row more
            try:
                async with self._database.writing() as connection:
                    claimed = await claim(connection, self._unreadable.at(now))
            except UnreadableTasks as found:
                self._unreadable.note(found, now=now)
            else:
                self._unreadable.forget([task.id for task in claimed])
                return claimed

    async def _value(self, statement: Select[Any]) -> Any:
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).scalar_one()

    async def _explain(self, task: Task, conflict: Conflict) -> None:
        """Find out what made a write collide, and raise that."""
        async with self._database.reading() as connection:
            if task.submission is not None:
                same = select(tasks.c.id).where(tasks.c.vendor_uuid == task.submission.uuid, tasks.c.id != task.id)
                if (await connection.execute(same)).scalar() is not None:
                    raise SubmissionTaken(f"submission {task.submission.uuid} belongs to another task") from conflict
            if task.event is not None:
                same = select(tasks.c.id).where(tasks.c.event == task.event)
                if (holder := (await connection.execute(same)).scalar()) is not None:
                    raise DuplicateEvent(holder) from conflict
        raise TaskExists(f"task {task.id} has been written before") from conflict


async def _tasks(connection: AsyncConnection, statement: Select[Any] | ReturningUpdate[Any]) -> tuple[Task, ...]:
    """Run a statement that returns rows of `tasks` and return what they hold, with files, in the same order."""
    rows = (await connection.execute(statement)).mappings().all()
    listed = await _files(connection, [row["id"] for row in rows])
    return _parsed(rows, listed)


def _parsed(rows: Sequence[RowMapping], listed: Mapping[str, Sequence[RowMapping]]) -> tuple[Task, ...]:
    """Return what rows of `tasks` hold, each with its rows of `files`.

    Raises:
        UnreadableTasks: naming every row that cannot be read.
    """
    readable: list[Task] = []
    reasons: dict[str, str] = {}
    for row in rows:
        try:
            readable.append(parse_task(row, [parse_file(file) for file in listed.get(row["id"], ())]))
        except ValueError as error:
            reasons[row["id"]] = str(error)
    if reasons:
        raise UnreadableTasks(reasons)
    return tuple(readable)


async def _files(connection: AsyncConnection, task_ids: Sequence[str]) -> dict[str, tuple[RowMapping, ...]]:
    """Return the rows of `files` that belong to tasks, in their order."""
    found: dict[str, tuple[RowMapping, ...]] = {}
    for batch in _batches(task_ids):
        statement = select(files).where(files.c.task_id.in_(batch)).order_by(files.c.task_id, files.c.position)
        rows = (await connection.execute(statement)).mappings()
        for task_id, group in groupby(rows, key=lambda row: str(row["task_id"])):
            found[task_id] = tuple(group)
    return found


async def _write_files(connection: AsyncConnection, task: Task) -> None:
    if rows := file_rows(task):
        await connection.execute(insert(files), rows)


async def _hold_key(connection: AsyncConnection, key_id: str | None) -> None:
    """Keep a task's key from being erased until its row is written."""
    if key_id is None:
        return
    kept = select(keys.c.id).where(keys.c.id == key_id, keys.c.sealed.is_not(None)).with_for_update(read=True)
    if (await connection.execute(kept)).first() is None:
        raise KeyGone(f"key {key_id} was removed")


async def _must_exist(connection: AsyncConnection, task_id: str) -> None:
    if (await connection.execute(select(tasks.c.id).where(tasks.c.id == task_id))).scalar() is None:
        raise NoSuchTask(f"no task {task_id}")


def _batches(values: Iterable[str]) -> Iterable[list[str]]:
    remaining = iter(values)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
