"""Real processes over loopback: the bot and Rodin's simulator, each in a process group of its own.

Nothing of the machine that runs the tests gets in: the environment is made here, folders are temporary, ports are the
system's choice. Nothing sleeps blindly: every wait is for a line or a condition, and has an end.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import psutil
import requests

from tests.secrecy import learn, note, secrets_among

PROGRAM = Path(sysconfig.get_path("scripts")) / "rodin-bot"

PATIENCE_S = 150.0
"""How long something may take on a busy machine with two cores before it counts as broken."""

LOOK_EVERY_S = 0.02

T = TypeVar("T")


def empty_environment(home: Path, **settings: str) -> dict[str, str]:
    """Return an environment with nothing in it but a path, a home, a place for temporary files, and these settings."""
    scratch = home / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    learn(*secrets_among(settings))
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TMPDIR": str(scratch), **settings}


def eventually(look: Callable[[], T], what: str, *, within_s: float = PATIENCE_S) -> T:
    """Return what `look` gives as soon as that is true; fail with `what` when the time is over."""
    deadline = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within_s:g} s in vain for {what}")
        time.sleep(LOOK_EVERY_S)


class Running:
    """One process and what it has written so far."""

    def __init__(self, arguments: Sequence[str], *, home: Path, environment: Mapping[str, str]) -> None:
        self.started_at = time.monotonic()
        self._scratch = environment["TMPDIR"]
        self._process = subprocess.Popen(
            [str(PROGRAM), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=home,
            env=dict(environment),
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self._news = threading.Condition()
        self._lines: list[str] = []
        self._errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(stream, lines), daemon=True)
            for stream, lines in ((self._process.stdout, self._lines), (self._process.stderr, self._errors))
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        """The process, which leads the group of the same number."""
        return self._process.pid

    @property
    def output(self) -> str:
        """Everything on standard output so far."""
        with self._news:
            return "".join(self._lines)

    @property
    def errors(self) -> str:
        """Everything on standard error so far."""
        with self._news:
            return "".join(self._errors)

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def say(self, *lines: str) -> None:
        """Type lines."""
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{line}\n" for line in lines))
        self._process.stdin.flush()

    def hang_up(self) -> None:
        """Close its standard input: nothing more will be typed."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def hear(self, pattern: str, *, after: int = 0, within_s: float = PATIENCE_S) -> re.Match[str]:
        """Wait until the output beyond its first `after` characters holds a pattern; return the match."""
        sought = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + within_s
        while True:
            with self._news:
                found = sought.search("".join(self._lines), after)
                is_over = not any(reader.is_alive() for reader in self._readers)
                left_s = deadline - time.monotonic()
                if not found and not is_over and left_s > 0:
                    self._news.wait(min(left_s, 0.5))
                    continue
            if found:
                return found
            raise AssertionError(f"never heard {pattern!r} in:\n{self.output}\nerrors:\n{self.errors}")

    def wait(self, *, within_s: float = PATIENCE_S) -> int:
        """Return the exit code once the process has ended by itself."""
        try:
            code = self._process.wait(within_s)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"still running after {within_s:g} s:\n{self.output}\n{self.errors}") from error
        for reader in self._readers:
            reader.join(within_s)
        return code

    def outlive(self, seconds: float) -> None:
        """Wait until the process is this old, or has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, self.started_at + seconds - time.monotonic()))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone, as `kill` does."""
        self._process.send_signal(number)

    def interrupt(self) -> None:
        """Send SIGINT to the whole group, as a terminal does for Ctrl-C."""
        os.killpg(self.pid, signal.SIGINT)

    def kill(self) -> None:
        """Kill the whole group without a word, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(PATIENCE_S)

    def close(self) -> None:
        """Leave nothing of it behind, whatever the test did."""
        self.kill()
        for reader in self._readers:
            reader.join(PATIENCE_S)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        note(f"{self.output}\n{self.errors}", "what a process has written")

    def leftovers(self) -> list[str]:
        """Name the processes that it has started and that are still there: those with its place for temporary files."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if process.environ().get("TMPDIR") == self._scratch and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(f"{process.pid} {process.name()}")
        return found

    def _read(self, stream: Any, lines: list[str]) -> None:
        for line in stream:
            with self._news:
                lines.append(line)
                self._news.notify_all()
        with self._news:
            self._news.notify_all()


@contextlib.contextmanager
def running(arguments: Sequence[str], *, home: Path, **settings: str) -> Iterator[Running]:
    """Start `rodin-bot` with these arguments in an empty environment, and leave nothing of it behind."""
    process = Running(arguments, home=home, environment=empty_environment(home, **settings))
    try:
        yield process
    finally:
        process.close()


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    code: int
    output: str
    errors: str
    leftovers: tuple[str, ...]

    @property
    def words(self) -> str:
        """Everything that a person saw, with lines joined so that sentences can be looked for."""
        return " ".join(f"{self.output} {self.errors}".split())


def run(arguments: Sequence[str], *, home: Path, within_s: float = PATIENCE_S, **settings: str) -> Ran:
    """Run `rodin-bot` to its end with nothing to read."""
    with running(arguments, home=home, **settings) as process:
        process.hang_up()
        code = process.wait(within_s=within_s)
        return Ran(code, process.output, process.errors, tuple(process.leftovers()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rodin:
    """A simulator process, seen from outside."""

    process: Running
    origin: str
    http: requests.Session = field(repr=False)

    @property
    def url(self) -> str:
        """The API root."""
        return f"{self.origin}/api/v2"

    def ledger(self) -> dict[str, Any]:
        """Return everything that the simulator knows."""
        answer = self.http.get(f"{self.origin}/simulator/ledger", timeout=PATIENCE_S)
        answer.raise_for_status()
        ledger: dict[str, Any] = json.loads(answer.text, parse_float=Decimal)
        return ledger

    def taken(self) -> list[dict[str, Any]]:
        """Return the tasks that were taken, and so charged, in order."""
        tasks: list[dict[str, Any]] = self.ledger()["tasks"]
        return tasks

    def prompts(self) -> list[str]:
        """Return what was asked for, in the order in which it was taken."""
        return [task["prompt"] for task in self.taken()]

    def break_with(self, faults: str) -> None:
        """Replace what goes wrong from now on; an empty text for nothing."""
        answer = self.http.post(f"{self.origin}/simulator/faults", json={"faults": faults}, timeout=PATIENCE_S)
        answer.raise_for_status()

    def charge_for_a_stranger(self, *, key: str, item: str, amount: float) -> str:
        """Charge a key as if somebody else had used it; return the uuid of the charge."""
        body = {"item": item, "amount": amount, "key": key}
        answer = self.http.post(f"{self.origin}/simulator/usage", json=body, timeout=PATIENCE_S)
        answer.raise_for_status()
        return str(answer.json()["task_uuid"])


KEY = "a-key-for-tests"


@contextlib.contextmanager
def simulator(home: Path, *, speed: float = 200, **options: object) -> Iterator[Rodin]:
    """Run a simulator in a process of its own; options as on the command line, `_` for `-`."""
    home.mkdir(parents=True, exist_ok=True)
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    arguments = ["simulator", f"--speed={speed}", *words]
    with running(arguments, home=home) as process, requests.Session() as http:
        yield Rodin(process=process, origin=process.hear(r"^listening on (http://\S+)$").group(1), http=http)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A folder in which bots live one after the other: the same database, file store and settings."""

    home: Path
    settings: Mapping[str, str]

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.home / "bot.db"

    @property
    def files(self) -> Path:
        """The file store."""
        return self.home / "files"

    def console(self, *arguments: str, **settings: str) -> contextlib.AbstractContextManager[Running]:
        """Start a bot at a terminal that is no terminal: it reads its commands from a pipe."""
        return running(["console", *arguments], home=self.home, **{**self.settings, **settings})

    def ask_once(self, *arguments: str, within_s: float = PATIENCE_S, **settings: str) -> Ran:
        """Ask for one model and wait for its end."""
        words = ["console", *arguments]
        return run(words, home=self.home, within_s=within_s, **{**self.settings, **settings})

    def rows(self, columns: str = "*", where: str = "1", *values: object) -> list[sqlite3.Row]:
        """Read rows of the table of tasks, oldest first, without a lock and without writing."""
        if not self.database.exists():
            return []
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            try:
                found = connection.execute(
                    f"SELECT {columns} FROM tasks WHERE {where} ORDER BY created_ms, rowid", values
                )
                return list(found)
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    def states(self) -> list[str]:
        """Return the states of all tasks, oldest first."""
        return [row["state"] for row in self.rows("state")]

    def stored_files(self) -> list[Path]:
        """Return the whole files of models in the store."""
        return [path for path in (self.files / "tasks").glob("*/*") if "#" not in path.name]

    def spooled(self) -> list[Path]:
        """Return the pictures that wait to be sent."""
        return [path for path in self.files.glob("spool/**/*") if path.is_file()]


def house(home: Path, url: str, *, poll_min_s: float = 0.05, **settings: str) -> House:
    """Furnish a folder for bots that talk to the Rodin at `url`.

    They draw stills only: a turn takes seconds of a processor, and most tests are about something else.
    """
    home.mkdir(parents=True, exist_ok=True)
    furniture = {
        "RODIN_API_KEY": KEY,
        "RODIN_API_URL": url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{home / 'bot.db'}",
        "FILES_URL": str(home / "files"),
        "POLL_MIN_S": str(poll_min_s),
        "POLL_MAX_S": str(10 * poll_min_s),
        "LOG_LEVEL": "warning",
        "PREVIEWS": "still",
    }
    return House(home=home, settings=furniture | settings)
