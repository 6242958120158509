"""Fetches what goes with a message out of the file store, for as long as it takes to upload it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import discord

from bot.errors import NoSuchFile
from bot.parcel import Enclosure
from bot.ports import FileStore
from bot.scratch import scratch_folder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcels:
    """Opens files for uploading."""

    files: FileStore

    @asynccontextmanager
    async def opened(self, enclosures: Sequence[Enclosure]) -> AsyncIterator[list[discord.File]]:
        """Give the files that are there, in order. One that the store has lost is left out and logged.

        Raises:
            StorageError: the store or the disk does not answer.
        """
        if not enclosures:
            yield []
            return
        async with scratch_folder() as folder:
            opened: list[discord.File] = []
            try:
                for number, one in enumerate(enclosures):
                    path = folder / str(number)
                    if await self._fetched(one, path):
                        opened.append(await asyncio.to_thread(_open, path, one))
                yield opened
            finally:
                for file in opened:
                    file.close()

    async def _fetched(self, one: Enclosure, path: Path) -> bool:
        try:
            await self.files.fetch(one.file.key, path)
        except NoSuchFile as error:
            log.error("file lost name=%s error=%s", one.file.name, error)
            return False
        return True


def _open(path: Path, one: Enclosure) -> discord.File:
    return discord.File(path, filename=one.name, description=one.alt)
