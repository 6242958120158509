"""One measurement from an empty folder to its figures."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from benchmarks.load.commands import Command, Pace
from benchmarks.load.figures import Load, Measured, Memory, Outcome, acks_of, answers_of, percentile
from benchmarks.load.scene import Chat, Scene, Size, a_scene
from tests.e2e.harness import Running, simulator

ASKED_PER_S = 20.0
"""How fast the models are asked for that are to be tracked; nothing is measured meanwhile."""

LOOK_EVERY_S = 0.05
SETTLES_WITHIN_S = 20.0
"""How long answers may still come after the last acknowledgement."""

FAST = {"POLL_MIN_S": "0.1", "POLL_MAX_S": "0.5"}
AT_RODIN = ("submitted", "generating")
ENDED = ("ready", "failed", "unclear", "cancelled")

Say = Callable[[str], None]

STOPS_WITHIN_S = 10.0
IDLE = Load(listener=0.0, stand_ins=0.0, delay_p99=0.0, late_p99=0.0)


@dataclass(slots=True)
class Gauge:
    """Looks at both sides while people are busy: memory and processor of the listener, and our own lateness."""

    pid: int
    delays_s: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    load: Load = IDLE

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Look, for as long as the block lasts."""
        listener, ourselves = psutil.Process(self.pid), psutil.Process()
        loop = asyncio.get_running_loop()
        before = (loop.time(), _cpu_s(listener), _cpu_s(ourselves))
        looking = asyncio.create_task(self._look(listener), name="gauge")
        try:
            yield
        finally:
            looking.cancel()
            took_s = loop.time() - before[0]
            self.load = Load(
                late_p99=0.0,
                listener=(_cpu_s(listener) - before[1]) / took_s,
                stand_ins=(_cpu_s(ourselves) - before[2]) / took_s,
                delay_p99=percentile(self.delays_s, 0.99),
            )

    async def _look(self, listener: psutil.Process) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            await asyncio.sleep(LOOK_EVERY_S)
            self.delays_s.append(loop.time() - began_s - LOOK_EVERY_S)
            self.memory_mb.append(rss_mb(listener))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Takes one scene through its steps."""

    scene: Scene
    folder: Path
    say: Say
    lets_all_end: bool = False

    async def with_bot(self, title: str) -> Outcome:
        """Make some models, track many, and measure people with the bot."""
        size = self.scene.size
        await self._finish_some()
        with (
            simulator(self.folder / "rodin", speed=size.speed, parallel=1000, balance=10**6) as rodin,
            self.scene.bot(rodin.url) as bot,
        ):
            await self._connected(bot)
            outcome = await self._outcome(bot, title)
            await self._stopped(bot)
        await self.scene.deserted()
        return outcome

    async def with_bare(self) -> Measured:
        """Measure the same people with the app that only acknowledges."""
        for people in self.scene.crowd:
            people.is_bare = True
        with self.scene.bare() as process:
            await self.scene.connected(lambda: process.poll() is None)
            if process.poll() is not None:
                raise AssertionError("the bare app has ended instead of listening")
            measured, _ = await self._measured(process.pid)
        await self.scene.deserted()
        return measured

    async def _outcome(self, bot: Running, title: str) -> Outcome:
        process, states = psutil.Process(bot.pid), self.scene.home.states
        started_mb = rss_mb(process)
        await self._track()
        tracking_mb, before = rss_mb(process), len(states())
        measured, most_mb = await self._measured(bot.pid)
        await self._settled()
        written = len(states()) - before
        if self.lets_all_end:
            await self._all_ended()
        return Outcome(
            title=title,
            tracked=self.scene.size.tracked,
            bot=measured,
            bare=None,
            answers=answers_of(self._commands()),
            new_rows=written,
            memory=Memory(started=started_mb, tracking=tracking_mb, most=most_mb, after=rss_mb(process)),
        )

    async def _finish_some(self) -> None:
        """Let a few people have a finished model, so that there are buttons to press."""
        crowd, models = self.scene.crowd, self.scene.size.models
        self.say(f"{models} finished models on each platform")
        with (
            simulator(self.folder / "fast-rodin", speed=200, parallel=20, balance=10**6) as rodin,
            self.scene.bot(rodin.url, **FAST) as bot,
        ):
            await self._connected(bot)
            await asyncio.gather(*(people.ask(number) for people in crowd for number in range(models)))
            await self.scene.until(lambda: all(people.find_results() >= models for people in crowd), "models")
            await self._stopped(bot)
        await self.scene.deserted()

    async def _track(self) -> None:
        """Ask for as many models as are to be tracked, and wait until Rodin is at work on all."""
        tracked, crowd = self.scene.size.tracked, self.scene.crowd
        self.say(f"{tracked} models to be tracked")
        asking = []
        async with asyncio.TaskGroup() as group:
            for number in range(tracked):
                people = crowd[number % len(crowd)]
                asking.append(group.create_task(people.ask(number // len(crowd))))
                await asyncio.sleep(1 / ASKED_PER_S)
        await self.scene.until(lambda: self.scene.in_states(*AT_RODIN) >= tracked, "all of them at Rodin")
        rows = self.scene.home.rows("id, platform, user_id", f"state IN {AT_RODIN}")
        for people in crowd:
            for row in rows:
                if row["platform"] == people.name:
                    people.tasks.setdefault(row["user_id"], []).append(row["id"])

    async def _measured(self, pid: int) -> tuple[Measured, float]:
        """Let people do things; return how soon they were acknowledged, and the most memory that was held."""
        size, gauge = self.scene.size, Gauge(pid)
        for people in self.scene.crowd:
            people.forget()
        self.say(f"{size.rate:g} commands a second for {size.seconds:g} s")
        pace = Pace(size.rate, size.seconds)
        async with gauge.reading():
            await pace.drive(self.scene.crowd)
        late_s = percentile(pace.late_s, 0.99)
        measured = Measured(acks=acks_of(self._commands()), load=replace(gauge.load, late_p99=late_s))
        return measured, max(gauge.memory_mb)

    async def _settled(self) -> None:
        """Wait until everything is answered, or nothing comes any more."""
        quiet_s, known = 0.0, -1
        while quiet_s < SETTLES_WITHIN_S:
            answers = [command.look().answers for command in self._commands()]
            if all(answers):
                return
            quiet_s = 0.0 if sum(answers) != known else quiet_s + 1
            known = sum(answers)
            await asyncio.sleep(1)

    async def _all_ended(self) -> None:
        """Wait until every task has come to its end, and everybody has seen it."""
        rows, named = self.scene.home.rows, ", ".join(f"'{state}'" for state in ENDED)
        self.say("until everything has ended")
        await self.scene.until(
            lambda: not rows("id", f"state NOT IN ({named}) OR told < revision"), "the end of every task"
        )

    async def _connected(self, bot: Running) -> None:
        await self.scene.connected(lambda: bot.is_alive)
        if not bot.is_alive:
            raise AssertionError(f"the bot has ended instead of listening:\n{bot.errors}")
        # Both chats answer from then on: the commands are known, and every loop runs.
        await self.scene.until(lambda: "running platforms=" in bot.errors, "the loops")

    async def _stopped(self, bot: Running) -> None:
        """Stop the bot, which promises to take less than ten seconds.

        Raises:
            AssertionError: it took longer, or did not end well.
        """
        bot.signal(signal.SIGTERM)
        code = await asyncio.to_thread(bot.wait, within_s=STOPS_WITHIN_S)
        if code or "Traceback" in bot.errors:
            raise AssertionError(f"the bot ended with {code}:\n{bot.errors}")

    def _commands(self) -> list[Command]:
        return [command for people in self.scene.crowd for command in people.commands()]


@asynccontextmanager
async def a_session(
    folder: Path, chats: Collection[Chat], size: Size, *, say: Say, lets_all_end: bool = False
) -> AsyncIterator[Session]:
    """Furnish a scene in a folder of its own."""
    async with a_scene(folder / "bot", chats, size) as scene:
        yield Session(scene=scene, folder=folder, say=say, lets_all_end=lets_all_end)


def rss_mb(process: psutil.Process) -> float:
    """Return how much memory a process holds."""
    return float(process.memory_info().rss / 1e6)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
