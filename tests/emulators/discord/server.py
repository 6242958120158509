"""The HTTP side: one aiohttp server for REST, gateway and CDN."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from typing import Any

from aiohttp import web

from tests.emulators.discord import cdn, errors, limits, rest_interactions, rest_messages, rest_places
from tests.emulators.discord.requests import Request, SentFile, read_body
from tests.emulators.discord.routing import Answered, Call, Route
from tests.emulators.discord.trouble import Trouble
from tests.emulators.discord.world import World

ROUTES: tuple[Route, ...] = (*rest_places.ROUTES, *rest_messages.ROUTES, *rest_interactions.ROUTES)
PREFIX = "/api/v10"
# Larger than what Discord takes, so that too large a request is refused by its own rules.
MOST_BYTES = 160 * 1024 * 1024
JSON_TYPE = "application/json"


class Server:
    """Answers REST requests one after the other as they come; handlers themselves never wait."""

    def __init__(self, world: World, trouble: Trouble) -> None:
        self._world = world
        self._trouble = trouble
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a port that the system chooses."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_get("/gateway", self._world.gateway.serve)
        app.router.add_get("/gateway/", self._world.gateway.serve)
        app.router.add_get(cdn.PATH, cdn.Cdn(self._world).serve)
        app.router.add_route("*", "/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._world.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Cut every connection and stop listening."""
        assert self._runner is not None
        self._trouble.let_go()
        for session in self._world.gateway.connected:
            assert session.connection is not None
            session.connection.hang_up(1001)
        await self._runner.cleanup()

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        route, request_made = await self._recorded(request)
        if isinstance(request_made, errors.Refusal):
            return _json(request_made.status, request_made.body, {})
        failure = self._trouble.failure(request_made)
        if failure is not None:
            if failure.is_taken:
                self._handled(request, route, request_made)
            status, body, headers = failure.answer()
            return self._sent(request_made, status, body, headers)
        if not await self._trouble.passes(request_made, "before"):
            return _cut(request)
        status, body = self._handled(request, route, request_made)
        if not await self._trouble.passes(request_made, "after"):
            return _cut(request)
        return self._sent(request_made, status, body, {})

    async def _recorded(self, request: web.Request) -> tuple[Route | None, Request | errors.Refusal]:
        """Read a request and write it down; a body that cannot be read is answered at once."""
        path = request.raw_path.split("?")[0]
        inside = path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else path
        route, matched = self._route(request.method, inside) if inside != path else (None, None)
        parts = matched.groupdict() if matched else {}
        try:
            body, files = await read_body(request)
        except errors.Refusal as refusal:
            self._world.complain(f"{request.method} {path}: {refusal}")
            return route, refusal
        made = Request(
            method=request.method,
            route=route.template if route else "",
            path=inside,
            query=dict(request.query),
            ids={name: int(value) for name, value in parts.items() if name != "token"},
            token=parts.get("token"),
            body=body,
            files=files,
            size_bytes=request.content_length or _weight(body, files),
            at_s=asyncio.get_running_loop().time(),
        )
        self._world.requests.append(made)
        self._world.changed()
        return route, made

    def _route(self, method: str, path: str) -> tuple[Route | None, re.Match[str] | None]:
        for route in ROUTES:
            if matched := route.match(method, path):
                return route, matched
        return None, None

    def _handled(self, raw: web.Request, route: Route | None, request: Request) -> Answered:
        try:
            if route is None:
                self._world.complain(f"{request.method} {raw.path} is not emulated")
                raise errors.Refusal(404, 0, "404: Not Found")
            self._check(raw, route, request)
            return route.handle(Call(world=self._world, request=request))
        except errors.Refusal as refusal:
            return refusal.status, refusal.body
        except Exception as error:
            self._world.complain(f"{request.method} {request.path}: the stand-in failed: {error!r}")
            raise

    def _check(self, raw: web.Request, route: Route, request: Request) -> None:
        if not route.token_free and raw.headers.get("Authorization") != f"Bot {self._world.token}":
            raise errors.unauthorized()
        for name in set(request.query) - route.query:
            self._world.complain(f"{request.method} {request.route} knows no parameter {name!r}")
        if request.body is not None and not isinstance(request.body, list if request.method == "PUT" else dict):
            raise errors.invalid("body", "Only dictionaries may be used in a DictType", code="DICT_TYPE_CONVERT")
        found = limits.problems(request)
        for problem in found:
            if problem.code == "UNKNOWN_FIELD":
                self._world.complain(f"{request.method} {request.route}: {problem}")
        if found:
            raise errors.invalid_form(found)

    def _sent(self, request: Request, status: int, body: Any, headers: dict[str, str]) -> web.Response:
        request.status = status
        self._world.changed()
        return _json(status, body, _limit_headers(request) | headers)


def _limit_headers(request: Request) -> dict[str, str]:
    """A bucket for each route that is never near its end; `fail(status=429)` plays the one that is."""
    bucket = hashlib.md5(f"{request.method} {request.route}".encode(), usedforsecurity=False).hexdigest()
    return {
        "X-RateLimit-Limit": "50",
        "X-RateLimit-Remaining": "49",
        "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
        "X-RateLimit-Reset-After": "1.000",
        "X-RateLimit-Bucket": bucket,
        # discord.py takes a 429 without this header for a ban by Discord's front door.
        "Via": "1.1 google",
    }


def _json(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    if status == 204:
        return web.Response(status=204, headers=headers)
    return web.Response(status=status, body=json.dumps(body).encode(), content_type=JSON_TYPE, headers=headers)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _weight(body: Any, files: tuple[SentFile, ...]) -> int:
    return len(json.dumps(body)) + sum(each.size for each in files)
