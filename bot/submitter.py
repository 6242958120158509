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
from bot.controls import is_about
from bot.doors import Doors
from bot.errors import (
    NoSuchFile,
    NoSuchTask,
    StorageError,
    SubmissionTaken,
    VendorBusy,
    VendorRefused,
    VendorUnclear,
)
from bot.forgetting import heard
from bot.keys import KeyShut
from bot.model import Ask, AskOfRodin, Charge, Failure, FailureKind, Hold, Submission, Task, TaskState
from bot.ports import Generator
from bot.settler import Settler
from bot.sweeper import clear_spool

log = logging.getLogger(__name__)

WRITE_WAIT_S = 5.0
"""Between two tries to write down what Rodin gave back, while the database refuses it."""


MOST_PER_CLAIM = 8
"""Tasks are leased one after the other, and those of one claim begin together: with hundreds of them, the lease of the
first could end before the last has one."""


class Submitter:
    """Takes the task whose turn it is, writes that it is being sent, sends it once, writes what came of it.

    A process that dies after the first write leaves a row in `submitting`, which only the settler touches.
    """

    def __init__(self, bench: Bench, *, settler: Settler, parallel: int) -> None:
        """Make one that keeps at most `parallel` tasks of each key at Rodin."""
        self._bench = bench
        self._settler = settler
        self._parallel = parallel
        self._doors = Doors(bench.pace)

    async def claim(self, room: int) -> Sequence[Task]:
        """Lease orphans of a dead process first, then a few accepted tasks, up to `room` together."""
        p = self._bench
        now = p.clock.now()
        claimed = list(await p.tasks.claim_due([TaskState.SUBMITTING], p.worker, now=now, limit=room))
        while len(claimed) < min(room, MOST_PER_CLAIM):
            resting = self._doors.shut(now)
            try:
                task = await p.tasks.claim_accepted(p.worker, now=now, parallel=self._parallel, resting=resting)
            except StorageError:
                if not claimed:
                    raise
                break  # what is leased already must not wait for its lease to end
            if task is None:
                break
            self._doors.of(task.key_id).sending.add(task.id)
            claimed.append(task)
        return claimed

    async def next_due(self) -> datetime | None:
        """Say when the next claim may find something."""
        p = self._bench
        now = p.clock.now()
        doubtful = await p.tasks.next_due([TaskState.SUBMITTING], now=now)
        waiting = await p.tasks.next_due([TaskState.ACCEPTED], now=now)
        sendable = waiting and self._doors.next_open(waiting)
        return min(filter(None, (doubtful, sendable)), default=None)

    async def work(self, task: Task) -> None:
        """Send one accepted task, or settle one that was being sent when a process died."""
        try:
            if task.state is TaskState.SUBMITTING:
                await self._settler.settle(task)
            elif await self._is_blocked(task):
                await self._call_off(task)
            else:
                await self._send(task)
        finally:
            self._doors.of(task.key_id).sending.discard(task.id)
        self._bench.bell.ring()

    async def _is_blocked(self, task: Task) -> bool:
        """Say whether the operator has blocked a task since it was asked for, or while it was written down."""
        blocks = await self._bench.controls.blocks()
        return any(is_about(block, task.owner, task.request.words) for block in blocks)

    async def _call_off(self, task: Task) -> None:
        p = self._bench
        now = p.clock.now()
        await step(p.tasks, p.clock, task, lambda row: row.move(TaskState.CANCELLED, now=now, hold=None))
        await clear_spool(p.files, task.id)
        log.info("blocked task called off task=%s", task.id)

    async def _send(self, task: Task) -> None:
        p = self._bench
        ask = as_sent(task.request, now=p.clock.now())
        async with AsyncExitStack() as stack:
            try:
                rodin = await p.keyring.of(task.key_id)
                cargo = await load_cargo(ask, p.files, stack)
            except KeyShut as error:
                log.error("nothing to send it with task=%s error=%s", task.id, error)
                await p.warden.shut(task.key_id)
                return
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
            await self._ask_rodin(rodin, sending, ask=ask, cargo=cargo)

    async def _ask_rodin(self, rodin: Generator, sending: Task, *, ask: AskOfRodin, cargo: Cargo) -> None:
        """The one attempt, and what its answer means."""
        p = self._bench
        door = self._doors.of(sending.key_id)
        try:
            submission = await send(rodin, ask, cargo)
        except VendorBusy as error:
            await self._put_back(sending, door.shut(error, now=p.clock.now()))
        except VendorRefused as error:
            log.warning("task refused task=%s code=%s reason=%s", sending.id, error.code, error.reason)
            door.open()
            other = other_way(sending.request, error)
            if other is None:
                await self._end(sending, refusal(error))
                await p.warden.refused(sending, error.reason)
            else:
                await self._put_back(sending, None, request=other)
        except VendorUnclear as error:
            log.error("answer lost task=%s error=%s", sending.id, error)
            door.doubt(now=p.clock.now())
            await self._settler.settle(sending)
        else:
            door.open()
            await self._keep(sending.id, submission)
            await p.warden.served(sending.key_id)

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
            asked = row.request if row.showing.is_forgotten else request or row.request
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


def taken(row: Task, submission: Submission, *, now: datetime, next_at: datetime) -> Task:
    """Return a task with what Rodin gave back for it.

    The row may have moved on while the answer was on its way and the database out of reach: then another process
    has settled the doubt, and what is known now is added to what it wrote.
    """
    submission = heard(row, submission)
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
