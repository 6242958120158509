"""The machinery that every loop shares: claim rows, work on several at once, renew leases, outlive failures."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.bell import Bell
from bot.errors import StaleTask, StorageError
from bot.model import Task
from bot.ports import Clock, TaskStore, Worker

log = logging.getLogger(__name__)

IDLE_MAX_S = 1.0
"""How late a change made by another process may be seen. Shorter asks the database more often for nothing."""

IDLE_MIN_S = 0.02
"""Keeps a loop from spinning while a due row is held by somebody else."""

OUTAGE_WAIT_S = 2.0
"""Between two tries while the database does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one loop does: how it claims rows, what it does with one, and when the next one may be due."""

    name: str
    limit: int
    claim: Callable[[int], Awaitable[Sequence[Task]]]
    work: Callable[[Task], Awaitable[None]]
    next_due: Callable[[], Awaitable[datetime | None]]


class Crew:
    """Runs one `Job` for ever, up to `limit` rows at a time.

    A row whose work fails is logged and left to its lease: it comes back. A database that does not answer is
    logged once when it begins and once when it ends.
    """

    def __init__(self, job: Job, *, tasks: TaskStore, worker: Worker, clock: Clock, bell: Bell) -> None:
        self._job = job
        self._tasks = tasks
        self._worker = worker
        self._clock = clock
        self._bell = bell
        self._busy: dict[asyncio.Task[None], str] = {}
        self._is_out = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set, then finish the rows in hand. Cancelling drops them, as a kill would."""
        keeper = asyncio.create_task(self._keep_leases(), name=f"{self._job.name}-leases")
        try:
            while not stopping.is_set():
                if not await self._turn():
                    await self._bell.wait(await self._idle_s())
            await self._finish()
        finally:
            for task in (keeper, *self._busy):
                task.cancel()
            await asyncio.gather(keeper, *self._busy, return_exceptions=True)

    async def _turn(self) -> bool:
        """Claim what there is room for; say whether there may be more."""
        free = self._job.limit - len(self._busy)
        if free <= 0:
            return False
        try:
            claimed = await self._job.claim(free)
        except StorageError as error:
            await self._sit_out(error)
            return False
        self._note_recovery()
        for task in claimed:
            self._start(task)
        return bool(claimed)

    def _start(self, task: Task) -> None:
        running = asyncio.create_task(self._guarded(task), name=f"{self._job.name}-{task.id}")
        self._busy[running] = task.id
        running.add_done_callback(self._ended)

    def _ended(self, running: asyncio.Task[None]) -> None:
        self._busy.pop(running, None)
        self._bell.ring()

    async def _guarded(self, task: Task) -> None:
        """Do the work; whatever escapes is logged and costs this row its turn, never the loop its life."""
        try:
            await self._job.work(task)
        except StaleTask:
            log.debug("task changed meanwhile task=%s loop=%s", task.id, self._job.name)
        except StorageError as error:
            log.warning("task left to its lease task=%s loop=%s error=%s", task.id, self._job.name, error)
            return
        except Exception:
            log.exception("work failed task=%s loop=%s", task.id, self._job.name)
            return
        with contextlib.suppress(StorageError):  # the lease ends by itself
            await self._tasks.release(task.id, self._worker)

    async def _idle_s(self) -> float:
        if len(self._busy) >= self._job.limit:
            return IDLE_MAX_S
        try:
            due = await self._job.next_due()
        except StorageError:
            return OUTAGE_WAIT_S
        if due is None:
            return IDLE_MAX_S
        return min(IDLE_MAX_S, max(IDLE_MIN_S, (due - self._clock.now()).total_seconds()))

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._worker.lease.total_seconds() / 3)
            held = tuple(self._busy.values())
            if held:
                with contextlib.suppress(StorageError):  # tried again in a third of a lease
                    await self._tasks.renew(held, self._worker, now=self._clock.now())

    async def _finish(self) -> None:
        while self._busy:
            await asyncio.wait(tuple(self._busy))

    async def _sit_out(self, error: StorageError) -> None:
        if not self._is_out:
            log.error("database does not answer, waiting loop=%s error=%s", self._job.name, error)
        self._is_out = True
        await asyncio.sleep(OUTAGE_WAIT_S)

    def _note_recovery(self) -> None:
        if self._is_out:
            log.info("database answers again loop=%s", self._job.name)
        self._is_out = False
