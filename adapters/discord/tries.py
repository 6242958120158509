"""What Discord said to each try of one call: discord.py repeats some by itself and tells only of the last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

_TRIES: ContextVar[list[int] | None] = ContextVar("tries", default=None)

LOST = 0
"""Stands for a try whose answer was lost."""


@contextmanager
def tries() -> Iterator[list[int]]:
    """Collect the HTTP status of each try that is made in the block; `LOST` where no answer came."""
    made: list[int] = []
    token = _TRIES.set(made)
    try:
        yield made
    finally:
        _TRIES.reset(token)


def may_be_taken(status: int) -> bool:
    """Say whether a try with this status may have had its effect, though it reads like a failure."""
    return status == LOST or status >= 500


def trace_of_tries() -> aiohttp.TraceConfig:
    """Return what discord.py's client needs as `http_trace` so that `tries` see what it does."""
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_ended)
    trace.on_request_exception.append(_lost)
    return trace


async def _ended(_session: aiohttp.ClientSession, _frame: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
    _note(end.response.status)


async def _lost(
    _session: aiohttp.ClientSession, _frame: SimpleNamespace, _end: aiohttp.TraceRequestExceptionParams
) -> None:
    _note(LOST)


def _note(status: int) -> None:
    made = _TRIES.get()
    if made is not None:
        made.append(status)
