"""How large a picture is, told by the first bytes of its file: chats unfold a link faster when they know it."""

from __future__ import annotations

import asyncio
import io
import logging
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from PIL import Image

from bot.errors import StorageError
from bot.exhibit import Exhibit, ShownFile
from bot.ports import FileStore

log = logging.getLogger(__name__)

Size = tuple[int, int]

# What posters are: our own stills are PNG, Rodin's pictures JPEG and WebP.
_KINDS = ("PNG", "JPEG", "WEBP")

# PNG and JPEG tell their size in the first kilobytes; Pillow wants a WebP whole, and Rodin's previews are that small.
_HEAD_BYTES = 262_144

# A few hundred bytes each. What is forgotten is read again.
_MOST_KNOWN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Measures posters and remembers what came of it, so that a page that is looked at often costs nothing more.

    The file store is given `limit_s`; a poster that it does not give in time just stays unmeasured.
    """

    files: FileStore
    limit_s: float
    _known: dict[str, Size | None] = field(default_factory=dict)

    async def measured(self, exhibit: Exhibit) -> Exhibit:
        """Return an exhibit whose poster has its size, where that can be told."""
        poster = exhibit.file(exhibit.poster)
        if poster is None or poster.size_px is not None:
            return exhibit
        sized = replace(poster, size_px=await self._size(poster))
        return replace(exhibit, files=tuple(sized if file == poster else file for file in exhibit.files))

    async def _size(self, file: ShownFile) -> Size | None:
        if file.sha256 in self._known:
            return self._known[file.sha256]
        try:
            async with asyncio.timeout(self.limit_s):
                head = await self._head(file)
        except (TimeoutError, StorageError) as error:
            log.info("poster not measured name=%s error=%s", file.name, type(error).__name__)
            return None
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[file.sha256] = size = await asyncio.to_thread(_read_size, head)
        return size

    async def _head(self, file: ShownFile) -> bytes:
        length = min(file.size_bytes, _HEAD_BYTES)
        async with aclosing(self.files.open(file.key, length=length)) as chunks:
            return b"".join([chunk async for chunk in chunks])


def _read_size(head: bytes) -> Size | None:
    """Return the width and height of a picture that begins like this; nothing is decoded."""
    try:
        with Image.open(io.BytesIO(head), formats=_KINDS) as image:
            return image.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
