"""Introduces everybody to everybody: the one place that knows all the parts.

`open_core` builds the parts around the database, `serve` runs the loops and the chat platforms until told to stop.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from adapters.rodin.client import RodinClient, RodinOptions
from bot.announcer import Announcer, AnnouncerParts
from bot.bell import Bell
from bot.budget import Budget
from bot.clock import SystemClock
from bot.collector import Collector, CollectorParts
from bot.crew import Crew, Job
from bot.history import History
from bot.intake import CoreIntake, IntakeParts
from bot.pictures import PillowDesk
from bot.ports import Clock, FileStore, Generator, Platform, TaskStore, Worker
from bot.settings import Settings, require_key
from bot.settler import Settler
from bot.submitter import Submitter, SubmitterParts
from bot.sweeper import sweep_spool
from bot.tracker import Tracker, TrackerParts
from bot.view import Viewer
from storage.database import open_database
from storage.files import ObjectFileStore
from storage.locks import WorkerLock
from storage.tasks import SqlTaskStore

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""How long a dead process's rows wait for another one; shorter renews more often. SQLite's are cleared at start."""

POLLS_AT_ONCE = 8
FETCHES_AT_ONCE = 2
TELLINGS_AT_ONCE = 8

STOP_WITHIN_S = 8.0
"""A clean stop promises ten seconds; the rest is for closing sessions and the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The parts that loops and platforms share in one process."""

    settings: Settings
    tasks: TaskStore
    files: FileStore
    generator: Generator
    intake: CoreIntake
    viewer: Viewer
    history: History
    clock: Clock
    bell: Bell
    worker: Worker


@asynccontextmanager
async def open_core(settings: Settings) -> AsyncIterator[Core]:
    """Open the database, the file store and Rodin, and put the core together around them.

    Raises:
        BadSettings, DatabaseTooNew, DatabaseUnusable: the operator has to change something first.
    """
    key = require_key(settings)
    clock, bell = SystemClock(), Bell()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        tasks, files = SqlTaskStore(database), ObjectFileStore(settings.files_url)
        generator = await stack.enter_async_context(RodinClient(rodin_options(settings, key), clock))
        history = History(tasks=tasks, pace=settings.pace)
        viewer = Viewer(tasks=tasks, history=history, clock=clock, parallel=settings.rodin_max_parallel)
        log.info("places database=%s files=%s", database.where, files.where)
        lock = stack.enter_context(WorkerLock(database))
        if lock.acquired:
            await _take_over(tasks, files)
        yield Core(
            settings=settings,
            tasks=tasks,
            files=files,
            generator=generator,
            intake=_intake(settings, tasks, files, generator, viewer, clock=clock, bell=bell),
            viewer=viewer,
            history=history,
            clock=clock,
            bell=bell,
            worker=Worker(name=f"{os.getpid()}-{secrets.token_hex(4)}", lease=LEASE),
        )


def rodin_options(settings: Settings, key: str) -> RodinOptions:
    """Return how long to wait for Rodin; less for a simulator whose time runs faster, but enough for a busy machine."""
    calm, speed = RodinOptions(url=settings.rodin_api_url, key=key), settings.pace.speed
    return replace(
        calm,
        submit_timeout_s=max(calm.submit_timeout_s / speed, 20.0),
        read_timeout_s=max(calm.read_timeout_s / speed, 10.0),
        read_deadline_s=max(calm.read_deadline_s / speed, 20.0),
        file_stall_s=max(calm.file_stall_s / speed, 10.0),
    )


async def serve(core: Core, platforms: Mapping[str, Platform], stopping: asyncio.Event) -> None:
    """Run the loops and the platforms until `stopping` is set, then stop within ten seconds.

    Raises:
        ExceptionGroup: a loop or a platform died; everything else was stopped with it.
    """
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(crew.run(stopping), name=name) for name, crew in _crews(core, platforms).items()]
        for platform in platforms.values():
            await platform.start(core.intake)
        log.info("running platforms=%s", ",".join(platforms) or "none")
        await _until_stopped(stopping, runs)
        stopping.set()
        core.bell.ring()
        for platform in platforms.values():
            await platform.stop()
        _, late = await asyncio.wait(runs, timeout=STOP_WITHIN_S)
        for run in late:
            log.warning("stopped with work in hand loop=%s", run.get_name())
            run.cancel()
    log.info("stopped")


async def work(settings: Settings) -> None:
    """Run the loops alone, with nobody to tell, until SIGINT or SIGTERM: one of several processes on one database."""
    stopping = asyncio.Event()
    async with open_core(settings) as core, asked_to_stop() as asked:
        asked.add_done_callback(lambda _: stopping.set())
        await serve(core, {}, stopping)


@asynccontextmanager
async def asked_to_stop() -> AsyncIterator[asyncio.Task[bool]]:
    """Give a task that ends when the process gets SIGINT or SIGTERM."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    waiting = asyncio.create_task(asked.wait(), name="interrupted")
    try:
        yield waiting
    finally:
        waiting.cancel()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _until_stopped(stopping: asyncio.Event, runs: Sequence[asyncio.Task[None]]) -> None:
    """Return when told to stop, or when a loop has died, which the group then reports."""
    told = asyncio.create_task(stopping.wait(), name="stopping")
    try:
        await asyncio.wait([told, *runs], return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()


async def _take_over(tasks: TaskStore, files: FileStore) -> None:
    """Nobody else works on this database: give back what a dead process held, and clear its litter."""
    freed = await tasks.clear_leases()
    if freed:
        log.info("took over from a dead process leases=%d", freed)
    await sweep_spool(tasks, files)


def _intake(
    settings: Settings,
    tasks: TaskStore,
    files: FileStore,
    generator: Generator,
    viewer: Viewer,
    *,
    clock: Clock,
    bell: Bell,
) -> CoreIntake:
    budget = Budget(
        tasks=tasks, clock=clock, user_daily=settings.user_daily_credits, server_daily=settings.server_daily_credits
    )
    return CoreIntake(
        IntakeParts(
            tasks=tasks,
            files=files,
            generator=generator,
            desk=PillowDesk(),
            viewer=viewer,
            budget=budget,
            clock=clock,
            bell=bell,
            default_tier=settings.default_tier,
            default_format=settings.default_format,
            admin_ids=frozenset(settings.admin_ids),
        )
    )


def _crews(core: Core, platforms: Mapping[str, Platform]) -> dict[str, Crew]:
    """Return the loops by name; the announcer only where there is somebody to tell.

    Each loop claims under a name of its own, so that none gives back another one's lease on the same row.
    """
    c, parallel = core, core.settings.rodin_max_parallel
    pace = core.settings.pace

    def worker(name: str) -> Worker:
        return replace(c.worker, name=f"{c.worker.name}-{name}")

    settler = Settler(
        tasks=c.tasks,
        generator=c.generator,
        clock=c.clock,
        pace=pace,
        is_exclusive=c.settings.rodin_key_exclusive,
    )
    submitter = Submitter(
        SubmitterParts(
            tasks=c.tasks,
            files=c.files,
            generator=c.generator,
            settler=settler,
            worker=worker("submitter"),
            clock=c.clock,
            bell=c.bell,
            pace=pace,
            parallel=parallel,
        )
    )
    tracker = Tracker(
        TrackerParts(
            tasks=c.tasks,
            generator=c.generator,
            history=c.history,
            worker=worker("tracker"),
            clock=c.clock,
            bell=c.bell,
            pace=pace,
        )
    )
    collector = Collector(
        CollectorParts(
            tasks=c.tasks,
            files=c.files,
            generator=c.generator,
            worker=worker("collector"),
            clock=c.clock,
            bell=c.bell,
            pace=pace,
        )
    )
    crews = {
        "submitter": _crew(core, worker("submitter"), parallel, submitter),
        "tracker": _crew(core, worker("tracker"), POLLS_AT_ONCE, tracker),
        "collector": _crew(core, worker("collector"), FETCHES_AT_ONCE, collector),
    }
    if platforms:
        announcer = Announcer(
            AnnouncerParts(
                tasks=c.tasks, viewer=c.viewer, platforms=platforms, worker=worker("announcer"), clock=c.clock
            )
        )
        crews["announcer"] = _crew(core, worker("announcer"), TELLINGS_AT_ONCE, announcer)
    return crews


def _crew(core: Core, worker: Worker, limit: int, loop: Submitter | Tracker | Collector | Announcer) -> Crew:
    name = worker.name.rpartition("-")[2]
    job = Job(name=name, limit=limit, claim=loop.claim, work=loop.work, next_due=loop.next_due)
    return Crew(job, tasks=core.tasks, worker=worker, clock=core.clock, bell=core.bell)
