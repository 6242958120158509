"""Values for tests: each function returns a complete, ordinary one, and takes what the test is about.

`a_task(state=...)` is plausible in any state: it has the submission, moments, failure and files that go with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from bot.model import (
    ENDS,
    Address,
    Charge,
    ConvertRequest,
    Failure,
    FailureKind,
    FileRole,
    JobState,
    JobStatus,
    ModelFile,
    Owner,
    Picture,
    Request,
    StoredFile,
    Submission,
    Task,
    TaskState,
)
from bot.ports import Worker

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""The moment at which tests begin."""

_numbers = count(1)

_UNSENT = frozenset({TaskState.ACCEPTED, TaskState.SUBMITTING, TaskState.UNCLEAR, TaskState.CANCELLED})
_FAILURES: Mapping[TaskState, Failure] = {
    TaskState.FAILED: Failure(kind=FailureKind.JOBS_FAILED, charged=Charge.YES),
    TaskState.UNCLEAR: Failure(kind=FailureKind.LOST_ANSWER, charged=Charge.MAYBE),
}


def after(**span: float) -> datetime:
    """Return a moment after NOON: `after(minutes=5)`. Negative spans lie before it."""
    return NOON + timedelta(**span)


def a_picture(**changes: Any) -> Picture:
    """Return a small checked picture."""
    picture = Picture(
        key="pictures/one/1.png", name="1.png", media_type="image/png", width_px=640, height_px=480, size_bytes=12_345
    )
    return replace(picture, **changes)


def a_request(**changes: Any) -> Request:
    """Return a request for a model from words."""
    request = Request(
        prompt="a small brass owl",
        tier="Gen-2.5-Medium",
        geometry_file_format="glb",
        mesh_mode="Raw",
        quality="medium",
        quality_override=150_000,
        material="PBR",
        seed=7,
    )
    return replace(request, **changes)


def a_conversion(**changes: Any) -> ConvertRequest:
    """Return a request for a model of ours in another format."""
    request = ConvertRequest(
        source_id="k3m9xqa",
        model=StoredFile(key="tasks/k3m9xqa/base.obj", name="base.obj"),
        sides=(StoredFile(key="tasks/k3m9xqa/base.mtl", name="base.mtl"),),
        subject="a small brass owl",
        geometry_file_format="glb",
    )
    return replace(request, **changes)


def an_owner(user_id: str = "ada", **changes: Any) -> Owner:
    """Return a person on the console."""
    return replace(Owner(platform="console", user_id=user_id, server_id="desk", channel_id="tty"), **changes)


def an_address(value: str = "thread-1", *, platform: str = "console") -> Address:
    """Return a place where a person is told."""
    return Address(platform=platform, value=value)


def a_submission(**changes: Any) -> Submission:
    """Return a submission with a uuid that no other call has given."""
    number = next(_numbers)
    submission = Submission(uuid=f"uuid-{number}", subscription_key=f"key-{number}", prompt="a small brass owl")
    return replace(submission, **changes)


def a_job(uuid: str = "job-1", state: JobState = JobState.GENERATING) -> JobStatus:
    """Return one of Rodin's jobs."""
    return JobStatus(uuid=uuid, state=state, word=state.value)


def a_file(name: str = "base.glb", **changes: Any) -> ModelFile:
    """Return a result file."""
    file = ModelFile(key=f"results/one/{name}", name=name, role=FileRole.MODEL, size_bytes=4_321, sha256="ab" * 32)
    return replace(file, **changes)


def a_worker(name: str = "worker-1", **lease: float) -> Worker:
    """Return a worker; its leases last a minute unless it says otherwise: `a_worker(seconds=10)`."""
    return Worker(name=name, lease=timedelta(**lease) if lease else timedelta(minutes=1))


def a_task(**changes: Any) -> Task:
    """Return a task with an id that no other call has given, accepted at NOON unless `changes` say otherwise."""
    state = changes.get("state", TaskState.ACCEPTED)
    task = Task(
        id=f"task-{next(_numbers):05}",
        state=state,
        request=a_request(),
        owner=an_owner(),
        address=an_address(),
        price=Decimal("0.5"),
        created_at=NOON,
        next_at=NOON,
        changed_at=NOON,
        submission=None if state in _UNSENT else a_submission(consumed=Decimal("0.5")),
        submitted_at=None if state in _UNSENT else after(seconds=1),
        ended_at=after(seconds=61) if state in ENDS else None,
        ended_revision=changes.get("revision", 0) if state in ENDS else None,
        failure=_FAILURES.get(state),
        files=(a_file(),) if state is TaskState.READY else (),
    )
    return replace(task, **changes)
