"""A Rodin in memory that does what a test says, and keeps the port's promises otherwise.

Every submission that is taken is charged in `ledger`, once, so that a test can see what was paid for.
"""

from __future__ import annotations

import hashlib
import struct
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bot.catalog import price
from bot.errors import FileLinkExpired, VendorRefused, VendorUnclear
from bot.model import (
    Ask,
    BangRequest,
    JobState,
    JobStatus,
    RefusalReason,
    RemoteFile,
    Request,
    Submission,
    TextureRequest,
    UsageRecord,
)
from bot.ports import Clock

PAGE = 10
"""Usage records on one page."""

Hook = Callable[[], Awaitable[object]]


def no_such_task() -> VendorRefused:
    """Return what Rodin says about an id that it does not know."""
    return VendorRefused("NO_SUCH_TASK", reason=RefusalReason.NO_SUCH_TASK)


def bytes_of(name: str) -> bytes:
    """Return the bytes of a tiny file that is what its name says, and unlike that of any other name."""
    body = name.encode()
    match name.rpartition(".")[2].lower():
        case "glb":
            return b"glTF" + struct.pack("<II", 2, 12 + len(body)) + body
        case "fbx":
            return b"Kaydara FBX Binary  \x00\x1a\x00" + body
        case "png":
            return b"\x89PNG\r\n\x1a\n" + body + b"IEND\xaeB`\x82"
        case "jpg":
            return b"\xff\xd8\xff" + body + b"\xff\xd9"
        case "webp":
            return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
    return body


@dataclass(slots=True, kw_only=True)
class Taken:
    """What this Rodin knows of one submission. `model` is the uploaded one; `names` are its listed files."""

    request: Ask
    pictures: tuple[bytes, ...]
    submission: Submission
    model: bytes | None = None
    jobs: tuple[JobStatus, ...] = ()
    names: tuple[str, ...] = ()
    links: int = 0


@dataclass(slots=True, kw_only=True)
class ScriptedGenerator:
    """`errors[method]` are raised by the next calls of a method, in order; `down` by every call while it is set.

    `lost` submissions are taken and charged before their error is raised. `during[method]` runs in the middle of a
    call. Links in `expired` are dead; a second file of the same name has a link with a # at its end. `fetched` are the
    links that were followed.
    """

    clock: Clock
    wallet: Decimal = Decimal(100)
    down: Exception | None = None
    errors: defaultdict[str, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    lost: deque[BaseException] = field(default_factory=deque)
    during: dict[str, Hook] = field(default_factory=dict)
    ledger: list[UsageRecord] = field(default_factory=list)
    taken: dict[str, Taken] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    expired: set[str] = field(default_factory=set)
    contents: dict[str, bytes] = field(default_factory=dict)
    consumed: bool = True
    name: str = ""

    @property
    def only(self) -> Taken:
        """The one submission there is."""
        (taken,) = self.taken.values()
        return taken

    def lose_answer(self, count: int = 1) -> None:
        """Take the next submissions without anybody hearing of it."""
        self.lost.extend(VendorUnclear("no answer") for _ in range(count))

    def put(self, *states: JobState, queue: int | None = None) -> None:
        """Set how the jobs of every submission stand."""
        for taken in self.taken.values():
            taken.jobs = tuple(
                JobStatus(uuid=f"job-{number}", state=state, word=state.value, queue_length=queue)
                for number, state in enumerate(states)
            )

    def finish(self, *names: str) -> None:
        """Let every job be done, with these files listed (a model and a preview by default)."""
        self.put(JobState.DONE, JobState.DONE)
        for taken in self.taken.values():
            taken.names = names or ("base_basic_pbr.glb", "preview.webp")

    async def submit(self, request: Request, pictures: Sequence[bytes]) -> Submission:
        return await self._take("submit", f"Rodin {request.tier}", request, pictures=tuple(pictures))

    async def submit_texture(self, request: TextureRequest, model: Path, image: bytes) -> Submission:
        return await self._take("submit_texture", request.product, request, pictures=(image,), model=model)

    async def submit_bang(self, request: BangRequest, model: Path | None, image: bytes | None) -> Submission:
        if (request.asset_id is None) == (model is None) or (request.model_name is None) != (model is None):
            raise ValueError("BANG takes either the id of a finished task or a model with a name")
        pictures = () if image is None else (image,)
        return await self._take("submit_bang", request.product, request, pictures=pictures, model=model)

    async def _take(
        self, method: str, item: str, request: Ask, *, pictures: tuple[bytes, ...], model: Path | None = None
    ) -> Submission:
        await self._begin(method)
        number = len(self.ledger) + 1
        amount = price(request)
        uuid = f"uuid-of-{self.name}{number}"
        self.ledger.append(UsageRecord(task_uuid=uuid, time=self.clock.now(), item=item, amount=amount))
        submission = Submission(
            uuid=uuid, subscription_key=f"key-of-{number}", consumed=amount if self.consumed else None
        )
        content = None if model is None else model.read_bytes()
        self.taken[uuid] = Taken(request=request, pictures=pictures, submission=submission, model=content)
        if self.lost:
            raise self.lost.popleft()
        return submission

    async def status(self, submission: Submission) -> tuple[JobStatus, ...]:
        await self._begin("status")
        known = [taken for taken in self.taken.values() if taken.submission == submission]
        if submission.subscription_key is None:
            raise ValueError("a submission without subscription key cannot be asked about")
        if not known:
            raise no_such_task()
        return known[0].jobs

    async def files(self, submission: Submission) -> tuple[RemoteFile, ...]:
        await self._begin("files")
        if submission.uuid not in self.taken:
            raise no_such_task()
        taken = self.taken[submission.uuid]
        taken.links += 1
        listing = f"{submission.uuid}/{taken.links}"
        return tuple(
            RemoteFile(name=name, url=f"{listing}/{name}{'#' * taken.names[:position].count(name)}")
            for position, name in enumerate(taken.names)
        )

    async def fetch(self, file: RemoteFile, target: Path) -> str:
        await self._begin("fetch")
        await self._begin(f"fetch {file.name}")
        self.fetched.append(file.url)
        if file.url in self.expired:
            raise FileLinkExpired("HTTP 403")
        content = self.contents.get(file.name, bytes_of(file.name))
        target.write_bytes(content)
        return hashlib.sha256(content).hexdigest()

    async def balance(self) -> Decimal:
        await self._begin("balance")
        return self.wallet - sum((record.amount for record in self.ledger), start=Decimal(0))

    async def usage(self, page: int = 1) -> tuple[UsageRecord, ...]:
        await self._begin("usage")
        newest = sorted(self.ledger, key=lambda record: record.time or self.clock.now(), reverse=True)
        return tuple(newest[(page - 1) * PAGE : page * PAGE])

    async def _begin(self, method: str) -> None:
        self.calls.append(method)
        if method in self.during:
            await self.during.pop(method)()
        if self.down is not None:
            raise self.down
        if self.errors[method]:
            raise self.errors[method].popleft()
