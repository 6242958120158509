"""The routes of one task: its page, its files, and what chats ask to unfold a link."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from adapters.web.delivery import Delivery, FileGone
from adapters.web.links import SignedLinks
from adapters.web.measure import Measure
from adapters.web.pages import Pages
from bot.errors import StorageError
from bot.exhibit import Exhibit, Library

_RETRY = {"Retry-After": "30"}


class LinkReplaced(Exception):
    """The link was genuine once; newer ones have taken its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Answers for tasks. The library is given `limit_s` to say what a task shows."""

    library: Library
    links: SignedLinks
    pages: Pages
    delivery: Delivery
    measure: Measure
    public_url: str | None
    limit_s: float

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Answer `/t/{token}`."""
        token = request.match_info["token"]
        try:
            exhibit = await self._exhibit(token)
        except LinkReplaced:
            return self.pages.replaced(request)
        if self.public_url:  # else no chat can reach the page, and nobody asks for the size
            exhibit = await self.measure.measured(exhibit)
        return self.pages.viewer(exhibit, token)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Answer `/t/{token}/{file}`: a download, or with `?inline` what the page itself shows."""
        try:
            exhibit = await self._exhibit(request.match_info["token"])
            # The name is looked up in the task's own list and never becomes part of a path.
            file = exhibit.file(request.match_info["file"])
            if file is None:
                raise web.HTTPNotFound
            return await self.delivery.send(request, file, inline="inline" in request.query)
        except LinkReplaced:
            return self.pages.replaced(request)
        except FileGone as error:
            raise web.HTTPGone from error
        except StorageError as error:
            raise web.HTTPServiceUnavailable(headers=_RETRY) from error

    async def oembed(self, request: web.Request) -> web.StreamResponse:
        """Answer `/oembed?url=…&format=json` for the address of a page. Source: oembed.com, section 2.2."""
        if request.query.get("format", "json") != "json":
            raise web.HTTPNotImplemented
        pages = f"{self.public_url.rstrip('/')}/t/" if self.public_url else ""
        url = request.query.get("url", "")
        if not pages or not url.startswith(pages):
            raise web.HTTPNotFound
        token = url.removeprefix(pages)
        try:
            exhibit = await self._exhibit(token)
        except LinkReplaced as error:
            raise web.HTTPGone from error
        found = self.pages.oembed(await self.measure.measured(exhibit), token)
        return web.json_response(found, headers={"Cache-Control": "private, no-cache"})

    async def _exhibit(self, token: str) -> Exhibit:
        """Return what a token opens.

        Raises:
            HTTPNotFound: the token is not one of ours, or there is no such task; nobody learns which.
            HTTPGone: the files were removed. LinkReplaced: the token was genuine once.
            HTTPServiceUnavailable: the library does not answer.
        """
        claim = self.links.read(token)
        if claim is None:
            raise web.HTTPNotFound
        try:
            async with asyncio.timeout(self.limit_s):
                exhibit = await self.library.exhibit(claim.task_id)
        except (TimeoutError, StorageError) as error:
            raise web.HTTPServiceUnavailable(headers=_RETRY) from error
        if exhibit is None:
            raise web.HTTPNotFound
        if exhibit.is_deleted:
            raise web.HTTPGone
        if exhibit.generation != claim.generation:
            raise LinkReplaced
        return exhibit
