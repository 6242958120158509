"""Fetches what goes with a message out of the file store, for as long as it takes to upload it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import discord

from adapters.discord.drafts import Draft, Handout
from bot import text
from bot.parcel import Enclosure, fetched
from bot.ports import FileStore
from bot.scratch import scratch_folder

Attached = discord.Attachment | discord.File
"""A file of a message: one that it has already, or one that goes up with it."""


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
                    if await fetched(self.files, one, path):
                        opened.append(await asyncio.to_thread(_open, path, one))
                yield opened
            finally:
                for file in opened:
                    file.close()

    @asynccontextmanager
    async def packed(self, draft: Draft) -> AsyncIterator[tuple[Draft, list[discord.File]]]:
        """Give a message as it can be sent, and the files that go with it. Raises like `opened`."""
        async with self.opened(draft.enclosures) as files:
            told = without_lost(draft, files)
            yield told, [*files, *map(_handed_out, draft.handouts)]

    @asynccontextmanager
    async def completed(
        self, draft: Draft, there: Sequence[discord.Attachment]
    ) -> AsyncIterator[tuple[Draft, list[Attached]]]:
        """Give a message as it can be revised, and its files: those that are `there` stay. Raises like `opened`."""
        wanted = {one.name for one in draft.enclosures}
        kept = [one for one in there if one.filename in wanted]
        held = {one.filename for one in kept}
        async with self.opened([one for one in draft.enclosures if one.name not in held]) as files:
            attached: list[Attached] = [*kept, *files]
            yield without_lost(draft, attached), attached


def without_lost(draft: Draft, attached: Sequence[Attached]) -> Draft:
    """Say so when the file store has lost something that belongs to a message, and show no picture that is lost."""
    if len(attached) == len(draft.enclosures):
        return draft
    embed = draft.embed.copy() if draft.embed is not None else None
    if embed is not None:
        shown = {f"attachment://{file.filename}" for file in attached}
        if embed.image.url not in shown:
            embed.set_image(url=None)
        if embed.thumbnail.url not in shown:
            embed.set_thumbnail(url=None)
    return replace(draft, content=f"{draft.content}\n{text.files_missing()}".strip(), embed=embed)


def _handed_out(one: Handout) -> discord.File:
    return discord.File(BytesIO(one.data), filename=one.name)


def _open(path: Path, one: Enclosure) -> discord.File:
    return discord.File(path, filename=one.name, description=one.alt)
