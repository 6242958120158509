"""Reads the pictures that people attach, at once: Discord's links to them expire."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import discord

from adapters.discord import words
from bot.errors import UserMistake

log = logging.getLogger(__name__)

MOST_PICTURES = 5
LARGEST_BYTES = 32 * 1024 * 1024
"""The core refuses a larger picture; nothing of it is fetched."""

READ_WITHIN_S = 60.0
PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentReader:
    """Fetches attachments. What they are, the core judges by their bytes."""

    largest_bytes: int = LARGEST_BYTES

    async def read(self, attachments: Sequence[discord.Attachment]) -> tuple[bytes, ...]:
        """Return the bytes of each attachment, in order.

        Raises:
            UserMistake: one is too large, or Discord does not give it out; says which.
        """
        for number, one in enumerate(attachments, start=1):
            if one.size > self.largest_bytes:
                raise UserMistake(words.picture_too_large(number, one.size, self.largest_bytes))
        if not attachments:
            return ()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=READ_WITHIN_S)) as session:
            reads = (self._read_one(session, one, number) for number, one in enumerate(attachments, start=1))
            return tuple(await asyncio.gather(*reads))

    async def _read_one(self, session: aiohttp.ClientSession, one: discord.Attachment, number: int) -> bytes:
        try:
            async with session.get(one.url) as response:
                if response.status in {401, 403, 404, 410}:
                    raise UserMistake(words.picture_gone(number))
                if response.status != 200:
                    log.warning("attachment not fetched status=%d", response.status)
                    raise UserMistake(words.picture_unreadable(number))
                return await self._body(response, number)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("attachment not fetched error=%s", type(error).__name__)
            raise UserMistake(words.picture_unreadable(number)) from error

    async def _body(self, response: aiohttp.ClientResponse, number: int) -> bytes:
        """Read while it stays below the limit, whatever size was announced."""
        data = bytearray()
        async for piece in response.content.iter_chunked(PIECE_BYTES):
            data += piece
            if len(data) > self.largest_bytes:
                raise UserMistake(words.picture_too_large(number, len(data), self.largest_bytes))
        return bytes(data)


def pictures_among(attachments: Sequence[discord.Attachment]) -> list[discord.Attachment]:
    """Return those that may be pictures: whatever is surely something else is left out."""
    return [one for one in attachments if one.content_type is None or one.content_type.startswith("image/")]
