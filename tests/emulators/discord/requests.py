"""REST requests as they arrived."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.emulators.discord import errors
from tests.emulators.discord.model import Upload

_FILE = re.compile(r"^files\[(\d+)\]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file of a multipart request; `index` is the number in its name `files[n]`."""

    index: int
    filename: str
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return len(self.content)

    def as_upload(self, description: str | None) -> Upload:
        """The file with its alt text."""
        return Upload(content=self.content, filename=self.filename, description=description)


@dataclass(slots=True, kw_only=True)
class Request:
    """One REST request. `route` is the template (`/channels/{channel_id}/messages`), `path` what was asked.

    `status` is what was answered, None while it is in hand or when the answer was dropped; `at_s` is the event loop's
    time of its arrival.
    """

    method: str
    route: str
    path: str
    query: Mapping[str, str]
    ids: Mapping[str, int]
    token: str | None
    body: Any
    files: tuple[SentFile, ...]
    size_bytes: int
    at_s: float
    status: int | None = None

    @property
    def is_callback(self) -> bool:
        """Whether it acknowledges an interaction."""
        return self.route == "/interactions/{interaction_id}/{token}/callback"

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


async def read_body(request: web.Request) -> tuple[Any, tuple[SentFile, ...]]:
    """The JSON of a request, alone or as `payload_json`, and its files.

    Raises:
        Refusal: it is neither JSON nor such a multipart body.
    """
    if request.content_type == "multipart/form-data":
        return await _multipart(request)
    raw = await request.read()
    if not raw:
        return None, ()
    return _parsed(raw), ()


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise errors.Refusal(400, 50109, "The request body contains invalid JSON.") from error


async def _multipart(request: web.Request) -> tuple[Any, tuple[SentFile, ...]]:
    body: Any = None
    files: list[SentFile] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise errors.invalid("body", "A multipart body inside a multipart body.")
        content = bytes(await part.read())
        named = _FILE.match(part.name or "")
        if part.name == "payload_json":
            body = _parsed(content)
        elif named:
            files.append(SentFile(index=int(named[1]), filename=part.filename or "unknown", content=content))
        else:
            raise errors.invalid(part.name or "body", "Discord knows no such part.", code="UNKNOWN_FIELD")
    return body, tuple(files)
