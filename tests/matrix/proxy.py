"""A proxy between the bot and one vendor's stand-in that spoils calls of a test's choosing on the wire."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.matrix.faults import OURS, Fault
from tests.matrix.world import Trouble

PAGE = "<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
RESTS_S = 2
"""What a 429 asks for."""

HANG_S = 900.0
"""How long a call is held at most; every caller gives up before."""

LULL_S = 0.004
"""Real time in which callers notice what the turned clock means for them."""

SHOVES = 12
PIECES, PIECE_S = 10, 10.0
NOT_PASSED_ON = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Calls of one kind: their method, their path with its query, and what the request's body must hold.

    `is_shoved`: the time runs on after a fault, so that who pauses before a second try need not be waited for. Not
    where the bot waits for a few seconds only: on a busy machine they would be over before the answer is read.
    """

    name: str
    method: str
    path: str
    holding: bytes = b""
    is_shoved: bool = True

    def fits(self, request: web.Request, body: bytes) -> bool:
        """Say whether a request is of this kind."""
        is_there = request.method == self.method and re.search(self.path, request.path_qs) is not None
        return is_there and re.search(self.holding, body) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """An answer as the stand-in gave it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(kw_only=True)
class Proxy:
    """Listens on a port of its own. `refused` is how the vendor says that credentials are not accepted any more.

    `renamed` are addresses in answers that shall lead elsewhere: through another proxy, or past this one.
    """

    upstream: str
    trouble: Trouble
    kinds: tuple[Kind, ...]
    refused: Callable[[web.Request], web.Response]
    renamed: dict[str, str] = field(default_factory=dict)
    url: str = ""
    _session: aiohttp.ClientSession = field(init=False)
    _runner: web.AppRunner = field(init=False)
    _site: web.TCPSite = field(init=False)
    _port: int = field(init=False)
    _shoves: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Proxy]:
        """Listen until the block ends."""
        application = web.Application(client_max_size=2**28)
        application.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2, auto_decompress=False)
        async with aiohttp.ClientSession(auto_decompress=False, timeout=aiohttp.ClientTimeout(total=None)) as session:
            self._session, self._runner = session, runner
            await runner.setup()
            self._site = web.TCPSite(runner, "127.0.0.1", 0)
            await self._site.start()
            self._port = int(runner.addresses[0][1])
            self.url = f"http://127.0.0.1:{self._port}"
            try:
                yield self
            finally:
                await runner.cleanup()

    async def go_down(self) -> None:
        """Take no connection any more, and cut those that are there."""
        await self._site.stop()
        assert self._runner.server is not None
        for connection in self._runner.server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    async def come_up(self) -> None:
        """Take connections again, where it did before."""
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        kind = next((kind for kind in self.kinds if kind.fits(request, body)), None)
        fault = None if kind is None else self.trouble.strikes(kind.name)
        if fault is None or fault in OURS:
            return _as_response(await self._passed(request, body))
        if kind is not None and kind.is_shoved:
            self._shove()
        spoil: Callable[[web.Request, bytes], Awaitable[web.StreamResponse]] = getattr(self, SPOILERS[fault])
        self.trouble.at_work += 1
        try:
            return await spoil(request, body)
        finally:
            self.trouble.at_work -= 1

    async def _passed(self, request: web.Request, body: bytes) -> Passed:
        """Let the stand-in have the call, and return what it says."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in NOT_PASSED_ON}
        url = f"{self.upstream}{request.raw_path}"
        async with self._session.request(
            request.method, url, data=body or None, headers=headers, allow_redirects=False
        ) as answer:
            said = await answer.read()
            for ours, theirs in self.renamed.items():
                said = said.replace(ours.encode(), theirs.encode())
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in NOT_PASSED_ON}
            return Passed(status=answer.status, headers=kept, body=said)

    def _shove(self) -> None:
        """Let the pauses pass that a vendor's own library makes before it tries again: up to nine seconds each."""

        async def shove() -> None:
            for _ in range(SHOVES):
                await asyncio.sleep(LULL_S)
                self.trouble.world.turn(1.0, waits=True)
            self.trouble.at_work -= 1

        self.trouble.at_work += 1
        task = asyncio.create_task(shove(), name="shove")
        self._shoves.add(task)
        task.add_done_callback(self._shoves.discard)

    async def _hang(self, request: web.Request) -> web.StreamResponse:
        """Hold a call until its caller has given up: this machine's time passes meanwhile."""
        held_s = 0.0
        while not has_left(request) and held_s < HANG_S:
            self.trouble.world.turn(PIECE_S, waits=True)
            held_s += PIECE_S
            await asyncio.sleep(LULL_S)
        return cut(request)

    async def timeout_before(self, request: web.Request, _body: bytes) -> web.StreamResponse:
        return await self._hang(request)

    async def timeout_after(self, request: web.Request, body: bytes) -> web.StreamResponse:
        await self._passed(request, body)
        return await self._hang(request)

    async def reset(self, request: web.Request, body: bytes) -> web.StreamResponse:
        await self._passed(request, body)
        return cut(request)

    async def too_many(self, _request: web.Request, _body: bytes) -> web.StreamResponse:
        said = {"message": "You are being rate limited.", "retry_after": float(RESTS_S), "global": False, "ok": False}
        headers = {"Retry-After": str(RESTS_S), "Via": "1.1 front"}
        return plain_json({**said, "error": "ratelimited"}, status=429, headers=headers)

    async def error(self, _request: web.Request, _body: bytes) -> web.StreamResponse:
        return web.Response(status=500, text="Internal Server Error")

    async def html(self, request: web.Request, body: bytes) -> web.StreamResponse:
        await self._passed(request, body)
        return web.Response(status=502, text=PAGE, content_type="text/html")

    async def truncated(self, request: web.Request, body: bytes) -> web.StreamResponse:
        passed = await self._passed(request, body)
        half = passed.body[: len(passed.body) // 2]
        return web.Response(status=passed.status, headers=dict(passed.headers), body=half)

    async def wrong_types(self, request: web.Request, body: bytes) -> web.StreamResponse:
        passed = await self._passed(request, body)
        try:
            wrong = _of_other_types(json.loads(passed.body))
        except ValueError:
            wrong = {"code": "seven"}
        return plain_json(wrong, status=passed.status)

    async def slow(self, request: web.Request, body: bytes) -> web.StreamResponse:
        passed = await self._passed(request, body)
        response = web.StreamResponse(status=passed.status, headers=dict(passed.headers))
        response.content_length = len(passed.body)
        await response.prepare(request)
        size = -(-len(passed.body) // PIECES) or 1
        for start in range(0, len(passed.body), size):
            if has_left(request):
                break
            await response.write(passed.body[start : start + size])
            await asyncio.sleep(LULL_S)
            self.trouble.world.turn(PIECE_S, waits=True)
            await asyncio.sleep(LULL_S)
        return response

    async def expired(self, request: web.Request, _body: bytes) -> web.StreamResponse:
        return self.refused(request)


SPOILERS = {
    Fault.TIMEOUT_BEFORE: "timeout_before",
    Fault.TIMEOUT_AFTER: "timeout_after",
    Fault.RESET: "reset",
    Fault.TOO_MANY: "too_many",
    Fault.ERROR: "error",
    Fault.HTML: "html",
    Fault.TRUNCATED: "truncated",
    Fault.WRONG_TYPES: "wrong_types",
    Fault.SLOW: "slow",
    Fault.EXPIRED: "expired",
}
"""The method of a proxy that brings a fault about."""


def plain_json(said: Any, *, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """Return JSON whose type stands there without a charset, as vendors write it; discord.py compares the words."""
    return web.Response(
        status=status, body=json.dumps(said).encode(), content_type="application/json", headers=dict(headers or {})
    )


def _as_response(passed: Passed) -> web.Response:
    return web.Response(status=passed.status, headers=dict(passed.headers), body=passed.body)


def has_left(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def cut(request: web.Request) -> web.Response:
    """Reset a connection: what it carried is dropped, and no goodbye is said."""
    if request.transport is not None:
        raw = request.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response(status=500)


def _of_other_types(value: Any) -> Any:
    """Return the same shape with a value of another type in every place."""
    if isinstance(value, dict):
        return {name: _of_other_types(one) for name, one in value.items()}
    if isinstance(value, list):
        return {"0": [_of_other_types(one) for one in value]}
    return {"was": "text"} if isinstance(value, str) else "seven"
