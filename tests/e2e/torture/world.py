"""Everything around the bot: Discord, Slack, Rodin and the wire to it, and the folder in which bots live."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from adapters.slack.manifest import ManifestOptions, manifest
from tests.e2e.harness import KEY, Rodin, empty_environment, simulator
from tests.e2e.stage import free_port
from tests.e2e.torture.lives import Birth, Nursery, open_nursery
from tests.e2e.torture.plan import Cast, Life, Plan, Trouble
from tests.e2e.torture.wire import Wire, open_wire
from tests.emulators.discord import Channel, DiscordStandIn, Person
from tests.emulators.slack import Channel as SlackChannel
from tests.emulators.slack import Member, Slack, Team, slack_stand_in

SPEED = 60.0
"""How fast Rodin's time runs: a model takes half a second or so, and the bot looks ten times a second."""

POLL_MIN_S, POLL_MAX_S = 0.1, 1.0

AT_RODIN, AT_ONCE = 3, 4
"""How many tasks Rodin takes at once, and how many the bot would give it: it has to be told now and then."""

BLIND = {"__EGL_VENDOR_LIBRARY_DIRS": "/nonexistent", "LIBGL_DRIVERS_PATH": "/nonexistent"}
"""Where nothing can draw. Drawing takes two seconds of a processor for each model, so most lives go without."""

LOCK_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the harness looks up about a task while people click: whose it is, and how it stands."""

    id: str
    platform: str
    user: str
    state: str


@dataclass(slots=True, kw_only=True)
class World:
    """The stage of one run. `remarks` are things that should never have happened, noted on the way."""

    folder: Path
    plan: Plan
    nursery: Nursery
    rodin: Rodin
    wire: Wire
    discord: DiscordStandIn
    general: Channel
    discord_people: tuple[Person, ...]
    slack: Slack
    team: Team
    slack_general: SlackChannel
    slack_people: tuple[Member, ...]
    port: int
    remarks: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """Where the bot lives."""
        return self.folder / "bot"

    @property
    def logs(self) -> Path:
        """Where the output of every process lies."""
        return self.folder / "logs"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.home / "bot.db"

    @property
    def store(self) -> Path:
        """The file store."""
        return self.home / "files"

    @property
    def scratch(self) -> Path:
        """Where processes put temporary files."""
        return self.home / "scratch"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that nobody may ever read."""
        return (KEY, self.plan.secret, self.discord.token, *self.team.tokens, self.slack.world.app_token)

    def settings(self, *, draws: bool) -> dict[str, str]:
        """Return the environment of a process that does not chat."""
        found = empty_environment(
            self.home,
            RODIN_API_KEY=KEY,
            RODIN_API_URL=self.wire.url,
            RODIN_KEY_EXCLUSIVE=str(self.plan.is_exclusive).lower(),
            RODIN_MAX_PARALLEL=str(AT_ONCE),
            DATABASE_URL=f"sqlite+aiosqlite:///{self.database}",
            FILES_URL=str(self.store),
            SECRET_KEY=self.plan.secret,
            PUBLIC_URL=f"http://127.0.0.1:{self.port}",
            HOST="127.0.0.1",
            PORT=str(self.port),
            POLL_MIN_S=str(POLL_MIN_S),
            POLL_MAX_S=str(POLL_MAX_S),
            USER_MAX_WAITING="6",
            MAX_WAITING="12",
            LOG_LEVEL="info",
        )
        return found if draws else found | BLIND

    def chat_settings(self, *, draws: bool) -> dict[str, str]:
        """Return the environment of a process that holds both chats."""
        chats = {"DISCORD_TOKEN": self.discord.token, "DISCORD_API_URL": self.discord.api_url}
        return self.settings(draws=draws) | chats | self.slack.socket_environment(self.team)

    def births(self, life: Life) -> Iterator[Birth]:
        """Yield what the processes of a life start with; the console's commands come through a pipe."""
        chats, alone = self.chat_settings(draws=life.draws), self.settings(draws=life.draws)
        if life.cast in {Cast.RUN, Cast.WITH_CONSOLE}:
            yield self.birth(f"{life.number:04d}-run", "run", environment=chats)
        if life.cast is Cast.IN_ROLES:
            for role, environment in (("gateway", chats), ("worker", alone), ("web", alone)):
                yield self.birth(f"{life.number:04d}-{role}", "run", "--role", role, environment=environment)
        if life.cast in {Cast.WITH_CONSOLE, Cast.CONSOLE}:
            # The pages' port belongs to the bot that runs all day.
            elsewhere = {name: value for name, value in alone.items() if name != "PORT"}
            yield self.birth(f"{life.number:04d}-console", "console", environment=elsewhere, stdin=self.pipe)

    def birth(self, name: str, *argv: str, environment: dict[str, str], stdin: Path = Path("/dev/null")) -> Birth:
        """Return what one process starts with."""
        return Birth(name=name, argv=argv, environment=environment, folder=self.home, logs=self.logs, stdin=stdin)

    @property
    def pipe(self) -> Path:
        """What the console reads."""
        return self.folder / "keyboard"

    def tasks(self) -> list[Known]:
        """Look up every task, oldest first, without holding anything up; nothing while there is no table."""
        if not self.database.exists():
            return []
        with contextlib.suppress(sqlite3.OperationalError), closing(self._reading()) as connection:
            rows = connection.execute("SELECT id, platform, user_id, state FROM tasks ORDER BY created_ms, id")
            return [Known(id=id_, platform=platform, user=user, state=state) for id_, platform, user, state in rows]
        return []

    def open_tasks(self) -> int:
        """Count what has not come to its end."""
        return sum(task.state not in {"ready", "failed", "unclear", "cancelled"} for task in self.tasks())

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Let another program write to the database, so that the bot cannot; says whether there is one to lock."""
        try:
            connection = sqlite3.connect(
                f"file:{self.database}?mode=rw",
                uri=True,
                timeout=LOCK_WITHIN_S,
                isolation_level=None,
                check_same_thread=False,  # whoever takes it may give it back in another
            )
        except sqlite3.OperationalError:
            yield False
            return
        with closing(connection):
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:  # the bot has been writing all the time
                yield False
                return
            yield True
            connection.execute("ROLLBACK")

    def is_drawing(self) -> bool:
        """Whether a model is being drawn."""
        return any(path.name.startswith(".preview-") for path in self.scratch.glob("*/.made/*"))

    def is_converting(self) -> bool:
        """Whether a model is being made into another format."""
        return any(task.state == "converting" for task in self.tasks())

    async def break_with(self, faults: str) -> None:
        """Replace what goes wrong at Rodin."""
        await asyncio.to_thread(self.rodin.break_with, faults)

    async def cause(self, trouble: Trouble) -> None:
        """Let a chat platform do something to the bot."""
        if trouble.platform == "discord":
            self._trouble_on_discord(trouble)
        elif trouble.kind == "connection":
            self.slack.cut_sockets()
        elif trouble.kind == "refresh":
            await self.slack.disconnect_socket()
        else:
            wait_s = 1.0 if trouble.status == 429 else None
            self.slack.fail(trouble.kind, status=trouble.status, retry_after_s=wait_s)

    def _trouble_on_discord(self, trouble: Trouble) -> None:
        if trouble.kind == "connection":
            self.discord.drop_gateway()
        elif trouble.kind == "session":
            self.discord.invalidate_session()
        else:
            method, _, route = trouble.kind.partition(" ")
            wait_s = 0.3 if trouble.status == 429 else None
            self.discord.fail(method, route, status=trouble.status, retry_after_s=wait_s)

    @property
    def is_connected(self) -> bool:
        """Whether a bot listens to both chats."""
        return bool(self.discord.world.gateway.connected) and self.slack.connections > 0

    @property
    def is_deserted(self) -> bool:
        """Whether nobody listens any more."""
        return not self.discord.world.gateway.connected and self.slack.connections == 0

    def leftover_processes(self) -> list[str]:
        """Name the processes that a bot has started and that are still there."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if process.environ().get("TMPDIR", "").startswith(str(self.scratch)):
                    found.append(f"{process.pid} {process.name()}")
        return found

    def _reading(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=1)


@asynccontextmanager
async def open_world(folder: Path, plan: Plan, source: Path) -> AsyncIterator[World]:
    """Furnish a folder, and everything around the bot of a source tree."""
    home = folder / "bot"
    for place in (home, folder / "logs", folder / "rodin"):
        place.mkdir(parents=True)
    async with AsyncExitStack() as stack:
        nursery = await stack.enter_async_context(open_nursery(source, folder / "logs" / "nursery.log"))
        rodin = stack.enter_context(simulator(folder / "rodin", speed=SPEED, parallel=AT_RODIN, balance=10**6))
        wire = await stack.enter_async_context(open_wire(rodin.origin))
        discord = DiscordStandIn()
        await discord.start()
        stack.push_async_callback(discord.stop)
        port = free_port()
        options = ManifestOptions(public_url=f"http://127.0.0.1:{port}")
        slack = await stack.enter_async_context(_lenient(slack_stand_in(manifest(options))))
        server, team = discord.guild("Makers"), slack.workspace("Makers")
        general = team.channel("general")
        yield World(
            folder=folder,
            plan=plan,
            nursery=nursery,
            rodin=rodin,
            wire=wire,
            discord=discord,
            general=server.text_channel("general"),
            discord_people=(server.member("Ann"), server.member("Bob")),
            slack=slack,
            team=team,
            slack_general=general,
            slack_people=(team.member("Ann"), team.member("Bob")),
            port=port,
        )


@asynccontextmanager
async def _lenient(stand_in: contextlib.AbstractAsyncContextManager[Slack]) -> AsyncIterator[Slack]:
    """Open the stand-in without its own judgement at the end: the audit reads its complaints."""
    async with stand_in as slack:
        try:
            yield slack
        finally:
            slack.world.complaints = []


def clear(folder: Path) -> None:
    """Remove the folder of a run."""
    shutil.rmtree(folder, ignore_errors=True)
