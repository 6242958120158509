"""Slack over HTTP: where it sends events, and where people let the app into their workspaces."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urljoin

from aiohttp import web
from aiohttp.typedefs import Handler
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack import words
from adapters.slack.installations import STATE_LIVES_S
from adapters.slack.lines import Lines, client_for, quiet_logger
from adapters.slack.manifest import scope_names

log = logging.getLogger(__name__)

Route = web.RouteDef
"""One way in, for whoever serves it."""

READ_WITHIN_S = 10.0
"""How long a request may take to come in. Slack itself waits three seconds for all of it to be answered."""

TIMESTAMP = "X-Slack-Request-Timestamp"

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthSupplies:
    """What an installation needs: the app's credentials, and where what it brings is kept."""

    client_id: str
    client_secret: str = field(repr=False)
    api_url: str
    public_url: str | None
    has_links: bool
    installations: AsyncInstallationStore
    states: AsyncOAuthStateStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The HTTP routes of one app. Until `is_open` they ask Slack to come back, which it does with events."""

    app: AsyncApp
    flow: AsyncOAuthFlow | None
    is_open: Callable[[], bool]
    read_within_s: float = READ_WITHIN_S

    def definitions(self) -> tuple[Route, ...]:
        """Return the routes for aiohttp."""
        found = [web.post(EVENTS_PATH, self._event)]
        if self.flow is not None:
            found += [
                web.get(INSTALL_PATH, _page(self.flow.handle_installation)),
                web.get(REDIRECT_PATH, _page(self.flow.handle_callback)),
            ]
        return tuple(found)

    async def _event(self, request: web.Request) -> web.Response:
        if not self.is_open():
            return web.Response(status=503)
        if not request.headers.get(TIMESTAMP, "0").isdecimal():  # Slack's SDK breaks on it instead of refusing it
            return web.Response(status=401)
        try:
            async with asyncio.timeout(self.read_within_s):
                heard = await to_bolt_request(request)
        except TimeoutError:
            return web.Response(status=408)
        return await to_aiohttp_response(await self.app.async_dispatch(heard))


def oauth_flow(supplies: OAuthSupplies, lines: Lines) -> AsyncOAuthFlow:
    """Return Bolt's flow that lets workspaces in. A state is good once, in the browser that began, for ten minutes."""
    settings = AsyncOAuthSettings(
        client_id=supplies.client_id,
        client_secret=supplies.client_secret,
        scopes=list(scope_names(has_links=supplies.has_links)),
        user_scopes=[],
        redirect_uri=f"{supplies.public_url}{REDIRECT_PATH}" if supplies.public_url else None,
        authorization_url=_authorize_url(supplies.api_url),
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        callback_options=AsyncCallbackOptions(success=_succeeded(lines), failure=_failed),
        installation_store=supplies.installations,
        state_store=supplies.states,
        state_expiration_seconds=STATE_LIVES_S,
        logger=quiet_logger(),
    )
    return AsyncOAuthFlow(client=client_for(None, api_url=supplies.api_url), logger=quiet_logger(), settings=settings)


def _page(handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await handle(await to_bolt_request(request)))

    return answer


def _succeeded(lines: Lines) -> Callable[[AsyncSuccessArgs], Awaitable[BoltResponse]]:
    async def show(args: AsyncSuccessArgs) -> BoltResponse:
        team = args.installation.team_id or ""
        lines.drop(team)  # an earlier token of this workspace is void
        log.info("app installed team=%s", team)
        return _sentence(words.installed(args.installation.team_name or "your workspace"), status=200)

    return show


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    log.info("app not installed reason=%s", args.reason)
    return _sentence(words.not_installed(args.reason), status=args.suggested_status_code)


def _sentence(words_for_people: str, *, status: int) -> BoltResponse:
    page = f'<!doctype html><meta charset="utf-8"><title>Rodin Bot</title><p>{escape(words_for_people)}</p>'
    return BoltResponse(status=status, body=page, headers={"Content-Type": "text/html; charset=utf-8"})


def _authorize_url(api_url: str) -> str:
    """Return where people agree: beside the Web API, which is what a stand-in or a proxy offers."""
    return urljoin(api_url, "/oauth/v2/authorize")
