"""The loop that asks Rodin how the jobs stand, until they are over."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.bench import Bench
from bot.changes import step
from bot.contact import Contact
from bot.errors import VendorBusy, VendorError, VendorRefused
from bot.files import pick_model
from bot.model import (
    Charge,
    Failure,
    FailureKind,
    JobState,
    JobStatus,
    RefusalReason,
    RemoteFile,
    Task,
    TaskState,
)
from bot.schedule import backoff_s, next_poll_s, progress

log = logging.getLogger(__name__)

RUNNING = (TaskState.SUBMITTED, TaskState.GENERATING)

VISIBLE_STEP = 0.02
"""A bar that moved less than this is not worth a revision of the thread."""

STRANGER_ANSWERS = 3
"""After so many answers of "no such task" we believe it; right after a submission one may come too early."""


class Tracker:
    """Polls due tasks and moves them on: generating, collecting, failed."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._contact = Contact("tracker", gap_s=2 * bench.pace.max_s)
        self._strangers: Counter[str] = Counter()

    async def claim(self, room: int) -> Sequence[Task]:
        """Lease tasks whose next poll is due."""
        return await self._bench.claim_due(RUNNING, room)

    async def next_due(self) -> datetime | None:
        """Say when the next poll is due."""
        return await self._bench.next_due(RUNNING)

    async def work(self, task: Task) -> None:
        """Ask Rodin once about one task and write down what follows."""
        p = self._bench
        if task.submission is None:
            raise ValueError(f"task {task.id} is {task.state} without a submission")
        try:
            rodin = await p.keyring.of(task.key_id)
            if task.submission.subscription_key is None:
                await self._look_for_files(task, await rodin.files(task.submission))
            else:
                await self._read(task, await rodin.status(task.submission))
        except VendorError as error:
            await self._miss(task, error)
        p.bell.ring()

    async def _read(self, task: Task, jobs: tuple[JobStatus, ...]) -> None:
        """Move the task on by how its jobs stand."""
        is_late = self._is_late(task)
        if jobs and all(job.is_over for job in jobs):
            if any(job.state is JobState.DONE for job in jobs):
                await self._move(task, TaskState.COLLECTING, jobs=jobs)
            else:
                await self._fail(task, FailureKind.JOBS_FAILED, jobs=jobs)
        elif is_late:
            await self._fail(task, FailureKind.TIMED_OUT, jobs=jobs)
        else:
            await self._go_on(task, jobs)

    async def _look_for_files(self, task: Task, listed: Sequence[RemoteFile]) -> None:
        """Follow a task without a subscription key: its files are all that can be asked for."""
        is_late = self._is_late(task)
        request = task.request
        if pick_model([file.name for file in listed], request.geometry_file_format, request.material) is not None:
            await self._move(task, TaskState.COLLECTING)
        elif is_late:
            await self._fail(task, FailureKind.TIMED_OUT)
        else:
            await self._go_on(task, ())

    def _is_late(self, task: Task) -> bool:
        """Note an answer, and say whether there have been answers for so long that there is nothing to wait for."""
        p = self._bench
        self._strangers.pop(task.id, None)
        answered = self._contact.heard(task.id, now=p.clock.now())
        return min(answered, self._age(task)) >= timedelta(seconds=p.pace.deadline_s)

    async def _go_on(self, task: Task, jobs: tuple[JobStatus, ...]) -> None:
        """Still running: note how far it is and when to ask again."""
        p = self._bench
        now = p.clock.now()
        expected_s = (await p.history.expected(task.request)).total_seconds()
        elapsed_s = self._age(task).total_seconds()
        due = now + timedelta(seconds=next_poll_s(elapsed_s, expected_s, p.pace))
        fraction = progress(jobs, elapsed_s=elapsed_s, expected_s=expected_s, before=task.progress)
        has_begun = any(job.state is not JobState.WAITING for job in jobs)

        def looked(row: Task) -> Task:
            # An empty answer after a full one is no news: Rodin gives one while a task is queued.
            seen = jobs or row.jobs
            news: dict[str, Any] = {"jobs": seen, "progress": max(fraction, row.progress), "next_at": due}
            if has_begun and row.state is TaskState.SUBMITTED:
                return row.move(TaskState.GENERATING, now=now, **news)
            if seen != row.jobs or fraction - row.progress >= VISIBLE_STEP:
                return replace(row.revise(**news), misses=0)
            return replace(row, next_at=due, misses=0)

        await step(p.tasks, p.clock, task, looked)

    async def _miss(self, task: Task, error: VendorError) -> None:
        """A poll that got no answer: ask again later, however long an outage lasts; only give up in the end."""
        p = self._bench
        now = p.clock.now()
        misses = task.misses + 1
        if isinstance(error, VendorBusy):
            self._contact.missed(task.id, error, now=now)
        elif misses == 1:
            log.error("poll refused task=%s error=%s", task.id, error)
            if isinstance(error, VendorRefused):
                await p.warden.suspect(task.key_id, error.reason)
        if self._is_stranger(task, error):
            await self._fail(task, FailureKind.UNKNOWN_TO_VENDOR)
            return
        if misses * p.pace.max_s >= p.pace.unreachable_s:
            await self._fail(task, FailureKind.TIMED_OUT)
            return
        wish_s = error.retry_after_s if isinstance(error, VendorBusy) else None
        due = now + timedelta(seconds=backoff_s(misses, p.pace, retry_after_s=wish_s))
        await step(p.tasks, p.clock, task, lambda row: replace(row, misses=misses, next_at=due))

    def _is_stranger(self, task: Task, error: VendorError) -> bool:
        """Say whether Rodin has said often enough that it does not know the task."""
        if not isinstance(error, VendorRefused) or error.reason is not RefusalReason.NO_SUCH_TASK:
            return False
        self._strangers[task.id] += 1
        return self._strangers[task.id] >= STRANGER_ANSWERS

    def _age(self, task: Task) -> timedelta:
        return self._bench.clock.now() - (task.submitted_at or task.changed_at)

    async def _move(self, task: Task, state: TaskState, **changes: Any) -> None:
        p = self._bench
        now = p.clock.now()
        self._contact.forget(task.id, now=now)
        self._strangers.pop(task.id, None)
        await step(p.tasks, p.clock, task, lambda row: row.move(state, now=now, **changes))
        log.info("task moved task=%s from=%s to=%s", task.id, task.state, state)

    async def _fail(self, task: Task, kind: FailureKind, **changes: Any) -> None:
        # Rodin charges when it takes a task; no refund rule for failed jobs is documented anywhere.
        await self._move(task, TaskState.FAILED, failure=Failure(kind=kind, charged=Charge.YES), **changes)
