"""Looks at uploaded pictures as Rodin would: are they pictures at all, and is there something on them."""

import io
import struct
from typing import Final

from PIL import Image

from adapters.rodin.simulator.forms import Upload
from adapters.rodin.simulator.refusals import Refused, invalid

#: Named by Deemos' official skill; the API's own documentation names no types.
FORMATS: Final = ("JPEG", "PNG", "WEBP")
#: Not documented. The official skill sends 512 to 4,096; the stand-in is wider, and refuses only what is no use to
#: anybody.
EDGE_PX: Final = (64, 8_192)
#: Kept pictures are shrunk to this, so that a week of tasks fits in memory.
KEPT_PX: Final = 2_048
KEPT_BYTES: Final = 2 * 1024 * 1024
#: A picture whose colours differ by no more than this (of 255) is flat.
FLAT: Final = 6


def inspect_picture(upload: Upload) -> bytes:
    """Check one picture and return it encoded, at most 2,048 px wide and high. Slow: call it in a thread.

    Raises:
        Refused: no JPEG, PNG or WEBP, an edge below 64 or above 8,192 px, one flat colour (moderation, as real Rodin
            does), or nothing but transparency.
    """
    try:
        with Image.open(io.BytesIO(upload.body), formats=FORMATS) as picture:
            _check_edges(upload.field, picture)
            picture.load()
            _check_content(picture)
            return _kept(picture, upload.body)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombWarning) as error:
        raise invalid(upload.field, f'"{upload.filename[:80]}" is no JPEG, PNG or WEBP picture') from error
    except Image.DecompressionBombError as error:
        raise invalid(upload.field, f'"{upload.filename[:80]}" has too many pixels') from error


def _check_edges(field: str, picture: Image.Image) -> None:
    low, high = EDGE_PX
    if not all(low <= edge <= high for edge in picture.size):
        width, height = picture.size
        raise invalid(field, f"{width} x {height} px; each edge must have {low} to {high} px")


def _check_content(picture: Image.Image) -> None:
    small = picture.convert("RGBA").resize((32, 32), Image.Resampling.BOX)
    ranges = [channel.getextrema() for channel in small.split()]
    if ranges[3] == (0, 0):
        raise Refused("API_OBJECT_NOT_FOUND_ON_IMAGE")
    if all(_width(extremes) <= FLAT for extremes in ranges):
        raise Refused("IMAGE_CONTENT_VIOLATION")


def _width(extremes: object) -> float:
    low, high = extremes if isinstance(extremes, tuple) else (0, 0)
    return float(high) - float(low)


def _kept(picture: Image.Image, body: bytes) -> bytes:
    if max(picture.size) <= KEPT_PX and len(body) <= KEPT_BYTES:
        return body
    rgba = picture.convert("RGBA")
    rgba.thumbnail((KEPT_PX, KEPT_PX))
    kept = io.BytesIO()
    if rgba.getchannel("A").getextrema() == (255, 255):
        rgba.convert("RGB").save(kept, "JPEG", quality=90)
    else:
        rgba.save(kept, "PNG", compress_level=1)
    return kept.getvalue()
