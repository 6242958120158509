"""Pictures on their way in from a chat platform: how large they may be, and reading them without trusting anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import Any

from bot import words_chat
from bot.errors import UserMistake

LARGEST_BYTES = 32 * 1024 * 1024
"""The core refuses a larger picture; nothing of it is fetched."""

READ_WITHIN_S = 60.0
PIECE_BYTES = 64 * 1024

MOST_BYTES_AT_ONCE = 192 * 1024 * 1024
"""What the pictures of one platform may take in memory before they are spooled: six of the largest, or one command."""

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


class PictureRoom:
    """Keeps the pictures in memory within bounds: who finds no room waits until earlier ones are written down.

    Room is taken for as long as the asking task runs, since its frames hold the bytes until then.
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES_AT_ONCE, patience_s: float = READ_WITHIN_S) -> None:
        self._most_bytes = most_bytes
        self._patience_s = patience_s
        self._taken: dict[asyncio.Task[Any], int] = {}
        self._change = asyncio.Event()

    async def enter(self, size_bytes: int) -> None:
        """Take room for pictures of this size, all of one command together; one command alone always finds room.

        Raises:
            UserMistake: others have not been done for a long time.
        """
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task takes room")
        try:
            async with asyncio.timeout(self._patience_s):
                while not self._has_room(task, size_bytes):
                    await self._change.wait()
        except TimeoutError as error:
            raise UserMistake(words_chat.too_many_at_once()) from error
        if task not in self._taken:
            task.add_done_callback(self._leave)
        self._taken[task] = self._taken.get(task, 0) + size_bytes

    def _has_room(self, task: asyncio.Task[Any], size_bytes: int) -> bool:
        others = sum(size for other, size in self._taken.items() if other is not task)
        return not others or others + self._taken.get(task, 0) + size_bytes <= self._most_bytes

    def _leave(self, task: asyncio.Task[Any]) -> None:
        del self._taken[task]
        self._change.set()
        self._change = asyncio.Event()
