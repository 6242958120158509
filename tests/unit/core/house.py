"""The whole core around fakes: what a process holds, and how a test moves it one turn at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol

from bot.acceptance import Acceptance, AcceptanceParts
from bot.announcer import Announcer, AnnouncerParts
from bot.bell import Bell
from bot.bench import Bench
from bot.budget import Budget
from bot.chat import Platform, Wish
from bot.collector import Collector
from bot.conversions import Converter
from bot.converting import ConversionLoop
from bot.curator import Curator
from bot.errors import StaleTask
from bot.exhibit import Links
from bot.freshlinks import LinkDesk
from bot.history import History
from bot.intake import CoreIntake, IntakeParts
from bot.keydesk import KeyDesk
from bot.keys import KeyStore
from bot.keywarden import Warden, WardenParts
from bot.listing import Lists
from bot.looks import Previewer, Previews
from bot.model import Task, TaskState
from bot.permits import Permits
from bot.ports import Clock, FileStore, Generator, PreparedPicture, TaskStore, Worker
from bot.privacy import PrivacyDesk
from bot.pseudonyms import Pseudonyms
from bot.schedule import Pace
from bot.settler import Settler
from bot.showcase import Showcase
from bot.submitter import Submitter
from bot.tracker import Tracker
from bot.view import Viewer
from tests.factories import a_worker, an_address, an_owner
from tests.fakes.clock import HandClock
from tests.fakes.controls import MemoryControls, MemoryMarks
from tests.fakes.converter import ScriptedConverter
from tests.fakes.files import MemoryFileStore
from tests.fakes.generator import ScriptedGenerator
from tests.fakes.keys import MemoryKeyStore, ScriptedKeyring
from tests.fakes.memory_store import MemoryTaskStore
from tests.fakes.platform import RecordingPlatform
from tests.fakes.previewer import ScriptedPreviewer
from tests.fakes.rights import MemoryRights

PSEUDONYMS = Pseudonyms("a secret that only tests know")


OPERATORS_KEY = "key-of-the-operator"


class Loop(Protocol):
    """What the crew needs of a loop."""

    async def claim(self, room: int) -> Sequence[Task]: ...

    async def work(self, task: Task) -> None: ...


class PlainDesk:
    """Takes every picture as it is, as if it were a PNG."""

    async def prepare(self, pictures: Sequence[bytes]) -> tuple[PreparedPicture, ...]:
        return tuple(
            PreparedPicture(data=data, media_type="image/png", extension="png", width_px=64, height_px=64)
            for data in pictures
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an operator chose."""

    parallel: int = 3
    is_exclusive: bool = False
    user_daily: Decimal | None = None
    server_daily: Decimal | None = None
    pace: Pace = field(default_factory=Pace)
    keep: timedelta = timedelta(days=30)
    links: Links | None = None
    worker: Worker = field(default_factory=lambda: a_worker("house", seconds=30))
    channel_daily: Decimal | None = None
    total_daily: Decimal | None = None
    user_waiting: int | None = None
    total_waiting: int | None = None
    previews: Previews = Previews.TURNTABLE
    notice: str = ""

    def budget(self, clock: Clock) -> Budget:
        """Return the limits."""
        return Budget(
            clock=clock,
            user_daily=self.user_daily,
            channel_daily=self.channel_daily,
            server_daily=self.server_daily,
            total_daily=self.total_daily,
            user_waiting=self.user_waiting,
            total_waiting=self.total_waiting,
            pseudonyms=PSEUDONYMS,
        )


@dataclass(slots=True, kw_only=True)
class World:
    """What outlives a process: time, the database, the files, Rodin, the chat."""

    clock: HandClock = field(default_factory=HandClock)
    tasks: MemoryTaskStore = field(default_factory=MemoryTaskStore)
    files: MemoryFileStore = field(default_factory=MemoryFileStore)
    rights: MemoryRights = field(default_factory=MemoryRights)
    rodin: ScriptedGenerator = field(init=False)
    keys: MemoryKeyStore = field(init=False)
    others: dict[str, ScriptedGenerator] = field(default_factory=dict)
    platform: RecordingPlatform = field(default_factory=RecordingPlatform)
    previewer: ScriptedPreviewer = field(default_factory=ScriptedPreviewer)
    converter: ScriptedConverter = field(default_factory=ScriptedConverter)

    def __post_init__(self) -> None:
        self.rodin = ScriptedGenerator(clock=self.clock)
        self.keys = MemoryKeyStore(self.tasks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The world as one process reaches it; each part may be wrapped by a test."""

    tasks: TaskStore
    files: FileStore
    rodin: Generator
    platform: Platform
    previewer: Previewer
    converter: Converter
    keys: KeyStore | None = None
    wrap: Callable[[Generator], Generator] = lambda rodin: rodin


def a_way_to(world: World) -> Ports:
    """Return the ways of a process that nothing disturbs."""
    return Ports(
        tasks=world.tasks,
        files=world.files,
        rodin=world.rodin,
        platform=world.platform,
        previewer=world.previewer,
        converter=world.converter,
    )


class House:
    """One process: the loops and the intake, around a world."""

    def __init__(self, world: World | None = None, rules: Rules | None = None, ports: Ports | None = None) -> None:
        self.world = w = world or World()
        self.rules = r = rules or Rules()
        self.ports = p = ports or a_way_to(w)
        self.clock, self.rodin, self.platform = w.clock, w.rodin, w.platform
        self.tasks, self.files, self.previewer, self.converter = w.tasks, w.files, w.previewer, w.converter
        self.controls = MemoryControls(w.tasks)
        self.bell = bell = Bell()
        self.marks = MemoryMarks()
        self.keys = w.keys
        keys: KeyStore = p.keys or w.keys
        self.keyring = ScriptedKeyring(operator=p.rodin, keys=keys, clock=w.clock, others=w.others, wrap=p.wrap)
        self.warden = Warden(WardenParts(keys=keys, keyring=self.keyring, marks=self.marks, clock=w.clock, bell=bell))
        permits = Permits(rights=w.rights, admin_ids=frozenset({"root"}))
        self.key_desk = KeyDesk(
            keys=keys,
            keyring=self.keyring,
            tasks=p.tasks,
            files=p.files,
            clock=w.clock,
            bell=bell,
            permits=permits,
            operators_key=OPERATORS_KEY,
        )
        history = History(tasks=p.tasks, pace=r.pace)
        self.viewer = Viewer(
            tasks=p.tasks,
            controls=self.controls,
            keys=keys,
            history=history,
            clock=w.clock,
            parallel=r.parallel,
            links=r.links,
            notice=r.notice,
        )
        self.showcase = Showcase(p.previewer, p.files, makes=r.previews)
        self.settler = Settler(
            tasks=p.tasks, keyring=self.keyring, clock=w.clock, pace=r.pace, is_exclusive=r.is_exclusive
        )
        self.submitter = Submitter(self.bench("submitter", history), settler=self.settler, parallel=r.parallel)
        self.tracker = Tracker(self.bench("tracker", history))
        self.collector = Collector(self.bench("collector", history))
        self.conversions = ConversionLoop(self.bench("converter", history), p.converter)
        self.curator = Curator(self.bench("curator", history), keep=r.keep)
        self.announcer = Announcer(
            AnnouncerParts(
                tasks=p.tasks,
                viewer=self.viewer,
                platforms={"console": p.platform},
                worker=self.named("announcer"),
                clock=w.clock,
            )
        )
        acceptance = AcceptanceParts(
            tasks=p.tasks,
            files=p.files,
            budget=r.budget(w.clock),
            controls=self.controls,
            permits=permits,
            key_desk=self.key_desk,
            clock=w.clock,
            bell=bell,
        )
        self.intake = CoreIntake(
            IntakeParts(
                tasks=p.tasks,
                files=p.files,
                key_desk=self.key_desk,
                desk=PlainDesk(),
                viewer=self.viewer,
                acceptance=Acceptance(acceptance),
                link_desk=LinkDesk(files=p.files, keyring=self.keyring, links=self.viewer.links, clock=w.clock),
                clock=w.clock,
                bell=bell,
                default_tier="Gen-2.5-Medium",
                default_format="glb",
                permits=permits,
                lists=Lists(tasks=p.tasks, viewer=self.viewer, permits=permits),
                privacy_desk=PrivacyDesk(
                    tasks=p.tasks,
                    files=p.files,
                    links=r.links,
                    clock=w.clock,
                    bell=bell,
                    pseudonyms=PSEUDONYMS,
                    keep=r.keep,
                ),
            )
        )

    @property
    def loops(self) -> Mapping[str, Loop]:
        """Every loop by name, in the order in which a task meets them."""
        return {
            "submitter": self.submitter,
            "tracker": self.tracker,
            "collector": self.collector,
            "converter": self.conversions,
            "curator": self.curator,
            "announcer": self.announcer,
        }

    def bench(self, loop: str, history: History) -> Bench:
        """Return what one loop works with."""
        return Bench(
            tasks=self.ports.tasks,
            files=self.ports.files,
            controls=self.controls,
            keyring=self.keyring,
            warden=self.warden,
            history=history,
            showcase=self.showcase,
            worker=self.named(loop),
            clock=self.clock,
            bell=self.bell,
            pace=self.rules.pace,
        )

    def named(self, loop: str) -> Worker:
        """Return the worker of one loop."""
        return replace(self.rules.worker, name=f"{self.rules.worker.name}-{loop}")

    async def ask(self, prompt: str = "a brass owl", *, who: str = "ada", event: str | None = None) -> Task:
        """Ask for a model from words."""
        return await self.intake.generate(Wish(prompt=prompt), an_owner(who), an_address("channel-1"), event=event)

    async def turn(self, loop: Loop, *, room: int = 9) -> Sequence[Task]:
        """Let a loop claim once and work on what it got, as the crew does; return what it worked on."""
        claimed = await loop.claim(room)
        name = next(name for name, one in self.loops.items() if one is loop)
        for task in claimed:
            with suppress(StaleTask):
                await loop.work(task)
            await self.ports.tasks.release(task.id, self.named(name))
        return claimed

    async def send(self) -> Sequence[Task]:
        """One turn of the submitter."""
        return await self.turn(self.submitter)

    async def poll(self, *, after_s: float = 60.0) -> Sequence[Task]:
        """One turn of the tracker, some time later."""
        self.clock.turn(seconds=after_s)
        return await self.turn(self.tracker)

    async def collect(self, *, after_s: float = 0.0) -> Sequence[Task]:
        """One turn of the collector, some time later."""
        self.clock.turn(seconds=after_s)
        return await self.turn(self.collector)

    async def tell(self, *, after_s: float = 60.0) -> Sequence[Task]:
        """One turn of the announcer, some time later."""
        self.clock.turn(seconds=after_s)
        return await self.turn(self.announcer)

    async def curate(self, *, after_s: float = 0.0) -> Sequence[Task]:
        """One turn of the curator, some time later."""
        self.clock.turn(seconds=after_s)
        return await self.turn(self.curator)

    async def a_model(self, *names: str, prompt: str = "a brass owl", **options: Any) -> Task:
        """Have a task made and collected; return it as it is ready, before the curator has seen it."""
        wish = Wish(prompt=prompt, options=options)
        asked = await self.intake.generate(wish, an_owner(), an_address("channel-1"))
        task = await self.made(asked, *names)
        assert task.state is TaskState.READY
        return task

    async def made(self, asked: Task, *names: str) -> Task:
        """Have what was asked for sent, modelled and collected; return it as it stands then."""
        await self.send()
        self.rodin.finish(*names)
        await self.poll()
        await self.collect()
        return await self.now(asked)

    async def at_rodin(self, count: int = 1) -> tuple[Task, ...]:
        """Ask for models and have them sent; return them as they stand then."""
        asked = [await self.ask() for _ in range(count)]
        await self.send()
        return tuple([await self.now(task) for task in asked])

    async def now(self, task: Task) -> Task:
        """Return a task as it stands now."""
        return await self.tasks.load(task.id)

    async def until_over(self, *, turns: int = 60) -> None:
        """Let all loops take turns until nothing is under way and everything is told."""
        for _ in range(turns):
            self.clock.turn(seconds=31)
            for loop in self.loops.values():
                await self.turn(loop)
