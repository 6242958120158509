"""The life of one task's jobs as a pure function of its age: Waiting, Generating, then Done, each at its own time."""

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """A job's status as Rodin writes it. The last two are undocumented and shown only by faults."""

    WAITING = "Waiting"
    GENERATING = "Generating"
    DONE = "Done"
    FAILED = "Failed"
    CANCELED = "Canceled"
    PACKAGING = "Packaging"


ENDS: Final = frozenset({Status.DONE, Status.FAILED, Status.CANCELED})

#: The part of a task's time that its jobs queue. Rodin's real queue is not known; this only makes it visible.
QUEUED_SHARE: Final = 0.1
#: A new task has this many others ahead.
QUEUE: Final = (2, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """One job: seconds after submission at which it starts and ends, how it ends, and the queue it found."""

    uuid: str
    starts_s: float
    ends_s: float
    ahead: int
    running: Status = Status.GENERATING
    end: Status = Status.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """How one job stands; `queue_length` only while it waits."""

    uuid: str
    status: Status
    queue_length: int | None = None

    def as_json(self) -> Mapping[str, object]:
        """The record that /status answers."""
        queue = {} if self.queue_length is None else {"queue_length": self.queue_length}
        return {"uuid": self.uuid, "status": str(self.status), **queue}


def plan_jobs(uuids: Iterable[str], *, total_s: float, dice: random.Random) -> tuple[JobPlan, ...]:
    """Spread jobs over a task's time: they start one after the other, overlap, and the last one ends at `total_s`."""
    names = tuple(uuids)
    queued_s = total_s * QUEUED_SHARE
    step_s = (total_s - queued_s) / len(names)
    ahead = dice.randint(*QUEUE)
    return tuple(
        JobPlan(
            uuid=uuid,
            starts_s=queued_s + step_s * max(0, index - 1),
            ends_s=queued_s + step_s * (index + 1),
            ahead=ahead + index,
        )
        for index, uuid in enumerate(names)
    )


def spoil_jobs(plans: tuple[JobPlan, ...], *, faults: frozenset[str], has_render: bool) -> tuple[JobPlan, ...]:
    """The plan after the faults that were thrown for its task."""
    last = len(plans) - 1
    return tuple(_spoil(plan, index=index, faults=faults, is_render=has_render and index == last, is_last=index == last)
                 for index, plan in enumerate(plans))  # fmt: skip


def _spoil(plan: JobPlan, *, index: int, faults: frozenset[str], is_render: bool, is_last: bool) -> JobPlan:
    if "unknown_status" in faults:
        plan = replace(plan, running=Status.PACKAGING)
    if "never_done" in faults and is_last:
        plan = replace(plan, ends_s=math.inf)
    some_fail = index in (2, 3) and faults & {"some_failed", "some_failed_no_model"}
    if "all_failed" in faults or some_fail or (is_render and "render_failed" in faults):
        return replace(plan, end=Status.FAILED)
    return replace(plan, end=Status.CANCELED) if "canceled_status" in faults else plan


def job_statuses(plans: Iterable[JobPlan], *, age_s: float) -> tuple[JobStatus, ...]:
    """How each job stands this many seconds (at speed 1) after submission."""
    return tuple(_job_status(plan, age_s) for plan in plans)


def _job_status(plan: JobPlan, age_s: float) -> JobStatus:
    if age_s >= plan.ends_s:
        return JobStatus(uuid=plan.uuid, status=plan.end)
    if age_s >= plan.starts_s:
        return JobStatus(uuid=plan.uuid, status=plan.running)
    left = 1 - age_s / plan.starts_s
    return JobStatus(uuid=plan.uuid, status=Status.WAITING, queue_length=math.ceil(plan.ahead * left))


def is_over(statuses: Iterable[JobStatus]) -> bool:
    """Whether every job has ended, in whatever way."""
    return all(job.status in ENDS for job in statuses)


def has_result(statuses: Iterable[JobStatus]) -> bool:
    """Whether at least one job is Done."""
    return any(job.status is Status.DONE for job in statuses)
