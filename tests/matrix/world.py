"""Time and trouble of one machine: its clocks, its disk and its database, all in the hands of a test."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SystemClock
from storage.database import Database
from storage.files import ObjectFileStore, Patience
from tests.matrix.faults import OURS, Fault
from tests.unit.simulator.stand import TurnedClock

HOUR_S = 3600.0

HASTE = 200
"""A bucket's client goes by real time, so each of its waits is that many times shorter."""

HASTY = Patience(
    **{name: value / HASTE if isinstance(value, timedelta) else value for name, value in asdict(Patience()).items()}
)

CLAIMING: ContextVar[bool] = ContextVar("claiming", default=False)
"""Whether a loop is claiming rows just now."""


class World:
    """The machine's clocks, and Rodin's own.

    `turn` lets time pass for everybody. With `waits` the event loop's timers see it too, so that time-outs fire; else
    only those who ask what time it is. `jump` moves this machine's wall clock alone.
    """

    def __init__(self) -> None:
        # Not some moment of the past: ids that the stand-ins made before are of today.
        self.began_at = datetime.now(UTC)
        self.wall_at = self.began_at
        self.monotonic_s = 0.0
        self.theirs = TurnedClock()
        self.theirs.turn((self.began_at - self.theirs.now()).total_seconds())
        self._waited_s = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def ruling(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """Let the loop's timers go by this world."""
        self._loop = loop
        ruled: Any = loop
        ruled.time = lambda: time.monotonic() + self._waited_s
        try:
            yield
        finally:
            del ruled.time

    def turn(self, seconds: float, *, waits: bool = False) -> None:
        """Let time pass."""
        self.wall_at += timedelta(seconds=seconds)
        self.monotonic_s += seconds
        self.theirs.turn(seconds)
        if waits:
            self._waited_s += seconds

    def jump(self, seconds: float) -> None:
        """Put the wall clock on, or back."""
        self.wall_at += timedelta(seconds=seconds)

    def right(self) -> None:
        """Put the wall clock right."""
        self.wall_at = self.began_at + timedelta(seconds=self.monotonic_s)

    def now_s(self) -> float:
        """Return the true time in seconds since 1970, by which everybody else goes."""
        return self.began_at.timestamp() + self.monotonic_s


class MachineClock(SystemClock):
    """The bot's own clock over this world; a sleep lets the time pass at once."""

    def __init__(self, world: World) -> None:
        super().__init__(wall=lambda: world.wall_at, monotonic=lambda: world.monotonic_s)
        self._world = world

    async def sleep(self, seconds: float) -> None:
        self._world.turn(max(0.0, seconds))
        await asyncio.sleep(0)


@dataclass(slots=True, kw_only=True)
class Plan:
    """A fault that waits for the next `left` calls of a kind."""

    kind: str
    fault: Fault
    left: int


@dataclass(slots=True, kw_only=True)
class Trouble:
    """What strikes which call, and what is wrong with the machine just now: a full disk, a locked database."""

    world: World
    plans: list[Plan] = field(default_factory=list)
    met: Counter[tuple[str, Fault]] = field(default_factory=Counter)
    full_for: int = 0
    locked_for: int = 0
    database: Path | None = None
    at_work: int = 0
    _waiting: int = 0
    _holder: sqlite3.Connection | None = None

    def plan(self, kind: str, fault: Fault, *, times: int) -> None:
        """Let a fault strike the next calls of a kind. What is wrong with the machine begins only once."""
        self.plans.append(Plan(kind=kind, fault=fault, left=1 if fault in OURS else times))

    def over(self) -> None:
        """Let everything be well again."""
        self.plans.clear()
        self.met.clear()
        self.full_for = self.locked_for = 0
        self.world.right()

    async def quiet(self) -> None:
        """Wait until nobody is at turning the clock any more."""
        while self.at_work:
            await asyncio.sleep(0.001)

    def strikes(self, kind: str) -> Fault | None:
        """Return the fault that a call of this kind meets. What is wrong with the machine begins with it."""
        plan = next((one for one in self.plans if one.kind == kind and one.left > 0), None)
        if plan is None:
            return None
        plan.left -= 1
        self.met[kind, plan.fault] += 1
        self._begin(plan.fault)
        return plan.fault

    def _begin(self, fault: Fault) -> None:
        if fault is Fault.DISK_FULL:
            self.full_for = 3
        elif fault is Fault.LOCKED:
            self.locked_for = 3
        elif fault is Fault.AN_HOUR_ON:
            self.world.jump(HOUR_S)
        elif fault is Fault.AN_HOUR_BACK:
            self.world.jump(-HOUR_S)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be a disk that may be full, for one write."""
        if self.full_for <= 0:
            yield
            return
        self.full_for -= 1
        with full_disk():
            yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Be a database that somebody else may hold, for one transaction that writes; several may overlap."""
        if self.locked_for <= 0 or self.database is None:
            yield
            return
        self.locked_for -= 1
        self._waiting += 1
        if self._holder is None:
            self._holder = hold(self.database)
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting and self._holder is not None:
                self._holder.close()
                self._holder = None


_fillers: list[tuple[int, int]] = []
"""The limits as they were, as often as the disk is full just now: writes of several loops overlap."""


@contextmanager
def full_disk() -> Iterator[None]:
    """Let the kernel take no byte for any file of this process. Python ignores the signal that goes with it."""
    _fillers.append(_fillers[0] if _fillers else resource.getrlimit(resource.RLIMIT_FSIZE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, _fillers[0][1]))
    try:
        yield
    finally:
        limits = _fillers.pop()
        if not _fillers:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def hold(path: Path) -> sqlite3.Connection:
    """Hold an SQLite file as another program does that writes for long, until the connection is closed."""
    holder = sqlite3.connect(path, timeout=5, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    return holder


class TroubledDatabase(Database):
    """The real database on a machine with troubles."""

    trouble: Trouble

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        self.trouble.strikes("database read")
        async with super().reading() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, *, is_urgent: bool = False) -> AsyncIterator[AsyncConnection]:
        self.trouble.strikes("database claim" if CLAIMING.get() else "database write")
        with self.trouble.transaction(), self.trouble.writing():
            async with super().writing(is_urgent=is_urgent) as connection:
                yield connection


class TroubledFiles(ObjectFileStore):
    """The real folder or bucket on a machine with troubles."""

    trouble: Trouble

    def __init__(self, url: str) -> None:
        super().__init__(url, patience=HASTY)

    async def save(self, key: str, source: Path) -> None:
        self.trouble.strikes("files save")
        with self.trouble.writing():
            await super().save(key, source)

    async def save_bytes(self, key: str, data: bytes) -> None:
        self.trouble.strikes("files save")
        with self.trouble.writing():
            await super().save_bytes(key, data)

    async def load(self, key: str) -> bytes:
        self.trouble.strikes("files load")
        return await super().load(key)

    async def fetch(self, key: str, target: Path) -> None:
        self.trouble.strikes("files load")
        with self.trouble.writing():
            await super().fetch(key, target)

    async def keys(self, prefix: str) -> tuple[str, ...]:
        self.trouble.strikes("files list")
        return await super().keys(prefix)

    async def remove(self, prefix: str) -> None:
        self.trouble.strikes("files delete")
        await super().remove(prefix)

    async def remove_file(self, key: str) -> None:
        self.trouble.strikes("files delete")
        await super().remove_file(key)
