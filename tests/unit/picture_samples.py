"""Pictures for tests, made on the spot, and what can be read off the results."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bot.errors import BadPicture
from bot.pictures import PillowDesk
from bot.ports import PreparedPicture

PAYLOADS = Path(__file__).parents[1] / "payloads" / "pictures"
RED, GREEN, WHITE, BLUE = (220, 30, 30), (30, 200, 30), (240, 240, 240), (40, 40, 200)
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def quarters(size: tuple[int, int] = (640, 520), mode: str = "RGB") -> Image.Image:
    """Red, green, white and blue quarters, from the upper left by rows."""
    width, height = size
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(WHITE, (0, height // 2, width // 2, height))
    return image if mode == "RGB" else image.convert(mode)


def saved(image: Image.Image, codec: str, **settings: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, codec, **settings)
    return buffer.getvalue()


def with_hole(size: tuple[int, int] = (600, 600)) -> Image.Image:
    image = quarters(size, "RGBA")
    alpha = Image.new("L", size, 255)
    ImageDraw.Draw(alpha).rectangle((0, 0, 50, 50), fill=0)
    image.putalpha(alpha)
    return image


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


async def prepared(desk: PillowDesk, data: bytes) -> PreparedPicture:
    (picture,) = await desk.prepare([data])
    return picture


async def refusal(desk: PillowDesk, *pictures: bytes) -> str:
    with pytest.raises(BadPicture) as caught:
        await desk.prepare(pictures)
    return str(caught.value)


async def outcome(desk: PillowDesk, data: bytes) -> PreparedPicture | str:
    try:
        return await prepared(desk, data)
    except BadPicture as mistake:
        return str(mistake)


def opened(picture: PreparedPicture) -> Image.Image:
    image = Image.open(BytesIO(picture.data))
    assert image.size == (picture.width_px, picture.height_px)
    return image


def corners(image: Image.Image) -> list[str]:
    """The names of the colours in the four quarters, by rows."""
    names = {"red": RED, "green": GREEN, "white": WHITE, "blue": BLUE}
    width, height = image.size
    spots = [(width // 4, height // 4), (3 * width // 4, height // 4)]
    spots += [(x, 3 * height // 4) for x, _ in spots]
    colours = [image.convert("RGB").getpixel(spot) for spot in spots]
    return [min(names, key=lambda name: sum(abs(a - b) for a, b in zip(names[name], c, strict=True))) for c in colours]
