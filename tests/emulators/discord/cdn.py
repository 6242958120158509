"""The CDN: attachments by their signed addresses. Source: Discord docs, Reference, Signed Attachment CDN URLs."""

from __future__ import annotations

import hmac

from aiohttp import web

from tests.emulators.discord import shapes
from tests.emulators.discord.world import World

PATH = r"/cdn/{folder:attachments|ephemeral-attachments}/{channel_id:\d+}/{attachment_id:\d+}/{filename}"


class Cdn:
    """Hands out the bytes of an attachment while its address is good; afterwards 404, as Discord does."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one download."""
        found = self._world.attachments.get(int(request.match_info["attachment_id"]))
        expires, mark = request.query.get("ex", ""), request.query.get("hm", "")
        if found is None or found.expired or not self._lives(expires):
            return _gone()
        if not hmac.compare_digest(mark, shapes.signature(self._world, found, expires)):
            return _gone()
        return web.Response(body=found.content, content_type=found.content_type)

    def _lives(self, expires: str) -> bool:
        try:
            return int(expires, 16) > self._world.clock.now_s()
        except ValueError:
            return False


def _gone() -> web.Response:
    return web.Response(status=404, text="This content is no longer available.")
