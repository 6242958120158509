"""What the core needs from outside: one Protocol each. What chat platforms are and may call is in `bot.chat`.

Every implementation of a port runs the same contract suite in `tests/contract/`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from bot.limits import Limits, Scope
from bot.model import (
    Address,
    BangRequest,
    JobStatus,
    Owner,
    Picture,
    RemoteFile,
    Request,
    Submission,
    Task,
    TaskState,
    TextureRequest,
    Usage,
    UsageRecord,
)


class Clock(Protocol):
    """Time, so that tests can turn it."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait. Zero or less only yields to other coroutines."""


class Generator(Protocol):
    """Rodin. Each method says whether repeating it is safe."""

    async def submit(self, request: Request, pictures: Sequence[bytes]) -> Submission:
        """Ask for a model. **Costs money: never repeat** after anything but VendorBusy (and its children).

        `pictures` are the bytes of `request.pictures`, in the same order.

        Raises:
            VendorBusy, VendorFull, VendorDown: Rodin surely did not take it.
            VendorRefused: Rodin said no; nothing was charged.
            VendorUnclear: nobody can tell.
        """

    async def submit_texture(self, request: TextureRequest, model: Path, image: bytes) -> Submission:
        """Ask for a new texture over `model` (at most 10 MB) after `image`. Costs money, raises like `submit`."""

    async def submit_bang(self, request: BangRequest, model: Path | None, image: bytes | None) -> Submission:
        """Ask for a model split into parts. Costs money, raises like `submit`."""

    async def status(self, submission: Submission) -> tuple[JobStatus, ...]:
        """Ask how each job stands. Safe to repeat. Empty while queued.

        Raises:
            VendorBusy, VendorDown, VendorRefused, VendorGarbled.
        """

    async def files(self, submission: Submission) -> tuple[RemoteFile, ...]:
        """List the result files with fresh links; may be partial until all is packed. Safe to repeat.

        Raises:
            VendorBusy, VendorDown, VendorRefused, VendorGarbled.
        """

    async def fetch(self, file: RemoteFile, target: Path) -> str:
        """Stream one result file to `target` and return its SHA-256 in hex. Safe to repeat.

        Raises:
            FileLinkExpired: list again once. FileBroken: try again. FileRefused: never try again.
            VendorBusy, VendorDown.
        """

    async def balance(self) -> Decimal:
        """Ask how many credits the key's wallet holds. Safe to repeat."""

    async def usage(self, page: int = 1) -> tuple[UsageRecord, ...]:
        """Ask for one page of charges, newest first; the first page is 1. Safe to repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One process's claim on rows: its name, and how long a claim lasts when it is not renewed."""

    name: str
    lease: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which tasks a person looks for; everything that is set narrows it.

    `asker` sees their own tasks, and unless they look for those alone also what stands in a place (a thread) of their
    server (as `bot.ownership.can_see`). `channel_id` is where it was asked for, or the place itself. Each of `words`
    (by `bot.folding.words_sought`) must stand in what was asked for.
    """

    asker: Owner
    is_own_only: bool = True
    channel_id: str | None = None
    states: frozenset[TaskState] | None = None
    words: tuple[str, ...] = ()


class TaskStore(Protocol):
    """The table of tasks. Every method is one transaction.

    A claim is a lease on a row: while it lasts no other worker gets the row from the same kind of claim. Work
    (`claim_accepted`, `claim_due`) and telling (`claim_untold`) are leased apart. Leases are renewed by
    `renew`, given back by `release`, and end by themselves.

    Moments are kept to the millisecond: what is finer is cut. Any method may raise DatabaseBusy, and may then be
    repeated.
    """

    async def add(self, task: Task, *, within: Limits | None = None) -> Task:
        """Write a new task, if it keeps `within` the limits, and return it as it was written.

        One that says `is_first` comes back without it where such a task was written before for its server (outside
        any: for its person). Of several at once, one keeps it.

        Counting what there is and writing the task are one step: whoever writes at the same time, from whatever
        process, no limit is overshot.

        Raises:
            DuplicateEvent: `task.event` has made a task before; the error names it. This goes before the limits.
            QueueFull, CreditsShort: it would go beyond a limit.
            TaskExists: the id has been written before.
            SubmissionTaken: another task holds the same Rodin uuid.
            KeyGone: its key was removed meanwhile.
        """

    async def first_at(self, owner: Owner) -> datetime | None:
        """Return when the first task (`is_first`) of a person's server was written, outside any of the person.

        None while there was none.
        """

    async def forget_first(self, owner: Owner) -> None:
        """Forget that a person has had a first task outside any server. Harmless when there was none."""

    async def load(self, task_id: str) -> Task:
        """Return a task.

        Raises:
            NoSuchTask: nothing has this id.
        """

    async def made_by(self, event: str) -> Task | None:
        """Return the task that a platform event has made, or None while it has made none."""

    async def save(self, task: Task, *, expected_revision: int) -> None:
        """Write everything about a task but its address, `told` and leases.

        Raises:
            StaleTask: the row's revision is not `expected_revision`.
            NoSuchTask: nothing has this id.
            SubmissionTaken: another task holds the same Rodin uuid.
        """

    async def mark_told(self, task_id: str, *, revision: int, address: Address) -> None:
        """Note that the thread at `address` has seen `revision`. Ends the telling lease.

        `told` never falls: news of an older revision that comes late changes neither it nor the address.

        Raises:
            NoSuchTask: nothing has this id.
        """

    async def claim_accepted(
        self, worker: Worker, *, now: datetime, parallel: int, resting: Collection[str | None] = ()
    ) -> Task | None:
        """Lease the accepted task whose turn it is, or return None.

        None when nothing is due, and none of a key with which `parallel` tasks are at Rodin already (states AT_VENDOR
        plus accepted ones under a live work lease). With each key the person (platform and user id) with the fewest
        such tasks goes first, then the server with the fewest (a task outside any server counts as one whose server
        has none), then the key with the fewest, then the oldest task. The state is not changed.

        None also of a key that is stopped (`bot.keys.KeyStore`) or among the `resting`, while the operator has paused
        the bot, and never a task of a person or server that is blocked (`bot.controls.Controls`).
        """

    async def claim_due(
        self, states: Collection[TaskState], worker: Worker, *, now: datetime, limit: int
    ) -> tuple[Task, ...]:
        """Lease up to `limit` tasks in `states` whose `next_at` has come, earliest first."""

    async def claim_untold(
        self, worker: Worker, *, platforms: Collection[str], now: datetime, limit: int
    ) -> tuple[Task, ...]:
        """Lease up to `limit` untold tasks (`told` < `revision`) of these platforms, oldest change first.

        Postponed ones (see `postpone_telling`) are left out until their time.
        """

    async def postpone_telling(self, task_id: str, *, until: datetime) -> None:
        """Give the telling lease back and do not offer the task to `claim_untold` before `until`."""

    async def renew(self, task_ids: Collection[str], worker: Worker, *, now: datetime) -> None:
        """Prolong this worker's leases, of both kinds, on these tasks."""

    async def release(self, task_id: str, worker: Worker) -> None:
        """Give this worker's leases, of both kinds, on this task back."""

    async def clear_leases(self) -> int:
        """End every lease; only for a worker that knows that no other one lives. Returns how many ended."""

    async def next_due(self, states: Collection[TaskState], *, now: datetime) -> datetime | None:
        """Return the earliest `next_at` in these states among rows without a live work lease; None without any."""

    async def search(self, sought: Sought, *, limit: int) -> tuple[Task, ...]:
        """Return the newest tasks that are sought, newest first."""

    async def tasks_of(self, owner: Owner, *, limit: int) -> tuple[Task, ...]:
        """Return this person's newest tasks on this platform (platform and user id count), newest first."""

    async def tasks_at(self, platform: str, place: str, *, limit: int) -> tuple[Task, ...]:
        """Return the newest tasks whose address has this `place` on a platform, newest first; none for an empty one."""

    async def children(self, task_ids: Collection[str], *, limit: int) -> tuple[Task, ...]:
        """Return the tasks that were made from these (`parent_id`), oldest first; at most `limit`."""

    async def tasks_in(self, states: Collection[TaskState], *, limit: int) -> tuple[Task, ...]:
        """Return tasks in these states, oldest first."""

    async def queue_places(self, task_ids: Collection[str]) -> Mapping[str, int]:
        """Return for each of these that waits how many accepted tasks of its key were asked before it, plus one."""

    async def durations(self, tier: str, *, limit: int) -> tuple[timedelta, ...]:
        """Return how long the newest tasks of a tier took from submission to their model, newest first.

        One that failed says nothing about how long a model takes.
        """

    async def usage(self, owner: Owner, *, since: datetime, alias: str | None = None) -> Usage:
        """Sum this person's tasks and credits, ever and since a moment.

        `alias` is another user id on that platform whose tasks are theirs too (`bot.pseudonyms`).

        A task counts with what Rodin consumed, else with its price while it runs or may have been charged, and
        with nothing when it surely cost nothing.
        """

    async def spent(self, scope: Scope, owner: Owner, *, since: datetime, alias: str | None = None) -> Decimal:
        """Sum the credits of a scope's tasks since a moment, counted as in `usage`; `owner` says whose scope.

        Everybody's are those of the operator's key.
        `alias` is another id of that person or channel whose tasks count as well.
        """

    async def known_uuids(self, uuids: Collection[str]) -> frozenset[str]:
        """Return those of Rodin's task uuids that belong to a task of ours."""


class FileStore(Protocol):
    """Where files lie: pictures that wait, and results. Keys are `folder/name`, made of safe characters.

    Any method raises ValueError for a key of other characters, and FileStoreBusy when the place does not answer or
    has no room: then it may be repeated.
    """

    async def save(self, key: str, source: Path) -> None:
        """Copy a finished local file in, whole or not at all; an older one under the key is replaced.

        Raises:
            NoSuchFile: `source` is not there.
        """

    async def save_bytes(self, key: str, data: bytes) -> None:
        """Write a small file in, whole or not at all."""

    async def load(self, key: str) -> bytes:
        """Return a small file's bytes.

        Raises:
            NoSuchFile: nothing lies there.
        """

    async def fetch(self, key: str, target: Path) -> None:
        """Copy a file out to a local path, whole or not at all.

        Raises:
            NoSuchFile: nothing lies there.
        """

    async def size(self, key: str) -> int:
        """Return how many bytes a file holds.

        Raises:
            NoSuchFile: nothing lies there.
        """

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes, None]:
        """Give a file's bytes in chunks, in order, from byte `start` on; `length` bytes, or all that follow.

        Memory stays flat however large the file is. What would lie past the end is left out. Close it when you stop
        early (`contextlib.aclosing`).

        Raises:
            NoSuchFile: nothing lies there; raised by the first step.
            FileStoreBusy: by any step.
        """

    async def presigned_url(self, key: str, *, name: str, expires: timedelta) -> str | None:
        """Return an address from which anybody may download a file under `name` until it expires.

        None where the place has no such addresses (a local folder) or cannot give the file that name. That the
        file is there is not checked.
        """

    async def keys(self, prefix: str) -> tuple[str, ...]:
        """Return the keys under a folder, sorted; all of them for an empty `prefix`."""

    async def remove(self, prefix: str) -> None:
        """Remove everything under a folder. Harmless when nothing is there."""

    async def remove_file(self, key: str) -> None:
        """Remove one file, and nothing else. Harmless when it is not there."""


class PictureDesk(Protocol):
    """Checks pictures from outside and brings them into the shape that Rodin takes."""

    async def prepare(self, pictures: Sequence[bytes]) -> tuple[PreparedPicture, ...]:
        """Return the normalised pictures in order.

        Raises:
            BadPicture: naming the picture by its number and saying what would work.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPicture:
    """A picture within Rodin's safe envelope. `extension` has no dot.

    `note` says in words what was changed, if a person should know.
    """

    data: bytes
    media_type: str
    extension: str
    width_px: int
    height_px: int
    note: str = ""

    def stored(self, key: str, name: str) -> Picture:
        """Return the record of this picture once it lies in the file store under `key`."""
        return Picture(
            key=key,
            name=name,
            media_type=self.media_type,
            width_px=self.width_px,
            height_px=self.height_px,
            size_bytes=len(self.data),
        )
