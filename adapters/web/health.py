"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

log = logging.getLogger(__name__)

Probe = Callable[[], Awaitable[None]]
"""Asks one part of the bot whether it can work; raises when it cannot."""


class Health:
    """Answers `/healthz` and `/readyz`. A failing probe is named, and why it fails stands in the log only."""

    def __init__(self, probes: Mapping[str, Probe], *, limit_s: float) -> None:
        self._probes = dict(probes)
        self._limit_s = limit_s
        self._failing: frozenset[str] = frozenset()

    async def alive(self, _request: web.Request) -> web.Response:
        """Say that the event loop turns."""
        return web.json_response({"alive": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """Ask all probes at once, each for `limit_s` at most: 200 when all are well, else 503 with their names."""
        names = sorted(self._probes)
        answers = await asyncio.gather(*(self._ask(name) for name in names))
        failing = [name for name, is_well in zip(names, answers, strict=True) if not is_well]
        self._failing = frozenset(failing)
        return web.json_response({"ready": not failing, "failing": failing}, status=503 if failing else 200)

    async def _ask(self, name: str) -> bool:
        try:
            async with asyncio.timeout(self._limit_s):
                await self._probes[name]()
        except Exception as error:  # noqa: BLE001 - a probe may fail in any way, which is what it is for
            if name not in self._failing:
                log.warning("probe began to fail probe=%s error=%s: %s", name, type(error).__name__, error)
            return False
        if name in self._failing:
            log.info("probe is well again probe=%s", name)
        return True
