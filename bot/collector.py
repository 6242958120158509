"""The loop that brings finished models home: from Rodin's short-lived links into our file store."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.bench import Bench
from bot.changes import step
from bot.contact import Contact
from bot.errors import (
    FileRefused,
    StorageError,
    VendorBusy,
    VendorError,
    VendorRefused,
)
from bot.fetcher import Fetcher, Wanted
from bot.files import pick_model, role_of, safe_names
from bot.model import (
    Charge,
    Failure,
    FailureKind,
    FileRole,
    ModelFile,
    RefusalReason,
    RemoteFile,
    Submission,
    Task,
    TaskState,
)
from bot.outage import Outage
from bot.schedule import backoff_s
from bot.scratch import scratch_folder

log = logging.getLogger(__name__)

STATES = (TaskState.COLLECTING,)

TRIES = 6
"""How often a listing or the model's transfer may fail before it counts as lost, with growing waits in between."""

SIDE_TRIES = 3
"""The same for a file beside the model, which is then left out."""

STRANGER_ANSWERS = 3
"""After so many answers of "no such task" we believe it."""

LARGEST_TASK_BYTES = 4 * 1024**3
"""All files of one task together; what would go beyond is left out. An Extreme-High pack with FBX has some 500 MB."""

NO_ROOM_WAIT_S = 120.0
"""Between two tries while our own disk or file store takes nothing: each one fetches everything again."""


class Collector:
    """Waits until the model is listed, fetches every file, and ends the task as ready.

    Killed in between, it starts the fetching again: a file is in the store whole or not at all, and the rows
    of files are written together with the end.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._contact = Contact("collector", gap_s=2 * bench.pace.max_s)
        self._failures: Counter[str] = Counter()
        self._full = Outage(log, back="files are stored again")
        self._fetcher = Fetcher(files=bench.files, keyring=bench.keyring, clock=bench.clock, pace=bench.pace)

    async def claim(self, room: int) -> Sequence[Task]:
        """Lease finished tasks whose files can be asked for now."""
        return await self._bench.claim_due(STATES, room)

    async def next_due(self) -> datetime | None:
        """Say when the next listing is due."""
        return await self._bench.next_due(STATES)

    async def work(self, task: Task) -> None:
        """List once; fetch when the list is whole, else come back later."""
        if task.submission is None:
            raise ValueError(f"task {task.id} is {task.state} without a submission")
        if task.showing.is_forgotten:
            await self._let_go(task)
            return
        try:
            listed = await (await self._bench.keyring.of(task.key_id)).files(task.submission)
            if self._is_whole(task, listed):
                await self._collect(task, task.submission, listed)
            else:
                await self._wait_for_listing(task, listed)
        except VendorError as error:
            await self._miss(task, error)
        self._bench.bell.ring()

    def _is_whole(self, task: Task, listed: Sequence[RemoteFile]) -> bool:
        """Say whether everything worth waiting for is listed: the model, and for a while the picture asked for."""
        if model_of(task, listed) is None:
            return False
        has_render = any(role_of(file.name) is FileRole.RENDER for file in listed)
        return has_render or not task.request.preview_render or self._age_s(task) > self._bench.pace.render_s

    async def _wait_for_listing(self, task: Task, listed: Sequence[RemoteFile]) -> None:
        """Done does not mean listed: ask again, until there were listings for a while and never a model."""
        p = self._bench
        answered = self._contact.heard(task.id, now=p.clock.now())
        if answered.total_seconds() >= p.pace.listing_s and model_of(task, listed) is None:
            await self._fail(task, FailureKind.NO_MODEL)
            return
        due = p.clock.now() + timedelta(seconds=p.pace.min_s)
        await step(p.tasks, p.clock, task, lambda row: replace(row, next_at=due, misses=0))

    async def _collect(self, task: Task, submission: Submission, listed: Sequence[RemoteFile]) -> None:
        p = self._bench
        try:
            async with scratch_folder() as scratch:
                files = await self._fetch_all(task, submission, listed, scratch)
                seen = await p.showcase.still(task, files, scratch)
        except StorageError as error:
            await self._wait_for_room(task, error)
            return
        now = p.clock.now()
        self._full.end()
        self._forget(task)
        made = (*files, *seen.files)

        def ready(row: Task) -> Task:
            if row.showing.is_forgotten:  # while it was fetched; the curator removes what was stored
                return row.move(TaskState.READY, now=now, progress=1.0)
            return row.move(TaskState.READY, now=now, files=made, showing=seen.showing, progress=1.0)

        await step(p.tasks, p.clock, task, ready)
        log.info("task moved task=%s from=%s to=%s files=%d", task.id, task.state, TaskState.READY, len(made))

    async def _let_go(self, task: Task) -> None:
        """End a task of which nothing is to be kept."""
        p = self._bench
        now = p.clock.now()
        self._forget(task)
        await step(p.tasks, p.clock, task, lambda row: row.move(TaskState.READY, now=now, progress=1.0))
        log.info("forgotten task let go task=%s", task.id)
        p.bell.ring()

    async def _fetch_all(
        self, task: Task, submission: Submission, listed: Sequence[RemoteFile], scratch: Path
    ) -> tuple[ModelFile, ...]:
        """Fetch every listed file, the model first. One that cannot be had is left out, unless it is the model."""
        files: list[ModelFile] = []
        for wanted in wanted_of(task, listed):
            is_model = not files
            try:
                self._check_room(files)
                files.append(await self._fetcher.bring(task, submission, wanted, folder=scratch))
            except VendorError as error:
                if is_model or not self._may_go_without(task, error):
                    raise
                log.warning("file left out task=%s name=%s error=%s", task.id, wanted.name, error)
        return tuple(files)

    def _check_room(self, files: Sequence[ModelFile]) -> None:
        """Refuse one more file when these hold as much as one task may."""
        if sum(file.size_bytes for file in files) >= LARGEST_TASK_BYTES:
            raise FileRefused(f"the files of one task may hold {LARGEST_TASK_BYTES:,} bytes")

    def _may_go_without(self, task: Task, error: VendorError) -> bool:
        """Say whether a file beside the model has been tried often enough. An outage is no reason to leave it out."""
        if isinstance(error, VendorBusy):
            return False
        return isinstance(error, FileRefused) or self._failures[task.id] + 1 >= SIDE_TRIES

    async def _miss(self, task: Task, error: VendorError) -> None:
        """A listing or transfer that failed: again later; an outage is waited for, anything else only so often."""
        p = self._bench
        now = p.clock.now()
        misses = task.misses + 1
        if isinstance(error, VendorBusy):
            self._contact.missed(task.id, error, now=now)
            lost = FailureKind.FILES_LOST if misses * p.pace.max_s >= p.pace.unreachable_s else None
        else:
            log.warning("collecting failed task=%s error=%s", task.id, error)
            self._failures[task.id] += 1
            lost = self._lost_over(task, error)
        if lost is not None:
            log.error("model lost task=%s kind=%s error=%s", task.id, lost, error)
            await self._fail(task, lost)
            return
        wish_s = error.retry_after_s if isinstance(error, VendorBusy) else None
        due = now + timedelta(seconds=backoff_s(misses, p.pace, retry_after_s=wish_s))
        await step(p.tasks, p.clock, task, lambda row: replace(row, misses=misses, next_at=due))

    def _lost_over(self, task: Task, error: VendorError) -> FailureKind | None:
        """Say whether an error that is no outage has come once too often, and what it means then."""
        failures = self._failures[task.id]
        if isinstance(error, VendorRefused) and error.reason is RefusalReason.NO_SUCH_TASK:
            return FailureKind.UNKNOWN_TO_VENDOR if failures >= STRANGER_ANSWERS else None
        return FailureKind.FILES_LOST if isinstance(error, FileRefused) or failures >= TRIES else None

    async def _wait_for_room(self, task: Task, error: StorageError) -> None:
        """Our own disk or file store takes nothing: Rodin keeps the files for days, so the operator has time."""
        p = self._bench
        self._full.begin(logging.ERROR, "files not stored, trying again task=%s error=%s", task.id, error)
        due = p.clock.now() + timedelta(seconds=NO_ROOM_WAIT_S)
        await step(p.tasks, p.clock, task, lambda row: replace(row, next_at=due))

    async def _fail(self, task: Task, kind: FailureKind) -> None:
        p = self._bench
        now = p.clock.now()
        self._forget(task)
        failure = Failure(kind=kind, charged=Charge.YES)
        await step(p.tasks, p.clock, task, lambda row: row.move(TaskState.FAILED, now=now, failure=failure))

    def _forget(self, task: Task) -> None:
        self._contact.forget(task.id, now=self._bench.clock.now())
        self._failures.pop(task.id, None)

    def _age_s(self, task: Task) -> float:
        """Seconds since the jobs were over."""
        return (self._bench.clock.now() - task.changed_at).total_seconds()


def model_of(task: Task, listed: Sequence[RemoteFile]) -> int | None:
    """Return the position of the model in a listing, or None while it is not there."""
    request = task.request
    return pick_model([file.name for file in listed], request.geometry_file_format, request.material)


def wanted_of(task: Task, listed: Sequence[RemoteFile]) -> tuple[Wanted, ...]:
    """Return every file of a listing that holds the model, with the model first, under names that never meet."""
    model = model_of(task, listed)
    names = safe_names([file.name for file in listed])
    twins: Counter[str] = Counter()
    wanted = []
    for position, (remote, name) in enumerate(zip(listed, names, strict=True)):
        role = FileRole.MODEL if position == model else role_of(name)
        wanted.append(Wanted(remote=remote, name=name, role=role, twin=twins[remote.name]))
        twins[remote.name] += 1
    return tuple(sorted(wanted, key=lambda one: model is None or one.remote is not listed[model]))
