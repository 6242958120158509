"""The ways to Slack's Web API: one for each workspace, so that one's troubles are never another's."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.hosts import is_slacks
from adapters.slack.trouble import Limited, Refused, Unsent, Why, translated
from bot.errors import AddressGone, PlatformBusy

log = logging.getLogger(__name__)

SHORT_WAIT_S = 2.0
"""A wait that Slack asks for and that is no longer is waited here; for longer ones the work is put back."""

CALL_WITHIN_S = 30.0

TOKEN_REST_S = 60.0
"""How long a thread rests while Slack does not accept the token: an operator has to put in another one."""

Json = dict[str, Any]
Send = Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]


def quiet_logger() -> logging.Logger:
    """Return the logger for Slack's own libraries: at debug they write down whole requests, prompts and all.

    What matters of their troubles we log ourselves, once.
    """
    logger = logging.getLogger(f"{__name__}.sdk")
    logger.setLevel(logging.CRITICAL)
    return logger


def client_for(token: str | None, *, api_url: str, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """Return a client that repeats nothing by itself: a second `chat.postMessage` would be a second message."""
    return AsyncWebClient(
        token=token,
        base_url=api_url,
        timeout=int(CALL_WITHIN_S),
        session=session,
        logger=quiet_logger(),
        retry_handlers=[],
    )


class Installations(Protocol):
    """Which workspaces have let the app in, and with which token."""

    async def token(self, *, team: str, enterprise: str) -> str | None:
        """Return the bot's token for a workspace, or None where the app is not installed. May raise DatabaseBusy."""

    async def forget(self, *, team: str, enterprise: str) -> None:
        """Forget a workspace and its tokens. May raise DatabaseBusy."""


@dataclass(kw_only=True)
class Line:
    """The way to one workspace. `token` is a secret, also needed to fetch files."""

    token: str = field(repr=False)
    client: AsyncWebClient = field(repr=False)
    _resting: dict[str, float] = field(default_factory=dict, repr=False)

    async def call(self, method: str, send: Send) -> Json:
        """Call a method of the Web API and return its answer.

        While Slack wants a method left alone in this workspace, it is not even tried.

        Raises:
            Refused: Slack said no. PlatformBusy: later; `Unsent` when it surely was not done.
        """
        rest_s = self._resting.get(method, 0.0) - time.monotonic()
        if rest_s > SHORT_WAIT_S:
            raise Unsent(f"{method} rests", retry_after_s=rest_s)
        await asyncio.sleep(max(0.0, rest_s))
        try:
            return await self._once(send)
        except Limited as error:
            wait_s = error.retry_after_s or 0.0
            if wait_s > SHORT_WAIT_S:
                self._rest(method, wait_s)
                raise
        await asyncio.sleep(wait_s)
        try:
            return await self._once(send)
        except Limited as error:
            self._rest(method, error.retry_after_s or 0.0)
            raise

    async def _once(self, send: Send) -> Json:
        with translated():
            async with asyncio.timeout(CALL_WITHIN_S):
                response = await send(self.client)
        return response.data if isinstance(response.data, dict) else {}

    def _rest(self, method: str, seconds: float) -> None:
        log.info("slack asks to wait method=%s seconds=%.0f", method, seconds)
        self._resting[method] = time.monotonic() + seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesOptions:
    """How to reach Slack. `home_token` is the token of the one workspace that was set up by hand."""

    api_url: str
    home_token: str | None = field(default=None, repr=False)


class Lines:
    """Finds the way to each workspace. Tokens are kept in memory, so that a form opens without the database."""

    def __init__(self, options: LinesOptions, installations: Installations | None) -> None:
        self._options = options
        self._installations = installations
        self._session: aiohttp.ClientSession | None = None
        self._lines: dict[str, Line] = {}

    async def open(self) -> None:
        """Be ready to call. Once, before anything else."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_WITHIN_S))

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
        self._session = None
        self._lines.clear()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP session.

        Raises:
            Unsent: not connected for now.
        """
        if self._session is None:
            raise Unsent("not connected to Slack", retry_after_s=5.0)
        return self._session

    def leads_to(self, url: str) -> bool:
        """Say whether an address is Slack's, as the operator has said where Slack is."""
        return is_slacks(url, api_url=self._options.api_url)

    async def of(self, team: str, *, enterprise: str = "") -> Line:
        """Return the way to a workspace.

        Raises:
            AddressGone: the app is not installed there. DatabaseBusy. PlatformBusy: not connected for now.
        """
        if (known := self._lines.get(team)) is not None:
            return known
        token = await self._token(team, enterprise)
        if token is None:
            raise AddressGone("the app is not installed in that workspace any more")
        client = client_for(token, api_url=self._options.api_url, session=self.session)
        return self._lines.setdefault(team, Line(token=token, client=client))

    async def call(self, team: str, method: str, send: Send, *, enterprise: str = "") -> Json:
        """Call a method in a workspace; raises as `of` and `Line.call`. A token that died is looked up anew."""
        line = await self.of(team, enterprise=enterprise)
        try:
            return await line.call(method, send)
        except Refused as error:
            if error.why is not Why.TOKEN:
                raise
            self.drop(team)
            fresh = await self.of(team, enterprise=enterprise)
            if fresh.token == line.token:
                raise PlatformBusy(
                    f"Slack does not accept the token: {error.code}", retry_after_s=TOKEN_REST_S
                ) from error
            return await fresh.call(method, send)

    def drop(self, team: str) -> None:
        """Forget what is remembered of a workspace; the next call looks its token up."""
        self._lines.pop(team, None)

    async def forget(self, *, team: str, enterprise: str) -> None:
        """Forget a workspace that has removed the app."""
        self.drop(team)
        if self._installations is not None:
            await self._installations.forget(team=team, enterprise=enterprise)

    async def _token(self, team: str, enterprise: str) -> str | None:
        if self._installations is not None:
            found = await self._installations.token(team=team, enterprise=enterprise)
            if found is not None:
                return found
        return self._options.home_token
