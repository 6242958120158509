"""Runs a real slack-bolt app against the stand-in: over Socket Mode, or behind an HTTP server of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.slack.stand_in import Slack
from tests.emulators.slack.workspace import Workspace
from tests.loopback import listening

PING_S = 0.05  # slack_sdk looks after its socket this often


def client_of(slack: Slack, team: Workspace, *, token: str | None = None) -> AsyncWebClient:
    """Return slack_sdk's client with a workspace's token."""
    return AsyncWebClient(token or team.bot_token, base_url=slack.api_url)


def bolt_app(slack: Slack, team: Workspace, *, process_before_response: bool = False) -> AsyncApp:
    """Return an app without listeners, for one workspace.

    Bolt acknowledges an event before its listener has done anything, unless told to `process_before_response`.
    """
    return AsyncApp(
        client=client_of(slack, team),
        signing_secret=slack.world.signing_secret,
        process_before_response=process_before_response,
    )


@asynccontextmanager
async def over_socket(slack: Slack, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Run an app over Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.world.app_token, ping_interval=PING_S)
    before = slack.connections
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.connections > before)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def over_http(slack: Slack, app: AsyncApp) -> AsyncIterator[str]:
    """Run an app behind HTTP, let the stand-in deliver there, and yield the server's address."""
    application = web.Application()

    async def serve(request: web.Request) -> web.StreamResponse:
        bolt_request = await to_bolt_request(request)
        flow = app.oauth_flow
        if flow is not None and request.path == flow.install_path:
            return await to_aiohttp_response(await flow.handle_installation(bolt_request))
        if flow is not None and request.path == flow.redirect_uri_path:
            return await to_aiohttp_response(await flow.handle_callback(bolt_request))
        return await to_aiohttp_response(await app.async_dispatch(bolt_request))

    application.router.add_route("*", "/slack/{rest}", serve)
    async with listening(application) as url:
        await slack.deliver_over_http(f"{url}/slack/events")
        yield url
