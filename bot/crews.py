"""The loops of one process, each around its own kind of row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.announcer import Announcer, AnnouncerParts
from bot.chat import Platform
from bot.collector import Collector, CollectorParts
from bot.core import Core
from bot.crew import Crew, Job
from bot.curator import Curator, CuratorParts
from bot.ports import Worker
from bot.settler import Settler
from bot.submitter import Submitter, SubmitterParts
from bot.tracker import Tracker, TrackerParts

POLLS_AT_ONCE = 8
FETCHES_AT_ONCE = 2
MODELS_AT_ONCE = 1
"""Pictures are made one model at a time: two would only take each other's processor."""

TELLINGS_AT_ONCE = 8

CURATOR = "curator"


def crews_of(core: Core, platforms: Mapping[str, Platform]) -> dict[str, Crew]:
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
            showcase=c.showcase,
            worker=worker("collector"),
            clock=c.clock,
            bell=c.bell,
            pace=pace,
        )
    )
    curator = Curator(
        CuratorParts(
            tasks=c.tasks,
            files=c.files,
            generator=c.generator,
            showcase=c.showcase,
            worker=worker("curator"),
            clock=c.clock,
            bell=c.bell,
            pace=pace,
            keep=timedelta(days=c.settings.keep_files_days),
        )
    )
    crews = {
        "submitter": _crew(core, worker("submitter"), parallel, submitter),
        "tracker": _crew(core, worker("tracker"), POLLS_AT_ONCE, tracker),
        "collector": _crew(core, worker("collector"), FETCHES_AT_ONCE, collector),
        CURATOR: _crew(core, worker("curator"), MODELS_AT_ONCE, curator),
    }
    if platforms:
        announcer = Announcer(
            AnnouncerParts(
                tasks=c.tasks, viewer=c.viewer, platforms=platforms, worker=worker("announcer"), clock=c.clock
            )
        )
        crews["announcer"] = _crew(core, worker("announcer"), TELLINGS_AT_ONCE, announcer)
    return crews


def _crew(core: Core, worker: Worker, limit: int, loop: Submitter | Tracker | Collector | Curator | Announcer) -> Crew:
    name = worker.name.rpartition("-")[2]
    job = Job(name=name, limit=limit, claim=loop.claim, work=loop.work, next_due=loop.next_due)
    return Crew(job, tasks=core.tasks, worker=worker, clock=core.clock, bell=core.bell)
