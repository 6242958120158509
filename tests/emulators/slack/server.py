"""The HTTP server: Web API, sockets, uploads, downloads, response addresses, OAuth pages."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.emulators.slack import api, methods_app, methods_chat, methods_files, methods_places, methods_views, wire  # noqa: F401 - they register
from tests.emulators.slack.errors import Refused
from tests.emulators.slack.outbox import Outbox
from tests.emulators.slack.records import Call, FileRecord, Json
from tests.emulators.slack.responses import answer_over_url
from tests.emulators.slack.troubles import Dropped, Troubles
from tests.emulators.slack.world import World

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024 * 1024
SIGN_IN = "<!doctype html><html><head><title>Slack</title></head><body>Sign in to see this file</body></html>"

Effect = Callable[[], Awaitable[web.Response]]


class Server:
    """Listens on 127.0.0.1, on a port that the system chooses."""

    def __init__(self, world: World, outbox: Outbox) -> None:
        self.world = world
        self.outbox = outbox
        self.troubles = Troubles()
        application = web.Application(client_max_size=LARGEST_BODY)
        application.router.add_route("*", "/api/{method}", self._api)
        application.router.add_get("/link/", self._link)
        application.router.add_post("/upload/v1/{team}/{file}", self._upload)
        application.router.add_get("/files-pri/{place}/{name:.*}", self._download)
        application.router.add_post("/response/{token}", self._response)
        application.router.add_get("/oauth/v2/authorize", self._authorize)
        application.router.add_get("/oauth/v2/answer", self._authorized)
        application.router.add_route("*", "/{elsewhere:.*}", self._elsewhere)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)

    async def start(self) -> None:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.world.base_url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Let go of everything that is held and stop listening."""
        self.troubles.let_go()
        await self._runner.cleanup()

    async def _gate(self, request: web.Request, call: Call, effect: Effect) -> web.StreamResponse:
        """Record a call, give it the trouble that waits for it, and let it have its effect."""
        self.world.calls.append(call)
        self.world.changed()
        try:
            await self.troubles.hold(call, "before")
            if (failure := self.troubles.failure_for(call, "before")) is not None:
                return self._failed(call, failure.response())
            response = await effect()
            self.world.changed()
            await self.troubles.hold(call, "after")
            if (failure := self.troubles.failure_for(call, "after")) is not None:
                return self._failed(call, failure.response())
        except Dropped:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        call.status = response.status
        self.world.changed()
        return response

    def _failed(self, call: Call, response: web.Response) -> web.Response:
        call.status = response.status
        names = {429: "ratelimited"}
        call.answer = {"ok": False, "error": names.get(response.status, f"status {response.status}")}
        self.world.changed()
        return response

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        arguments = await api.read_arguments(request)
        token = api.token_of(request, arguments)
        team = api.find_team(self.world, token)
        call = self._call(name, arguments, team.id if team is not None else None)
        context = api.Context(
            world=self.world,
            outbox=self.outbox,
            installed=team,
            arguments=arguments,
            token=token,
            client=api.client_of(request),
        )

        async def effect() -> web.Response:
            try:
                call.answer = await api.run(context, name)
            except Refused as refusal:
                call.answer = refusal.answer()
            except Exception as error:
                log.exception("the stand-in for Slack failed method=%s", name)
                self.world.complain(f"the stand-in itself failed at {name}: {error!r}")
                call.answer = {"ok": False, "error": "internal_error"}
            return web.json_response(call.answer, headers=api.scope_headers(team, name))

        return await self._gate(request, call, effect)

    def _call(self, method: str, arguments: Json, team_id: str | None) -> Call:
        return Call(method=method, arguments=arguments, team_id=team_id, at_s=self.world.clock.now_s())

    async def _link(self, request: web.Request) -> web.StreamResponse:
        return await self.outbox.socket.serve(self.world, request)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        content = await self._uploaded(request)
        team = self.world.teams.get(request.match_info["team"])
        file = team.files.get(request.match_info["file"]) if team is not None else None
        call = self._call(
            "upload_url", {"file": request.match_info["file"], "length": len(content)}, request.match_info["team"]
        )

        async def effect() -> web.Response:
            if file is None or file.content is not None:
                call.answer = {"ok": False, "error": "unknown or used address"}
                return web.Response(status=404, text="not found")
            if len(content) != file.length:
                call.answer = {"ok": False, "error": "length_mismatch"}
                return web.Response(status=400, text="length mismatch")
            file.content = content
            call.answer = {"ok": True}
            return web.Response(text=f"OK - {len(content)}")

        return await self._gate(request, call, effect)

    async def _uploaded(self, request: web.Request) -> bytes:
        if request.content_type.startswith("multipart/"):
            for part in (await request.post()).values():
                if isinstance(part, web.FileField):
                    return part.file.read()
        return await request.read()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        team_id, _, file_id = request.match_info["place"].partition("-")
        team = self.world.teams.get(team_id)
        file = team.files.get(file_id) if team is not None else None
        call = self._call("file_download", {"file": file_id}, team_id)

        async def effect() -> web.Response:
            call.answer = {"ok": True}
            if not self._may_read(request, team_id):
                call.answer = {"ok": False, "error": "sign-in page"}
                return web.Response(text=SIGN_IN, content_type="text/html")
            if file is None or file.deleted or file.content is None:
                call.answer = {"ok": False, "error": "file_not_found"}
                return web.Response(status=404, text="not found")
            return _file_response(file)

        return await self._gate(request, call, effect)

    def _may_read(self, request: web.Request, team_id: str) -> bool:
        caller = api.find_team(self.world, api.token_of(request, {}))
        if caller is None or caller.id != team_id or "files:read" not in caller.scopes:
            return False
        return api.token_of(request, {}) not in caller.revoked

    async def _response(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        place = self.world.response_urls.get(request.match_info["token"])
        call = self._call("response_url", body, place.person.team_id if place is not None else None)

        async def effect() -> web.Response:
            status, call.answer = await answer_over_url(self.world, self.outbox, place, body)
            return web.json_response(call.answer, status=status)

        return await self._gate(request, call, effect)

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        return self.outbox.oauth.ask(self.world, request)

    async def _authorized(self, request: web.Request) -> web.StreamResponse:
        return self.outbox.oauth.answer(self.world, request)

    async def _elsewhere(self, request: web.Request) -> web.StreamResponse:
        self.world.complain(f"unknown address {request.method} {request.path}")
        return web.Response(status=404, text="not found")


def _file_response(file: FileRecord) -> web.Response:
    return web.Response(body=file.content, content_type=file.media_type or wire.media_type_of(file.name))
