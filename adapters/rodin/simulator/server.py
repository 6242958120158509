"""The simulator itself: two HTTP listeners that together behave like Rodin's API and its file host."""

import asyncio
import logging
import signal
import sys
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.rodin.simulator.api import ROOT, Api
from adapters.rodin.simulator.backstage import Backstage
from adapters.rodin.simulator.clock import Clock, SystemClock
from adapters.rodin.simulator.faults import FaultDice
from adapters.rodin.simulator.files import FileHost
from adapters.rodin.simulator.folders import own_folder, sweep_folders
from adapters.rodin.simulator.links import LinkSigner
from adapters.rodin.simulator.maker import Maker, ProcessMaker
from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.stage import Stage
from adapters.rodin.simulator.state import State
from adapters.rodin.simulator.workshop import Workshop

log = logging.getLogger(__name__)

#: Requests in hand get this long when the simulator stops; held ones are let go at once.
SHUTDOWN_S: Final = 2.0
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound to


class Simulator:
    """A local stand-in for Rodin's HTTP API; several may run in one process.

    Use it as an async context manager. `clock` and `maker` are for tests: time to be turned, and models without the
    work.

    Raises:
        OSError: on entering, when a port is taken.
    """

    def __init__(
        self, options: SimulatorOptions | None = None, *, clock: Clock | None = None, maker: Maker | None = None
    ) -> None:
        self.options = options or SimulatorOptions()
        self._clock = clock or SystemClock()
        self._maker = maker
        self._exits = AsyncExitStack()
        self._stage: Stage | None = None
        self._ports: tuple[int, int] = (0, 0)
        self.runners: list[web.AppRunner] = []  # file host, then API; so that docs can be compared with their routes

    @property
    def url(self) -> str:
        """The API root, as a client's base address: http://HOST:PORT/api/v2."""
        return f"{self.origin}{ROOT}"

    @property
    def origin(self) -> str:
        """Where the API listens: http://HOST:PORT. A simulator that listens everywhere names the loopback address."""
        return f"http://{self._shown_host()}:{self._ports[0]}"

    @property
    def files_url(self) -> str:
        """Where the file host listens: http://HOST:PORT."""
        return f"http://{self._shown_host()}:{self._ports[1]}"

    @property
    def state(self) -> State:
        """What it remembers, for tests in the same process."""
        return self.stage.state

    @property
    def stage(self) -> Stage:
        """Everything its routes share.

        Raises:
            RuntimeError: it is not running.
        """
        if self._stage is None:
            raise RuntimeError("the simulator is not running; use it in an async with statement")
        return self._stage

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._exits.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exits.aclose()
        self.runners.clear()
        self._stage = None

    async def _start(self) -> None:
        await asyncio.to_thread(sweep_folders)
        stage = self._new_stage(self._exits.enter_context(own_folder()))
        self._exits.push_async_callback(stage.workshop.close)
        files_port = await self._listen(stage, FileHost(stage).routes(), port=self.options.files_port)
        routes = [*Api(stage, files_port=files_port).routes(), *Backstage(stage).routes()]
        port = await self._listen(stage, routes, port=self.options.port)
        self._exits.callback(stage.stopping.set)
        self._stage, self._ports = stage, (port, files_port)

    def _new_stage(self, folder: Path) -> Stage:
        options = self.options
        maker = self._maker or ProcessMaker(options.workers)
        return Stage(
            options=options,
            clock=self._clock,
            state=State(options, self._clock),
            dice=FaultDice(options.faults, seed=options.seed),
            workshop=Workshop(maker, folder=folder, limit_bytes=options.cache_bytes),
            signer=LinkSigner(),
            stopping=asyncio.Event(),
        )

    async def _listen(self, stage: Stage, routes: list[web.RouteDef], *, port: int) -> int:
        application = web.Application(middlewares=[_bookkeeper(stage)])
        application.add_routes(routes)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_S)
        self.runners.append(runner)
        await runner.setup()
        self._exits.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, self.options.host or None, port).start()
        return int(runner.addresses[0][1])

    def _shown_host(self) -> str:
        host = "127.0.0.1" if self.options.host in _EVERYWHERE else self.options.host
        return f"[{host}]" if ":" in host else host


def _bookkeeper(stage: Stage) -> Middleware:
    """Count every request by its route, and log it when the options ask for that: never keys, prompts or signatures."""

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = f"{request.method} {resource.canonical if resource else 'unknown'}"
        stage.state.requests[route] += 1
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        try:
            response = await handler(request)
            status = HTTPStatus(response.status)
        except web.HTTPException as answer:
            status = HTTPStatus(answer.status)
            raise
        except (ConnectionError, web.RequestPayloadError):  # the client has left; this answer reaches nobody
            status = HTTPStatus.BAD_REQUEST
            return web.Response(status=status)
        else:
            return response
        finally:
            if stage.options.access_log:
                log.info("request answered route=%s status=%d", route, status)

    return count


async def serve(options: SimulatorOptions) -> None:
    """Run a simulator until it is cancelled or the process gets SIGINT or SIGTERM.

    Prints `listening on http://HOST:PORT` first, and then one line that helps to use it.
    """
    async with Simulator(options) as simulator:
        sys.stdout.write(f"listening on {simulator.origin}\n{_hint(simulator)}\n")
        sys.stdout.flush()
        await _stop_signal()


def _hint(simulator: Simulator) -> str:
    url = simulator.url
    example = f"curl -H 'Authorization: Bearer any' -F 'prompt=a brass teapot' -F tier=Gen-2.5-Low {url}/rodin"
    return f"API root {url}; try: {example}"


async def _stop_signal() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    handled = []
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except (
            NotImplementedError,
            ValueError,
            RuntimeError,
        ):  # Windows, or not in the main thread: cancelling still works
            continue
        handled.append(number)
    try:
        await stop.wait()
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
