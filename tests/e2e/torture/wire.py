"""The wire between the bot and Rodin's simulator: passes everything on, and holds a request where a life shall end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import aiohttp
from aiohttp import web

When = Literal["before", "half", "after"]

UPSTREAM_WITHIN_S = 90.0

HOP_BY_HOP = frozenset({"connection", "host", "keep-alive", "transfer-encoding", "content-length"})
"""Headers that belong to one connection. Source: RFC 9110, 7.6.1; lengths are written anew."""

FILE_LINK = re.compile(rb"http://127\.0\.0\.1:(\d+)/")


class Hold:
    """A request to be held: `before` Rodin sees it, with `half` of the answer sent, or `after` its effect."""

    def __init__(self, kind: str, when: When) -> None:
        self.kind = kind
        self.when = when
        self._caught = asyncio.Event()
        self._decided = asyncio.Event()
        self._is_dropped = False

    async def arrived(self) -> None:
        """Wait until a request is held."""
        await self._caught.wait()

    def release(self) -> None:
        """Let the request go on, and later ones pass."""
        self._decided.set()

    def drop(self) -> None:
        """Cut the request's connection, and let later ones pass."""
        self._is_dropped = True
        self._decided.set()

    def wants(self, kind: str, when: When) -> bool:
        """Whether this is the request it waits for."""
        return (kind, when) == (self.kind, self.when) and not self._caught.is_set() and not self._decided.is_set()

    async def keep(self) -> bool:
        """Hold a request until it is decided; whether it goes on."""
        self._caught.set()
        await self._decided.wait()
        return not self._is_dropped


@dataclass(slots=True, kw_only=True)
class Wire:
    """What the bot takes for Rodin. `url` is its API root."""

    upstream: str
    session: aiohttp.ClientSession
    origin: str = ""
    holds: list[Hold] = field(default_factory=list)
    _files_port: int | None = None

    @property
    def url(self) -> str:
        """Return the API root."""
        return f"{self.origin}/api/v2"

    def hold(self, kind: str, when: When) -> Hold:
        """Hold the next request of a kind: `submit`, `status`, `download`, `balance` or `file`."""
        self.holds = [hold for hold in self.holds if not hold._decided.is_set()]
        made = Hold(kind, when)
        self.holds.append(made)
        return made

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Pass one request on, and what comes back."""
        kind = kind_of(request)
        if not await self._passes(kind, "before"):
            return cut(request)
        try:
            status, headers, body = await self._asked(request, kind)
        except (aiohttp.ClientError, TimeoutError):
            return cut(request)
        if not await self._passes(kind, "after"):
            return cut(request)
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if not await self._passes(kind, "half"):
            return cut(request)
        await response.write(body[len(body) // 2 :])
        return response

    async def _asked(self, request: web.Request, kind: str) -> tuple[int, dict[str, str], bytes]:
        port = self._files_port if kind == "file" else None
        root = f"http://127.0.0.1:{port}" if port else self.upstream
        path = request.raw_path.removeprefix("/files") if kind == "file" else request.raw_path
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        async with self.session.request(
            request.method, f"{root}{path}", data=await request.read() or None, headers=headers, allow_redirects=False
        ) as answer:
            body = await answer.read()
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
            return answer.status, kept, self._relinked(body) if kind == "download" else body

    def _relinked(self, body: bytes) -> bytes:
        """Let the links of a listing lead over the wire, too."""
        if (found := FILE_LINK.search(body)) is not None:
            self._files_port = int(found[1])
        return FILE_LINK.sub(f"{self.origin}/files/".encode(), body)

    async def _passes(self, kind: str, when: When) -> bool:
        for hold in list(self.holds):
            if hold.wants(kind, when):
                return await hold.keep()
        return True


def kind_of(request: web.Request) -> str:
    """Name what a request asks of Rodin."""
    if request.path.startswith("/files/"):
        return "file"
    last = request.path.rpartition("/")[2]
    known = {"status": "status", "download": "download", "check_balance": "balance"}
    return known.get(last, "submit" if request.method == "POST" else "other")


def cut(request: web.Request) -> web.Response:
    """Break a connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


@asynccontextmanager
async def open_wire(upstream: str) -> AsyncIterator[Wire]:
    """Listen on a port of the system's choice, before the simulator at `upstream`."""
    timeout = aiohttp.ClientTimeout(total=UPSTREAM_WITHIN_S)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector, auto_decompress=False) as session:
        wire = Wire(upstream=upstream, session=session)
        application = web.Application(client_max_size=2**30)
        application.router.add_route("*", "/{path:.*}", wire.handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            wire.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield wire
        finally:
            for hold in wire.holds:
                hold.drop()
            await runner.cleanup()
