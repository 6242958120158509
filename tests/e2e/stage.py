"""What every chat's scenes share: a Rodin, a folder, and bot processes that come and go on it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import socket
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol, Self, TypeVar

from tests.e2e.harness import House, Rodin, Running, running

T = TypeVar("T")

PATIENCE_S = 60.0
"""How long anything may take on a busy machine with two cores; what does not come then will not come."""

STOPS_WITHIN_S = 10.0

READY = "Your model is ready"


class Looking(Protocol):
    """Waits until something is true, and shows what people saw when it never is."""

    async def until(self, condition: Callable[[], T], /, *, timeout_s: float = 10.0) -> T:
        """Return the condition's first true value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a test holds: a folder and a Rodin, and which processes have run; `looking` is the stand-in of the chat."""

    home: House
    rodin: Rodin
    prompt: str
    looking: Looking
    processes: list[Running] = field(default_factory=list)

    def set(self, **settings: str) -> Self:
        """Return the same scene where bots have other settings."""
        return replace(self, home=House(home=self.home.home, settings={**self.home.settings, **settings}))

    @property
    def turns(self) -> bool:
        """Whether bots turn models here, besides drawing them."""
        return self.home.settings["PREVIEWS"] == "turntable"

    @contextmanager
    def process(self, *arguments: str, **settings: str) -> Iterator[Running]:
        """Start `rodin-bot run` and wait for nothing."""
        wanted = {"PORT": str(free_port()), **self.home.settings, **settings}
        with running(["run", *arguments], home=self.home.home, **wanted) as process:
            self.processes.append(process)
            yield process

    async def stop(self, process: Running) -> int:
        """Stop a bot politely and return its exit code; fail when that takes longer than it promises."""
        process.signal(signal.SIGTERM)
        return await asyncio.to_thread(process.wait, within_s=STOPS_WITHIN_S)

    async def until(self, asked: Callable[[], T]) -> T:
        """Wait until something is true; return it."""
        return await self.looking.until(asked, timeout_s=PATIENCE_S)

    async def in_state(self, *states: str) -> None:
        """Wait until every task stands in one of these states."""
        await self.until(lambda: (now := self.home.states()) and set(now) <= set(states))

    async def taken(self) -> None:
        """Wait until Rodin surely has everything: a kill before that leaves doubt, which has tests of its own."""
        await self.in_state("submitted", "generating", "collecting", "ready")

    async def all_told(self) -> None:
        """Wait until every task has ended and everybody has seen everything."""
        await self.until(lambda: not self.home.rows("id", "ended_revision IS NULL OR told < revision"))

    def charges(self, prompt: str | None = None) -> int:
        """Count how often a prompt was taken by Rodin, and so charged."""
        return self.rodin.prompts().count(prompt or self.prompt)

    def assert_discreet(self, secrets: Iterable[str], shown: Iterable[str]) -> None:
        """End every process; nothing broke unforeseen, and no secret is in their output or in what people saw."""
        for process in self.processes:
            process.close()
        said = "\n".join(f"{process.output}\n{process.errors}" for process in self.processes)
        assert "Traceback" not in said, said
        told = "\n".join(shown)
        kept = [*secrets, self.home.settings["RODIN_API_KEY"]]
        assert [secret for secret in kept if secret in said] == [], said
        assert [secret for secret in kept if secret in told] == [], told

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let another program write to the database, so that nobody else can."""
        with closing(sqlite3.connect(self.home.database, timeout=10, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def refusing(self, column: str, condition: str) -> Iterator[None]:
        """Let the database take everything but changes of one column of tasks where a condition (of NEW) holds."""
        self._execute(
            f"CREATE TRIGGER refusing BEFORE UPDATE OF {column} ON tasks WHEN {condition} "
            "BEGIN SELECT RAISE(ABORT, 'this is not written today'); END"
        )
        try:
            yield
        finally:
            self._execute("DROP TRIGGER refusing")

    def posted(self) -> list[str]:
        """Return the keys under which messages are known to be posted."""
        with closing(sqlite3.connect(f"file:{self.home.database}?mode=ro", uri=True, timeout=10)) as connection:
            return [key for (key,) in connection.execute("SELECT key FROM sends WHERE message IS NOT NULL")]

    def _execute(self, statement: str) -> None:
        with closing(sqlite3.connect(self.home.database, timeout=10)) as connection, connection:
            connection.execute(statement)


@contextmanager
def a_deaf_rodin() -> Iterator[str]:
    """Give the address of a Rodin that lets everybody connect and never reads a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v2"


def free_port() -> int:
    """Return a port for the pages that nobody listens on, below those that the system gives out by itself meanwhile."""
    while True:
        port = random.randrange(12_000, 20_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
