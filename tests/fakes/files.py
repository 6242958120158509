"""The file store in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

from bot.errors import NoSuchFile

PIECE = 3
"""Small, so that readers meet more than one."""

PART = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._ -]{1,200}")


class MemoryFileStore:
    """Files in a dict. While `trouble` is set, every method raises it."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.trouble: BaseException | None = None

    async def save(self, key: str, source: Path) -> None:
        self._check(key)
        try:
            self.held[key] = await asyncio.to_thread(source.read_bytes)
        except FileNotFoundError as error:
            raise NoSuchFile(str(source)) from error

    async def save_bytes(self, key: str, data: bytes) -> None:
        self._check(key)
        self.held[key] = data

    async def load(self, key: str) -> bytes:
        self._check(key)
        if key not in self.held:
            raise NoSuchFile(key)
        return self.held[key]

    async def fetch(self, key: str, target: Path) -> None:
        await asyncio.to_thread(target.write_bytes, await self.load(key))

    async def size(self, key: str) -> int:
        return len(await self.load(key))

    async def open(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes, None]:
        data = await self.load(key)
        end = len(data) if length is None else start + length
        for at in range(start, min(end, len(data)), PIECE):
            yield data[at : min(at + PIECE, end)]

    async def presigned_url(self, key: str, *, name: str, expires: timedelta) -> str | None:
        self._check(key)
        return None

    async def keys(self, prefix: str) -> tuple[str, ...]:
        folder = prefix.removesuffix("/")
        if prefix:
            self._check(folder)
        elif self.trouble:
            raise self.trouble
        return tuple(sorted(key for key in self.held if not folder or key.startswith(f"{folder}/")))

    async def remove(self, prefix: str) -> None:
        self._check(prefix.removesuffix("/"))
        for key in await self.keys(prefix):
            del self.held[key]

    async def remove_file(self, key: str) -> None:
        self._check(key)
        self.held.pop(key, None)

    def _check(self, key: str) -> None:
        if self.trouble:
            raise self.trouble
        if not all(PART.fullmatch(part) for part in key.split("/")):
            raise ValueError(f"{key!r} is no key")
