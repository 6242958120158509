"""Request bodies as the simulator reads them: streamed, bounded, and without trust in the client."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http import HttpProcessingError

from adapters.rodin.simulator.refusals import Refused, invalid

#: Our own bounds; they only keep a runaway client from filling the memory.
MOST_PARTS: Final = 200
TEXT_BYTES: Final = 64 * 1024
BODY_BYTES: Final = 256 * 1024 * 1024
CHUNK_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file part, with the name its sender gave it."""

    field: str
    filename: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A submission's body: every value of every text field, in order, and the files, in order."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()


async def read_form(request: web.Request, file_bytes: Mapping[str, int]) -> Form:
    """Read a submission: multipart, or url-encoded as HTTP libraries send it when there is no file.

    `file_bytes` holds the largest size of each known file field.

    Raises:
        Refused: another content type, a broken body, or a part over its limit.
        web.HTTPRequestEntityTooLarge: more than 256 MB altogether.
    """
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request, file_bytes)
    body = await _read_body(request.content.iter_chunked(CHUNK_BYTES), BODY_BYTES)
    if request.content_type == "application/x-www-form-urlencoded":
        return _parse_urlencoded(body)
    if not body:
        return Form()
    raise Refused("INVALID_REQUEST", "Content-Type must be multipart/form-data.")


async def read_object(request: web.Request) -> Mapping[str, object]:
    """Read the body of a read call: a JSON object, or a form, as Deemos' own MCP server sends it.

    Raises:
        Refused: neither of the two.
    """
    if request.content_type == "multipart/form-data":
        form = await _read_multipart(request, {})
        return {name: values[0] for name, values in form.texts.items()}
    body = await _read_body(request.content.iter_chunked(CHUNK_BYTES), TEXT_BYTES)
    if request.content_type == "application/x-www-form-urlencoded":
        return {name: values[0] for name, values in _parse_urlencoded(body).texts.items()}
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Refused("INVALID_REQUEST", "The body is no JSON.") from error
    if not isinstance(found, dict):
        raise Refused("INVALID_REQUEST", "The body must be a JSON object.")
    return found


def _parse_urlencoded(body: bytes) -> Form:
    try:
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_PARTS)
    except ValueError as error:
        raise Refused("INVALID_REQUEST", "The body has too many fields.") from error
    return Form(texts=_grouped(pairs))


def _grouped(pairs: list[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        texts[name] = (*texts.get(name, ()), value)
    return texts


async def _read_multipart(request: web.Request, file_bytes: Mapping[str, int]) -> Form:
    collected = _Collector(file_bytes)
    try:
        reader = await request.multipart()
        async for part in reader:
            await collected.add(part)
    except (ValueError, AssertionError, HttpProcessingError) as error:  # aiohttp's words for a broken body
        raise Refused("INVALID_REQUEST", "The multipart body cannot be read.") from error
    return Form(texts=_grouped(collected.pairs), files=tuple(collected.files))


class _Collector:
    """Takes the parts of one multipart body and keeps the sum of their sizes in bounds."""

    def __init__(self, file_bytes: Mapping[str, int]) -> None:
        self.pairs: list[tuple[str, str]] = []
        self.files: list[Upload] = []
        self._file_bytes = file_bytes
        self._seen_bytes = 0

    async def add(self, part: BodyPartReader | MultipartReader | None) -> None:
        """Read one part to its end and keep it."""
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise Refused("INVALID_REQUEST", "Each part needs a name.")
        if len(self.pairs) + len(self.files) >= MOST_PARTS:
            raise Refused("INVALID_REQUEST", "The body has too many parts.")
        if part.filename is None:
            body = await self._read(part, name=part.name, limit=TEXT_BYTES)
            self.pairs.append((part.name, body.decode(errors="replace")))
            return
        largest = max(self._file_bytes.values(), default=0)
        body = await self._read(part, name=part.name, limit=self._file_bytes.get(part.name, largest))
        self.files.append(Upload(field=part.name, filename=part.filename, body=body))

    async def _read(self, part: BodyPartReader, *, name: str, limit: int) -> bytes:
        body = bytearray()
        size = 0
        while not part.at_eof():
            chunk = await part.read_chunk(CHUNK_BYTES)
            size += len(chunk)
            self._seen_bytes += len(chunk)
            if self._seen_bytes > BODY_BYTES:
                raise web.HTTPRequestEntityTooLarge(max_size=BODY_BYTES, actual_size=self._seen_bytes)
            if size <= limit:
                body += chunk
        if size > limit:  # read to its end first, so that the client hears the answer
            raise invalid(name, f"{size} bytes; at most {limit} are accepted")
        return bytes(body)


async def _read_body(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=len(body))
    return bytes(body)
