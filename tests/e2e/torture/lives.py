"""Births and deaths of bots, seen from the harness: each life is one process that the nursery has forked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.torture import nursery

BORN_WITHIN_S = 60.0
"""How long the nursery may take to import everything, on a busy machine."""

DEAD_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What a life starts with. Its output goes to files named after `name` in `logs`; `stdin` may be a pipe."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    logs: Path
    stdin: Path = Path(os.devnull)


@dataclass(slots=True, kw_only=True, eq=False)
class Life:
    """One process from its birth to its end."""

    birth: Birth
    pid: int
    ended: asyncio.Future[int]

    @property
    def output(self) -> str:
        """What it has written to standard output so far."""
        return _read(self.birth.logs / f"{self.birth.name}.out")

    @property
    def errors(self) -> str:
        """What it has logged so far."""
        return _read(self.birth.logs / f"{self.birth.name}.log")

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.ended.done()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and its group; harmless when it is over."""
        if self.is_over:
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:  # so young that it leads no group yet
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def kill(self) -> None:
        """End it without a word, as a power cut would, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        await self.wait(within_s=DEAD_WITHIN_S)

    async def wait(self, *, within_s: float) -> int:
        """Return the exit code once it has ended by itself; below 0 the number of the signal that ended it.

        Raises:
            TimeoutError: it still lives.
        """
        async with asyncio.timeout(within_s):
            return await asyncio.shield(self.ended)


class Nursery:
    """The process that forks bots, of one source tree."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._born: dict[int, asyncio.Future[int]] = {}
        self._ended: dict[int, asyncio.Future[int]] = {}
        self._hearing = asyncio.create_task(self._hear(), name="nursery")
        self._count = 0

    async def bear(self, birth: Birth) -> Life:
        """Start a bot."""
        self._count += 1
        loop, number = asyncio.get_running_loop(), self._count
        self._born[number], self._ended[number] = loop.create_future(), loop.create_future()
        order = {
            "id": number,
            "argv": birth.argv,
            "environment": dict(birth.environment),
            "cwd": str(birth.folder),
            "stdin": str(birth.stdin),
            "stdout": str(birth.logs / f"{birth.name}.out"),
            "stderr": str(birth.logs / f"{birth.name}.log"),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        async with asyncio.timeout(BORN_WITHIN_S):
            pid = await self._born[number]
        return Life(birth=birth, pid=pid, ended=self._ended[number])

    async def close(self) -> None:
        """Let it kill what still lives, and end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(DEAD_WITHIN_S):
            await self._process.wait()
        await self._hearing

    async def _hear(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            if "pid" in said:
                self._born.pop(said["id"]).set_result(said["pid"])
            elif "code" in said:
                self._ended.pop(said["id"]).set_result(said["code"])
        for waiting in (*self._born.values(), *self._ended.values()):
            if not waiting.done():
                waiting.set_exception(RuntimeError("the nursery has ended; its log says why"))
                waiting.exception()  # somebody may have stopped waiting


@asynccontextmanager
async def open_nursery(source: Path, log: Path) -> AsyncIterator[Nursery]:
    """Start a nursery for the bot in a source tree; in the end nothing of it lives.

    Raises:
        RuntimeError: it could not import the bot; the sentence quotes its log.
    """
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *_command(source),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=_environment(source),
            cwd=source,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(BORN_WITHIN_S):
            greeting = await process.stdout.readline()
        if not greeting:
            raise RuntimeError(f"the bot in {source} cannot be started:\n{_read(log)}")
        nursery_ = Nursery(process)
        try:
            yield nursery_
        finally:
            await nursery_.close()
    finally:
        await _reaped(process)


async def _reaped(process: asyncio.subprocess.Process) -> None:
    """Leave nothing of a process, however far it came."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()


def _command(source: Path) -> Sequence[str]:
    # -P: nothing that lies beside the script is importable; the bot comes from PYTHONPATH.
    return (sys.executable, "-P", str(Path(nursery.__file__)), str(source))


def _environment(source: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(source),
        "PYTHONWARNINGS": "ignore",
        "OPENBLAS_NUM_THREADS": "1",  # a forked child has only the thread that forked
    }


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.exists() else ""
