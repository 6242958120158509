"""A bucket behind a proxy: moto's S3 over HTTP. Its client is written in Rust and goes by real time."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tests.fakes.s3 import s3_server
from tests.matrix.proxy import PIECE_S, PIECES, Kind, Proxy, cut, has_left
from tests.matrix.world import HASTE, Trouble

KINDS = (
    Kind(name="s3 list", method="GET", path=r"\?.*list-type=2"),
    Kind(name="s3 delete", method="POST", path=r"\?delete"),
    Kind(name="s3 keep", method="PUT", path="/spool/"),
    Kind(name="s3 save", method="PUT", path="/tasks/"),
    Kind(name="s3 load", method="GET", path="/spool/"),
)

PATIENCE_S = 9.0
"""How long a call is held at most; every caller gives up before."""


def refused(_request: web.Request) -> web.Response:
    """Return what S3 says to credentials that have died. Source: docs.aws.amazon.com/AmazonS3, Error responses."""
    said = "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
    return web.Response(status=400, text=said, content_type="application/xml")


class BucketProxy(Proxy):
    """The proxy in real time, in which a second lasts five milliseconds."""

    def _shove(self) -> None:
        """Its caller's pauses pass by themselves."""

    async def _hang(self, request: web.Request) -> web.StreamResponse:
        deadline = time.monotonic() + PATIENCE_S
        while not has_left(request) and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        return cut(request)

    async def truncated(self, request: web.Request, body: bytes) -> web.StreamResponse:
        """Say how much will come, as S3 does, and break off in the middle."""
        return await self._in_pieces(request, body, pieces=PIECES // 2)

    async def slow(self, request: web.Request, body: bytes) -> web.StreamResponse:
        return await self._in_pieces(request, body, pause_s=PIECE_S / HASTE)

    async def _in_pieces(
        self, request: web.Request, body: bytes, *, pieces: int = PIECES, pause_s: float = 0.0
    ) -> web.StreamResponse:
        passed = await self._passed(request, body)
        response = web.StreamResponse(status=passed.status, headers=dict(passed.headers))
        response.content_length = len(passed.body)
        await response.prepare(request)
        size = -(-len(passed.body) // PIECES) or 1
        for start in range(0, min(len(passed.body), pieces * size), size):
            if has_left(request):
                break
            await response.write(passed.body[start : start + size])
            await asyncio.sleep(pause_s)
        return response if pieces == PIECES else cut(request)


@asynccontextmanager
async def a_bucket(trouble: Trouble) -> AsyncIterator[str]:
    """Make a bucket, and let the environment say how it is reached."""
    with s3_server() as server, pytest.MonkeyPatch.context() as patch:
        name = f"bucket-{secrets.token_hex(8)}"
        await asyncio.to_thread(server.make_bucket, name)
        for variable, value in server.environment.items():
            patch.setenv(variable, value)
        proxy = BucketProxy(upstream=server.url, trouble=trouble, kinds=KINDS, refused=refused)
        async with proxy.listening():
            patch.setenv("AWS_ENDPOINT_URL", proxy.url)
            yield f"s3://{name}/some/prefix"
