"""The web part: one HTTP listener for pages, files, health, metrics, and routes that others hand in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry

from adapters.web.delivery import Delivery
from adapters.web.headers import complete_any
from adapters.web.health import Health, Probe
from adapters.web.links import SignedLinks
from adapters.web.listener import Listener
from adapters.web.measure import Measure
from adapters.web.metrics import Balance, KeyStops, Metrics, TaskCounts
from adapters.web.pages import Pages
from adapters.web.shelf import Shelf, default_shelf
from adapters.web.viewer import Viewer
from bot.exhibit import Library
from bot.ports import FileStore

log = logging.getLogger(__name__)

Route = web.AbstractRouteDef
"""What others hand in to be answered beside the pages."""

_KEPT_HEADERS = (hdrs.ALLOW, hdrs.RETRY_AFTER)
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """How the web part listens and answers. Port 0 lets the system choose.

    `public_url` is where people's browsers reach it, for what chats unfold. `redirects_downloads` sends downloads to
    the bucket's own addresses, where it has some and browsers can reach it. The times, in seconds: what a probe (or
    a look into a picture) and the task table may take, how long a client may take nothing of a download, how long a
    connection may stand without a request, and what requests in hand get when the web part stops.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    keep_files_days: int = 30
    redirects_downloads: bool = False
    probe_s: float = 3.0
    library_s: float = 10.0
    stall_s: float = 60.0
    idle_s: float = 75.0
    stop_s: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """What the web part is handed by those that introduce it to the others.

    `routes` are answered as they are, with the same headers added; `registry` is for numbers that others count too.
    """

    library: Library
    files: FileStore
    links: SignedLinks
    probes: Mapping[str, Probe] = field(default_factory=dict)
    task_counts: TaskCounts | None = None
    balance: Balance | None = None
    key_stops: KeyStops | None = None
    routes: Sequence[Route] = ()
    registry: CollectorRegistry | None = None
    shelf: Shelf | None = None


class WebPart:
    """The web part, from `start` to `stop`; each may be called once."""

    def __init__(self, options: WebOptions, supplies: Supplies) -> None:
        """Prepare everything but the listener. Blocks while it reads the pages' assets: call it at the start."""
        self._options = options
        self._shelf = supplies.shelf or default_shelf()
        self._metrics = Metrics(
            supplies.registry,
            task_counts=supplies.task_counts,
            balance=supplies.balance,
            key_stops=supplies.key_stops,
        )
        self._pages = Pages(self._shelf, public_url=options.public_url, keep_files_days=options.keep_files_days)
        self._health = Health(supplies.probes, limit_s=options.probe_s)
        self._viewer = Viewer(
            library=supplies.library,
            links=supplies.links,
            pages=self._pages,
            delivery=Delivery(files=supplies.files, redirects=options.redirects_downloads, stall_s=options.stall_s),
            measure=Measure(files=supplies.files, limit_s=options.probe_s),
            public_url=options.public_url,
            limit_s=options.library_s,
        )
        self.application = self._application(supplies.routes)
        self._runner = web.AppRunner(self.application, shutdown_timeout=options.stop_s)
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where it listens, for somebody on this machine: http://HOST:PORT. Known once it has started."""
        host = "127.0.0.1" if self._options.host in _EVERYWHERE else self._options.host
        return f"http://[{host}]:{self._port}" if ":" in host else f"http://{host}:{self._port}"

    @property
    def registry(self) -> CollectorRegistry:
        """The numbers that `/metrics` tells, for others to add theirs."""
        return self._metrics.registry

    async def start(self) -> None:
        """Begin to answer.

        Raises:
            OSError: the address cannot be listened on, as when another program has it.
        """
        await self._runner.setup()
        listener = Listener(runner=self._runner, pages=self._pages, idle_s=self._options.idle_s)
        try:
            self._server = await listener.listen(self._options.host or None, self._options.port)
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = int(self._server.sockets[0].getsockname()[1])
        log.info("web part listening url=%s", self.url)
        if not self._shelf.has_viewer:
            log.warning("viewer not built: pages turn pictures instead of the model. Run make assets, with Node.js")

    async def stop(self) -> None:
        """Take no more requests, let those in hand end for `stop_s`, cut the rest. Harmless when nothing runs."""
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()

    def _application(self, routes: Sequence[Route]) -> web.Application:
        application = web.Application(middlewares=[self._metrics.middleware(), _in_words(self._pages)])
        application.on_response_prepare.append(complete_any)
        application.add_routes(
            [
                web.get("/t/{token}", self._viewer.page),
                web.get("/t/{token}/{file}", self._viewer.file),
                web.get("/oembed", self._viewer.oembed),
                web.get("/assets/{digest}/{name:.+}", self._asset),
                web.get("/privacy", self._privacy),
                web.get("/healthz", self._health.alive),
                web.get("/readyz", self._health.ready),
                web.get("/metrics", self._metrics.answer),
                *routes,
            ]
        )
        return application

    async def _asset(self, request: web.Request) -> web.Response:
        return self._shelf.answer(request)

    async def _privacy(self, _request: web.Request) -> web.Response:
        return self._pages.privacy()


def _in_words(pages: Pages) -> Middleware:
    """Turn every error into a page that a person can read; a program has the status."""

    @web.middleware
    async def translate(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as answer:
            if answer.status < 400:
                raise
            page = pages.sorry(request, answer.status)
            page.headers.update({name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers})
            return page
        except ConnectionError:  # the client has left; aiohttp ends the connection
            raise
        except Exception:
            resource = request.match_info.route.resource
            log.exception("request failed route=%s", resource.canonical if resource else "unknown")
            return pages.sorry(request, 500)

    return translate
