"""The loop that looks after finished models: more pictures, late files, and in the end their removal."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot import text
from bot.bench import Bench
from bot.changes import step
from bot.errors import NoSuchFile, StorageError, VendorError
from bot.fetcher import Fetcher, Wanted
from bot.files import role_of
from bot.forgetting import forget_heirs
from bot.looks import Removal
from bot.model import Address, FileRole, ModelFile, RemoteFile, Submission, Task, TaskState
from bot.scratch import scratch_folder
from bot.showcase import free_name
from bot.sweeper import clear_all, sweep_results

log = logging.getLogger(__name__)

STATES = (TaskState.READY, TaskState.FAILED, TaskState.UNCLEAR, TaskState.CANCELLED)
"""A task without a model still has the pictures that it was asked with, until nobody may want them any more."""

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When nothing more is to be done about a task."""

TROUBLE_S = 120.0
"""Between two tries while our own disk or file store does not answer."""

LOOK_AGAIN = timedelta(days=1)
"""How long a task rests at most: the operator may have shortened how long files are kept."""

PARTING = timedelta(seconds=30)
"""Between the first two looks whether the thread of a forgotten person has been revised."""

PARTING_SLOWS = 10
"""Later looks are a tenth of the time apart that it has taken: a platform that is away must not keep us from models."""

PATIENCE_WITH_THREADS = timedelta(days=2)
"""How long a thread may still be revised after its task was forgotten, if its platform is away."""

LATE_RENDERS = 10
"""How many times as long as the collector we wait for a rendered picture: seven minutes in all."""

LEAST_LATE_S = 60.0
"""Where a simulator's time runs faster, making pictures first does not."""


class Curator:
    """Does the next thing about a finished task when its `next_at` has come.

    Pictures first, then a rendered picture that Rodin lists late, in the end the removal. That is written before
    it is done: the row says "gone" first, and the files go in a turn of their own, so a kill in between leaves
    neither dead links that look alive nor files that nobody remembers.
    """

    def __init__(self, bench: Bench, *, keep: timedelta) -> None:
        """Make one that keeps files for `keep` after the end of their task."""
        self._bench = bench
        self._keep = keep
        self._fetcher = Fetcher(files=bench.files, keyring=bench.keyring, clock=bench.clock, pace=bench.pace)

    async def claim(self, room: int) -> Sequence[Task]:
        """Lease finished tasks about which something is to be done."""
        return await self._bench.claim_due(STATES, room)

    async def next_due(self) -> datetime | None:
        """Say when the next thing is to be done."""
        return await self._bench.next_due(STATES)

    async def work(self, task: Task) -> None:
        """Do one thing about one task."""
        try:
            await self._do_next(task)
        except NoSuchFile as error:
            log.error("file of a model lost task=%s error=%s", task.id, error)
            await self._give_up_pictures(task)
        except StorageError as error:
            log.warning("model not looked after, trying again task=%s error=%s", task.id, error)
            await self._rest(task, until=self._bench.clock.now() + timedelta(seconds=TROUBLE_S))
        self._bench.bell.ring()

    async def _do_next(self, task: Task) -> None:
        now = self._bench.clock.now()
        if task.showing.removal is not None:
            await self._clear(task)
        elif self._expires_at(task) <= now:
            await self._expire(task)
        elif task.state is not TaskState.READY:
            await self._settle(task)
        elif not task.showing.is_pictured and task.files:
            await self._picture(task)
        elif task.submission is not None and self._awaits_render(task):
            await self._look_for_render(task, task.submission)
        else:
            await self._settle(task)

    async def _picture(self, task: Task) -> None:
        p = self._bench
        async with scratch_folder() as folder:
            made = await p.showcase.pictures(task, folder)

        def pictured(row: Task) -> Task:
            if row.showing.removal is not None:  # deleted while it was drawn
                return row
            ours = {file.role for file in made.files}
            kept = tuple(file for file in row.files if file.role not in ours)
            showing = replace(made.showing, generation=row.showing.generation)
            return row.revise(files=(*kept, *made.files), showing=showing, next_at=self._due(task))

        row = await step(p.tasks, p.clock, task, pictured)
        log.info("model pictured task=%s pictures=%d", task.id, len(made.files))
        await self._unless_removed(row)
        await sweep_results(p.files, row)

    async def _settle(self, task: Task) -> None:
        """Nothing is to be made of it any more: let it rest, and take away what no row names.

        The row as it is then is asked, not the one that was claimed: where a lease ran out in between, as on a machine
        that slept, another process may have added to it.
        """
        row = await self._rest(task, until=self._due(task))
        await sweep_results(self._bench.files, row)

    async def _look_for_render(self, task: Task, submission: Submission) -> None:
        """Take in the rendered picture that was asked for, if Rodin lists it by now; else look again later."""
        p = self._bench
        try:
            listed = await (await p.keyring.of(task.key_id)).files(submission)
            remote = next((file for file in listed if role_of(file.name) is FileRole.RENDER), None)
            if remote is None:
                await self._rest(task, until=self._due(task))
                return
            render = await self._fetch_render(task, submission, remote)
        except VendorError as error:
            log.info("late picture not fetched task=%s error=%s", task.id, error)
            await self._rest(task, until=self._due(task))
            return

        def rendered(row: Task) -> Task:
            if row.showing.removal is not None:
                return row
            return row.revise(files=(*row.files, render), next_at=p.clock.now())

        row = await step(p.tasks, p.clock, task, rendered)
        log.info("late picture fetched task=%s", task.id)
        await self._unless_removed(row)

    async def _fetch_render(self, task: Task, submission: Submission, remote: RemoteFile) -> ModelFile:
        name = free_name(remote.name, [file.name for file in task.files])
        wanted = Wanted(remote=remote, name=name, role=FileRole.RENDER)
        async with scratch_folder() as folder:
            return await self._fetcher.bring(task, submission, wanted, folder=folder)

    async def _unless_removed(self, row: Task) -> None:
        """Take away again what was stored for a task that was deleted meanwhile."""
        if row.showing.removal is not None:
            await clear_all(self._bench.files, row.id)

    async def _give_up_pictures(self, task: Task) -> None:
        p = self._bench

        def without(row: Task) -> Task:
            if row.showing.removal is not None:
                return row
            showing = replace(row.showing, is_pictured=True, problem=text.files_missing())
            return row.revise(showing=showing, next_at=self._due(task))

        await step(p.tasks, p.clock, task, without)

    async def _expire(self, task: Task) -> None:
        p = self._bench
        now = p.clock.now()
        await step(p.tasks, p.clock, task, lambda row: removed(row, Removal.EXPIRED, now=now))
        log.info("files expired task=%s", task.id)

    async def _clear(self, task: Task) -> None:
        p = self._bench
        await clear_all(p.files, task.id)
        if task.showing.is_forgotten:
            await forget_heirs(p.tasks, task)
        if task.showing.removal is not Removal.PERSON_FORGOTTEN or await self._has_parted(task):
            await self._rest(task, until=NEVER)
        else:
            await self._rest(task, until=_next_parting(task, now=p.clock.now()))

    async def _has_parted(self, task: Task) -> bool:
        """Forget where a forgotten person was told, once their thread has been revised or cannot be."""
        p = self._bench
        if task.told < task.revision and p.clock.now() < task.changed_at + PATIENCE_WITH_THREADS:
            return False
        nowhere = Address(platform=task.address.platform, value="")
        await p.tasks.mark_told(task.id, revision=task.revision, address=nowhere)
        await step(p.tasks, p.clock, task, lambda row: replace(row, event=None))
        log.info("person forgotten task=%s", task.id)
        return True

    async def _rest(self, task: Task, *, until: datetime) -> Task:
        p = self._bench
        return await step(p.tasks, p.clock, task, lambda row: rested(row, since=task, until=until))

    def _awaits_render(self, task: Task) -> bool:
        """Say whether a rendered picture was asked for that may still come."""
        if task.state is not TaskState.READY or not task.request.preview_render:
            return False
        if any(file.role is FileRole.RENDER for file in task.files):
            return False
        late_s = (self._bench.clock.now() - _end_of(task)).total_seconds()
        return late_s < max(LATE_RENDERS * self._bench.pace.render_s, LEAST_LATE_S)

    def _due(self, task: Task) -> datetime:
        """Say when the next thing after this one is to be done."""
        now = self._bench.clock.now()
        if self._awaits_render(task):
            return now + timedelta(seconds=self._bench.pace.max_s)
        return min(self._expires_at(task), now + LOOK_AGAIN)

    def _expires_at(self, task: Task) -> datetime:
        return _end_of(task) + self._keep


def removed(task: Task, why: Removal, *, now: datetime) -> Task:
    """Return an ended task whose files are gone for people from now on: no links, no list."""
    if task.showing.removal is not None:
        return task
    showing = replace(task.showing, removal=why, is_pictured=True, generation=task.showing.generation + 1)
    if task.state is not TaskState.READY:  # only the pictures that it was asked with go, which nobody is told
        return replace(task, showing=showing, next_at=now)
    return task.revise(files=(), showing=showing, next_at=now)


def rested(row: Task, *, since: Task, until: datetime) -> Task:
    """Return a task that rests, unless it was changed since we looked: then its moment is another's to set."""
    return replace(row, next_at=until) if row.revision == since.revision else row


def _next_parting(task: Task, *, now: datetime) -> datetime:
    return now + max(PARTING, (now - task.changed_at) / PARTING_SLOWS)


def _end_of(task: Task) -> datetime:
    return task.ended_at or task.changed_at
