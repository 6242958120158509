"""Seconds and peak memory of previews for three sizes of model.

    python benchmarks/previews.py [--quick]

Models come from the simulator's maker. Memory is the drawing process's peak, as the kernel counted it; the parent's
growth stands beside it. Needs EGL, like previews themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from adapters.preview.previewer import ChildPreviewer
from adapters.rodin.simulator.models import ModelSpec, build

_SIZES = (("small", 20_000, 1024), ("middle", 100_000, 2048), ("large", 500_000, 4096))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured call."""

    model: str
    call: str
    seconds: float
    child_mb: float
    parent_mb: float


async def measured(call: Callable[[], Awaitable[object]]) -> tuple[float, float, float]:
    """Seconds, the child's highest memory seen, and how much the parent grew, in MB."""
    own = psutil.Process()
    before, began, highest = own.memory_info().rss, time.perf_counter(), 0
    running = asyncio.ensure_future(call())
    while not running.done():
        for child in own.children():
            try:
                highest = max(highest, child.memory_info().rss)
            except psutil.NoSuchProcess:
                continue  # it ended in this moment
        await asyncio.sleep(0.01)
    await running
    return time.perf_counter() - began, highest / 1e6, (own.memory_info().rss - before) / 1e6


async def rows_of(name: str, model: Path, folder: Path) -> list[Row]:
    """Look, turn and reduce one model."""
    previewer = ChildPreviewer()
    half = (await asyncio.to_thread(model.stat)).st_size // 2
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "look": lambda: previewer.look(model, folder),
        "turn": lambda: previewer.turn(model, folder),
        "reduce to half": lambda: previewer.reduce(model, folder / "small.glb", limit_bytes=half),
    }
    rows = []
    for call, start in calls.items():
        seconds, child, parent = await measured(start)
        rows.append(Row(model=name, call=call, seconds=seconds, child_mb=child, parent_mb=parent))
    return rows


async def run(*, quick: bool) -> None:
    """Print the table."""
    missing = await ChildPreviewer().ready()
    if missing:
        raise SystemExit(missing)
    print(f"{'model':<34}{'call':<16}{'seconds':>8}{'child MB':>10}{'parent +MB':>12}")
    for name, faces, texture_px in _SIZES[: 1 if quick else None]:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            spec = ModelSpec(prompt="a brass teapot", seed=7, faces=faces, texture_px=texture_px)
            model = (await asyncio.to_thread(build, spec, folder))[0]
            title = f"{name}: {faces:,} faces, {texture_px} px"
            for row in await rows_of(title, model, folder):
                print(f"{row.model:<34}{row.call:<16}{row.seconds:>8.1f}{row.child_mb:>10.0f}{row.parent_mb:>12.1f}")
    print(f"highest of all drawing processes: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description="Seconds and peak memory of previews.")
    parser.add_argument("--quick", action="store_true", help="only the small model")
    asyncio.run(run(quick=parser.parse_args().quick))


if __name__ == "__main__":
    main()
