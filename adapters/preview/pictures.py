"""Opening texture pictures that nobody vouches for."""

from __future__ import annotations

import io
import math
import struct
from pathlib import Path

from PIL import Image

from adapters.preview.solid import Unreadable

_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")
MOST_EDGE_PX = 8192
# All of a model's pictures together; decoding a pixel costs 10 to 50 ns.
_MOST_PIXELS = 8 * MOST_EDGE_PX**2
# What Pillow's readers raise on broken bytes.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, struct.error, Image.DecompressionBombError)


class Pictures:
    """Opens a model's pictures at a reduced size, and counts what they cost together."""

    def __init__(self, *, edge_px: int) -> None:
        self._edge_px = edge_px
        self._pixels = 0

    def opened(self, data: bytes | Path, what: str) -> Image.Image:
        """Decode to RGBA, shrunk so that no edge exceeds the limit.

        Raises:
            Unreadable: broken, too large, or of a kind that is not read.
        """
        return self.opened_with_size(data, what)[0]

    def opened_with_size(self, data: bytes | Path, what: str) -> tuple[Image.Image, tuple[int, int]]:
        """The same, with the size that it has in the file."""
        image = header(data, what)
        size = image.size
        self._pixels += image.width * image.height
        if self._pixels > _MOST_PIXELS:
            raise Unreadable(f"The textures have more than {_MOST_PIXELS // 10**6} million pixels together.")
        try:
            return _shrunk(image, self._edge_px), size
        except BROKEN as error:
            raise Unreadable(f"{what} is broken: its pixels cannot be decoded.") from error


def header(data: bytes | Path, what: str) -> Image.Image:
    """Recognise a picture by its bytes and check its size, without decoding it."""
    try:
        image = Image.open(data if isinstance(data, Path) else io.BytesIO(data), formats=_FORMATS)
    except BROKEN as error:
        raise Unreadable(f"{what} is no PNG, JPEG, WebP or AVIF picture.") from error
    if max(image.size) > MOST_EDGE_PX:
        raise Unreadable(f"{what} is {image.width} x {image.height} pixels; at most {MOST_EDGE_PX} a side are read.")
    return image


def _shrunk(image: Image.Image, edge_px: int) -> Image.Image:
    if image.format == "JPEG":
        image.draft("RGB", (edge_px, edge_px))
    image.load()
    factor = math.ceil(max(image.size) / edge_px)
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA")
    return (image.reduce(factor) if factor > 1 else image).convert("RGBA")
