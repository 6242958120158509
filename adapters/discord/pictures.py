"""Reads the pictures that people attach, at once: Discord's links to them expire."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
import discord

from adapters.discord import words
from adapters.discord.hosts import is_discords
from bot import words_chat
from bot.attachments import (
    LARGEST_BYTES,
    NOT_GIVEN_OUT,
    PIECE_BYTES,
    READ_WITHIN_S,
    PictureRoom,
    check_size,
    gathered,
)
from bot.errors import UserMistake

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentReader:
    """Fetches attachments from Discord, and from nowhere else. What they are, the core judges by their bytes."""

    api_url: str
    largest_bytes: int = LARGEST_BYTES
    room: PictureRoom = field(default_factory=PictureRoom)

    async def read(self, attachments: Sequence[discord.Attachment]) -> tuple[bytes, ...]:
        """Return the bytes of each attachment, in order.

        Raises:
            UserMistake: one is too large, or Discord does not give it out; says which. Or too many come at once.
        """
        for number, one in enumerate(attachments, start=1):
            check_size(number, one.size, largest_bytes=self.largest_bytes)
        if not attachments:
            return ()
        await self.room.enter(sum(one.size for one in attachments))
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=READ_WITHIN_S)) as session:
            reads = (self._read_one(session, one, number) for number, one in enumerate(attachments, start=1))
            return tuple(await asyncio.gather(*reads))

    async def _read_one(self, session: aiohttp.ClientSession, one: discord.Attachment, number: int) -> bytes:
        if not is_discords(one.url, api_url=self.api_url):
            log.warning("attachment lies elsewhere attachment=%s", one.id)
            raise UserMistake(words.picture_gone(number))
        try:
            # Discord's CDN answers by itself; where a redirect leads to, nobody has checked.
            async with session.get(one.url, allow_redirects=False) as response:
                if response.status in NOT_GIVEN_OUT:
                    raise UserMistake(words.picture_gone(number))
                if response.status != 200:
                    log.warning("attachment not fetched status=%d", response.status)
                    raise UserMistake(words_chat.picture_unreadable(number, words.PLATFORM))
                pieces = response.content.iter_chunked(PIECE_BYTES)
                return await gathered(pieces, number=number, largest_bytes=self.largest_bytes)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("attachment not fetched error=%s", type(error).__name__)
            raise UserMistake(words_chat.picture_unreadable(number, words.PLATFORM)) from error


def pictures_among(attachments: Sequence[discord.Attachment]) -> list[discord.Attachment]:
    """Return those that may be pictures: whatever is surely something else is left out."""
    return [one for one in attachments if one.content_type is None or one.content_type.startswith("image/")]
