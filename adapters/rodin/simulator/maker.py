"""Makes models in processes of their own, so that the simulator answers while numpy is busy.

Measured on two cores: with threads the event loop stood still for up to 55 ms while small models were made, with a
process for up to 15 ms, and nothing slows whatever else runs beside the simulator. Why not ProcessPoolExecutor: its
spawned workers run the caller's main module again, which fails for scripts without a main guard, and they outlive a
killed parent. A worker here is `python -m adapters.rodin.simulator.worker`; it ends by itself when its parent is gone.
"""

import asyncio
import base64
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Protocol

from adapters.rodin.simulator import models
from adapters.rodin.simulator.models import ModelSpec

#: The largest model takes under ten seconds on a slow machine; a worker silent for this long is stuck.
BUILD_TIMEOUT_S: Final = 180.0
STOP_TIMEOUT_S: Final = 2.0


class BuildFailed(Exception):
    """A model could not be made; the message holds what the worker said."""


class Maker(Protocol):
    """Turns a spec into files. One implementation makes real models, tests bring a tiny one."""

    def fingerprint(self, spec: ModelSpec) -> str:
        """The same for two specs exactly when their files are the same."""
        ...

    async def build(self, spec: ModelSpec, folder: Path) -> tuple[Path, ...]:
        """Write all files of a model into an empty folder; in listing order.

        Raises:
            BuildFailed: nothing usable came out.
        """
        ...

    async def close(self) -> None:
        """Leave nothing running; the builds in hand were cancelled before. It is not used again."""
        ...


class ProcessMaker:
    """Real models, made by up to `workers` processes that start when they are first needed."""

    def __init__(self, workers: int = 1) -> None:
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._count = workers
        for _ in range(workers):
            self._idle.put_nowait(_Worker())

    def fingerprint(self, spec: ModelSpec) -> str:
        """The model package's own key of a spec."""
        return models.fingerprint(spec)

    async def build(self, spec: ModelSpec, folder: Path) -> tuple[Path, ...]:
        """Wait for a free worker and let it build.

        Raises:
            BuildFailed: the build raised, took too long, or took its process down.
        """
        worker = await self._idle.get()
        try:
            async with asyncio.timeout(BUILD_TIMEOUT_S):
                return await worker.build(spec, folder)
        except TimeoutError as error:
            raise BuildFailed(f"no model after {BUILD_TIMEOUT_S:.0f} s") from error
        finally:
            self._idle.put_nowait(worker)

    async def close(self) -> None:
        """End every worker process, each when it is idle: cancel the builds in hand first, or they are waited for."""
        for _ in range(self._count):
            worker = await self._idle.get()
            await worker.stop()


class _Worker:
    """One process that builds one model after the other: a JSON line in, a JSON line out."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def build(self, spec: ModelSpec, folder: Path) -> tuple[Path, ...]:
        try:
            process = await self._running()
            answer = await _ask(process, {"spec": spec_to_json(spec), "folder": str(folder)})
        except BaseException:  # a cancelled or broken exchange leaves half a line behind: only a new process is clean
            await self.stop()
            raise
        if "error" in answer:
            raise BuildFailed(str(answer["error"]))
        return tuple(folder / name for name in answer["files"])

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # a folder "adapters" in the working directory must not stand in for ours
                "-m",
                "adapters.rodin.simulator.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                process_group=0,  # Ctrl-C in a terminal is for the parent, which stops us
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)},
            )
        return self._process

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()  # it holds nothing worth saving
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.communicate()  # also reads the pipes to their ends, so that nothing of them is left


async def _ask(process: asyncio.subprocess.Process, question: Mapping[str, object]) -> Mapping[str, Any]:
    if process.stdin is None or process.stdout is None:
        raise BuildFailed("the worker has no pipes")
    try:
        process.stdin.write(json.dumps(question).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
    except (ConnectionError, ValueError) as error:
        raise BuildFailed("the worker's pipe broke") from error
    if not line:
        raise BuildFailed("the worker ended without an answer")
    answer: Mapping[str, Any] = json.loads(line)
    return answer


def spec_to_json(spec: ModelSpec) -> Mapping[str, object]:
    """A spec as JSON values; pictures as base64."""
    return {**asdict(spec), "pictures": [base64.b64encode(picture).decode() for picture in spec.pictures]}
