"""Holds the Socket Mode connection: opens it, notices when it is lost, and opens the next before an old one ends.

slack_sdk's client can reconnect by itself, but closes the old connection first and repeats a failing attempt with the
same spent address for ever; so each of its clients serves one connection here. Source: docs.slack.dev, Using Socket
Mode; slack_sdk.socket_mode.aiohttp.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.lines import client_for, quiet_logger
from adapters.slack.trouble import Refused, Why, translated
from bot.errors import OperatorMistake, PlatformBusy, PlatformError

log = logging.getLogger(__name__)


class WrongToken(OperatorMistake):
    """Slack does not accept a token."""


REFUSED_APP = (
    "Slack does not accept SLACK_APP_TOKEN. Make an app-level token with the scope connections:write on the page Basic "
    "Information of your app at https://api.slack.com/apps, and switch Socket Mode on."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long things may take, in seconds.

    `looks` is how often a connection is looked at; `leaves` how long an old one is still heard after its successor is
    there, for acknowledgements; `pings` slack_sdk's own beat: after four missed ones a connection counts as lost.
    `finishes` is what work in hand gets when the process stops, which it promises to do within ten seconds.
    """

    connects: float = 10.0
    looks: float = 0.5
    leaves: float = 10.0
    pings: float = 10.0
    finishes: float = 3.0
    retries: tuple[float, ...] = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)


class OneConnection(SocketModeClient):
    """slack_sdk's client for one connection. Told to go, it says so instead of reconnecting."""

    def __init__(self, app_token: str, web_client: AsyncWebClient, *, pings_s: float) -> None:
        super().__init__(
            app_token=app_token,
            logger=quiet_logger(),
            web_client=web_client,
            auto_reconnect_enabled=False,
            ping_interval=pings_s,
        )
        self.told_to_go = asyncio.Event()

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Note that Slack wants this connection to end."""
        self.told_to_go.set()


class Sockets:
    """Keeps one connection to Slack, from `start` to `stop`."""

    def __init__(self, app: AsyncApp, *, app_token: str, api_url: str, patience: Patience | None = None) -> None:
        self._app = app
        self._app_token = app_token
        self._patience = patience or Patience()
        self._web = client_for(app_token, api_url=api_url)
        self._current: OneConnection | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def is_connected(self) -> bool:
        """Whether Slack can reach us just now."""
        return self._current is not None and _lives(self._current)

    async def watch(self) -> None:
        """Wait until `stop`. Needs `start` before.

        Raises:
            WrongToken: Slack does not accept the app token any more.
        """
        if self._keeping is None:
            raise RuntimeError("not started")
        await asyncio.wait([self._keeping])
        if not self._keeping.cancelled():
            self._keeping.result()

    async def start(self) -> None:
        """Connect, and go on trying in the background where Slack cannot be reached.

        Raises:
            WrongToken: Slack does not accept the app token.
        """
        try:
            self._current = await self._opened()
        except PlatformError as error:
            log.warning("slack cannot be reached, trying on reason=%s", error)
        self._keeping = asyncio.create_task(self._keep(), name="slack-socket")

    async def stop(self) -> None:
        """Take nothing more, and close every connection."""
        tasks = [*self._leaving, *([self._keeping] if self._keeping else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._current is not None:
            await _close(self._current)
        self._current = None

    async def _keep(self) -> None:
        """Always hold a connection that lives. Trouble is logged when it begins and when it ends."""
        failures = 0
        while True:
            if self._current is not None:
                await self._lost(self._current)
            try:
                fresh = await self._opened()
            except PlatformError as error:
                if failures == 0:
                    log.warning("slack connection lost, trying on reason=%s", error)
                failures += 1
                await asyncio.sleep(self._patience.retries[min(failures, len(self._patience.retries)) - 1])
                continue
            log.info("slack connected attempts=%d", failures + 1)
            failures = 0
            old, self._current = self._current, fresh
            if old is not None:
                self._let_go(old)

    async def _lost(self, connection: OneConnection) -> None:
        """Return when a connection is told to go, or is not there any more."""
        while _lives(connection):
            try:
                async with asyncio.timeout(self._patience.looks):
                    await connection.told_to_go.wait()
            except TimeoutError:
                if not await connection.is_ping_pong_failing():
                    continue
                log.info("slack connection silent seconds=%.0f", 4 * self._patience.pings)
            return

    async def _opened(self) -> OneConnection:
        """Open a connection, in one attempt.

        Raises:
            WrongToken: Slack does not accept the app token. Refused, PlatformBusy.
        """
        url = await self._invited()
        connection = OneConnection(self._app_token, self._web, pings_s=self._patience.pings)
        connection.wss_uri = url
        connection.socket_mode_request_listeners.append(self._take)
        try:
            async with asyncio.timeout(self._patience.connects):
                await connection.connect()  # type: ignore[no-untyped-call]  # repeats a failing attempt until it is told to stop
        except BaseException as error:
            await _close(connection)
            if isinstance(error, TimeoutError):
                raise PlatformBusy("Slack's socket does not open") from error
            raise
        return connection

    async def _invited(self) -> str:
        """Ask Slack where to connect; each address is good once."""
        try:
            with translated():
                async with asyncio.timeout(self._patience.connects):
                    answer = await self._web.apps_connections_open(app_token=self._app_token)
        except Refused as error:
            if error.why in {Why.TOKEN, Why.SCOPE}:
                raise WrongToken(REFUSED_APP) from error
            raise
        return str(answer["url"])

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Hand an envelope to Bolt and acknowledge it on the connection that it came by."""
        began = time.time()
        response = await run_async_bolt_app(self._app, request)
        try:
            await send_async_response(client, request, response, began)
        except ConnectionError as error:
            # The work has begun; Slack sends the event again, which makes no second task.
            log.info("acknowledgement lost envelope=%s error=%s", request.envelope_id, type(error).__name__)

    def _let_go(self, old: OneConnection) -> None:
        task = asyncio.create_task(self._leave(old), name="slack-socket-leaving")
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _leave(self, old: OneConnection) -> None:
        """Close an old connection once whatever came by it can have been acknowledged."""
        try:
            if _lives(old):
                await asyncio.sleep(self._patience.leaves)
        finally:
            await _close(old)


def _lives(connection: OneConnection) -> bool:
    session = connection.current_session
    return session is not None and not session.closed


async def _close(connection: OneConnection) -> None:
    """Close a connection and all that slack_sdk keeps running for it."""
    running = [connection.message_processor, connection.current_session_monitor, connection.message_receiver]
    await connection.close()  # type: ignore[no-untyped-call]
    await asyncio.gather(*(task for task in running if task is not None), return_exceptions=True)
