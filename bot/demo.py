"""The bot at a terminal: `demo` with Rodin's simulator and no account, `console` with what the settings say."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from adapters.console.address import DEFAULT_SPEAKER
from adapters.console.arguments import TypedWish
from adapters.console.delivery import Delivery
from adapters.console.platform import ConsolePlatform
from adapters.console.screens import ChatScreen, LineScreen, LiveScreen, Paper, Screen
from adapters.console.session import Session, chat, read_script
from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.server import Simulator
from bot.app import Core, asked_to_stop, open_core, serve
from bot.errors import UserMistake
from bot.log import set_up
from bot.schedule import Pace
from bot.settings import Settings
from bot.terminal import EXIT_DELIVERED, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_REFUSED, Terminal

SAMPLE = "a brass teapot"

LEAST_DEADLINE_S = 60.0


class DemoSettings(Settings):
    """Settings of the demo: nothing from the environment or `.env`, so it can never touch what is real."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what the code says and nothing else."""
        return (init_settings,)

    @property
    def pace(self) -> Pace:
        """Return the waiting rules with deadlines that somebody who injects faults can wait for.

        They fall with the speed, but not below what the simulator needs for a dense model on a busy machine.
        """
        calm = super().pace
        return replace(
            calm,
            deadline_s=max(calm.deadline_s / calm.speed, LEAST_DEADLINE_S),
            listing_s=max(calm.listing_s / calm.speed, LEAST_DEADLINE_S),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """What `rodin-bot demo` was asked for: a sample without a `wish`, and whether a terminal `goes_on` as a chat."""

    wish: TypedWish | None
    terminal: Terminal
    goes_on: bool = False
    speed: float = 10.0
    faults: str = ""


async def demo(plan: DemoPlan) -> int:
    """Run the demo and return its exit code."""
    folder = Path(tempfile.mkdtemp(prefix="rodin-bot-demo-"))  # in one step: nobody may stop us before the try
    try:
        options = SimulatorOptions(speed=plan.speed, faults=plan.faults)
        async with Simulator(options) as simulator:
            settings = demo_settings(simulator.url, folder, speed=plan.speed)
            set_up(level="warning", style="text", secrets=settings.secrets())
            async with open_core(settings) as core:
                return await _demo_with(core, plan)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def demo_settings(url: str, folder: Path, *, speed: float) -> Settings:
    """Return the settings of a demo whose database and files lie in a folder of its own."""
    pace = Pace().at_speed(speed)
    return DemoSettings(
        rodin_api_key=SecretStr("demo-key"),
        rodin_api_url=url,
        database_url=f"sqlite+aiosqlite:///{folder}/demo.db",
        files_url=str(folder / "files"),
        admin_ids=(DEFAULT_SPEAKER,),
        poll_min_s=pace.min_s,
        poll_max_s=pace.max_s,
    )


async def console(settings: Settings, wish: TypedWish | None, terminal: Terminal) -> int:
    """Talk to the Rodin that the settings name; once with a wish, else as a chat. Returns the exit code."""
    admins = settings.model_copy(update={"admin_ids": (*settings.admin_ids, terminal.speaker)})
    async with open_core(admins) as core:
        if wish is not None:
            return await once(core, wish, terminal)
        return await talk(core, terminal)


async def _demo_with(core: Core, plan: DemoPlan) -> int:
    wish = plan.wish or TypedWish(prompt=SAMPLE, images=(), options={})
    # The simulator's rendered picture shows the colours, which its preview, like Rodin's, does not.
    wish = replace(wish, options={"render": "yes", **wish.options})
    # Its database goes with it, so nothing can be sent again later.
    code = await once(core, wish, replace(plan.terminal, takes_commands=False))
    if plan.goes_on and code == EXIT_DELIVERED and plan.terminal.is_interactive:
        return await talk(core, plan.terminal)
    return code


async def once(core: Core, wish: TypedWish, terminal: Terminal) -> int:
    """Make one model, showing how it goes; return the exit code."""
    delivery = Delivery(files=core.files, folder=terminal.out, is_flat=terminal.is_flat)
    with _screen(Paper()) as screen:
        platform = ConsolePlatform(screen, delivery, takes_commands=terminal.takes_commands)
        session = Session(intake=core.intake, platform=platform, speaker=terminal.speaker)

        async def act() -> int:
            try:
                return EXIT_DELIVERED if await session.ask_and_wait(wish) else EXIT_FAILED
            except UserMistake as error:
                screen.write(str(error))
                return EXIT_REFUSED

        return await _run(core, platform, act)


async def talk(core: Core, terminal: Terminal) -> int:
    """Chat until the person leaves; return the exit code."""
    screen = ChatScreen(Paper()) if terminal.is_interactive else LineScreen(Paper())
    platform = ConsolePlatform(screen, Delivery(files=core.files, folder=terminal.out))
    session = Session(intake=core.intake, platform=platform, speaker=terminal.speaker)

    async def act() -> int:
        if isinstance(screen, ChatScreen):
            session.write("Type: generate and what you want. help lists the rest, quit leaves.")
            await chat(session, screen)
        else:
            await read_script(session)
        return EXIT_DELIVERED

    return await _run(core, platform, act)


async def _run(core: Core, platform: ConsolePlatform, act: Callable[[], Awaitable[int]]) -> int:
    """Serve while a session acts; Ctrl-C, SIGTERM and a reader that leaves end both cleanly."""
    stopping = asyncio.Event()
    unread = asyncio.create_task(platform.screen.closed.wait(), name="unread")
    served = asyncio.create_task(serve(core, {platform.name: platform}, stopping), name="serve")
    acting = asyncio.ensure_future(act())
    async with asked_to_stop() as interrupted:
        await asyncio.wait([served, acting, interrupted, unread], return_when=asyncio.FIRST_COMPLETED)
        stopping.set()
        if not acting.done():
            acting.cancel()
        unread.cancel()
        await asyncio.gather(acting, unread, return_exceptions=True)
        await served
    if platform.screen.closed.is_set():
        return EXIT_FAILED
    if acting.cancelled():
        platform.screen.write("Stopped. What Rodin has taken goes on there; start again to hear of it.")
        return EXIT_INTERRUPTED
    return acting.result()


@contextmanager
def _screen(paper: Paper) -> Iterator[Screen]:
    """Give a live bar on a terminal, else plain lines."""
    if paper.is_terminal:
        with LiveScreen(paper) as screen:
            yield screen
    else:
        yield LineScreen(paper)
