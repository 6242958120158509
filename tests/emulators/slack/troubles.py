"""Things that go wrong on purpose: refusals, error pages, and requests held in mid-air."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from tests.emulators.slack.records import Call

When = Literal["before", "after"]
HTML = "<!doctype html><title>Server Error | Slack</title><h1>Server Error</h1>"


class Dropped(Exception):
    """The connection is to be broken without an answer."""


@dataclass(slots=True, kw_only=True)
class Failure:
    """One kind of trouble for the next `times` calls of a method, in one workspace or all."""

    method: str
    team_id: str | None
    status: int
    error: str | None
    retry_after_s: float | None
    times: int
    when: When

    def response(self) -> web.Response:
        """Return what the bot is answered."""
        headers = {} if self.retry_after_s is None else {"Retry-After": f"{self.retry_after_s:g}"}
        if self.status >= 500:
            return web.Response(status=self.status, text=HTML, content_type="text/html", headers=headers)
        error = self.error or ("ratelimited" if self.status == 429 else "fatal_error")
        return web.json_response({"ok": False, "error": error}, status=self.status, headers=headers)


class Hold:
    """A call held where a test wants it: `before` its effect, or `after` it with the answer still in hand."""

    def __init__(self, method: str, team_id: str | None, when: When) -> None:
        self.method = method
        self.team_id = team_id
        self.when = when
        self.call: Call | None = None
        self._arrived = asyncio.Event()
        self._decided = asyncio.Event()
        self._dropped = False

    async def arrived(self, *, timeout_s: float = 30.0) -> Call:
        """Wait until a call is held and return it."""
        await asyncio.wait_for(self._arrived.wait(), timeout_s)
        if self.call is None:
            raise RuntimeError("nothing is held")
        return self.call

    def release(self) -> None:
        """Let the call go on, and later calls pass."""
        self._decided.set()

    def drop(self) -> None:
        """Break the connection without an answer; a call held before its effect never has one. Later calls pass."""
        self._dropped = True
        self._decided.set()

    async def catch(self, call: Call) -> None:
        """Hold a call until the test decides.

        Raises:
            Dropped: the test broke the connection.
        """
        self.call = call
        self._arrived.set()
        await self._decided.wait()
        if self._dropped:
            raise Dropped


@dataclass(slots=True, kw_only=True)
class Troubles:
    """All trouble that waits for a call."""

    failures: list[Failure] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    def failure_for(self, call: Call, when: When) -> Failure | None:
        """Take the trouble that a call is to have now, if any."""
        for failure in self.failures:
            if failure.times > 0 and failure.when == when and _fits(call, failure.method, failure.team_id):
                failure.times -= 1
                return failure
        return None

    async def hold(self, call: Call, when: When) -> None:
        """Hold a call that a test waits for; each hold catches one, which no later hold catches again."""
        for hold in tuple(self.holds):
            if hold.call is None and hold.when == when and _fits(call, hold.method, hold.team_id):
                await hold.catch(call)

    def let_go(self) -> None:
        """Drop everything that is still held."""
        for hold in self.holds:
            hold.drop()


def _fits(call: Call, method: str, team_id: str | None) -> bool:
    return call.method == method and team_id in (None, call.team_id)
