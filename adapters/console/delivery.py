"""Hands finished files to the person at the terminal: copies them out of the file store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from slugify import slugify

from bot.model import ModelFile
from bot.ports import FileStore
from bot.update import Update

FOLDER_CHARACTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where files go. With `is_flat` they lie in `folder` itself while their names are free there."""

    files: FileStore
    folder: Path
    is_flat: bool = False

    async def deliver(self, update: Update) -> tuple[Path, ...]:
        """Copy a task's files out; repeating it gives the same files. Returns their paths.

        Raises:
            NoSuchFile: the store has lost one. OSError: the folder cannot be written to.
        """
        folder = await asyncio.to_thread(self._folder_for, update)
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        for file in update.files:
            await self.files.fetch(file.key, folder / file.name)
            await asyncio.to_thread(_open_like_folder, folder / file.name)
        return tuple(folder / file.name for file in update.files)

    def _folder_for(self, update: Update) -> Path:
        """Return a folder where nothing of somebody else's is overwritten."""
        if self.is_flat and not any(self._is_taken(file) for file in update.files):
            return self.folder
        name = slugify(update.title, max_length=FOLDER_CHARACTERS, word_boundary=True)
        return self.folder / "-".join(part for part in (name, update.task_id) if part)

    def _is_taken(self, file: ModelFile) -> bool:
        return (self.folder / file.name).exists()


def _open_like_folder(path: Path) -> None:
    """Let those read a file who may look into its folder: the file store's own files are its owner's alone."""
    path.chmod(path.parent.stat().st_mode & 0o666)
