"""The words of the core: requests, tasks, their states and moves, and what a thread shows.

All data is frozen; a change makes a new value. Moments are aware UTC datetimes, credits are Decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from bot.looks import UNSEEN, Showing
from bot.requests import Ask, AskOfRodin, BangRequest, ConvertRequest, Picture, Request, StoredFile, TextureRequest

__all__ = [
    "AT_VENDOR",
    "ENDS",
    "MOVES",
    "STOPPABLE",
    "Address",
    "Ask",
    "AskOfRodin",
    "BangRequest",
    "Charge",
    "ConvertRequest",
    "Failure",
    "FailureKind",
    "FileRole",
    "Hold",
    "JobState",
    "JobStatus",
    "ModelFile",
    "Owner",
    "Picture",
    "RefusalReason",
    "RemoteFile",
    "Request",
    "Standing",
    "StoredFile",
    "Submission",
    "Task",
    "TaskState",
    "TextureRequest",
    "Usage",
    "UsageRecord",
]


class TaskState(StrEnum):
    """Where one generation stands. Values are stored: add new ones, never rename."""

    ACCEPTED = "accepted"  # row written; Rodin surely has not got it
    SUBMITTING = "submitting"  # the request is about to leave or under way; a kill here leaves doubt
    SUBMITTED = "submitted"  # Rodin took it; no job has started
    GENERATING = "generating"  # at least one job runs or is done
    COLLECTING = "collecting"  # the jobs are over; the files are being fetched
    CONVERTING = "converting"  # a model of ours is made into another format here; Rodin never hears of it
    READY = "ready"  # the files are ours
    FAILED = "failed"  # it ended without a model; `failure` says why
    UNCLEAR = "unclear"  # nobody can tell whether Rodin took it; never sent again by itself
    CANCELLED = "cancelled"  # called off before it was sent


MOVES: Mapping[TaskState, frozenset[TaskState]] = {
    # An accepted task can fail without Rodin when its pictures are lost.
    TaskState.ACCEPTED: frozenset({TaskState.SUBMITTING, TaskState.CONVERTING, TaskState.CANCELLED, TaskState.FAILED}),
    TaskState.SUBMITTING: frozenset({TaskState.ACCEPTED, TaskState.SUBMITTED, TaskState.UNCLEAR, TaskState.FAILED}),
    TaskState.SUBMITTED: frozenset({TaskState.GENERATING, TaskState.COLLECTING, TaskState.FAILED}),
    TaskState.GENERATING: frozenset({TaskState.COLLECTING, TaskState.FAILED}),
    TaskState.COLLECTING: frozenset({TaskState.READY, TaskState.FAILED}),
    TaskState.CONVERTING: frozenset({TaskState.READY, TaskState.FAILED, TaskState.CANCELLED}),
    TaskState.READY: frozenset(),
    TaskState.FAILED: frozenset(),
    # A person answers the doubt: send again (a new task) or let it be. The old row stays as it is.
    TaskState.UNCLEAR: frozenset(),
    TaskState.CANCELLED: frozenset(),
}

ENDS: frozenset[TaskState] = frozenset(state for state, moves in MOVES.items() if not moves)
"""States that a task never leaves."""

AT_VENDOR: frozenset[TaskState] = frozenset({TaskState.SUBMITTING, TaskState.SUBMITTED, TaskState.GENERATING})
"""States that take one of the parallel places at Rodin."""


STOPPABLE: frozenset[TaskState] = frozenset({TaskState.ACCEPTED, TaskState.CONVERTING})
"""States in which a task can still be called off: Rodin surely has not got it."""


class JobState(StrEnum):
    """How one of Rodin's jobs stands.

    Source: docs.hyper3d.ai, Check Status; `Canceled` from Deemos's own MCP server.
    """

    WAITING = "Waiting"
    GENERATING = "Generating"
    DONE = "Done"
    FAILED = "Failed"
    CANCELED = "Canceled"
    OTHER = "other"  # a word we do not know; counts as still running


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """One job of a submission. `word` is Rodin's own; `queue_length` counts the jobs ahead while it waits."""

    uuid: str
    state: JobState
    word: str = ""
    queue_length: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether the job will not change any more."""
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELED}


class RefusalReason(StrEnum):
    """Why Rodin says no, whatever spelling its code has. Values are stored: add new ones, never rename."""

    KEY = "key"  # missing, wrong or revoked key, or its user or group is gone
    PERMISSION = "permission"
    SUBSCRIPTION = "subscription"  # none, or lapsed
    PLAN = "plan"  # a higher plan is needed
    CREDITS = "credits"  # the wallet is empty
    REQUEST = "request"  # a missing or illegal field
    LABELS = "labels"  # image_label does not fit the images
    NO_OBJECT = "no_object"  # no subject in the picture
    CONTENT = "content"  # moderation
    NO_SUCH_TASK = "no_such_task"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What Rodin gave back for a request.

    `subscription_key` is a secret and the only key that asks for status; it is None for a submission that was
    adopted from the usage records, or whose answer lacked it, which can be downloaded but not asked about.
    `consumed` is None when Rodin did not say what it charged, which is not the same as nothing.
    """

    uuid: str
    subscription_key: str | None
    consumed: Decimal | None = None
    prompt: str = ""

    def __repr__(self) -> str:
        """Show what helps in a log and keep the subscription key out of it."""
        return f"Submission(uuid={self.uuid!r}, consumed={self.consumed})"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """One charge on the key. Source: `GET /check_balance?usage_page=1` as quoted by two public clients in 2026."""

    task_uuid: str
    time: datetime | None
    item: str
    amount: Decimal


class FileRole(StrEnum):
    """What a result file is for. Values are stored: add new ones, never rename."""

    MODEL = "model"
    TEXTURE = "texture"
    PREVIEW = "preview"  # Rodin's picture of the bare geometry
    RENDER = "render"  # Rodin's picture with materials
    STILL = "still"  # our own picture of the model
    TURNTABLE = "turntable"  # our own, one whole turn, animated
    FRAMES = "frames"  # the same turn as one picture, for a page without a 3D viewer
    REDUCED = "reduced"  # a smaller copy of a model that is too large to attach
    BUNDLE = "bundle"  # the model and all that belongs to it in one ZIP, where it has files beside it
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file as Rodin lists it: its raw, untrusted name and a signed link that dies within minutes."""

    name: str
    url: str

    def __repr__(self) -> str:
        """Keep the link, which is a bearer capability, out of logs."""
        return f"RemoteFile(name={self.name!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A result file of ours, under `key` in the file store. `name` is safe on every file system."""

    key: str
    name: str
    role: FileRole
    size_bytes: int
    sha256: str


class Charge(StrEnum):
    """Whether credits were spent. Values are stored: add new ones, never rename."""

    NO = "no"
    YES = "yes"
    MAYBE = "maybe"


class FailureKind(StrEnum):
    """Why a task ended without a model. Values are stored: add new ones, never rename."""

    REFUSED = "refused"  # Rodin said no; `reason` says why
    JOBS_FAILED = "jobs_failed"  # every job failed
    TIMED_OUT = "timed_out"  # Rodin was still working at our deadline
    NO_MODEL = "no_model"  # the jobs are done but no model was ever listed
    FILES_LOST = "files_lost"  # the model was listed but could not be fetched
    UNKNOWN_TO_VENDOR = "unknown_to_vendor"  # Rodin does not know the task any more
    PICTURES_LOST = "pictures_lost"  # our own copy of a picture is gone
    MODEL_LOST = "model_lost"  # our own copy of the model that was to be worked on is gone
    NOT_CONVERTED = "not_converted"  # a model of ours could not be made into another format; `detail` says why
    LOST_ANSWER = "lost_answer"  # the doubt of an unclear task


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no model, and whether it cost anything.

    `code` is Rodin's own word where there is one. `charge_seen` is only for an unclear task: whether the usage
    records show a new charge that fits (None: they could not be read). `detail` is a sentence for people, where the
    kind alone does not say enough.
    """

    kind: FailureKind
    charged: Charge
    reason: RefusalReason | None = None
    code: str = ""
    charge_seen: bool | None = None
    detail: str = ""


class Hold(StrEnum):
    """Why an accepted task waits although it was its turn. Values are stored: add new ones, never rename."""

    FULL = "full"  # Rodin runs as many of our tasks as it allows
    BUSY = "busy"  # Rodin asked us to come later, or cannot be reached
    KEY = "key"  # the key that it would be made with is stopped; `bot.keys` says why


class Standing(Protocol):
    """What a platform vouches for about one person in one server, now. Asked only when something depends on it."""

    async def is_admin(self) -> bool:
        """Whether the person manages the server or workspace. May raise PlatformError."""

    async def roles(self) -> frozenset[str]:
        """Return the platform's ids of the roles or user groups that the person has there. May raise PlatformError."""


FORGOTTEN = "forgotten-"
"""How the id begins that stands in the place of a forgotten person's."""

ALONE = "~"
"""How the place of a conversation begins that only the person who asked can read, as a direct one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who asked, and where. Ids are the platform's own; `server_id` is a Discord server or Slack workspace.

    `standing` says what the platform vouches for; None is a person of whom nothing is known. It is never stored.
    """

    platform: str
    user_id: str
    server_id: str | None = None
    channel_id: str | None = None
    standing: Standing | None = field(default=None, compare=False, repr=False)

    @property
    def is_forgotten(self) -> bool:
        """Whether nobody knows any more who this was: there is no such person to mention or to tell."""
        return self.user_id.startswith(FORGOTTEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a person is told: the platform, and text that only that platform makes and reads.

    `place` names the conversation (a thread) in the platform's own words, so that the tasks that live in it can be
    found; it begins with `ALONE` where only the asker reads it, and is empty where there is no conversation.
    """

    platform: str
    value: str
    place: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether others of the server read it, too."""
        return bool(self.place) and not self.place.startswith(ALONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One request, from acceptance to its end: the only truth there is about it.

    `revision` counts visible changes and guards against two writers; `told` is the newest revision that the
    thread has seen (-1: none). `next_at` is when a loop should look at it again; `misses` counts reads that
    failed in a row at the present step. `submitted_at` is when the request last left for Rodin. `progress` is 0
    to 1 and never falls. `muted` means: called off after
    it was sent, so the result is kept and nobody is disturbed with it. `ended_revision` is the one that ended it.
    `key_id` names the Rodin key of a server that it is made with (`bot.keys`); None is the operator's own. `is_first`
    marks the first task of a server, or of a person outside any: it says where words and pictures go.
    """

    id: str
    request: Ask
    owner: Owner
    address: Address
    price: Decimal
    created_at: datetime
    next_at: datetime
    changed_at: datetime
    event: str | None = None
    parent_id: str | None = None
    key_id: str | None = None
    is_first: bool = False
    state: TaskState = TaskState.ACCEPTED
    revision: int = 0
    told: int = -1
    submitted_at: datetime | None = None
    ended_at: datetime | None = None
    submission: Submission | None = None
    jobs: tuple[JobStatus, ...] = ()
    progress: float = 0.0
    misses: int = 0
    failure: Failure | None = None
    files: tuple[ModelFile, ...] = ()
    muted: bool = False
    hold: Hold | None = None
    ended_revision: int | None = None
    showing: Showing = UNSEEN

    @property
    def has_ended(self) -> bool:
        """Whether the task will never move again."""
        return self.state in ENDS

    @property
    def is_ending_told(self) -> bool:
        """Whether the thread has seen how the task ended; what changes after that notifies nobody."""
        return self.ended_revision is not None and self.told >= self.ended_revision

    def move(self, state: TaskState, *, now: datetime, **changes: Any) -> Task:
        """Return the task in another state, one revision on.

        Raises:
            ValueError: the table of moves does not allow it.
        """
        if state not in MOVES[self.state]:
            raise ValueError(f"a task cannot move from {self.state} to {state}")
        changes.setdefault("next_at", now)
        revision = self.revision + 1
        if state in ENDS:
            changes |= {"ended_at": now, "ended_revision": revision}
        return replace(self, state=state, changed_at=now, misses=0, revision=revision, **changes)

    def revise(self, **changes: Any) -> Task:
        """Return the task in the same state with something visible changed, one revision on."""
        return replace(self, revision=self.revision + 1, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a person has used: tasks ever, tasks since midnight UTC, and the credits of both."""

    tasks: int
    credits: Decimal
    tasks_today: int
    credits_today: Decimal
