"""The bot on one machine: the real composition around a turned clock, moved one turn at a time."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from adapters.rodin.simulator.models import ModelSpec
from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.server import Simulator
from bot.app import open_core
from bot.chat import Platform
from bot.core import Core
from bot.crew import Crew
from bot.crews import crews_of
from bot.demo import DemoSettings
from bot.model import Task
from storage.database import open_database
from tests.fakes.previewer import ScriptedPreviewer
from tests.matrix.proxy import Kind, Proxy, plain_json
from tests.matrix.world import CLAIMING, MachineClock, Trouble, TroubledDatabase, TroubledFiles, World
from tests.unit.simulator.stand import TinyMaker

TURN_S = 20.0
"""How much time passes between two looks of a loop."""

MOST_TURNS = 120

Claim = Callable[[int], Awaitable[Sequence[Task]]]

Place = Callable[[Trouble], AbstractAsyncContextManager[str]]
"""Makes a place on a machine with troubles, and yields its URL for the settings."""

BUSY = timedelta(milliseconds=60)
"""How long a transaction waits for a database that somebody else holds; ten seconds in earnest."""

RODIN_KINDS = (
    Kind(name="rodin submit", method="POST", path="/api/v2/rodin$"),
    Kind(name="rodin texture", method="POST", path="/api/v2/rodin_texture_only$"),
    Kind(name="rodin bang", method="POST", path="/api/v2/bang$"),
    Kind(name="rodin status", method="POST", path="/api/v2/status$"),
    Kind(name="rodin listing", method="POST", path="/api/v2/download$"),
    Kind(name="rodin balance", method="GET", path="/api/v2/check_balance$", is_shoved=False),
    Kind(name="rodin usage", method="GET", path=r"/api/v2/check_balance\?usage_page="),
)
FILE_KINDS = (Kind(name="rodin file", method="GET", path="/pack/"),)


class SmallMaker(TinyMaker):
    """Writes files at once that are what their names say."""

    async def build(self, spec: ModelSpec, folder: Path) -> tuple[Path, ...]:
        made = await super().build(spec, folder)
        for path in made:
            if path.suffix == ".glb":
                path.write_bytes(b"glTF" + struct.pack("<III4s", 2, 4096, 4076, b"JSON") + b'{"asset":{}}'.ljust(4076))
            elif path.suffix == ".webp":
                path.write_bytes(b"RIFF" + struct.pack("<I", 992) + b"WEBP" + b"\0" * 988)
        return made


def refused_by_rodin(_request: web.Request) -> web.Response:
    """Return what Rodin says to a key that it does not know."""
    return plain_json({"error": "UNAUTHORIZED", "message": "Invalid API key"}, status=401)


@dataclass(kw_only=True)
class Machine:
    """One process: the core, its loops, and everything around it that a test may break."""

    core: Core
    world: World
    trouble: Trouble
    simulator: Simulator
    rodin: Proxy
    crews: dict[str, Crew] = field(default_factory=dict)
    _stops: dict[str, asyncio.Event] = field(default_factory=dict)

    def man(self, platforms: Mapping[str, Platform]) -> None:
        """Make the loops, which tell these platforms."""
        self.crews = crews_of(self.core, platforms)
        for name, crew in self.crews.items():
            crew._job = replace(crew._job, claim=self._once(name, crew._job.claim))

    def _once(self, name: str, claim: Claim) -> Claim:
        """Let a loop look once and no more."""

        async def claim_once(room: int) -> Sequence[Task]:
            self.core.bell.ring()
            self._stops[name].set()
            marked = CLAIMING.set(True)
            try:
                return await claim(room)
            finally:
                CLAIMING.reset(marked)

        return claim_once

    async def turn(self, seconds: float = TURN_S) -> None:
        """Let time pass, and each loop look once and finish what it found."""
        self.world.turn(seconds)
        for name, crew in self.crews.items():
            self._stops[name] = asyncio.Event()
            await crew.run(self._stops[name])

    async def settle(self, tasks: Callable[[], Awaitable[Sequence[Task]]]) -> Task:
        """Take turns until the newest task is over, told, and nothing more will join it; return it."""
        for _ in range(MOST_TURNS):
            await self.turn()
            [task] = await tasks()
            if task.has_ended and task.told >= task.revision and (task.showing.is_pictured or not task.files):
                return task
        raise AssertionError(f"not over after {MOST_TURNS} turns: {task}")

    @property
    def charged(self) -> Decimal:
        """What the simulator's ledger has charged so far."""
        accounts = self.simulator.state.accounts.values()
        return sum((charge.amount for account in accounts for charge in account.charges), Decimal(0))


@asynccontextmanager
async def a_machine(
    folder: Path,
    *,
    is_exclusive: bool = False,
    public_url: str | None = None,
    bucket: Place | None = None,
    database_url: str | None = None,
) -> AsyncIterator[Machine]:
    """Switch a machine on, with the simulator for Rodin.

    Its database is a real file, or what `database_url` names; its files lie in a real folder, or in the `bucket`.
    """
    world = World()
    trouble = Trouble(world=world)
    options = SimulatorOptions(speed=20, balance=Decimal(10**6), parallel=50, seed=7)
    async with AsyncExitStack() as stack:
        stack.enter_context(world.ruling(asyncio.get_running_loop()))
        simulator = await stack.enter_async_context(Simulator(options, clock=world.theirs, maker=SmallMaker()))
        files = Proxy(upstream=simulator.files_url, trouble=trouble, kinds=FILE_KINDS, refused=refused_by_files)
        await stack.enter_async_context(files.listening())
        rodin = Proxy(upstream=simulator.origin, trouble=trouble, kinds=RODIN_KINDS, refused=refused_by_rodin)
        rodin.renamed[simulator.files_url] = files.url
        await stack.enter_async_context(rodin.listening())
        files_url = await stack.enter_async_context(bucket(trouble)) if bucket else str(folder / "files")
        database = folder / "bot.db"
        settings = DemoSettings(
            rodin_api_key=SecretStr("a-key-of-the-matrix"),
            rodin_api_url=f"{rodin.url}/api/v2",
            rodin_key_exclusive=is_exclusive,
            rodin_max_parallel=10,
            database_url=database_url or f"sqlite+aiosqlite:///{database}",
            files_url=files_url,
            public_url=public_url,
            admin_ids=("you",),
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.app.SystemClock", lambda: MachineClock(world))
            patch.setattr("bot.app.ChildPreviewer", ScriptedPreviewer)
            patch.setattr("bot.app.ObjectFileStore", _class_with(TroubledFiles, trouble))
            patch.setattr("bot.app.open_database", partial(open_database, busy_timeout=BUSY))
            patch.setattr("storage.database.Database", _class_with(TroubledDatabase, trouble))
            core = await stack.enter_async_context(open_core(settings))
        trouble.database = None if database_url else database
        yield Machine(core=core, world=world, trouble=trouble, simulator=simulator, rodin=rodin)


def refused_by_files(_request: web.Request) -> web.Response:
    """Return what the file host says to a link that is too old."""
    return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")


def _class_with(base: type, trouble: Trouble) -> type:
    return type(base.__name__, (base,), {"trouble": trouble})
