"""Hands finished files to the person at the terminal: copies them out of the file store."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from slugify import slugify

from bot.chat import Export
from bot.model import FileRole, ModelFile
from bot.ports import FileStore
from bot.update import Update

FOLDER_CHARACTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where files go. With `is_flat` they lie in `folder` itself while their names are free there."""

    files: FileStore
    folder: Path
    is_flat: bool = False
    _placed: dict[str, dict[ModelFile, Path]] = field(default_factory=dict)

    async def deliver(self, update: Update) -> tuple[Path, ...]:
        """Copy a task's files out, those that come later beside the first ones. Returns all their paths.

        What was copied once is not copied again; a person may have moved or changed it.

        Raises:
            NoSuchFile: the store has lost one. OSError: the folder cannot be written to.
        """
        placed = self._placed.setdefault(update.task_id, {})
        wanted = taken_home(update)
        folder = next(iter(placed.values())).parent if placed else await asyncio.to_thread(self._folder_for, update)
        for file in wanted:
            if file not in placed:
                placed[file] = await self._copy(file, await asyncio.to_thread(self._place_for, file, folder, update))
        return tuple(placed[file] for file in wanted)

    async def lay(self, export: Export) -> Path:
        """Write a person's own data under a name that is free. Only they may read it. Raises OSError."""
        return await asyncio.to_thread(_write_private, self.folder / export.name, export.data)

    async def _copy(self, file: ModelFile, path: Path) -> Path:
        if not await asyncio.to_thread(_is_there, path, file):
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            await self.files.fetch(file.key, path)
            await asyncio.to_thread(_open_like_folder, path)
        return path

    def _folder_for(self, update: Update) -> Path:
        """Return a folder where nothing of somebody else's is overwritten."""
        is_free = not any(_is_taken(self.folder / file.name, file) for file in taken_home(update))
        return self.folder if self.is_flat and is_free else self._own_folder(update)

    def _place_for(self, file: ModelFile, folder: Path, update: Update) -> Path:
        path = folder / file.name
        return self._own_folder(update) / file.name if _is_taken(path, file) else path

    def _own_folder(self, update: Update) -> Path:
        name = slugify(update.title, max_length=FOLDER_CHARACTERS, word_boundary=True)
        return self.folder / "-".join(part for part in (name, update.task_id) if part)


def taken_home(update: Update) -> tuple[ModelFile, ...]:
    """Return the files that a person wants to have: all but the strip of frames, which only the web page uses."""
    return tuple(file for file in update.files if file.role is not FileRole.FRAMES)


def _is_there(path: Path, file: ModelFile) -> bool:
    """Say whether this very file lies there already."""
    if not path.is_file() or path.stat().st_size != file.size_bytes:
        return False
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256


def _is_taken(path: Path, file: ModelFile) -> bool:
    """Say whether something else lies there."""
    return path.exists() and not _is_there(path, file)


def _write_private(path: Path, data: bytes) -> Path:
    """Write a file that only its owner may read, beside those of the same name; whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        return _moved(part, path)
    finally:
        part.unlink(missing_ok=True)


def _moved(part: Path, path: Path) -> Path:
    """Give a file its own name, or the next one that is free."""
    for free in itertools.chain([path], (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))):
        try:
            free.hardlink_to(part)  # unlike a move, it overwrites nothing that another session lays there meanwhile
        except FileExistsError:
            continue
        except OSError:  # a file system without second names, as on many USB sticks
            if free.exists():
                continue
            part.replace(free)
        return free
    raise AssertionError("numbers do not end")


def _open_like_folder(path: Path) -> None:
    """Let those read a file who may look into its folder: the file store's own files are its owner's alone."""
    path.chmod(path.parent.stat().st_mode & 0o666)
