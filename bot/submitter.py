"""The loop that hands accepted tasks to Rodin: exactly one attempt that may cost money."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta

from bot.bench import Bench
from bot.cargo import Cargo, ModelLost, as_sent, kept, load_cargo, other_way, send
from bot.changes import change, step
from bot.errors import (
    DatabaseBusy,
    NoSuchFile,
    NoSuchTask,
    StorageError,
    SubmissionTaken,
    VendorBusy,
    VendorFull,
    VendorRefused,
    VendorUnclear,
)
from bot.model import Ask, Charge, Failure, FailureKind, Hold, Submission, Task, TaskState
from bot.schedule import Pace, backoff_s
from bot.settler import Settler
from bot.sweeper import clear_spool

log = logging.getLogger(__name__)

WRITE_WAIT_S = 5.0
"""Between two tries to write down what Rodin gave back, while the database refuses it."""


class Submitter:
    """Takes the task whose turn it is, writes that it is being sent, sends it once, writes what came of it.

    A process that dies after the first write leaves a row in `submitting`, which only the settler touches.
    """

    def __init__(self, bench: Bench, *, settler: Settler, parallel: int) -> None:
        """Make one that keeps at most `parallel` tasks at Rodin."""
        self._bench = bench
        self._settler = settler
        self._parallel = parallel
        self._door = Door(bench.pace)
        self._sending: set[str] = set()

    async def claim(self, room: int) -> Sequence[Task]:
        """Lease orphans of a dead process first, then accepted tasks, up to `room` of them."""
        p = self._bench
        now = p.clock.now()
        claimed = list(await p.tasks.claim_due([TaskState.SUBMITTING], p.worker, now=now, limit=room))
        sendable = self._door.room(now, room - len(claimed), sending=len(self._sending))
        for _ in range(sendable):
            try:
                task = await p.tasks.claim_accepted(p.worker, now=now, parallel=self._parallel)
            except DatabaseBusy:
                if not claimed:
                    raise
                break  # what is leased already must not wait for its lease to end
            if task is None:
                break
            self._sending.add(task.id)
            claimed.append(task)
        return claimed

    async def next_due(self) -> datetime | None:
        """Say when the next claim may find something."""
        p = self._bench
        now = p.clock.now()
        doubtful = await p.tasks.next_due([TaskState.SUBMITTING], now=now)
        waiting = await p.tasks.next_due([TaskState.ACCEPTED], now=now)
        sendable = waiting and self._door.opens(waiting)
        return min(filter(None, (doubtful, sendable)), default=None)

    async def work(self, task: Task) -> None:
        """Send one accepted task, or settle one that was being sent when a process died."""
        try:
            if task.state is TaskState.SUBMITTING:
                await self._settler.settle(task)
            else:
                await self._send(task)
        finally:
            self._sending.discard(task.id)
        self._bench.bell.ring()

    async def _send(self, task: Task) -> None:
        p = self._bench
        ask = as_sent(task.request, now=p.clock.now())
        async with AsyncExitStack() as stack:
            try:
                cargo = await load_cargo(ask, p.files, stack)
            except NoSuchFile as error:
                log.error("nothing to send task=%s error=%s", task.id, error)
                lost = FailureKind.MODEL_LOST if isinstance(error, ModelLost) else FailureKind.PICTURES_LOST
                await self._end(task, Failure(kind=lost, charged=Charge.NO))
                return
            now = p.clock.now()
            sending = task.move(TaskState.SUBMITTING, now=now, submitted_at=now, hold=None, request=kept(task, ask))
            # A cancel that came first makes this save fail, and nothing is sent.
            await p.tasks.save(sending, expected_revision=task.revision)
            log.info("task moved task=%s from=%s to=%s", task.id, task.state, sending.state)
            await self._ask_rodin(sending, ask, cargo)

    async def _ask_rodin(self, sending: Task, ask: Ask, cargo: Cargo) -> None:
        """The one attempt, and what its answer means."""
        p = self._bench
        try:
            submission = await send(p.generator, ask, cargo)
        except VendorBusy as error:
            await self._put_back(sending, self._door.shut(error, now=p.clock.now()))
        except VendorRefused as error:
            log.warning("task refused task=%s code=%s reason=%s", sending.id, error.code, error.reason)
            self._door.open()
            other = other_way(sending.request, error)
            if other is None:
                await self._end(sending, refusal(error))
            else:
                await self._put_back(sending, None, request=other)
        except VendorUnclear as error:
            log.error("answer lost task=%s error=%s", sending.id, error)
            self._door.doubt(now=p.clock.now())
            await self._settler.settle(sending)
        else:
            self._door.open()
            await self._keep(sending.id, submission)

    async def _keep(self, task_id: str, submission: Submission) -> None:
        """Write down what Rodin gave back, whatever it takes: it exists nowhere else."""
        p = self._bench
        log.info("rodin took it task=%s uuid=%s consumed=%s", task_id, submission.uuid, submission.consumed)
        now = p.clock.now()
        first = now + timedelta(seconds=p.pace.min_s)
        while True:
            try:
                await change(p.tasks, p.clock, task_id, lambda row: taken(row, submission, now=now, next_at=first))
            except (NoSuchTask, SubmissionTaken):
                raise
            except StorageError as error:
                log.error("submission not written down task=%s uuid=%s error=%s", task_id, submission.uuid, error)
                await p.clock.sleep(WRITE_WAIT_S)
            else:
                return

    async def _put_back(self, task: Task, hold: Hold | None, *, request: Ask | None = None) -> None:
        """Rodin surely did not take it: back into the queue, held, or to be asked for in another way."""
        p = self._bench
        now = p.clock.now()

        def returned(row: Task) -> Task:
            asked = request or row.request
            back = row.move(TaskState.ACCEPTED, now=now, submitted_at=None, hold=hold, request=asked)
            # Called off while it was being sent, and it was not sent.
            return back.move(TaskState.CANCELLED, now=now, hold=None) if row.muted else back

        row = await step(p.tasks, p.clock, task, returned)
        if row.state is TaskState.CANCELLED:
            await clear_spool(p.files, row.id)

    async def _end(self, task: Task, failure: Failure) -> None:
        p = self._bench
        now = p.clock.now()
        await step(p.tasks, p.clock, task, lambda row: row.move(TaskState.FAILED, now=now, failure=failure, hold=None))


class Door:
    """Whether tasks may be sent now: shut for a while after Rodin took none, then tried with one task first.

    Each process has its own; it is a courtesy to Rodin and to the queue, not a promise.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._misses = 0
        self._doubts = 0
        self._said = ""
        self._shut_until: datetime | None = None

    def room(self, now: datetime, free: int, *, sending: int) -> int:
        """Say how many tasks may be sent now, of `free`, while `sending` are on their way."""
        if self._shut_until is None:
            return free
        if now < self._shut_until or sending:
            return 0
        return min(free, 1)

    def opens(self, due: datetime) -> datetime:
        """Return when a task that is due may be sent."""
        return due if self._shut_until is None else max(due, self._shut_until)

    def shut(self, error: VendorBusy, *, now: datetime) -> Hold:
        """Rodin took none: shut for as long as the error says, longer each time. Returns why, for people."""
        if self._shut_until is None or now >= self._shut_until:  # several that left together count once
            self._misses += 1
        if isinstance(error, VendorFull):
            self._shut("rodin is full", now=now, wait_s=max(self._pace.full_s, error.retry_after_s or 0.0))
            return Hold.FULL
        wait_s = backoff_s(self._misses, self._pace, retry_after_s=error.retry_after_s)
        self._shut("rodin takes nothing for now", now=now, wait_s=wait_s)
        return Hold.BUSY

    def doubt(self, *, now: datetime) -> None:
        """An answer was lost. What is sent next may be lost as well and be charged, so each time it waits longer."""
        self._doubts += 1
        self._shut("sending rests after a lost answer", now=now, wait_s=self._pace.full_s * 2 ** min(self._doubts, 5))

    def open(self) -> None:
        """Rodin answered a submission: send as many as there is room for."""
        if self._said:
            log.info("rodin takes tasks again")
        self._misses, self._doubts, self._said, self._shut_until = 0, 0, "", None

    def _shut(self, why: str, *, now: datetime, wait_s: float) -> None:
        if why != self._said:
            log.warning("%s wait_s=%.1f", why, wait_s)
        self._said = why
        until = now + timedelta(seconds=wait_s)
        self._shut_until = until if self._shut_until is None else max(until, self._shut_until)


def taken(row: Task, submission: Submission, *, now: datetime, next_at: datetime) -> Task:
    """Return a task with what Rodin gave back for it.

    The row may have moved on while the answer was on its way and the database out of reach: then another process
    has settled the doubt, and what is known now is added to what it wrote.
    """
    known = row.submission
    if known is not None and known.uuid == submission.uuid:
        return row if known.subscription_key else row.revise(submission=submission)
    if row.state is TaskState.SUBMITTING:
        return row.move(TaskState.SUBMITTED, now=now, submission=submission, next_at=next_at)
    failure = row.failure and replace(row.failure, charged=Charge.YES, charge_seen=True)
    return row.revise(submission=submission, failure=failure)


def refusal(error: VendorRefused) -> Failure:
    """Return the failure of a submission that Rodin refused: nothing was charged."""
    return Failure(kind=FailureKind.REFUSED, charged=Charge.NO, reason=error.reason, code=error.code)
