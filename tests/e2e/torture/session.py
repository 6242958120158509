"""One run: life after life until the time is over, then rest, then the audit."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.e2e.photographs import scene
from tests.e2e.torture.audit import audit
from tests.e2e.torture.books import Books
from tests.e2e.torture.crowd import Crowd, People
from tests.e2e.torture.lives import Life
from tests.e2e.torture.on_console import AtTheTerminal
from tests.e2e.torture.on_discord import OnDiscord
from tests.e2e.torture.on_slack import OnSlack
from tests.e2e.torture.plan import Cast, Focus, Plan, Trouble, Where
from tests.e2e.torture.plan import Life as Planned
from tests.e2e.torture.points import Ending, die_at
from tests.e2e.torture.reading import follow_links, is_at_rest, read_books
from tests.e2e.torture.report import Outcome, Tally, added, joined
from tests.e2e.torture.world import World, open_world

CONNECTED_WITHIN_S = 30.0
LATEST_S = 3.0
"""How long a life is, counted from its connection, when its point is never reached."""

STOPS_WITHIN_S = 10.0
"""What a clean stop promises."""

PATIENCE_S = 240.0
"""How long everything may take to come to rest in the end; a last command may take half of it."""

TOLD_EVERY_S = 15.0
LONG_AGO_S = 2 * 86_400.0
"""What is unfinished for so long belongs to nobody who lives: the bot waits six hours, or a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a run is asked for. Each of the `worlds` has a bot, and ends after `most_lives` at the latest.

    `patience_s` is how long each waits for rest in the end.
    """

    seconds: float
    seed: int
    source: Path
    folder: Path
    worlds: int = 1
    most_lives: int = 1_000_000
    focus: Focus | None = None
    patience_s: float = PATIENCE_S


@dataclass(slots=True, kw_only=True)
class Session:
    """A run in its world."""

    world: World
    crowd: Crowd
    tally: Tally = field(default_factory=Tally)
    patience_s: float = PATIENCE_S

    async def torture(self, wanted: Wanted) -> None:
        """Let the bot live and die until the time is over."""
        deadline = time.monotonic() + wanted.seconds
        while time.monotonic() < deadline and self.tally.lives < wanted.most_lives:
            await self._live(self.world.plan.life(self.tally.lives))
            self.tally.tasks = len(self.world.tasks())

    async def _live(self, planned: Planned) -> None:
        await self.world.break_with(planned.faults)
        async with _keyboard(self.world.pipe):
            lives = [await self.world.nursery.bear(birth) for birth in self.world.births(planned)]
            try:
                is_reached = await self._until_killed(planned, lives)
            finally:
                for life in lives:
                    await life.kill()
        self._note(planned, lives, is_reached=is_reached)
        await self._until(lambda: self.world.is_deserted, within_s=CONNECTED_WITHIN_S, what="the dead to leave")
        if planned.down_s:
            self.world.discord.advance(planned.down_s)
            await self.world.slack.advance(planned.down_s)

    async def _until_killed(self, planned: Planned, lives: Sequence[Life]) -> bool:
        ending = Ending(world=self.world, crowd=self.crowd, lives=lives, deeds=planned.deeds)
        if planned.point.where is Where.CLOCK:
            async with _beside(self._go_on(planned, lives)):
                await die_at(planned.point, ending)
            return True
        async with _beside(self._go_on(planned, lives)):
            if not await self._connected(planned, lives):
                return False
            try:
                await asyncio.wait_for(die_at(planned.point, ending), LATEST_S)
            except TimeoutError:
                return False
        return True

    async def _go_on(self, planned: Planned, lives: Sequence[Life]) -> None:
        """Let people and platforms do what the plan says, once somebody listens."""
        if not await self._connected(planned, lives):
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self.crowd.act(planned.deeds), name="deeds")
            for trouble in planned.troubles:
                group.create_task(self._trouble(trouble), name="trouble")

    async def _trouble(self, trouble: Trouble) -> None:
        await asyncio.sleep(trouble.at_s)
        await self.world.cause(trouble)

    async def _connected(self, planned: Planned, lives: Sequence[Life]) -> bool:
        """Wait until somebody listens; false when a process has ended by itself before."""

        def listening() -> bool:
            if planned.cast is Cast.CONSOLE:
                return "running platforms" in lives[0].errors
            return self.world.is_connected

        await self._until(
            lambda: listening() or any(life.is_over for life in lives), within_s=CONNECTED_WITHIN_S, what="a connection"
        )
        return listening()

    def _note(self, planned: Planned, lives: Sequence[Life], *, is_reached: bool) -> None:
        self.tally.lives += 1
        self.tally.casts[planned.cast] += 1
        self.tally.killed(planned.point, len(lives), is_reached=is_reached)
        for life in lives:
            code = life.ended.result()
            is_stopped = planned.point.where is Where.STOPPING and code in {0, 130}
            if code != -signal.SIGKILL and not is_stopped:
                self.world.remarks.append(f"{life.birth.name} ended by itself with {code}; its log says why")

    async def settle(self) -> Books:
        """Let everything come to rest in peace, and read the books."""
        self.tally.is_settling = True
        await self.world.break_with("")
        _age(self.world)
        fetched = await self._last_run()
        await self._last_console()
        ledger = await self._ledger()
        for left in self.world.leftover_processes():
            self.world.remarks.append(f"process {left} was left behind")
        return replace(await read_books(self.world, self.crowd.noted, ledger=ledger), fetched=fetched)

    async def _last_run(self) -> dict[str, str]:
        """Let the bot run until nothing is open, follow every link, and stop it politely."""
        environment = self.world.chat_settings(draws=False)
        life = await self.world.nursery.bear(self.world.birth("last-run", "run", environment=environment))
        await self.world.slack.advance(400.0)  # Slack's last repeats are due within five minutes
        await self._until(
            lambda: life.is_over or is_at_rest(self.world.database), within_s=self.patience_s, what="everything to end"
        )
        fetched = {} if life.is_over else await follow_links(self.world)
        await self._stopped(life)
        return fetched

    async def _stopped(self, life: Life) -> None:
        life.signal(signal.SIGTERM)
        try:
            code = await life.wait(within_s=STOPS_WITHIN_S)
        except TimeoutError:
            self.world.remarks.append(f"{life.birth.name} did not stop within {STOPS_WITHIN_S:g} s")
            await life.kill()
            return
        if code != 0:
            self.world.remarks.append(f"{life.birth.name} ended with {code} instead of 0")

    async def _last_console(self) -> None:
        """Let the terminal hear how everything ended."""
        await self._to_the_end("last-console", "console")

    async def _ledger(self) -> str:
        life = await self._to_the_end("ledger", "ledger", "--csv")
        return life.output

    async def _to_the_end(self, name: str, *argv: str) -> Life:
        """Run a command that ends by itself."""
        birth = self.world.birth(name, *argv, environment=self.world.settings(draws=False))
        life = await self.world.nursery.bear(birth)
        within_s = self.patience_s / 2
        try:
            code = await life.wait(within_s=within_s)
        except TimeoutError:
            self.world.remarks.append(f"rodin-bot {' '.join(argv)} did not end within {within_s:g} s")
            await life.kill()
            return life
        if code != 0:
            self.world.remarks.append(f"rodin-bot {' '.join(argv)} ended with {code} instead of 0")
        return life

    async def _until(self, condition: Callable[[], bool], *, within_s: float, what: str) -> None:
        """Wait for something; that it does not come is a remark, and the run goes on."""
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline:
                self.world.remarks.append(f"waited {within_s:g} s in vain for {what}")
                return
            await asyncio.sleep(0.01)


async def run(wanted: Wanted, say: Callable[[str], None]) -> Outcome:
    """Run from the first life to the verdict; what several worlds have come to is added up."""
    tallies = [Tally() for _ in range(wanted.worlds)]
    async with _beside(_tell(tallies, say)):
        outcomes = await asyncio.gather(*(_run_world(wanted, number, tally) for number, tally in enumerate(tallies)))
    return joined(outcomes)


async def _run_world(wanted: Wanted, number: int, tally: Tally) -> Outcome:
    folder = wanted.folder / f"world-{number}"
    async with open_world(folder, Plan(wanted.seed, world=number, focus=wanted.focus), wanted.source) as world:
        crowd = Crowd(world=world, people=people_of(world))
        session = Session(world=world, crowd=crowd, tally=tally, patience_s=wanted.patience_s)
        await session.torture(wanted)
        books = await session.settle()
        return Outcome(tally=tally, skipped=crowd.skipped, books=books, verdict=audit(books))


def people_of(world: World) -> dict[str, People]:
    """Return who asks, by platform, with a picture to show."""
    picture = world.folder / "picture.png"
    scene(400, 300).save(picture)
    content = picture.read_bytes()
    return {
        "discord": OnDiscord(world=world, picture=content),
        "slack": OnSlack(world=world, picture=content),
        "console": AtTheTerminal(world=world, picture=picture),
    }


async def _tell(tallies: Sequence[Tally], say: Callable[[str], None]) -> None:
    """Say now and then how it goes."""
    began = time.monotonic()
    while True:
        await asyncio.sleep(TOLD_EVERY_S)
        total = added(tallies)
        rest = ", settling" if all(tally.is_settling for tally in tallies) else ""
        told = f"{total.lives} lives, {total.kills} kills, {total.tasks} tasks{rest}"
        say(f"{time.monotonic() - began:5.0f} s  {told}")


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let something go on for as long as the block runs."""
    task = asyncio.create_task(work, name="beside")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def _keyboard(pipe: Path) -> AsyncIterator[None]:
    """Give a fresh pipe that stays open as long as somebody may type."""
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    number = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        yield
    finally:
        os.close(number)


def _age(world: World) -> None:
    """Make everything unfinished two days old: the bot takes away only what nobody can be at any more."""
    old = time.time() - LONG_AGO_S
    for path in (*world.store.rglob("*#*"), *world.scratch.glob("*")):
        with contextlib.suppress(FileNotFoundError):
            os.utime(path, (old, old))
