"""The Converter port: every model is converted in a process of its own, one at a time."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

from adapters.preview.process import Limits, Order, obeyed
from bot.conversions import Conversion
from bot.errors import NotConverted, PreviewFailed

CONVERTING = Limits(seconds=300.0, cpu_s=280, file_bytes=2**30)
"""Half a million triangles with 4K textures take some ten seconds of one processor and 0.9 GB."""

_MOST_FILES = 1000
_WRONG = "What the converting process made is not what it should be."


class ChildConverter:
    """Keeps the Converter port. Its own memory does not grow with the model."""

    def __init__(self, limits: Limits = CONVERTING) -> None:
        self._limits = limits
        self._turn = asyncio.Semaphore(1)

    async def convert(self, model: Path, folder: Path, *, file_format: str) -> Conversion:
        """See the port."""
        # At once, as in `bot.scratch`: a wait could be cancelled while a thread makes a folder nobody knows of.
        workshop = Path(tempfile.mkdtemp(prefix=".conversion-", dir=folder))
        try:
            async with self._turn:
                answer = await obeyed(
                    Order(what="convert", model=model, file_format=file_format), workshop, self._limits
                )
            return await asyncio.to_thread(_brought, answer, workshop, folder)
        except PreviewFailed as error:
            raise NotConverted(str(error)) from error
        finally:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, workshop, ignore_errors=True))


def _brought(answer: dict[str, Any], workshop: Path, folder: Path) -> Conversion:
    """Move what was made to its place, once it is plain files with plain names: the process read a stranger's model."""
    names = [*answer["files"], *([answer["bundle"]] if answer["bundle"] else [])]
    if not answer["files"] or len(names) > _MOST_FILES or not all(_is_plain(workshop, name) for name in names):
        raise PreviewFailed(_WRONG)
    moved = {name: (workshop / name).replace(folder / name) for name in reversed(names)}
    return Conversion(
        files=tuple(moved[name] for name in answer["files"]),
        bundle=moved[answer["bundle"]] if answer["bundle"] else None,
        lost=tuple(str(line)[:300] for line in answer["lost"]),
    )


def _is_plain(workshop: Path, name: str) -> bool:
    path = workshop / name
    return path.parent == workshop and not name.startswith(".") and path.is_file() and not path.is_symlink()
