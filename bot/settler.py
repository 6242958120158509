"""What to do when nobody can tell whether Rodin took a task."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.changes import step
from bot.errors import VendorBusy, VendorError, VendorGarbled
from bot.keys import Keyring
from bot.model import Ask, Charge, Failure, FailureKind, Request, Submission, Task, TaskState, UsageRecord
from bot.ports import Clock, TaskStore
from bot.requests import BANG, TEXTURE
from bot.schedule import Pace, backoff_s

log = logging.getLogger(__name__)

CLOCK_SLACK = timedelta(minutes=2)
"""How far Rodin's clock and ours may be apart when a charge is matched with the moment we sent something."""

WINDOW = timedelta(minutes=10)
"""How long after we sent it a charge can still be that task's: the longest submission time-out, twice."""

TRIES = 5
"""How often unreadable usage records are asked for before the task is called unclear without them."""

OUTAGE_TRIES = 180
"""The same while Rodin cannot be reached at all: an hour and a half at the longest wait of 30 s."""

RIVAL_PATIENCE = 10
"""For how many times the settling time rivals under way are waited for: the longest submission, 300 s."""

MOST_PAGES = 20
"""Pages of usage records that are read to get back to the moment in question."""

MOST_RIVALS = 10_000
"""Other tasks in doubt that are looked through; with more of them nothing is adopted."""


MARKS: Mapping[str, str] = {TEXTURE: "texture", BANG: "bang"}
"""What the usage record of a product that is no tier is known by, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for a charge being a task's own.

    `charges` are those that no task of ours accounts for and that may be meant. `rivals` are other tasks that the
    same charge could belong to.
    """

    charges: tuple[UsageRecord, ...]
    rivals: tuple[Task, ...]

    def only_charge_of(self, task: Task) -> UsageRecord | None:
        """Return the one charge with the task's product and amount, if there is exactly one and its moment is known."""
        alike = [charge for charge in self.charges if is_same(charge, task)]
        return alike[0] if len(alike) == 1 and alike[0].time is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settler:
    """Settles doubt from Rodin's usage records; never sends anything again.

    `is_exclusive` is the operator's word (RODIN_KEY_EXCLUSIVE) that nobody else uses the operator's key; of a server's
    own key nobody has given such a word. Only then can one unknown charge that fits belong to nobody but the task in
    doubt, and be adopted. Otherwise it could be somebody else's model, so the person is told and decides.
    """

    tasks: TaskStore
    keyring: Keyring
    clock: Clock
    pace: Pace
    is_exclusive: bool

    async def settle(self, task: Task) -> None:
        """Adopt the charge that must be this task's, or end the task as unclear. Harmless to repeat."""
        try:
            evidence = await self._evidence(task)
        except VendorError as error:
            await self._later_or_unread(task, error)
            return
        charge = evidence.only_charge_of(task) if self._is_ours_alone(task) else None
        if charge is not None and not evidence.rivals:
            await self._adopt(task, charge)
        elif self._may_clear_up(task, evidence, charge):
            await self._later(task, misses=max(task.misses, 1))
        else:
            await self._leave_open(task, charge_seen=bool(evidence.charges))

    def _is_ours_alone(self, task: Task) -> bool:
        """Say whether whatever is charged on a task's key was asked for by this bot."""
        return self.is_exclusive and task.key_id is None

    def _may_clear_up(self, task: Task, evidence: Evidence, charge: UsageRecord | None) -> bool:
        """Say whether waiting may tell more: a charge still to come, or rivals whose answers are still to come."""
        if charge is not None and any(rival.state is TaskState.SUBMITTING for rival in evidence.rivals):
            return self._is_younger(task, self.pace.settle_s * RIVAL_PATIENCE)
        is_missing = charge is None if self._is_ours_alone(task) else not evidence.charges
        return is_missing and self._is_younger(task, self.pace.settle_s)

    async def _evidence(self, task: Task) -> Evidence:
        """Read the records, then the tasks in doubt, then whose records are known: in this order.

        A submission under way is `submitting` from before its charge until its uuid is written. So whoever caused a
        record that was read is either seen as a rival after that, or known after that; never neither.
        """
        records = [record for record in await self._records_since(task) if could_be(record, task)]
        rivals = await self._rivals(task)
        known = await self.tasks.known_uuids({record.task_uuid for record in records})
        return Evidence(charges=tuple(record for record in records if record.task_uuid not in known), rivals=rivals)

    async def _records_since(self, task: Task) -> Sequence[UsageRecord]:
        """Return the usage records back to when the task was sent, and perhaps older ones.

        Raises:
            VendorGarbled: there is no getting back that far.
        """
        found: dict[UsageRecord, None] = {}
        rodin = await self.keyring.of(task.key_id)
        for page in range(1, MOST_PAGES + 1):
            news = [record for record in await rodin.usage(page) if record not in found]
            found.update(dict.fromkeys(news))
            if not news or any(is_before(record, task) for record in news):
                return tuple(found)
        raise VendorGarbled(f"usage records do not go back to {task.submitted_at} on {MOST_PAGES} pages")

    async def _rivals(self, task: Task) -> tuple[Task, ...]:
        """Return other tasks in doubt that the same charge could belong to."""
        found = []
        for state in (TaskState.SUBMITTING, TaskState.UNCLEAR):
            doubtful = await self.tasks.tasks_in([state], limit=MOST_RIVALS)
            is_cut = len(doubtful) == MOST_RIVALS
            found += [other for other in doubtful if other.id != task.id and (is_cut or could_share(task, other))]
        return tuple(found)

    async def _adopt(self, task: Task, record: UsageRecord) -> None:
        now = self.clock.now()
        # `/download` needs only the uuid, so a task without a subscription key can still be collected.
        found = Submission(uuid=record.task_uuid, subscription_key=None, consumed=record.amount)
        await step(self.tasks, self.clock, task, lambda row: row.move(TaskState.SUBMITTED, now=now, submission=found))
        log.warning("submission adopted from usage records task=%s uuid=%s", task.id, record.task_uuid)

    async def _leave_open(self, task: Task, *, charge_seen: bool | None) -> None:
        now = self.clock.now()
        failure = Failure(kind=FailureKind.LOST_ANSWER, charged=Charge.MAYBE, charge_seen=charge_seen)
        await step(self.tasks, self.clock, task, lambda row: row.move(TaskState.UNCLEAR, now=now, failure=failure))
        log.error("task unclear task=%s charge_seen=%s", task.id, charge_seen)

    async def _later_or_unread(self, task: Task, error: VendorError) -> None:
        misses = task.misses + 1
        if misses >= (OUTAGE_TRIES if isinstance(error, VendorBusy) else TRIES):
            await self._leave_open(task, charge_seen=None)
            return
        if misses == 1:
            log.warning("usage records not read, asking again task=%s error=%s", task.id, error)
        await self._later(task, misses=misses)

    def _is_younger(self, task: Task, seconds: float) -> bool:
        return task.submitted_at is not None and self.clock.now() - task.submitted_at < timedelta(seconds=seconds)

    async def _later(self, task: Task, *, misses: int) -> None:
        due = self.clock.now() + timedelta(seconds=backoff_s(max(misses, 1), self.pace))

        def postponed(row: Task) -> Task:
            if row.misses == 0:  # from now on the thread shows that the answer was lost
                row = row.revise()
            return replace(row, misses=misses, next_at=due)

        await step(self.tasks, self.clock, task, postponed)


def could_be(record: UsageRecord, task: Task) -> bool:
    """Say whether a charge may be this task's as far as its moment goes, and its product or amount speaks for it.

    Loose on purpose: the person is told that something was charged rather than that nothing was.
    """
    if task.submitted_at is None:
        return False
    is_in_time = record.time is None or task.submitted_at - CLOCK_SLACK <= record.time <= task.submitted_at + WINDOW
    return is_in_time and (record.amount == task.price or names_product(record.item, task.request))


def is_same(record: UsageRecord, task: Task) -> bool:
    """Say whether a charge has the task's product and amount."""
    return record.amount == task.price and names_product(record.item, task.request)


def is_before(record: UsageRecord, task: Task) -> bool:
    """Say whether a charge is too old to be this task's. One without a moment never is."""
    return record.time is not None and task.submitted_at is not None and record.time < task.submitted_at - CLOCK_SLACK


def names_product(item: str, request: Ask) -> bool:
    """Say whether a usage record's item is what a request buys.

    Items of models read like "Rodin Gen-2.5-Medium"; the last word is compared, since one tier's name can end
    another's. Source: two public clients of late 2026. How those of textures and splits read is not public, so the
    word that no other item has is enough.
    """
    words = item.casefold().split()
    if isinstance(request, Request):
        return bool(words) and words[-1] == request.tier.casefold()
    return MARKS[request.product] in item.casefold()


def could_share(task: Task, other: Task) -> bool:
    """Say whether one charge could belong to either of two tasks in doubt."""
    if task.submitted_at is None or other.submitted_at is None or other.submission is not None:
        return False
    is_near = abs(task.submitted_at - other.submitted_at) <= WINDOW + CLOCK_SLACK
    return is_near and task.price == other.price and task.request.product == other.request.product
