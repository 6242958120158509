"""Where requests come in: aiohttp's own protocol, but what is no HTTP is answered in words like everything else."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from adapters.web.headers import complete
from adapters.web.pages import Pages

# What aiohttp itself reports goes through this logger, past a filter.
_http_log = logging.getLogger(f"{__name__}.http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Takes connections for a runner that has been set up, and answers in pages what no route can answer.

    A connection on which no whole request has begun for `idle_s` is closed, a half-written one too.
    """

    runner: web.AppRunner
    pages: Pages
    idle_s: float = 75.0

    async def listen(self, host: str | None, port: int) -> asyncio.Server:
        """Begin to take connections, on every address of this machine without a host.

        Raises:
            OSError: the address cannot be listened on, as when another program has it.
        """
        _http_log.addFilter(_is_news)  # adding it twice is adding it once
        return await asyncio.get_running_loop().create_server(self._connection, host, port, backlog=128)

    def _connection(self) -> web.RequestHandler:
        server = self.runner.server
        if server is None:
            raise RuntimeError("the runner is not set up")
        return _Connection(server, self.pages, idle_s=self.idle_s)


class _Connection(web.RequestHandler):
    """One connection. Errors that come up outside every route get a page of ours, too."""

    def __init__(self, server: web.Server, pages: Pages, *, idle_s: float) -> None:
        # aiohttp takes None for no access log; only its annotations do not say so. Unasked it waits for an hour.
        settings: dict[str, Any] = {"access_log": None, "logger": _http_log, "keepalive_timeout": idle_s}
        super().__init__(server, loop=asyncio.get_running_loop(), **settings)
        self._pages = pages

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer without `message`, which quotes what was sent: a mistyped line may hold somebody's link."""
        super().handle_error(request, status, exc, message)  # logs it, and refuses a second answer
        answer = complete(self._pages.sorry(request, status))
        answer.force_close()
        return answer


def _is_news(record: logging.LogRecord) -> bool:
    """Drop what aiohttp says of requests that are no HTTP: strangers send them all day, and it quotes their first line.

    That line may hold a link, which no log may have. They are answered with 400 all the same.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)
