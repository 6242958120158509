"""The Previewer port: every model is read and drawn in a process of its own, one at a time."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from adapters.preview.checks import check_glb, check_picture
from adapters.preview.child import GIF, SMALLER, STILL, STRIP, WEBP
from adapters.preview.process import Limits, Order, obeyed
from bot.errors import PreviewFailed, StorageError
from bot.looks import Look, MeshFacts, Reduction, Turntable
from bot.scratch import scratch_folder

_STILL_BYTES, _TURN_BYTES, _STRIP_BYTES = 4_000_000, 8_000_000, 16_000_000


class ChildPreviewer:
    """Keeps the Previewer port. Its own memory does not grow with the model."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._turn = asyncio.Semaphore(1)

    async def ready(self) -> str | None:
        """See the port. Takes about half a second."""
        try:
            # A scratch folder, so that what a kill leaves of it is swept like the others.
            async with scratch_folder() as folder, self._turn:
                answer = await obeyed(Order(what="ready", model=Path()), folder, self._limits)
        except PreviewFailed as error:
            return f"Models cannot be drawn here. {error}"
        except StorageError as error:
            return f"Models cannot be drawn here: {error}."
        missing = answer["missing"]
        return None if missing is None else str(missing)

    async def look(self, model: Path, folder: Path, *, spread: float = 0.0) -> Look:
        """See the port."""
        async with self._workshop(folder) as workshop:
            answer = await self._obeyed(Order(what="look", model=model, spread=spread), workshop)
            still = workshop / STILL if answer["still"] else None
            if still is not None:
                await asyncio.to_thread(check_picture, still, "PNG", frames=1, most_bytes=_STILL_BYTES)
                still = _moved(still, folder)
        return Look(still=still, facts=_facts(answer["facts"]), problem=answer["problem"])

    async def turn(self, model: Path, folder: Path, *, spread: float = 0.0) -> Turntable:
        """See the port."""
        async with self._workshop(folder) as workshop:
            answer = await self._obeyed(Order(what="turn", model=model, spread=spread), workshop)
            webp, gif, strip = (workshop / name for name in (WEBP, GIF, STRIP))
            frames = answer["frames"]
            await asyncio.to_thread(check_picture, webp, "WEBP", frames=frames, most_bytes=_TURN_BYTES)
            await asyncio.to_thread(check_picture, gif, "GIF", frames=frames, most_bytes=2_000_000)
            await asyncio.to_thread(check_picture, strip, "WEBP", frames=1, most_bytes=_STRIP_BYTES)
            return Turntable(
                webp=_moved(webp, folder),
                gif=_moved(gif, folder),
                strip=_moved(strip, folder),
                **answer,
            )

    async def reduce(self, model: Path, target: Path, *, limit_bytes: int) -> Reduction:
        """See the port."""
        async with self._workshop(target.parent) as workshop:
            answer = await self._obeyed(Order(what="reduce", model=model, limit_bytes=limit_bytes), workshop)
            smaller = workshop / SMALLER
            await asyncio.to_thread(check_glb, smaller, limit_bytes)
            smaller.replace(target)
        return Reduction(**answer)

    async def _obeyed(self, order: Order, workshop: Path) -> dict[str, Any]:
        async with self._turn:
            return await obeyed(order, workshop, self._limits)

    @contextlib.asynccontextmanager
    async def _workshop(self, folder: Path) -> AsyncIterator[Path]:
        """A private folder beside the results, so that moving them is one step; gone afterwards."""
        workshop = Path(tempfile.mkdtemp(prefix=".preview-", dir=folder))
        try:
            yield workshop
        finally:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, workshop, ignore_errors=True))


def _moved(path: Path, folder: Path) -> Path:
    return path.replace(folder / path.name)


def _facts(answer: dict[str, Any]) -> MeshFacts:
    size, textures = answer.pop("size"), answer.pop("textures")
    edges = tuple((int(width), int(height)) for width, height in textures)
    return MeshFacts(size=(size[0], size[1], size[2]), textures=edges, **answer)
