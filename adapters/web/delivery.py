"""Sends one file to a browser: ranges, conditions and names as HTTP has them, in constant memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import hdrs, web

from adapters.web.names import disposition, media_type
from adapters.web.ranges import NoSuchStretch, Stretch, parse_range
from bot.errors import FileStoreBusy, NoSuchFile
from bot.exhibit import ShownFile
from bot.ports import FileStore

# What has left of a streamed answer so far, for those who count.
SENT_BYTES = web.RequestKey("sent_bytes", int)

log = logging.getLogger(__name__)

# Long enough for a browser to follow the redirection and to resume a download a while later.
_PRESIGNED_FOR = timedelta(hours=1)


class FileGone(Exception):
    """The file is not in the store any more, though it is still listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How files leave. A client that takes nothing for `stall_s` is let go."""

    files: FileStore
    redirects: bool
    stall_s: float

    async def send(self, request: web.Request, file: ShownFile, *, inline: bool) -> web.StreamResponse:
        """Answer a GET or HEAD for a file, for the page itself (`inline`) or as a download.

        Raises:
            FileGone: it is not in the store. FileStoreBusy: the store does not answer.
        """
        headers = _headers(file, inline=inline)
        if (status := _precondition(request, headers[hdrs.ETAG])) is not None:
            return web.Response(status=status, headers=headers)
        if not inline and self.redirects and (url := await self._elsewhere(file)):
            return web.Response(status=302, headers={hdrs.LOCATION: url, hdrs.CACHE_CONTROL: "private, no-store"})
        try:
            stretch = _wanted(request, file, headers[hdrs.ETAG])
        except NoSuchStretch:
            headers = {hdrs.CONTENT_RANGE: f"bytes */{file.size_bytes}", hdrs.ACCEPT_RANGES: "bytes"}
            return web.Response(status=416, headers=headers)
        return await self._stream(request, _prepared(file, headers, stretch), file, stretch)

    async def _elsewhere(self, file: ShownFile) -> str | None:
        try:
            return await self.files.presigned_url(file.key, name=file.name, expires=_PRESIGNED_FOR)
        except FileStoreBusy as error:
            log.info("no address at the bucket, sending the file ourselves: %s", error)
            return None

    async def _stream(
        self, request: web.Request, response: web.StreamResponse, file: ShownFile, stretch: Stretch | None
    ) -> web.StreamResponse:
        wanted = stretch or Stretch(start=0, length=file.size_bytes)
        async with aclosing(self.files.open(file.key, start=wanted.start, length=wanted.length)) as chunks:
            # The first bytes come before the first header: what cannot be read can still be said.
            first = [await _first(chunks, file, wanted)]
            try:
                await response.prepare(request)
                if request.method != hdrs.METH_HEAD:
                    await self._write(request, response, first.pop(), chunks, missing=wanted.length)
            except ConnectionError:
                log.debug("a client left before the end of its download")
        return response

    async def _write(
        self,
        request: web.Request,
        response: web.StreamResponse,
        chunk: bytes,
        chunks: AsyncGenerator[bytes, None],
        *,
        missing: int,
    ) -> None:
        """Write one chunk after the other. Only one is held at a time, since slow clients are many."""
        try:
            while chunk:
                missing -= len(chunk)
                async with asyncio.timeout(self.stall_s):
                    await response.write(chunk)
                request[SENT_BYTES] = request.get(SENT_BYTES, 0) + len(chunk)
                chunk = await anext(chunks, b"")
            if missing:
                raise NoSuchFile("the file is shorter than its row says")
        except (NoSuchFile, FileStoreBusy, TimeoutError) as error:
            # The headers are out. Cutting the connection tells the browser that this is not the whole file.
            log.warning("a download was cut bytes_missing=%d error=%s: %s", missing, type(error).__name__, error)
            if request.transport is not None:
                request.transport.abort()


async def _first(chunks: AsyncGenerator[bytes, None], file: ShownFile, wanted: Stretch) -> bytes:
    try:
        first = await anext(chunks, b"")
    except NoSuchFile as error:
        raise FileGone(file.name) from error
    if wanted.length and not first:
        raise FileGone(file.name)
    return first


def _headers(file: ShownFile, *, inline: bool) -> dict[str, str]:
    return {
        hdrs.ETAG: f'"{file.sha256}"',
        # Kept by the browser, but asked for again each time: after Delete the answer is no.
        hdrs.CACHE_CONTROL: "private, no-cache",
        hdrs.ACCEPT_RANGES: "bytes",
        hdrs.CONTENT_TYPE: media_type(file.name),
        hdrs.CONTENT_DISPOSITION: disposition("inline" if inline else "attachment", file.name),
    }


def _precondition(request: web.Request, etag: str) -> int | None:
    """Return the status that ends the request early, if one does. Source: RFC 9110, section 13.2.2."""
    value = etag.strip('"')
    wanted, known = request.if_match, request.if_none_match
    if wanted is not None and not any(tag.value == "*" or (tag.value == value and not tag.is_weak) for tag in wanted):
        return 412
    if known is not None and any(tag.value in {"*", value} for tag in known):
        return 304
    return None


def _wanted(request: web.Request, file: ShownFile, etag: str) -> Stretch | None:
    """Return the stretch that is asked for; None for the whole file.

    A range counts with GET only, and with If-Range only when that names the file as it is. We tell no dates, so one in
    If-Range never matches. Source: RFC 9110, sections 13.1.5 and 14.2.
    """
    if request.method != hdrs.METH_GET or request.headers.get(hdrs.IF_RANGE, etag) != etag:
        return None
    return parse_range(request.headers.get(hdrs.RANGE), file.size_bytes)


def _prepared(file: ShownFile, headers: dict[str, str], stretch: Stretch | None) -> web.StreamResponse:
    response = web.StreamResponse(status=206 if stretch else 200, headers=headers)
    response.content_length = stretch.length if stretch else file.size_bytes
    if stretch:
        last = stretch.start + stretch.length - 1
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {stretch.start}-{last}/{file.size_bytes}"
    return response
