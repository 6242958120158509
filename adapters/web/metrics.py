"""Numbers for Prometheus, in a registry of our own. Nothing in them names a person, a task or a link."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder

from adapters.web.delivery import SENT_BYTES

log = logging.getLogger(__name__)

TaskCounts = Callable[[], Awaitable[Mapping[str, int]]]
"""Counts the tasks in each state."""

KeyStops = Callable[[], Awaitable[Mapping[str, bool]]]
"""Says of each Rodin key, by an id that is no secret, whether it is stopped."""

Balance = Callable[[], Awaitable[Decimal | None]]
"""Tells how many credits the operator's key holds, as it was last heard; None until then."""

_Answer = TypeVar("_Answer")

_METHODS = frozenset({"GET", "HEAD", "POST"})
_COUNTING_S = 5.0
_DURATIONS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)  # the long ones are downloads


class Metrics:
    """What the web part counts, and how many tasks there are in each state."""

    def __init__(
        self,
        registry: CollectorRegistry | None = None,
        *,
        task_counts: TaskCounts | None = None,
        balance: Balance | None = None,
        key_stops: KeyStops | None = None,
    ) -> None:
        """Count into `registry`, or a new one; what others know is asked at each look, for a few seconds at most."""
        self.registry = registry or CollectorRegistry()
        self._task_counts = task_counts
        self._ask_balance = balance
        self._key_stops = key_stops
        self._requests = Counter(
            "rodin_bot_http_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self._sent = Counter(
            "rodin_bot_http_response_bytes", "Bytes of answers sent.", ("route",), registry=self.registry
        )
        self._seconds = Histogram(
            "rodin_bot_http_request_duration_seconds",
            "Seconds from a request to the end of its answer.",
            ("route",),
            buckets=_DURATIONS_S,
            registry=self.registry,
        )
        self._running = Gauge("rodin_bot_http_requests_running", "Requests being answered.", registry=self.registry)
        self._tasks = Gauge("rodin_bot_tasks", "Tasks by state.", ("state",), registry=self.registry)
        self._balance = Gauge(
            "rodin_bot_balance_credits", "Credits that the key holds, as last heard.", ("key",), registry=self.registry
        )
        self._stopped = Gauge(
            "rodin_bot_key_stopped", "1 for a Rodin key with which nothing is sent.", ("key",), registry=self.registry
        )
        if registry is None:
            ProcessCollector(registry=self.registry)

    def middleware(self) -> Middleware:
        """Return what counts every request by its route; unknown routes and methods count as `other`."""

        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            route, began, status, answered = _route(request), time.perf_counter(), 500, 0
            try:
                with self._running.track_inprogress():
                    response = await handler(request)
                status, answered = response.status, _length(request, response)
            except (ConnectionError, asyncio.CancelledError):
                status = 499  # nginx's number for: the other side left before the answer was complete
                raise
            else:
                return response
            finally:
                method = request.method if request.method in _METHODS else "other"
                self._requests.labels(route, method, str(status)).inc()
                self._sent.labels(route).inc(request.get(SENT_BYTES, answered))
                self._seconds.labels(route).observe(time.perf_counter() - began)

        return count

    async def answer(self, request: web.Request) -> web.Response:
        """Answer `/metrics` in the text format that the asker prefers."""
        await self._count_tasks()
        await self._look_at_balance()
        await self._look_at_keys()
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self.registry), headers={"Content-Type": content_type})

    async def _count_tasks(self) -> None:
        counts = await _asked("counting tasks", self._task_counts, self._tasks)
        for state, count in (counts or {}).items():
            self._tasks.labels(state).set(count)

    async def _look_at_balance(self) -> None:
        balance = await _asked("looking at the balance", self._ask_balance, self._balance)
        if balance is not None:
            self._balance.labels("operator").set(float(balance))

    async def _look_at_keys(self) -> None:
        stops = await _asked("looking at the keys", self._key_stops, self._stopped)
        for key, is_stopped in (stops or {}).items():
            self._stopped.labels(key).set(is_stopped)


async def _asked(what: str, ask: Callable[[], Awaitable[_Answer]] | None, gauge: Gauge) -> _Answer | None:
    """Empty a gauge (rather no number than an old one) and return what it shall show; None where that is not told."""
    if ask is None:
        return None
    gauge.clear()
    try:
        async with asyncio.timeout(_COUNTING_S):
            return await ask()
    except Exception:  # whatever it is, the other numbers are wanted now more than ever
        log.exception("%s failed", what)
        return None


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "other"


def _length(request: web.Request, response: web.StreamResponse) -> int:
    """Return the bytes of an answer that aiohttp is about to send; what was streamed is counted as it leaves."""
    is_whole = isinstance(response, web.Response) and request.method != "HEAD"
    return response.content_length or 0 if is_whole else 0
