"""When to look again, how long things take, how far a task is: pure functions of numbers."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from bot.model import JobState, JobStatus

PROGRESS_CAP = 0.95
"""A bar never shows more until the model is listed (clients that ran against Rodin use 0.90 to 0.95)."""

HISTORY_WORTH = 3
"""From this many finished tasks on, their median says more than the documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The waiting rules, in seconds.

    `min_s`, `max_s`, `deadline_s` are the vendor's advice: first check after 5 s, back off to at most 30 s, stop
    after 20 minutes (docs.hyper3d.ai, quick start). `full_s` is the wait after "too many tasks" (public clients
    wait 15 s). `listing_s` is how long a finished task may stay without a listed model, `render_s` how long a
    listed model waits for its rendered picture. `unreachable_s` is how long we go on asking while Rodin cannot
    be read at all; it keeps results for 7 days. `speed` above 1 is for a simulator that runs faster.
    """

    min_s: float = 5.0
    max_s: float = 30.0
    deadline_s: float = 1200.0
    full_s: float = 15.0
    listing_s: float = 180.0
    render_s: float = 45.0
    unreachable_s: float = 86_400.0
    settle_s: float = 30.0
    speed: float = 1.0

    def at_speed(self, speed: float) -> Pace:
        """Return the same rules for a simulator whose time runs `speed` times as fast. The deadlines stay."""
        return Pace(
            min_s=self.min_s / speed,
            max_s=self.max_s / speed,
            deadline_s=self.deadline_s,
            full_s=self.full_s / speed,
            listing_s=self.listing_s,
            render_s=self.render_s / speed,
            unreachable_s=self.unreachable_s,
            settle_s=self.settle_s / speed,
            speed=speed,
        )


def expected_duration(history: Sequence[timedelta], typical: timedelta, pace: Pace) -> timedelta:
    """Say how long a task will take: the median of what tasks like it took, else what the documents say."""
    if len(history) >= HISTORY_WORTH:
        return timedelta(seconds=median(length.total_seconds() for length in history))
    return typical / pace.speed


def next_poll_s(elapsed_s: float, expected_s: float, pace: Pace) -> float:
    """Say when to ask again: rarely while the end is far, often around it, rarer again when it is late.

    Always between `pace.min_s` and `pace.max_s`.
    """
    return min(pace.max_s, max(pace.min_s, abs(expected_s - elapsed_s) / 5))


def backoff_s(misses: int, pace: Pace, *, retry_after_s: float | None = None) -> float:
    """Say how long to wait after `misses` failures in a row (1 or more): doubling, with up to a fifth taken off by lot.

    Between `pace.min_s` and `pace.max_s`, unless Rodin's own wish is longer.
    """
    doubled_s = min(pace.max_s, pace.min_s * float(2 ** min(misses, 10)))
    return max(doubled_s * random.uniform(0.8, 1.0), pace.min_s, retry_after_s or 0.0)


def progress(jobs: Sequence[JobStatus], *, elapsed_s: float, expected_s: float, before: float) -> float:
    """Say how far a task is, 0 to PROGRESS_CAP: jobs done of all, eased by time in between, never falling."""
    if not jobs:
        return before
    done = sum(job.state is JobState.DONE for job in jobs)
    eased = 1 - math.exp(-1.8 * elapsed_s / max(expected_s, 0.001))
    fraction = min(max(eased, done / len(jobs)), (done + 1) / len(jobs))
    return max(before, min(fraction, PROGRESS_CAP))


def eased(fraction: float, *, since_s: float, expected_s: float) -> float:
    """Move a bar on between two updates, `since_s` seconds after `fraction` was true; it never passes the cap."""
    rest = max(0.0, PROGRESS_CAP - fraction)
    return fraction + rest * (1 - math.exp(-0.9 * max(0.0, since_s) / max(expected_s, 0.001)))


def expected_wait(place: int, *, parallel: int, expected: timedelta) -> timedelta:
    """Say how long the task at a place in the queue (1 is next) will wait for room, at most."""
    return expected * math.ceil(place / max(parallel, 1))
