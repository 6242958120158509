"""The table of tasks in memory: for tests of the loops, which need no file and no waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.controls import Block, BlockKind, Pause, is_about
from bot.errors import DuplicateEvent, NoSuchTask, StaleTask, SubmissionTaken, TaskExists
from bot.folding import words_in
from bot.keys import KeyGone
from bot.limits import Limits, Scope, check, scopes_of
from bot.model import AT_VENDOR, Address, Charge, Owner, Task, TaskState, Usage
from bot.ownership import can_see, is_own
from bot.ports import Sought, Worker


@dataclass(slots=True)
class _Lease:
    worker: str
    until: datetime


@dataclass(slots=True)
class _Row:
    task: Task
    work: _Lease | None = None
    telling: _Lease | None = None
    tell_at: datetime | None = None


class MemoryTaskStore:
    """The tasks in a dict. No method waits, so each is one step for everybody else: a transaction."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}
        self.pause: Pause | None = None
        self.blocks: dict[tuple[BlockKind, str], Block] = {}
        self.stopped_keys: set[str | None] = set()
        self.kept_keys: set[str] | None = None  # None: nobody keeps keys here, and any will do
        self._firsts: dict[tuple[str, str | None, str], datetime] = {}

    async def add(self, task: Task, *, within: Limits | None = None) -> Task:
        if task.event is not None:
            for row in self._rows.values():
                if row.task.event == task.event:
                    raise DuplicateEvent(row.task.id)
        if task.key_id is not None and self.kept_keys is not None and task.key_id not in self.kept_keys:
            raise KeyGone(f"key {task.key_id} was removed")
        if within is not None:
            self._check_limits(task, within)
        if task.id in self._rows:
            raise TaskExists(f"task {task.id} has been written before")
        self._check_submission(task)
        task = replace(task, is_first=task.is_first and _company(task.owner) not in self._firsts)
        if task.is_first:
            self._firsts[_company(task.owner)] = _to_ms(task.created_at)
        self._rows[task.id] = _Row(_cut(task))
        return task

    async def first_at(self, owner: Owner) -> datetime | None:
        return self._firsts.get(_company(owner))

    async def forget_first(self, owner: Owner) -> None:
        self._firsts.pop(_company(replace(owner, server_id=None)), None)

    async def load(self, task_id: str) -> Task:
        return self._row(task_id).task

    async def made_by(self, event: str) -> Task | None:
        return next(iter(self._tasks(lambda task: task.event == event)), None)

    async def save(self, task: Task, *, expected_revision: int) -> None:
        row = self._row(task.id)
        if row.task.revision != expected_revision:
            raise StaleTask(f"task {task.id} is not at revision {expected_revision} any more")
        self._check_submission(task)
        row.task = replace(_cut(task), told=row.task.told, address=row.task.address)

    async def mark_told(self, task_id: str, *, revision: int, address: Address) -> None:
        row = self._row(task_id)
        if revision >= row.task.told:
            row.task = replace(row.task, told=revision, address=address)
        row.telling = None

    async def claim_accepted(
        self, worker: Worker, *, now: datetime, parallel: int, resting: Collection[str | None] = ()
    ) -> Task | None:
        now = _to_ms(now)
        at_vendor = [row.task for row in self._rows.values() if _is_at_vendor(row, now)]
        keys = Counter(task.key_id for task in at_vendor)
        people = Counter((task.key_id, _person(task.owner)) for task in at_vendor)
        servers = Counter((task.key_id, _server(task.owner)) for task in at_vendor)
        waiting = [
            row
            for row in self._rows.values()
            if row.task.state is TaskState.ACCEPTED
            and row.task.next_at <= now
            and not _holds(row.work, now)
            and not self._is_blocked(row.task)
            and keys[row.task.key_id] < parallel
            and row.task.key_id not in {*self.stopped_keys, *resting}
        ]
        if not waiting or self.pause:
            return None

        def turn(row: _Row) -> tuple[object, ...]:
            owner, key = row.task.owner, row.task.key_id
            by_server = servers[key, _server(owner)] if owner.server_id else 0
            return people[key, _person(owner)], by_server, keys[key], *_age(row.task)

        row = min(waiting, key=turn)
        row.work = _Lease(worker.name, now + worker.lease)
        return row.task

    async def claim_due(
        self, states: Collection[TaskState], worker: Worker, *, now: datetime, limit: int
    ) -> tuple[Task, ...]:
        now = _to_ms(now)
        due = [
            row
            for row in self._rows.values()
            if row.task.state in states and row.task.next_at <= now and not _holds(row.work, now)
        ]
        due.sort(key=lambda row: (row.task.next_at, row.task.id))
        for row in due[:limit]:
            row.work = _Lease(worker.name, now + worker.lease)
        return tuple(row.task for row in due[:limit])

    async def claim_untold(
        self, worker: Worker, *, platforms: Collection[str], now: datetime, limit: int
    ) -> tuple[Task, ...]:
        now = _to_ms(now)
        untold = [
            row
            for row in self._rows.values()
            if row.task.told < row.task.revision
            and row.task.address.platform in platforms
            and not _holds(row.telling, now)
            and (row.tell_at is None or row.tell_at <= now)
        ]
        untold.sort(key=lambda row: (row.task.changed_at, row.task.id))
        for row in untold[:limit]:
            row.telling = _Lease(worker.name, now + worker.lease)
        return tuple(row.task for row in untold[:limit])

    async def postpone_telling(self, task_id: str, *, until: datetime) -> None:
        if row := self._rows.get(task_id):
            row.tell_at, row.telling = _to_ms(until), None

    async def renew(self, task_ids: Collection[str], worker: Worker, *, now: datetime) -> None:
        for row in (self._rows[task_id] for task_id in task_ids if task_id in self._rows):
            for lease in (row.work, row.telling):
                if lease and lease.worker == worker.name:
                    lease.until = _to_ms(now) + worker.lease

    async def release(self, task_id: str, worker: Worker) -> None:
        row = self._rows.get(task_id)
        if row and row.work and row.work.worker == worker.name:
            row.work = None
        if row and row.telling and row.telling.worker == worker.name:
            row.telling = None

    async def clear_leases(self) -> int:
        ended = 0
        for row in self._rows.values():
            ended += (row.work is not None) + (row.telling is not None)
            row.work = row.telling = None
        return ended

    async def next_due(self, states: Collection[TaskState], *, now: datetime) -> datetime | None:
        free = (row.task for row in self._rows.values() if not _holds(row.work, _to_ms(now)))
        return min((task.next_at for task in free if task.state in states), default=None)

    async def search(self, sought: Sought, *, limit: int) -> tuple[Task, ...]:
        return tuple(sorted(self._tasks(lambda task: _is_sought(task, sought)), key=_age, reverse=True)[:limit])

    async def tasks_of(self, owner: Owner, *, limit: int) -> tuple[Task, ...]:
        mine = self._tasks(lambda task: _person(task.owner) == _person(owner))
        return tuple(sorted(mine, key=_age, reverse=True)[:limit])

    async def tasks_at(self, platform: str, place: str, *, limit: int) -> tuple[Task, ...]:
        def lives_there(task: Task) -> bool:
            return bool(place) and (task.address.platform, task.address.place) == (platform, place)

        return tuple(sorted(self._tasks(lives_there), key=_age, reverse=True)[:limit])

    async def children(self, task_ids: Collection[str], *, limit: int) -> tuple[Task, ...]:
        return tuple(sorted(self._tasks(lambda task: task.parent_id in set(task_ids)), key=_age)[:limit])

    async def tasks_in(self, states: Collection[TaskState], *, limit: int) -> tuple[Task, ...]:
        return tuple(sorted(self._tasks(lambda task: task.state in states), key=_age)[:limit])

    async def queue_places(self, task_ids: Collection[str]) -> Mapping[str, int]:
        line: Counter[str | None] = Counter()
        places = {}
        for task in sorted(self._tasks(lambda task: task.state is TaskState.ACCEPTED), key=_age):
            line[task.key_id] += 1
            places[task.id] = line[task.key_id]
        return {task_id: places[task_id] for task_id in task_ids if task_id in places}

    async def durations(self, tier: str, *, limit: int) -> tuple[timedelta, ...]:
        spans = [
            (task.ended_at, task.ended_at - task.submitted_at)
            for task in self._tasks(lambda task: task.request.product == tier and task.state is TaskState.READY)
            if task.ended_at and task.submitted_at
        ]
        spans.sort(key=lambda span: span[0], reverse=True)
        return tuple(length for _, length in spans[:limit])

    async def usage(self, owner: Owner, *, since: datetime, alias: str | None = None) -> Usage:
        names = {(owner.platform, owner.user_id), (owner.platform, alias)}
        mine = list(self._tasks(lambda task: _person(task.owner) in names))
        recent = [task for task in mine if task.created_at >= _to_ms(since)]
        return Usage(tasks=len(mine), credits=_sum(mine), tasks_today=len(recent), credits_today=_sum(recent))

    async def spent(self, scope: Scope, owner: Owner, *, since: datetime, alias: str | None = None) -> Decimal:
        return self._spent(scope, owner, since, alias=alias)

    def touch_waiting(self) -> int:
        """Give every waiting task a new revision; return how many there are."""
        waiting = [row for row in self._rows.values() if row.task.state is TaskState.ACCEPTED]
        for row in waiting:
            row.task = row.task.revise()
        return len(waiting)

    def change_waiting(self, how: Callable[[Task], Task | None]) -> int:
        """Change waiting tasks, each as `how` says; return how many it did not leave alone with None."""
        waiting = [row for row in self._rows.values() if row.task.state is TaskState.ACCEPTED]
        changed = [(row, task) for row in waiting if (task := how(row.task)) is not None]
        for row, task in changed:
            row.task = task
        return len(changed)

    def needs_key(self, key_id: str) -> bool:
        """Say whether a task under way is made with a key."""
        return any(not task.has_ended for task in self._tasks(lambda task: task.key_id == key_id))

    async def known_uuids(self, uuids: Collection[str]) -> frozenset[str]:
        ours = {task.submission.uuid for task in self._tasks(lambda _: True) if task.submission}
        return frozenset(ours.intersection(uuids))

    def _check_limits(self, task: Task, limits: Limits) -> None:
        scopes = scopes_of(task.owner)
        waiting = list(self._tasks(lambda other: other.state is TaskState.ACCEPTED))
        check(
            task.price,
            limits,
            spent={
                one: self._spent(one, task.owner, limits.since, alias=limits.aliases.get(one))
                for one in scopes
                if one in limits.credits
            },
            waiting={
                one: sum(
                    _whose(one, other.owner) == _whose(one, task.owner)
                    and (one is not Scope.EVERYBODY or other.key_id == task.key_id)
                    for other in waiting
                )
                for one in scopes
                if one in limits.waiting
            },
        )

    def _spent(self, scope: Scope, owner: Owner, since: datetime, *, alias: str | None = None) -> Decimal:
        whose = {_whose(scope, owner)} | ({(owner.platform, alias)} if alias else set())
        recent = self._tasks(lambda task: _whose(scope, task.owner) in whose and task.created_at >= _to_ms(since))
        return _sum(task for task in recent if scope is not Scope.EVERYBODY or task.key_id is None)

    def _is_blocked(self, task: Task) -> bool:
        return any(is_about(one, task.owner, "") for one in self.blocks.values())

    def _row(self, task_id: str) -> _Row:
        if task_id not in self._rows:
            raise NoSuchTask(f"no task {task_id}")
        return self._rows[task_id]

    def _tasks(self, wanted: Callable[[Task], bool]) -> Iterable[Task]:
        return (row.task for row in self._rows.values() if wanted(row.task))

    def _check_submission(self, task: Task) -> None:
        if task.submission is None:
            return
        for other in self._tasks(lambda other: other.id != task.id):
            if other.submission and other.submission.uuid == task.submission.uuid:
                raise SubmissionTaken(f"submission {task.submission.uuid} belongs to another task")


def _is_sought(task: Task, sought: Sought) -> bool:
    is_seen = is_own(task, sought.asker) if sought.is_own_only else can_see(task, sought.asker)
    return (
        is_seen
        and sought.channel_id in {None, task.owner.channel_id, task.address.place or None}
        and (sought.states is None or task.state in sought.states)
        and all(word in words_in(task.request) for word in sought.words)
    )


def _company(owner: Owner) -> tuple[str, str | None, str]:
    """Return whose first task it would be: a server's, or a person's outside any."""
    return owner.platform, owner.server_id, "" if owner.server_id else owner.user_id


def _cut(task: Task) -> Task:
    """Return the task with its moments cut to the millisecond, as every store keeps them."""
    return replace(
        task,
        created_at=_to_ms(task.created_at),
        changed_at=_to_ms(task.changed_at),
        next_at=_to_ms(task.next_at),
        submitted_at=task.submitted_at and _to_ms(task.submitted_at),
        ended_at=task.ended_at and _to_ms(task.ended_at),
    )


def _to_ms(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _person(owner: Owner) -> tuple[str, str]:
    return owner.platform, owner.user_id


def _server(owner: Owner) -> tuple[str, str | None]:
    return owner.platform, owner.server_id


def _whose(scope: Scope, owner: Owner) -> tuple[str | None, ...]:
    return {
        Scope.PERSON: (owner.platform, owner.user_id),
        Scope.CHANNEL: (owner.platform, owner.channel_id),
        Scope.SERVER: (owner.platform, owner.server_id),
        Scope.EVERYBODY: (),
    }[scope]


def _age(task: Task) -> tuple[datetime, str]:
    return task.created_at, task.id


def _holds(lease: _Lease | None, now: datetime) -> bool:
    return lease is not None and lease.until > now


def _is_at_vendor(row: _Row, now: datetime) -> bool:
    return row.task.state in AT_VENDOR or (row.task.state is TaskState.ACCEPTED and _holds(row.work, now))


def _sum(tasks: Iterable[Task]) -> Decimal:
    return sum((_counted(task) for task in tasks), start=Decimal(0))


def _counted(task: Task) -> Decimal:
    if task.submission and task.submission.consumed is not None:
        return task.submission.consumed
    is_ours = task.state is TaskState.FAILED and task.failure is None and task.submission is None
    surely_free = task.state is TaskState.CANCELLED or is_ours or (task.failure and task.failure.charged is Charge.NO)
    return Decimal(0) if surely_free else task.price
