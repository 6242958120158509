"""The loop that brings finished models home: from Rodin's short-lived links into our file store."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.bell import Bell
from bot.changes import change
from bot.errors import FileBroken, FileLinkExpired, FileRefused, VendorBusy, VendorError, VendorRefused
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
from bot.ports import Clock, FileStore, Generator, TaskStore, Worker
from bot.schedule import Pace, backoff_s

log = logging.getLogger(__name__)

STATES = (TaskState.COLLECTING,)

TRIES = 6
"""How often a listing or a transfer is tried before the model counts as lost, with growing waits in between."""

TRANSFERS = 3
"""How often one file is asked for in a row, before everything is listed anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorParts:
    """What the collector works with."""

    tasks: TaskStore
    files: FileStore
    generator: Generator
    worker: Worker
    clock: Clock
    bell: Bell
    pace: Pace


class Collector:
    """Waits until the model is listed, fetches every file, and ends the task as ready.

    Killed in between, it starts the fetching again: a file is in the store whole or not at all, and the rows
    of files are written together with the end.
    """

    def __init__(self, parts: CollectorParts) -> None:
        self._parts = parts

    async def claim(self, room: int) -> Sequence[Task]:
        """Lease finished tasks whose files can be asked for now."""
        p = self._parts
        return await p.tasks.claim_due(STATES, p.worker, now=p.clock.now(), limit=room)

    async def next_due(self) -> datetime | None:
        """Say when the next listing is due."""
        return await self._parts.tasks.next_due(STATES, now=self._parts.clock.now())

    async def work(self, task: Task) -> None:
        """List once; fetch when the list is whole, else come back later."""
        if task.submission is None:
            raise ValueError(f"task {task.id} is {task.state} without a submission")
        try:
            listed = await self._parts.generator.files(task.submission)
            if self._is_whole(task, listed):
                await self._collect(task, task.submission, listed)
            else:
                await self._wait_for_listing(task, listed)
        except VendorError as error:
            await self._miss(task, error)
        self._parts.bell.ring()

    def _is_whole(self, task: Task, listed: Sequence[RemoteFile]) -> bool:
        """Say whether everything worth waiting for is listed: the model, and for a while the picture asked for."""
        if model_of(task, listed) is None:
            return False
        has_render = any(role_of(file.name) is FileRole.RENDER for file in listed)
        return has_render or not task.request.preview_render or self._age_s(task) > self._parts.pace.render_s

    async def _wait_for_listing(self, task: Task, listed: Sequence[RemoteFile]) -> None:
        """Done does not mean listed: ask again, up to a limit."""
        p = self._parts
        if self._age_s(task) > p.pace.listing_s and model_of(task, listed) is None:
            await self._fail(task, FailureKind.NO_MODEL)
            return
        due = p.clock.now() + timedelta(seconds=p.pace.min_s)
        await change(p.tasks, p.clock, task.id, lambda row: replace(row, next_at=due, misses=0))

    async def _collect(self, task: Task, submission: Submission, listed: Sequence[RemoteFile]) -> None:
        p = self._parts
        with tempfile.TemporaryDirectory(prefix="rodin-bot-") as scratch:
            files = await self._fetch_all(task, submission, listed, Path(scratch))
        now = p.clock.now()
        await change(
            p.tasks,
            p.clock,
            task.id,
            lambda row: row.move(TaskState.READY, now=now, files=files, progress=1.0),
        )
        log.info("task moved task=%s from=%s to=%s files=%d", task.id, task.state, TaskState.READY, len(files))
        await p.files.remove(f"spool/{task.id}")

    async def _fetch_all(
        self, task: Task, submission: Submission, listed: Sequence[RemoteFile], scratch: Path
    ) -> tuple[ModelFile, ...]:
        """Fetch every listed file. One that cannot be had is left out, unless it is the model."""
        model = model_of(task, listed)
        names = safe_names([file.name for file in listed])
        files: list[ModelFile] = []
        for position, (remote, name) in enumerate(zip(listed, names, strict=True)):
            role = FileRole.MODEL if position == model else role_of(name)
            try:
                files.append(await self._fetch_one(task, submission, remote, scratch / name, role))
            except VendorError as error:
                if position == model:
                    raise
                if task.misses + 1 < TRIES and not isinstance(error, FileRefused):
                    raise
                log.warning("file left out task=%s name=%s error=%s", task.id, name, error)
        return tuple(files)

    async def _fetch_one(
        self, task: Task, submission: Submission, remote: RemoteFile, target: Path, role: FileRole
    ) -> ModelFile:
        p = self._parts
        key = f"tasks/{task.id}/{target.name}"
        digest = await self._download(submission, remote, target)
        await p.files.save(key, target)
        size_bytes = (await asyncio.to_thread(target.stat)).st_size
        await asyncio.to_thread(target.unlink)
        return ModelFile(key=key, name=target.name, role=role, size_bytes=size_bytes, sha256=digest)

    async def _download(self, submission: Submission, remote: RemoteFile, target: Path) -> str:
        """Fetch one file whole, over a fresh link when the old one died and again when the line broke."""
        p = self._parts
        for attempt in range(1, TRANSFERS):
            try:
                return await p.generator.fetch(remote, target)
            except FileLinkExpired:
                log.info("link expired, listing again name=%s", target.name)
                remote = await self._relisted(submission, remote)
            except FileBroken as error:
                log.info("transfer broke, trying again name=%s error=%s", target.name, error)
                await p.clock.sleep(backoff_s(attempt, p.pace) / 4)
        return await p.generator.fetch(remote, target)

    async def _relisted(self, submission: Submission, remote: RemoteFile) -> RemoteFile:
        """Return the same file with a fresh link."""
        for fresh in await self._parts.generator.files(submission):
            if fresh.name == remote.name:
                return fresh
        raise FileBroken(f"{remote.name} is not listed any more")

    async def _miss(self, task: Task, error: VendorError) -> None:
        p = self._parts
        misses = task.misses + 1
        is_final = isinstance(error, FileRefused) or (
            isinstance(error, VendorRefused) and error.reason is RefusalReason.NO_SUCH_TASK
        )
        is_outage = isinstance(error, VendorBusy) and self._age_s(task) <= p.pace.unreachable_s
        if is_final or (misses >= TRIES and not is_outage):
            log.error("files lost task=%s error=%s", task.id, error)
            await self._fail(task, FailureKind.FILES_LOST)
            return
        log.warning("collecting failed task=%s misses=%d error=%s", task.id, misses, error)
        wish_s = error.retry_after_s if isinstance(error, VendorBusy) else None
        due = p.clock.now() + timedelta(seconds=backoff_s(misses, p.pace, retry_after_s=wish_s))
        await change(p.tasks, p.clock, task.id, lambda row: replace(row, misses=misses, next_at=due))

    async def _fail(self, task: Task, kind: FailureKind) -> None:
        p = self._parts
        now = p.clock.now()
        failure = Failure(kind=kind, charged=Charge.YES)
        await change(p.tasks, p.clock, task.id, lambda row: row.move(TaskState.FAILED, now=now, failure=failure))

    def _age_s(self, task: Task) -> float:
        """Seconds since the jobs were over."""
        return (self._parts.clock.now() - task.changed_at).total_seconds()


def model_of(task: Task, listed: Sequence[RemoteFile]) -> int | None:
    """Return the position of the model in a listing, or None while it is not there."""
    request = task.request
    return pick_model([file.name for file in listed], request.geometry_file_format, request.material)
