"""The bot at a terminal: `demo` with Rodin's simulator and no account, `console` with what the settings say."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
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
from bot.app import PortTaken, asked_to_stop, open_core, serve, web_part
from bot.core import Core
from bot.errors import UserMistake
from bot.log import set_up
from bot.news import OperatorChannel
from bot.schedule import Pace
from bot.settings import Settings
from bot.terminal import EXIT_DELIVERED, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_REFUSED, Terminal, check_room

SAMPLE = "a brass teapot"

HERE = "127.0.0.1"

STAYS = "The page is there until you press Ctrl-C."
LEAVES = "The page goes with this command; --serve keeps it."

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
    def tells_where_words_go(self) -> bool:
        """Nothing of a demo leaves this machine."""
        return False

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
    """Run the demo and return its exit code.

    Raises:
        NoRoom: its files would find no place.
    """
    # Here, since the console does without: it makes models, which takes numpy.
    from adapters.rodin.simulator.options import SimulatorOptions  # noqa: PLC0415
    from adapters.rodin.simulator.server import Simulator  # noqa: PLC0415

    await asyncio.to_thread(check_room, plan.terminal)
    folder = Path(tempfile.mkdtemp(prefix="rodin-bot-demo-"))  # in one step: nobody may stop us before the try
    try:
        options = SimulatorOptions(speed=plan.speed, faults=plan.faults)
        async with Simulator(options) as simulator:
            made_up = {"secret_key": SecretStr(secrets.token_urlsafe(32))}  # as much as is kept with it: until the end
            settings = demo_settings(simulator.url, folder, speed=plan.speed).model_copy(update=made_up)
            set_up(level="warning", style="text", secrets=settings.secrets())
            async with place_for(settings) as place:
                return await _demo_with(place, plan)
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
    """Talk to the Rodin that the settings name; once with a wish, else as a chat. Returns the exit code.

    Raises:
        NoRoom: what is made would find no place.
    """
    await asyncio.to_thread(check_room, terminal)
    here = {
        "admin_ids": (*settings.admin_ids, terminal.speaker),
        "operator_channel": OperatorChannel(platform=ConsolePlatform.name, channel="terminal"),
    }
    admins = settings.model_copy(update=here)
    async with place_for(admins) as place:
        if wish is not None:
            return await once(place, wish, terminal)
        return await talk(place, terminal)


async def _demo_with(place: Place, plan: DemoPlan) -> int:
    wish = plan.wish or TypedWish(prompt=SAMPLE, images=(), options={})
    # The simulator's rendered picture shows the colours, which its preview, like Rodin's, does not.
    wish = replace(wish, options={"render": "yes", **wish.options})
    # Its database goes with it, so nothing can be sent again later.
    goes_on = plan.goes_on and plan.terminal.is_interactive and not plan.terminal.serves
    code = await once(place, wish, replace(plan.terminal, takes_commands=False), leaves=not goes_on)
    if goes_on and code == EXIT_DELIVERED:
        return await talk(place, plan.terminal)
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where sessions at a terminal take place; `interrupted` ends when somebody wants them to."""

    core: Core
    interrupted: asyncio.Task[bool]


@asynccontextmanager
async def place_for(settings: Settings) -> AsyncIterator[Place]:
    """Open everything, with pages on this machine for as long as the command runs."""
    async with open_core(settings) as core, asked_to_stop() as interrupted, pages(core):
        yield Place(core=core, interrupted=interrupted)


@asynccontextmanager
async def pages(core: Core) -> AsyncIterator[None]:
    """Serve the pages on this machine for as long as a command runs; on a free port when another bot has PORT."""
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(web_part(core, host=HERE, port=core.settings.port or 0, is_local=True))
        except PortTaken:
            await stack.enter_async_context(web_part(core, host=HERE, port=0, is_local=True))
        yield


async def once(place: Place, wish: TypedWish, terminal: Terminal, *, leaves: bool = True) -> int:
    """Make one model, showing how it goes; return the exit code. With `leaves` the command ends afterwards."""
    delivery = Delivery(files=place.core.files, folder=terminal.out, is_flat=terminal.is_flat)
    with _screen(Paper()) as screen:
        platform = ConsolePlatform(screen, delivery, takes_commands=terminal.takes_commands)
        session = Session(intake=place.core.intake, platform=platform, speaker=terminal.speaker)

        async def act() -> int:
            try:
                code = EXIT_DELIVERED if await session.ask_and_wait(wish) else EXIT_FAILED
            except UserMistake as error:
                screen.write(str(error))
                return EXIT_REFUSED
            if code == EXIT_DELIVERED and (terminal.serves or leaves):
                screen.write(STAYS if terminal.serves else LEAVES)
            return code

        return await _run(place, platform, act, stays=terminal.serves)


async def talk(place: Place, terminal: Terminal) -> int:
    """Chat until the person leaves; return the exit code."""
    screen = ChatScreen(Paper()) if terminal.is_interactive else LineScreen(Paper())
    platform = ConsolePlatform(screen, Delivery(files=place.core.files, folder=terminal.out))
    session = Session(intake=place.core.intake, platform=platform, speaker=terminal.speaker)

    async def act() -> int:
        if isinstance(screen, ChatScreen):
            session.write("Type: generate and what you want. help lists the rest, quit leaves.")
            await chat(session, screen)
        else:
            await read_script(session)
        return EXIT_DELIVERED

    return await _run(place, platform, act)


async def _run(
    place: Place, platform: ConsolePlatform, act: Callable[[], Awaitable[int]], *, stays: bool = False
) -> int:
    """Serve while a session acts, with `stays` also after it.

    Ctrl-C, SIGTERM and a reader that leaves end both cleanly.
    """
    stopping, interrupted = asyncio.Event(), place.interrupted
    unread = asyncio.create_task(platform.screen.closed.wait(), name="unread")
    served = asyncio.create_task(serve(place.core, {platform.name: platform}, stopping), name="serve")
    acting = asyncio.ensure_future(act())
    await asyncio.wait([served, acting, interrupted, unread], return_when=asyncio.FIRST_COMPLETED)
    if stays and acting.done() and not acting.exception() and acting.result() == EXIT_DELIVERED:
        await asyncio.wait([served, interrupted, unread], return_when=asyncio.FIRST_COMPLETED)
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
