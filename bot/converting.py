"""The loop that makes models of ours into other formats: nothing goes to Rodin, and nothing is charged."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.bench import Bench
from bot.changes import step
from bot.conversions import Conversion, Converter
from bot.errors import NoSuchFile, NotConverted, StaleTask, StorageError
from bot.fetcher import storable
from bot.files import role_of
from bot.model import Charge, ConvertRequest, Failure, FailureKind, FileRole, ModelFile, Task, TaskState
from bot.scratch import scratch_folder
from bot.sweeper import clear_all

log = logging.getLogger(__name__)

STATES = (TaskState.CONVERTING,)

TROUBLE_S = 30.0
"""Between two tries while our own disk or file store does not answer."""


class ConversionLoop:
    """Reads a model out of the store, has it converted, stores what came of it, and ends the task as ready.

    Killed in between, it starts again: a file is in the store whole or not at all, and the rows of files are written
    together with the end.
    """

    def __init__(self, bench: Bench, converter: Converter) -> None:
        self._bench = bench
        self._converter = converter

    async def claim(self, room: int) -> Sequence[Task]:
        """Lease conversions that wait."""
        return await self._bench.claim_due(STATES, room)

    async def next_due(self) -> datetime | None:
        """Say when the next one is due."""
        return await self._bench.next_due(STATES)

    async def work(self, task: Task) -> None:
        """Convert one model; what our own store or disk does not let through is tried again."""
        if not isinstance(task.request, ConvertRequest):
            raise TypeError(f"task {task.id} is {task.state} and no conversion")
        try:
            await self._convert(task, task.request)
        except NoSuchFile as error:
            log.error("model to convert is gone task=%s error=%s", task.id, error)
            await self._fail(task, Failure(kind=FailureKind.MODEL_LOST, charged=Charge.NO))
        except NotConverted as error:
            log.warning("not converted task=%s error=%s", task.id, error)
            await self._fail(task, Failure(kind=FailureKind.NOT_CONVERTED, charged=Charge.NO, detail=str(error)))
        except StaleTask:
            await self._unless_ready(task)
            raise
        except StorageError as error:
            log.warning("conversion waits task=%s error=%s", task.id, error)
            due = self._bench.clock.now() + timedelta(seconds=TROUBLE_S)
            await step(self._bench.tasks, self._bench.clock, task, lambda row: replace(row, next_at=due))
        self._bench.bell.ring()

    async def _convert(self, task: Task, ask: ConvertRequest) -> None:
        p = self._bench
        async with scratch_folder() as source, scratch_folder() as made:
            for file in (ask.model, *ask.sides):
                await p.files.fetch(file.key, source / file.name)
            model = source / ask.model.name
            conversion = await self._converter.convert(model, made, file_format=ask.geometry_file_format)
            files = await self._stored(task, conversion)
            seen = await p.showcase.still(task, files, made)
        now = p.clock.now()
        showing = replace(seen.showing, lost=conversion.lost)
        all_files = (*files, *seen.files)

        def ready(row: Task) -> Task:
            return row.move(TaskState.READY, now=now, files=all_files, showing=showing, progress=1.0)

        await step(p.tasks, p.clock, task, ready)
        log.info("task moved task=%s from=%s to=%s files=%d", task.id, task.state, TaskState.READY, len(all_files))

    async def _stored(self, task: Task, conversion: Conversion) -> tuple[ModelFile, ...]:
        """Put what a conversion made into the store, the model first."""
        model, *sides = conversion.files
        stored = [await self._keep(task, model, FileRole.MODEL)]
        stored += [await self._keep(task, side, role_of(side.name)) for side in sides]
        if conversion.bundle is not None:
            stored.append(await self._keep(task, conversion.bundle, FileRole.BUNDLE))
        return tuple(stored)

    async def _keep(self, task: Task, path: Path, role: FileRole) -> ModelFile:
        key = f"tasks/{task.id}/{storable(path.name)}"
        digest, size_bytes = await asyncio.to_thread(_measured, path)
        await self._bench.files.save(key, path)
        return ModelFile(key=key, name=path.name, role=role, size_bytes=size_bytes, sha256=digest)

    async def _fail(self, task: Task, failure: Failure) -> None:
        p = self._bench
        now = p.clock.now()
        await step(p.tasks, p.clock, task, lambda row: row.move(TaskState.FAILED, now=now, failure=failure))

    async def _unless_ready(self, task: Task) -> None:
        """Take away again what was stored for a task that was called off meanwhile."""
        row = await self._bench.tasks.load(task.id)
        if row.has_ended and row.state is not TaskState.READY:
            await clear_all(self._bench.files, task.id)


def _measured(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size
