"""The loop that hands accepted tasks to Rodin: exactly one attempt that may cost money."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.bell import Bell
from bot.changes import change
from bot.errors import NoSuchFile, VendorBusy, VendorFull, VendorRefused, VendorUnclear
from bot.model import Charge, Failure, FailureKind, Hold, Submission, Task, TaskState
from bot.ports import Clock, FileStore, Generator, TaskStore, Worker
from bot.schedule import Pace, backoff_s
from bot.settler import Settler

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitterParts:
    """What the submitter works with. `parallel` is the number of tasks at Rodin at once, per key."""

    tasks: TaskStore
    files: FileStore
    generator: Generator
    settler: Settler
    worker: Worker
    clock: Clock
    bell: Bell
    pace: Pace
    parallel: int


class Submitter:
    """Takes the task whose turn it is, writes that it is being sent, sends it once, writes what came of it.

    A process that dies after the first write leaves a row in `submitting`, which only the settler touches.
    """

    def __init__(self, parts: SubmitterParts) -> None:
        self._parts = parts
        self._misses = 0  # refusals for lack of room or reach, in a row, over all tasks
        self._closed_until: datetime | None = None

    async def claim(self, room: int) -> Sequence[Task]:
        """Lease orphans of a dead process first, then accepted tasks, up to `room` of them."""
        p = self._parts
        now = p.clock.now()
        orphans = await p.tasks.claim_due([TaskState.SUBMITTING], p.worker, now=now, limit=room)
        claimed = list(orphans)
        while len(claimed) < room and not self._is_closed(now):
            task = await p.tasks.claim_accepted(p.worker, now=now, parallel=p.parallel)
            if task is None:
                break
            claimed.append(task)
        return claimed

    async def next_due(self) -> datetime | None:
        """Say when the next claim may find something."""
        now = self._parts.clock.now()
        due = await self._parts.tasks.next_due([TaskState.ACCEPTED, TaskState.SUBMITTING], now=now)
        if due is None or self._closed_until is None:
            return due
        return max(due, self._closed_until)

    async def work(self, task: Task) -> None:
        """Send one accepted task, or settle one that was being sent when a process died."""
        if task.state is TaskState.SUBMITTING:
            await self._parts.settler.settle(task)
        else:
            await self._send(task)
        self._parts.bell.ring()

    def _is_closed(self, now: datetime) -> bool:
        return self._closed_until is not None and now < self._closed_until

    async def _send(self, task: Task) -> None:
        p = self._parts
        try:
            pictures = [await p.files.load(picture.key) for picture in task.request.pictures]
        except NoSuchFile as error:
            log.error("picture lost task=%s error=%s", task.id, error)
            failure = Failure(kind=FailureKind.PICTURES_LOST, charged=Charge.NO)
            await self._end(task.id, failure)
            return
        now = p.clock.now()
        sending = task.move(TaskState.SUBMITTING, now=now, submitted_at=now, hold=None)
        # A cancel that came first makes this save fail, and nothing is sent.
        await p.tasks.save(sending, expected_revision=task.revision)
        log.info("task moved task=%s from=%s to=%s", task.id, task.state, sending.state)
        try:
            submission = await p.generator.submit(task.request, pictures)
        except VendorBusy as error:
            await self._put_back(task.id, error)
        except VendorRefused as error:
            log.warning("task refused task=%s code=%s reason=%s", task.id, error.code, error.reason)
            await self._end(task.id, refusal(error))
        except VendorUnclear as error:
            log.error("answer lost task=%s error=%s", task.id, error)
            await p.settler.settle(sending)
        else:
            await self._keep(task.id, submission)

    async def _keep(self, task_id: str, submission: Submission) -> None:
        """Write down what Rodin gave back: it exists nowhere else."""
        p = self._parts
        self._misses, self._closed_until = 0, None
        now = p.clock.now()
        first = now + timedelta(seconds=p.pace.min_s)

        def taken(task: Task) -> Task:
            return task.move(TaskState.SUBMITTED, now=now, submission=submission, next_at=first)

        await change(p.tasks, p.clock, task_id, taken)
        log.info("rodin took it task=%s uuid=%s consumed=%s", task_id, submission.uuid, submission.consumed)

    async def _put_back(self, task_id: str, error: VendorBusy) -> None:
        """Rodin surely did not take it: back into the queue, and nobody is sent for a while."""
        p = self._parts
        self._misses += 1
        now = p.clock.now()
        if isinstance(error, VendorFull):
            wait_s, hold = max(p.pace.full_s, error.retry_after_s or 0.0), Hold.FULL
        else:
            wait_s, hold = backoff_s(self._misses, p.pace, retry_after_s=error.retry_after_s), Hold.BUSY
        self._closed_until = now + timedelta(seconds=wait_s)
        if self._misses == 1:
            log.warning("rodin takes nothing for now task=%s wait_s=%.1f error=%s", task_id, wait_s, error)

        def returned(task: Task) -> Task:
            if task.muted:  # called off while it was being sent, and it was not sent
                return task.move(TaskState.ACCEPTED, now=now).move(TaskState.CANCELLED, now=now)
            return task.move(TaskState.ACCEPTED, now=now, hold=hold)

        await change(p.tasks, p.clock, task_id, returned)

    async def _end(self, task_id: str, failure: Failure) -> None:
        p = self._parts
        now = p.clock.now()
        await change(
            p.tasks, p.clock, task_id, lambda task: task.move(TaskState.FAILED, now=now, failure=failure, hold=None)
        )


def refusal(error: VendorRefused) -> Failure:
    """Return the failure of a submission that Rodin refused: nothing was charged."""
    return Failure(kind=FailureKind.REFUSED, charged=Charge.NO, reason=error.reason, code=error.code)
