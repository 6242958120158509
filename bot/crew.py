"""The machinery that every loop shares: claim rows, work on several at once, renew leases, outlive failures."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.bell import Bell, set_within
from bot.cargo import model_of_ours
from bot.changes import attempt
from bot.errors import StaleTask, StorageError
from bot.model import Charge, Failure, FailureKind, Task, TaskState
from bot.outage import Outage
from bot.ports import Clock, TaskStore, Worker

log = logging.getLogger(__name__)

IDLE_MAX_S = 1.0
"""How late a change made by another process may be seen. Shorter asks the database more often for nothing."""

IDLE_MIN_S = 0.02
"""Keeps a loop from spinning around a moment that is due at once."""

OUTAGE_WAIT_S = 2.0
"""Between two tries while the database does not answer."""

BROKEN_TRIES = 5
"""How often our own code may break on one task, a lease apart, before its person is told that it ends."""

BROKEN_REST = timedelta(days=1)
"""How long a finished task is left alone whose pictures or removal break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one loop does: how it claims rows, what it does with one, and when the next one may be due."""

    name: str
    limit: int
    claim: Callable[[int], Awaitable[Sequence[Task]]]
    work: Callable[[Task], Awaitable[None]]
    next_due: Callable[[], Awaitable[datetime | None]]


class Crew:
    """Runs one `Job` for ever, up to `limit` rows at a time. Its `worker` is nobody else's.

    A row whose work fails is logged and left to its lease: it comes back, and when our own code has broken on it
    a few times it is ended in words. Trouble with claiming is logged once when it begins and once when it ends.
    """

    def __init__(self, job: Job, *, tasks: TaskStore, worker: Worker, clock: Clock, bell: Bell) -> None:
        self._job = job
        self._tasks = tasks
        self._worker = worker
        self._clock = clock
        self._bell = bell
        self._busy: dict[asyncio.Task[None], str] = {}
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._broken: Counter[str] = Counter()
        self._outage = Outage(log, back="claiming works again loop=%s")

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set, then finish the rows in hand. Cancelling drops them, as a kill would."""
        keeper = asyncio.create_task(self._keep_leases(), name=f"{self._job.name}-leases")
        try:
            while not stopping.is_set():
                rings, now = self._bell.rings, self._clock.now()
                if await self._turn():
                    continue
                if self._outage.lasts:
                    await set_within(stopping, OUTAGE_WAIT_S)
                else:
                    await self._bell.wait(await self._idle_s(looked_at=now), since=rings)
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
            self._note_outage("database does not answer", error)
            return False
        except Exception as error:  # noqa: BLE001 - a loop outlives what it did not expect; logged with its traceback
            self._note_outage("claiming failed", error)
            return False
        self._outage.end(self._job.name)
        # A row in hand whose lease ran out, as on a machine that slept, is ours again; it is not worked on twice.
        news = [task for task in claimed if task.id not in self._in_hand]
        for task in news:
            self._start(task)
        return bool(news)

    def _start(self, task: Task) -> None:
        running = asyncio.create_task(self._guarded(task), name=f"{self._job.name}-{task.id}")
        self._busy[running] = task.id
        self._in_hand[task.id] = running
        running.add_done_callback(self._ended)

    def _ended(self, running: asyncio.Task[None]) -> None:
        task_id = self._busy.pop(running)
        if self._in_hand.get(task_id) is running:
            del self._in_hand[task_id]
        self._bell.ring()

    async def _guarded(self, task: Task) -> None:
        """Work on a row and give it back, unless it broke: then it is left to its lease."""
        if not await self._is_worked(task):
            return
        # Out of our hands before the lease is given back: what is claimed from then on is news. The other way round a
        # row claimed in between would be taken for one in hand, and nobody would touch it for a whole lease.
        del self._in_hand[task.id]
        with contextlib.suppress(StorageError):  # the lease ends by itself
            await self._tasks.release(task.id, self._worker)

    async def _is_worked(self, task: Task) -> bool:
        """Do the work; whatever escapes is logged and costs this row its turn, never the loop its life."""
        try:
            await self._job.work(task)
        except StaleTask as error:
            log.debug("task changed meanwhile loop=%s error=%s", self._job.name, error)
        except StorageError as error:
            log.warning("task left to its lease task=%s loop=%s error=%s", task.id, self._job.name, error)
            return False
        except Exception:
            log.exception("work failed task=%s loop=%s", task.id, self._job.name)
            await self._note_break(task)
            return False
        self._broken.pop(task.id, None)
        return True

    async def _note_break(self, task: Task) -> None:
        """Count how often our own code broke on a task; in the end say so instead of trying for ever."""
        self._broken[task.id] += 1
        if self._broken[task.id] < BROKEN_TRIES:
            return
        now = self._clock.now()
        try:
            await attempt(self._tasks, task.id, lambda row: given_up(row, now=now) if row.state is task.state else row)
        except StorageError as error:
            log.warning("task left to its lease task=%s loop=%s error=%s", task.id, self._job.name, error)
        else:
            del self._broken[task.id]

    async def _idle_s(self, *, looked_at: datetime) -> float:
        """Say how long nothing can be due, after a look that found nothing at `looked_at`."""
        if len(self._busy) >= self._job.limit:
            return IDLE_MAX_S
        try:
            due = await self._job.next_due()
        except Exception as error:  # noqa: BLE001 - the next claim meets the same trouble and says so
            log.debug("next due moment unknown loop=%s error=%s", self._job.name, error)
            return IDLE_MAX_S
        if due is None or due <= looked_at:  # what is due and was not given waits for room, not for time
            return IDLE_MAX_S
        return min(IDLE_MAX_S, max(IDLE_MIN_S, (due - self._clock.now()).total_seconds()))

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._worker.lease.total_seconds() / 3)
            held = tuple(self._busy.values())
            if not held:
                continue
            try:
                await self._tasks.renew(held, self._worker, now=self._clock.now())
            except StorageError as error:  # tried again in a third of a lease
                log.debug("leases not renewed loop=%s error=%s", self._job.name, error)
            except Exception:
                log.exception("leases not renewed loop=%s", self._job.name)

    async def _finish(self) -> None:
        while self._busy:
            await asyncio.wait(tuple(self._busy))

    def _note_outage(self, what: str, error: Exception) -> None:
        trace = None if isinstance(error, StorageError) else error
        self._outage.begin(logging.ERROR, "%s, waiting loop=%s error=%s", what, self._job.name, error, trace=trace)


def given_up(task: Task, *, now: datetime) -> Task:
    """Return a task on which our own code breaks, ended with what is surely true of it.

    FAILED without a `failure` means just that: something of ours broke. An ended task stays ended; it gets no more
    pictures and is left alone for a day.
    """
    if task.has_ended:
        return task.revise(showing=replace(task.showing, is_pictured=True), next_at=now + BROKEN_REST)
    if task.state is TaskState.SUBMITTING:
        doubt = Failure(kind=FailureKind.LOST_ANSWER, charged=Charge.MAYBE)
        return task.move(TaskState.UNCLEAR, now=now, failure=doubt)
    failure = None
    if task.state is TaskState.COLLECTING:
        failure = Failure(kind=FailureKind.FILES_LOST, charged=Charge.YES)
    elif task.state is TaskState.ACCEPTED and model_of_ours(task.request):  # before sending only files are read
        failure = Failure(kind=FailureKind.MODEL_LOST, charged=Charge.NO)
    elif task.state is TaskState.ACCEPTED and task.request.pictures:
        failure = Failure(kind=FailureKind.PICTURES_LOST, charged=Charge.NO)
    return task.move(TaskState.FAILED, now=now, failure=failure, hold=None)
