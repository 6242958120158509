"""A previewer that draws nothing and writes what a test would recognise."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import PreviewFailed
from bot.looks import Look, MeshFacts, Reduction, Turntable

OWL_FACTS = MeshFacts(
    triangles=150_000,
    quads=0,
    vertices=80_000,
    parts=1,
    materials=1,
    textures=((1024, 1024), (1024, 1024)),
    size=(1.0, 2.0, 0.5),
    is_watertight=True,
)

FRAMES, COLUMNS = 24, 8


@dataclass(slots=True, kw_only=True)
class ScriptedPreviewer:
    """`errors[method]` are raised by the next calls of a method, in order; `during[method]` runs in the middle of one.

    Pictures hold the name of the model, and appear whole or not at all. With `missing` nothing can be drawn here, which
    `ready` says and every look, too.
    """

    missing: str | None = None
    problem: str = ""
    facts: MeshFacts = OWL_FACTS
    errors: defaultdict[str, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    during: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    spreads: list[float] = field(default_factory=list)
    beside: list[frozenset[str]] = field(default_factory=list)
    """What lay in the model's folder at each call."""

    async def ready(self) -> str | None:
        return self.missing

    async def look(self, model: Path, folder: Path, *, spread: float = 0.0) -> Look:
        self.spreads.append(spread)
        await self._begin("look", model)
        if self.missing:
            return Look(still=None, facts=self.facts, problem=self.missing)
        return Look(still=self._write(folder / "still.png", model), facts=self.facts, problem=self.problem)

    async def turn(self, model: Path, folder: Path, *, spread: float = 0.0) -> Turntable:
        self.spreads.append(spread)
        await self._begin("turn", model)
        if self.missing:
            raise PreviewFailed(self.missing)
        return Turntable(
            webp=self._write(folder / "turntable.webp", model),
            gif=self._write(folder / "turntable.gif", model),
            strip=self._write(folder / "frames.webp", model),
            frames=FRAMES,
            columns=COLUMNS,
            frame_ms=80,
            strip_px=256,
        )

    async def reduce(self, model: Path, target: Path, *, limit_bytes: int) -> Reduction:
        await self._begin("reduce", model)
        if model.suffix != ".glb":
            raise PreviewFailed("Only GLB files can be made smaller here.")
        self._write(target, model)
        return Reduction(
            size_bytes=target.stat().st_size,
            texture_px_before=4096,
            texture_px=1024,
            triangles_before=500_000,
            triangles=500_000,
        )

    async def _begin(self, method: str, model: Path) -> None:
        self.calls.append(method)
        self.beside.append(frozenset(path.name for path in model.parent.iterdir() if not path.name.startswith(".")))
        if method in self.during:
            await self.during.pop(method)()
        if self.errors[method]:
            raise self.errors[method].popleft()
        if not model.is_file():
            raise PreviewFailed("The model file cannot be read: it is not there, or not for us.")

    def _write(self, path: Path, model: Path) -> Path:
        path.write_bytes(f"{path.name} of {model.name}".encode())
        return path
