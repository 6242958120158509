"""What to do when nobody can tell whether Rodin took a task."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.changes import change
from bot.errors import VendorError
from bot.model import Charge, Failure, FailureKind, Submission, Task, TaskState, UsageRecord
from bot.ports import Clock, Generator, TaskStore
from bot.schedule import Pace, backoff_s

log = logging.getLogger(__name__)

CLOCK_SLACK = timedelta(minutes=2)
"""How far Rodin's clock and ours may be apart when a charge is matched with the moment we sent something."""

WINDOW = timedelta(minutes=10)
"""How long after we sent it a charge can still be that task's: the longest submission time-out, twice."""

TRIES = 5
"""How often the usage records are asked for before the task is called unclear without them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settler:
    """Settles doubt from Rodin's usage records; never sends anything again.

    `is_exclusive` is the operator's word (RODIN_KEY_EXCLUSIVE) that nobody else uses the key. Only then can one
    unknown charge that fits belong to nobody but the task in doubt, and be adopted. Otherwise it could be
    somebody else's model, so the person is told and decides.
    """

    tasks: TaskStore
    generator: Generator
    clock: Clock
    pace: Pace
    is_exclusive: bool

    async def settle(self, task: Task) -> None:
        """Adopt the charge that must be this task's, or end the task as unclear. Harmless to repeat."""
        try:
            records = await self._records_of(task)
        except VendorError as error:
            await self._later_or_unread(task, error)
            return
        if not records and self._is_early(task):
            await self._later(task, misses=task.misses)
            return
        if self.is_exclusive and len(records) == 1 and not await self._rivals(task):
            await self._adopt(task, records[0])
        else:
            await self._leave_open(task, charge_seen=bool(records))

    async def _records_of(self, task: Task) -> tuple[UsageRecord, ...]:
        """Return the charges that no task of ours accounts for and that could be this task's."""
        fitting = [record for record in await self.generator.usage() if fits(record, task)]
        known = await self.tasks.known_uuids({record.task_uuid for record in fitting})
        return tuple(record for record in fitting if record.task_uuid not in known)

    async def _rivals(self, task: Task) -> Sequence[Task]:
        """Return other tasks in doubt that the same charge could belong to."""
        open_ones = await self.tasks.tasks_in([TaskState.SUBMITTING, TaskState.UNCLEAR], limit=1000)
        return [other for other in open_ones if other.id != task.id and could_share(task, other)]

    async def _adopt(self, task: Task, record: UsageRecord) -> None:
        now = self.clock.now()
        # `/download` needs only the uuid, so a task without a subscription key can still be collected.
        found = Submission(uuid=record.task_uuid, subscription_key=None, consumed=record.amount)

        def adopted(row: Task) -> Task:
            return row.move(TaskState.SUBMITTED, now=now, submission=found)

        await change(self.tasks, self.clock, task.id, adopted)
        log.warning("submission adopted from usage records task=%s uuid=%s", task.id, record.task_uuid)

    async def _leave_open(self, task: Task, *, charge_seen: bool | None) -> None:
        now = self.clock.now()
        failure = Failure(kind=FailureKind.LOST_ANSWER, charged=Charge.MAYBE, charge_seen=charge_seen)
        await change(self.tasks, self.clock, task.id, lambda row: row.move(TaskState.UNCLEAR, now=now, failure=failure))
        log.error("task unclear task=%s charge_seen=%s", task.id, charge_seen)

    async def _later_or_unread(self, task: Task, error: VendorError) -> None:
        misses = task.misses + 1
        if misses >= TRIES:
            await self._leave_open(task, charge_seen=None)
            return
        log.warning("usage records not read task=%s misses=%d error=%s", task.id, misses, error)
        await self._later(task, misses=misses)

    def _is_early(self, task: Task) -> bool:
        """Say whether a charge may still be on its way into the records."""
        if task.submitted_at is None:
            return False
        return self.clock.now() - task.submitted_at < timedelta(seconds=self.pace.settle_s)

    async def _later(self, task: Task, *, misses: int) -> None:
        due = self.clock.now() + timedelta(seconds=backoff_s(max(misses, 1), self.pace))
        await change(self.tasks, self.clock, task.id, lambda row: replace(row, misses=misses, next_at=due))


def fits(record: UsageRecord, task: Task) -> bool:
    """Say whether a charge could be this task's: right moment, right tier, right amount."""
    if record.time is None or task.submitted_at is None:
        return False
    is_in_time = task.submitted_at - CLOCK_SLACK <= record.time <= task.submitted_at + WINDOW
    return is_in_time and record.amount == task.price and names_tier(record.item, task.request.tier)


def names_tier(item: str, tier: str) -> bool:
    """Say whether a usage record's item is this tier.

    Items read like "Rodin Gen-2.5-Medium"; the last word is compared, since one tier's name can end another's.
    """
    words = item.casefold().split()
    return bool(words) and words[-1] == tier.casefold()


def could_share(task: Task, other: Task) -> bool:
    """Say whether one charge could belong to either of two tasks in doubt."""
    if task.submitted_at is None or other.submitted_at is None:
        return False
    is_near = abs(task.submitted_at - other.submitted_at) <= WINDOW + CLOCK_SLACK
    return is_near and task.price == other.price and task.request.tier == other.request.tier
