"""The file host: a second listener that serves signed links, and nothing else."""

import asyncio
import mimetypes
from collections import Counter
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from aiohttp import hdrs, web

from adapters.rodin.simulator.links import BadLink
from adapters.rodin.simulator.maker import BuildFailed
from adapters.rodin.simulator.stage import Stage

#: How long the fault `slow_files` takes for one body, at speed 1, and in how many pieces it comes.
SLOW_FILE_S: Final = 20.0
SLOW_PIECES: Final = 40
#: The fault `broken_transfer` stops here, `wrong_content_length` here.
BROKEN_SHARE: Final = 0.6
SHORT_SHARE: Final = 0.9

_TYPES: Final = {
    ".glb": "model/gltf-binary",
    ".usdz": "model/vnd.usdz+zip",
    ".obj": "model/obj",
    ".mtl": "model/mtl",
    ".stl": "model/stl",
    ".webp": "image/webp",
}
_HTML: Final = "<!doctype html><html><head><title>Just a moment</title></head><body>Please wait.</body></html>"


class FileHost:
    """Serves the files of finished tasks to whoever has a link that is signed and alive."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._served: Counter[str] = Counter()  # transfers begun, by path

    def routes(self) -> list[web.RouteDef]:
        """The one kind of address there is; GET answers HEAD as well."""
        return [web.get("/{pack_id}/pack/{format}/{name}", self._serve)]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if hdrs.AUTHORIZATION in request.headers:
            # A signed address and a header are two ways to prove a right; object stores refuse both at once.
            self._stage.state.authorization_leaks += 1
            return _error(HTTPStatus.BAD_REQUEST, "InvalidArgument", "Only one auth mechanism allowed.")
        try:
            self._stage.signer.check(request.path, request.query, now=self._stage.clock.now())
        except BadLink as link:
            return _error(HTTPStatus.FORBIDDEN, link.code, link.message)
        path = await self._find(request)
        if path is None:
            return _error(HTTPStatus.NOT_FOUND, "NoSuchKey", "The specified key does not exist.")
        return await self._send(request, path)

    async def _find(self, request: web.Request) -> Path | None:
        task = self._stage.state.by_pack(request.match_info["pack_id"])
        if task is None:
            return None
        try:
            built = await self._stage.workshop.wait(task.order.spec)
        except BuildFailed:
            return None
        return next((path for path in built.files if path.name == request.match_info["name"]), None)

    async def _send(self, request: web.Request, path: Path) -> web.StreamResponse:
        dice = self._stage.dice
        if dice.strikes("files_server_error"):
            return _error(HTTPStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable", "Please reduce your request rate.")
        if dice.strikes("html_file"):
            return web.Response(text=_HTML, content_type="text/html")
        if request.method == hdrs.METH_HEAD:
            return web.FileResponse(path, headers=_headers(request, path))
        return await self._send_body(request, path)

    async def _send_body(self, request: web.Request, path: Path) -> web.StreamResponse:
        dice, headers = self._stage.dice, _headers(request, path)
        self._served[request.path] += 1
        if self._served[request.path] == 1 and dice.strikes("broken_transfer"):
            return await _send_broken(request, await asyncio.to_thread(path.read_bytes), headers)
        if dice.strikes("wrong_content_length"):
            body = await asyncio.to_thread(path.read_bytes)
            return web.Response(body=body[: int(len(body) * SHORT_SHARE)], headers=headers)
        if dice.strikes("slow_files"):
            return await self._send_slowly(request, await asyncio.to_thread(path.read_bytes), headers)
        return web.FileResponse(path, headers=headers)

    async def _send_slowly(self, request: web.Request, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
        response = web.StreamResponse(headers={**headers, hdrs.CONTENT_LENGTH: str(len(body))})
        await response.prepare(request)
        async for piece in self._trickle(body):
            await response.write(piece)
        return response

    async def _trickle(self, body: bytes) -> AsyncIterator[bytes]:
        size = -(-len(body) // SLOW_PIECES) or 1
        for start in range(0, len(body), size):
            await self._stage.pause(SLOW_FILE_S / SLOW_PIECES / self._stage.options.speed)
            yield body[start : start + size]


async def _send_broken(request: web.Request, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers={**headers, hdrs.CONTENT_LENGTH: str(len(body))})
    await response.prepare(request)
    await response.write(body[: int(len(body) * BROKEN_SHARE)])
    if request.transport is not None:
        request.transport.close()  # sends what was written, then ends
    return response


def _headers(request: web.Request, path: Path) -> dict[str, str]:
    wanted = {
        hdrs.CONTENT_DISPOSITION: request.query.get("response-content-disposition"),
        hdrs.CACHE_CONTROL: request.query.get("response-cache-control"),
        hdrs.CONTENT_TYPE: _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream",
    }
    return {name: value for name, value in wanted.items() if value}


def _error(status: HTTPStatus, code: str, message: str) -> web.Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    )
    return web.Response(status=status, text=body, content_type="application/xml")
