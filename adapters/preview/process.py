"""Running the drawing process: no secrets in, bounded in time, always reaped."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adapters
from adapters.preview.child import ANSWER, ORDER
from bot.errors import PreviewFailed

log = logging.getLogger(__name__)

_LOG = "log.txt"
_MOST_ANSWER = 2**20
# What libraries need to be found; never the bot's own settings.
_KEPT = (
    "PATH",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "LIBGL_DRIVERS_PATH",
    "__EGL_VENDOR_LIBRARY_DIRS",
    "__EGL_VENDOR_LIBRARY_FILENAMES",
)
# Every thread reserves address space, and two draw as fast as the rest of the bot can spare.
_DRAWING = {
    "LANG": "C.UTF-8",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "EGL_PLATFORM": "surfaceless",
    "MESA_SHADER_CACHE_DISABLE": "true",
    "LP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one order may use. Processor time ends later than the clock, since two threads draw."""

    seconds: float = 60.0
    memory_bytes: int = 4 * 2**30
    cpu_s: int = 120
    file_bytes: int = 256 * 2**20
    nice: int = 10

    def for_child(self) -> Mapping[str, int]:
        """As the child reads them."""
        return {
            "nice": self.nice,
            "RLIMIT_AS": self.memory_bytes,
            "RLIMIT_CPU": self.cpu_s,
            "RLIMIT_FSIZE": self.file_bytes,
            "RLIMIT_CORE": 0,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done: one of `adapters.preview.orders.ORDERS`, with which model."""

    what: str
    model: Path
    limit_bytes: int = 0
    spread: float = 0.0
    file_format: str = ""

    @property
    def done(self) -> str:
        """What is done to the model, for sentences."""
        return "converted" if self.what == "convert" else "drawn"


async def obeyed(order: Order, folder: Path, limits: Limits) -> dict[str, Any]:
    """Run one order in a process of its own that works in `folder`, and return its answer.

    Raises:
        PreviewFailed: the model is at fault, or the process ended without an answer.
    """
    text = {
        "what": order.what,
        "model": str(order.model.absolute()),
        "limit_bytes": order.limit_bytes,
        "spread": order.spread,
        "file_format": order.file_format,
        "limits": limits.for_child(),
    }
    # At once: a thread would go on writing while the folder of a cancelled order is taken away.
    (folder / ORDER).write_text(json.dumps(text), "utf-8")
    code = await _run(folder, limits.seconds)
    return await asyncio.to_thread(_answer, order, folder, code)


async def _run(folder: Path, seconds: float) -> int | None:
    """The exit code; None when time ran out."""
    with (folder / _LOG).open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-s", "-m", "adapters.preview.child", str(folder)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=errors,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(seconds):
            return await process.wait()
    except TimeoutError:
        return None
    finally:
        await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Kill the process with whatever it started, and reap it."""
    if process.returncode is not None:
        return
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        pass  # it ended in this moment
    await process.wait()


def _environment(folder: Path) -> dict[str, str]:
    root = Path(adapters.__file__ or "").resolve().parent.parent
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | _DRAWING | {"PYTHONPATH": str(root), "HOME": str(folder), "TMPDIR": str(folder)}


def _answer(order: Order, folder: Path, code: int | None) -> dict[str, Any]:
    if code == 0 and (folder / ANSWER).stat().st_size <= _MOST_ANSWER:
        answer = json.loads((folder / ANSWER).read_text("utf-8"))
        if "problem" in answer:
            raise PreviewFailed(answer["problem"])
        done: dict[str, Any] = answer["done"]
        return done
    log.warning("preview process ended badly what=%s code=%s last=%r", order.what, code, _last_words(folder / _LOG))
    raise PreviewFailed(_sentence(code, order.done))


def _last_words(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 400))
        return file.read(400).decode("utf-8", "replace").strip()


def _sentence(code: int | None, done: str) -> str:
    if code is None or code == -getattr(signal, "SIGXCPU", 0):
        return f"It took too long before the model was {done}."
    if code == -getattr(signal, "SIGXFSZ", 0):
        return f"What came of the model became too large while it was {done}."
    if code == -signal.SIGTERM or code == -getattr(signal, "SIGKILL", 9):
        return f"The model could not be {done}: it was stopped from outside, most likely for want of memory."
    return f"The model could not be {done}: the process that did it broke off."
