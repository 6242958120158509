"""A converter that converts nothing and writes what a test would recognise."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.conversions import Conversion
from bot.errors import NotConverted


@dataclass(slots=True, kw_only=True)
class ScriptedConverter:
    """`errors` are raised by the next conversions, in order; `during` runs in the middle of the next one.

    An OBJ has an MTL beside it, and a ZIP. Files hold the bytes of the model that they were made of.
    """

    lost: tuple[str, ...] = ()
    errors: deque[Exception] = field(default_factory=deque)
    during: Callable[[], Awaitable[object]] | None = None
    beside: list[frozenset[str]] = field(default_factory=list)
    """What lay in the model's folder at each conversion."""

    async def convert(self, model: Path, folder: Path, *, file_format: str) -> Conversion:
        self.beside.append(frozenset(path.name for path in model.parent.iterdir()))
        if self.during is not None:
            during, self.during = self.during, None
            await during()
        if self.errors:
            raise self.errors.popleft()
        if not model.is_file():
            raise NotConverted("The model file cannot be read: it is not there, or not for us.")
        names = [
            f"{model.stem}.{ending}" for ending in (file_format, *(("mtl", "zip") if file_format == "obj" else ()))
        ]
        paths = [folder / name for name in names]
        for path in paths:
            path.write_bytes(f"{path.name} of ".encode() + model.read_bytes())
        return Conversion(files=tuple(paths[:2]), bundle=paths[2] if len(paths) > 2 else None, lost=self.lost)
