"""The loops of one process, each around its own kind of row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.announcer import Announcer, AnnouncerParts
from bot.bench import Bench
from bot.chat import Platform
from bot.collector import Collector
from bot.converting import ConversionLoop
from bot.core import Core
from bot.crew import Crew, Job
from bot.curator import Curator
from bot.ports import Worker
from bot.settler import Settler
from bot.submitter import Submitter
from bot.tracker import Tracker

CURATOR = "curator"

AT_ONCE = {"tracker": 8, "collector": 2, "converter": 2, CURATOR: 1, "announcer": 8}
"""How many tasks a loop has in hand. Pictures are made one model at a time: two would only take each other's processor.
The submitter has as many as may be at Rodin with one key, and some of other keys beside them."""

SENDING_AT_ONCE = 24
"""So that eight keys whose answers do not come hold up nobody else's; more keeps more pictures in memory."""

Loop = Submitter | Tracker | Collector | ConversionLoop | Curator | Announcer


def crews_of(core: Core, platforms: Mapping[str, Platform], *, works: bool = True) -> dict[str, Crew]:
    """Return the loops by name; the announcer only where there is somebody to tell, the others where it `works`.

    Each loop claims under a name of its own, so that none gives back another one's lease on the same row.
    """
    loops = {**(_working(core) if works else {}), **(_telling(core, platforms) if platforms else {})}
    return {name: _crew(core, name, loop) for name, loop in loops.items()}


def _telling(core: Core, platforms: Mapping[str, Platform]) -> dict[str, Loop]:
    announcer = Announcer(
        AnnouncerParts(
            tasks=core.tasks,
            viewer=core.viewer,
            platforms=platforms,
            worker=_worker(core, "announcer"),
            clock=core.clock,
        )
    )
    return {"announcer": announcer}


def _working(core: Core) -> dict[str, Loop]:
    settings = core.settings
    settler = Settler(
        tasks=core.tasks,
        keyring=core.keyring,
        clock=core.clock,
        pace=settings.pace,
        is_exclusive=settings.rodin_key_exclusive,
    )
    return {
        "submitter": Submitter(_bench(core, "submitter"), settler=settler, parallel=settings.rodin_max_parallel),
        "tracker": Tracker(_bench(core, "tracker")),
        "collector": Collector(_bench(core, "collector")),
        "converter": ConversionLoop(_bench(core, "converter"), core.converter),
        CURATOR: Curator(_bench(core, CURATOR), keep=timedelta(days=settings.keep_files_days)),
    }


def _bench(core: Core, name: str) -> Bench:
    return Bench(
        tasks=core.tasks,
        files=core.files,
        controls=core.controls,
        keyring=core.keyring,
        warden=core.warden,
        history=core.history,
        showcase=core.showcase,
        worker=_worker(core, name),
        clock=core.clock,
        bell=core.bell,
        pace=core.settings.pace,
    )


def _worker(core: Core, name: str) -> Worker:
    return replace(core.worker, name=f"{core.worker.name}-{name}")


def _crew(core: Core, name: str, loop: Loop) -> Crew:
    limit = max(core.settings.rodin_max_parallel, SENDING_AT_ONCE) if name == "submitter" else AT_ONCE[name]
    job = Job(name=name, limit=limit, claim=loop.claim, work=loop.work, next_due=loop.next_due)
    return Crew(job, tasks=core.tasks, worker=_worker(core, name), clock=core.clock, bell=core.bell)
