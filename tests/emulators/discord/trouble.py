"""Hands for trouble: requests that fail, and requests held at a point of the test's choosing."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.emulators.discord.requests import Request
from tests.emulators.discord.world import World

When = Literal["before", "after"]
_LONE_STAR = re.compile(r"(?<![^/])\*(?![^/])")


@dataclass(slots=True, kw_only=True)
class Failure:
    """An answer for the next requests that fit, instead of what they ask for; if `is_taken`, for what was done."""

    method: str
    pattern: str
    status: int
    times: int
    code: int = 0
    message: str = ""
    retry_after_s: float | None = None
    is_global: bool = False
    is_taken: bool = False
    met: int = 0

    def __str__(self) -> str:
        return f"fail {self.method} {self.pattern} with {self.status}"

    def answer(self) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers as Discord writes them. Source: Discord docs, Rate Limits."""
        if self.status != 429:
            return self.status, {"message": self.message or f"{self.status}: Failed", "code": self.code}, {}
        wait_s = self.retry_after_s if self.retry_after_s is not None else 1.0
        body = {"message": "You are being rate limited.", "retry_after": wait_s, "global": self.is_global}
        headers = {
            "Retry-After": str(math.ceil(wait_s)),
            "X-RateLimit-Scope": "global" if self.is_global else "user",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": f"{time.time() + wait_s:.3f}",
            "X-RateLimit-Reset-After": f"{wait_s:.3f}",
        }
        return 429, body, headers | ({"X-RateLimit-Global": "true"} if self.is_global else {})


class Hold:
    """A request to be held. Awaiting it gives the request once it has arrived there.

    `release()` lets it go on, `drop()` cuts its connection without an answer: held *before*, it then has no effect;
    held *after*, its effect stands and only the answer is lost.
    """

    def __init__(self, world: World, method: str, pattern: str, when: When) -> None:
        self.when = when
        self._world = world
        self._wanted = (method, pattern)
        loop = asyncio.get_running_loop()
        self._arrived: asyncio.Future[Request] = loop.create_future()
        self._decided: asyncio.Future[bool] = loop.create_future()

    def __str__(self) -> str:
        return f"hold {' '.join(self._wanted)} ({self.when})"

    @property
    def met(self) -> bool:
        """Whether the request came."""
        return self._arrived.done()

    def wants(self, request: Request, when: When) -> bool:
        """Whether this is the request it waits for."""
        return when == self.when and not self._arrived.done() and fits(request, *self._wanted)

    async def arrived(self, *, timeout_s: float = 10.0) -> Request:
        """Wait for the request.

        Raises:
            AssertionError: it did not come in time.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.shield(self._arrived)
        except TimeoutError as error:
            raise AssertionError(f"{self} did not arrive within {timeout_s} s") from error

    def __await__(self) -> Generator[Any, None, Request]:
        return self.arrived().__await__()

    def release(self) -> None:
        """Let the request go on."""
        self._decide(True)

    def drop(self) -> None:
        """Cut the request's connection."""
        self._decide(False)

    def _decide(self, go_on: bool) -> None:
        if not self._decided.done():
            self._decided.set_result(go_on)

    async def keep(self, request: Request) -> bool:
        """Hold the request until the test decides; whether it goes on."""
        self._arrived.set_result(request)
        self._world.changed()
        return await self._decided


@dataclass(slots=True)
class Trouble:
    """What the test has asked for."""

    failures: list[Failure] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    def failure(self, request: Request) -> Failure | None:
        """The failure that this request meets, used up once more."""
        for failure in self.failures:
            if failure.times > 0 and fits(request, failure.method, failure.pattern):
                failure.times -= 1
                failure.met += 1
                return failure
        return None

    async def passes(self, request: Request, when: When) -> bool:
        """Wait as long as the request is held here; whether it goes on."""
        for hold in list(self.holds):
            if hold.wants(request, when):
                return await hold.keep(request)
        return True

    def unmet(self) -> list[str]:
        """What was asked for and never happened; such a test has tried nothing."""
        return [
            *(str(each) for each in self.failures if not each.met),
            *(str(each) for each in self.holds if not each.met),
        ]

    def let_go(self) -> None:
        """Cut whatever is still held."""
        for hold in self.holds:
            hold.drop()


def fits(request: Request, method: str, pattern: str) -> bool:
    """Whether a request is of that method (or `*`), and its route's template or its path is what the pattern says.

    A pattern is a template of the README's table, or a regular expression for the whole path in which a `*` by itself
    stands for one part of it: `/channels/*/messages`.
    """
    if method not in ("*", request.method):
        return False
    return pattern == request.route or re.fullmatch(_LONE_STAR.sub("[^/]+", pattern), request.path) is not None
