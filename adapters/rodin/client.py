"""The Rodin client: the `Generator` port over Rodin's HTTP API."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from copy import copy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar

import aiohttp

from adapters.rodin.answers import read_object, read_submission
from adapters.rodin.downloads import Downloads
from adapters.rodin.fields import (
    Fields,
    FilePart,
    bang_fields,
    image_part,
    model_part,
    picture_parts,
    request_fields,
    texture_fields,
)
from adapters.rodin.options import RodinOptions
from adapters.rodin.partfile import on_disk
from adapters.rodin.repeats import Repeats
from adapters.rodin.transport import Call, Transport
from adapters.rodin.wire import (
    JsonObject,
    parse_balance,
    parse_listing,
    parse_status,
    parse_usage,
)
from bot.errors import VendorDown, VendorUnclear
from bot.files import role_of
from bot.model import (
    BangRequest,
    FileRole,
    JobState,
    JobStatus,
    RemoteFile,
    Request,
    Submission,
    TextureRequest,
    UsageRecord,
)
from bot.ports import Clock

__all__ = ["RodinClient", "RodinOptions"]

log = logging.getLogger(__name__)

T = TypeVar("T")

LARGEST_TEXTURE_MODEL_BYTES = 10 * 1024**2
"""Source: developer.hyper3d.ai, Generate Texture: "10 MB"."""

LARGEST_BANG_IMAGE_BYTES = 100 * 1024**2
"""Source: developer.hyper3d.ai, BANG: "100 MB"."""

LEAST_TIMEOUT_S = 1.0
"""What the last attempt of a read gets when its deadline is that near."""

MOST_WORDS = 100
"""How many unknown status words are remembered, so that each is logged once."""

WANTED_FIRST = (FileRole.MODEL, FileRole.RENDER, FileRole.PREVIEW, FileRole.TEXTURE, FileRole.OTHER)
"""Which files stay when a listing is longer than we take."""


class RodinClient:
    """Speaks to Rodin over HTTP; an async context manager whose connections end with it.

    Submissions are sent exactly once. Reads repeat by themselves within their deadline, waiting by `clock`. The key
    goes to the API root only: never to a file host, along a redirect, or into an error or a log line.
    """

    def __init__(self, options: RodinOptions, clock: Clock) -> None:
        self._options = options
        self._transport = Transport(options, clock)
        self._downloads = Downloads(options, clock)
        self._patient = Repeats(clock=clock, deadline_s=options.read_deadline_s)
        self._brisk = Repeats(clock=clock, deadline_s=options.balance_deadline_s)
        self._stack = AsyncExitStack()
        self._words: set[str] = set()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._transport)
        await self._stack.enter_async_context(self._downloads)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def with_key(self, key: str) -> RodinClient:
        """Return Rodin as it is reached with another key, over the connections of this one while they last.

        Raises:
            ValueError: it cannot be a key.
        """
        other = copy(self)
        other._options = replace(self._options, key=key)
        other._transport = self._transport.with_options(other._options)
        return other

    async def submit(self, request: Request, pictures: Sequence[bytes]) -> Submission:
        """Ask for a model. **Costs money; sent once, never repeated.**

        `pictures` are the bytes of `request.pictures`, in the same order.

        Raises:
            VendorBusy, VendorFull, VendorDown: Rodin surely did not take it; it may be asked again later.
            VendorRefused: Rodin said no; nothing was charged.
            VendorUnclear: nobody can tell: a time-out, a broken connection, a 5xx, an answer without a uuid.
            ValueError: the pictures do not match the request; nothing was sent.

        Source: docs.hyper3d.ai, API specification, Rodin Gen-2.5.
        """
        return await self._submit("rodin", request_fields(request), picture_parts(request, pictures))

    async def submit_texture(self, request: TextureRequest, model: Path, image: bytes) -> Submission:
        """Ask for a new texture over `model`. Costs money, raises like `submit`.

        Raises:
            ValueError: the model is larger than 10 MB, or the image no PNG, JPEG or WebP; nothing was sent.
            StorageError: the model cannot be read; nothing was sent.

        Source: docs.hyper3d.ai, API specification, Generate Texture.
        """
        size_bytes = await on_disk(lambda: model.stat().st_size)
        if size_bytes > LARGEST_TEXTURE_MODEL_BYTES:
            raise ValueError(f"a model of {size_bytes} bytes is too large for a new texture")
        files = (image_part(image), model_part(request.model_name, model))
        return await self._submit("rodin_texture_only", texture_fields(request), files)

    async def submit_bang(self, request: BangRequest, model: Path | None, image: bytes | None) -> Submission:
        """Ask for a model split into parts: `request.asset_id`, or `model`. Costs money, raises like `submit`.

        Raises:
            ValueError: not exactly one of the two is given, or the image is too large or no PNG, JPEG or WebP;
                nothing was sent.
            StorageError: the model cannot be read; nothing was sent.

        Source: docs.hyper3d.ai, API specification, BANG.
        """
        if (request.asset_id is None) == (model is None) or (request.model_name is None) != (model is None):
            raise ValueError("BANG takes either the id of a finished task or a model with a name")
        if image is not None and len(image) > LARGEST_BANG_IMAGE_BYTES:
            raise ValueError(f"an image of {len(image)} bytes is too large for BANG")
        files = [] if image is None else [image_part(image)]
        if model is not None and request.model_name is not None:
            files.append(model_part(request.model_name, model))
        return await self._submit("bang", bang_fields(request), files)

    async def status(self, submission: Submission) -> tuple[JobStatus, ...]:
        """Ask how each job of a submission stands. Safe to repeat. In Rodin's order; empty while queued.

        Raises:
            VendorBusy: 429; `retry_after_s` holds Rodin's wish, if it had one.
            VendorDown: no connection, no answer in time, or 5xx.
            VendorRefused: any other 4xx, or a 2xx with a code in `error`.
            VendorGarbled: the answer has another shape than `wire.py` knows.
            ValueError: the submission has no subscription key (it was adopted) and cannot be asked about.

        Source: docs.hyper3d.ai, API specification, Check Status.
        """
        key = submission.subscription_key
        if key is None:
            raise ValueError(f"submission {submission.uuid} has no subscription key, so its status cannot be asked")
        body = {"subscription_key": key}
        jobs = await self._read(self._call("POST", "status", json=body, secrets=(key,)), parse_status)
        self._note_words(jobs)
        return jobs

    async def files(self, submission: Submission) -> tuple[RemoteFile, ...]:
        """List the result files with fresh links; may be partial until all is packed. Safe to repeat.

        Of a listing that is too long, models and pictures of them are kept first. Raises like `status`.

        Source: docs.hyper3d.ai, API specification, Download Results.
        """
        listed = await self._read(self._call("POST", "download", json={"task_uuid": submission.uuid}), parse_listing)
        if len(listed) > self._options.max_files:
            log.warning("listing cut uuid=%s files=%d limit=%d", submission.uuid, len(listed), self._options.max_files)
        return _most_wanted(listed, self._options.max_files)

    async def fetch(self, file: RemoteFile, target: Path) -> str:
        """Stream one result file to `target`, whole or not at all; return its SHA-256 in hex. Safe to repeat.

        Raises:
            FileLinkExpired: list again once. FileBroken: try again. FileRefused: never try again.
            VendorBusy, VendorDown: the file host is overloaded or cannot be reached.
            StorageError: the disk will not take it.
        """
        return await self._downloads.fetch(file, target)

    async def balance(self) -> Decimal:
        """Ask how many credits the key's wallet holds. Safe to repeat; raises like `status`, but sooner.

        A person has asked and waits: `balance_deadline_s` ends the attempts.

        Source: docs.hyper3d.ai, API specification, Check Balance.
        """
        return await self._read(self._call("GET", "check_balance"), parse_balance, repeats=self._brisk)

    async def usage(self, page: int = 1) -> tuple[UsageRecord, ...]:
        """Ask for one page of charges; the first page is 1. Safe to repeat; raises like `status`.

        Source: `usage_page` is known from two public clients of late 2026.
        """
        if page < 1:
            raise ValueError(f"pages of usage begin at 1, not {page}")
        return await self._read(self._call("GET", "check_balance", params={"usage_page": str(page)}), parse_usage)

    async def _submit(self, path: str, fields: Fields, files: Iterable[FilePart]) -> Submission:
        async with AsyncExitStack() as stack:
            form = aiohttp.FormData(default_to_multipart=True)  # also without a file, as the documentation has it
            for name, text in fields:
                form.add_field(name, text)
            for file in files:
                content = await stack.enter_async_context(_opened(file))
                form.add_field(file.field, content, filename=file.name, content_type=file.media_type)
            answer = await self._transport.send(
                Call(method="POST", path=path, form=form, timeout_s=self._options.submit_timeout_s, lost=VendorUnclear)
            )
        submission = read_submission(answer)
        if submission.subscription_key is None:
            log.warning("submission taken, but its answer lacks the subscription key uuid=%s", submission.uuid)
        return submission

    def _call(self, method: str, path: str, **extras: Any) -> Call:
        return Call(method=method, path=path, timeout_s=self._options.read_timeout_s, lost=VendorDown, **extras)

    async def _read(self, call: Call, parse: Callable[[JsonObject], T], *, repeats: Repeats | None = None) -> T:
        async def once(left_s: float) -> T:
            timeout_s = min(call.timeout_s, max(left_s, LEAST_TIMEOUT_S))
            return parse(read_object(await self._transport.send(replace(call, timeout_s=timeout_s))))

        return await (repeats or self._patient).run(once)

    def _note_words(self, jobs: Iterable[JobStatus]) -> None:
        for job in jobs:
            if job.state is JobState.OTHER and job.word not in self._words and len(self._words) < MOST_WORDS:
                self._words.add(job.word)
                log.warning("unknown job status, taken for running word=%.40r", job.word)


@asynccontextmanager
async def _opened(file: FilePart) -> AsyncIterator[IO[bytes]]:
    """Open a file part for reading; bytes too, since aiohttp sends large ones in pieces only from a file."""
    content = file.content
    stream: IO[bytes] = io.BytesIO(content) if isinstance(content, bytes) else await on_disk(lambda: content.open("rb"))
    try:
        yield stream
    finally:
        await on_disk(stream.close)


def _most_wanted(files: tuple[RemoteFile, ...], limit: int) -> tuple[RemoteFile, ...]:
    """Return at most `limit` files, in their order, leaving out the ones that matter least."""
    ranked = sorted(range(len(files)), key=lambda position: WANTED_FIRST.index(role_of(files[position].name)))
    return tuple(files[position] for position in sorted(ranked[:limit]))
