"""Pictures on their way in from a chat platform: how large they may be, and reading them without trusting anybody."""

from __future__ import annotations

from collections.abc import AsyncIterable

from bot import words_chat
from bot.errors import UserMistake

LARGEST_BYTES = 32 * 1024 * 1024
"""The core refuses a larger picture; nothing of it is fetched."""

READ_WITHIN_S = 60.0
PIECE_BYTES = 64 * 1024

NOT_GIVEN_OUT = frozenset({401, 403, 404, 410})
"""HTTP statuses with which a platform says that a picture is deleted, expired or not ours to see."""


def check_size(number: int, size_bytes: int, *, largest_bytes: int) -> None:
    """Refuse a picture by the size that its platform announces.

    Raises:
        UserMistake: it is too large; names it by its number, the first is 1.
    """
    if size_bytes > largest_bytes:
        raise UserMistake(words_chat.picture_too_large(number, size_bytes, largest_bytes))


async def gathered(pieces: AsyncIterable[bytes], *, number: int, largest_bytes: int) -> bytes:
    """Join a picture's pieces while it stays below the limit, whatever size was announced.

    Raises:
        UserMistake: it is too large; nothing more of it is read.
    """
    data = bytearray()
    async for piece in pieces:
        data += piece
        check_size(number, len(data), largest_bytes=largest_bytes)
    return bytes(data)
