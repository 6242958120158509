"""What the picture desk says about files that it cannot use."""

import struct
import zlib
from collections.abc import AsyncIterator, Callable

import pytest
from PIL import Image

from bot.pictures import LARGEST_INPUT_BYTES, PillowDesk
from bot.ports import PreparedPicture
from tests.unit.picture_samples import (
    PAYLOADS,
    RED,
    chunk,
    opened,
    outcome,
    png_header,
    prepared,
    quarters,
    refusal,
    saved,
)


@pytest.fixture
async def desk() -> AsyncIterator[PillowDesk]:
    desk = PillowDesk()
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a PDF"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"\xef\xbb\xbf<svg width='5'></svg>", "an SVG drawing"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
        (b"  <HTML lang=en>", "a web page"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"\x1f\x8b\x08rest", "a gzip archive"),
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "a video"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a video"),
        (b"\x1a\x45\xdf\xa3webm", "a video"),
        (b"RIFF\0\0\0\0AVI LIST", "a video"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a sound file"),
        (b"glTF\x02\0\0\0", "a GLB model"),
        ("a plain text, caf\u00e9".encode(), "a text file"),
        (b"x" * 1023 + "\u00e9 is cut in two where we stop reading".encode(), "a text file"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "a raw camera picture"),
        ("a wide text".encode("utf-16"), "a text file"),
        (b"BM is how this text begins", "a text file"),
        (b"8BPS\0\x01", "a Photoshop file"),
        (b"\xff\x0a\xfa\x1f", "a JPEG XL picture"),
    ],
)
async def test_what_is_no_picture_is_named(desk, data, words):
    sentence = await refusal(desk, data)

    assert sentence.startswith(f"Picture 1 is {words}")


async def test_unknown_bytes_are_refused_with_what_would_work(desk):
    sentence = await refusal(desk, bytes(range(128, 256)) * 10)

    assert "not a picture that we know" in sentence
    assert "JPEG, PNG" in sentence


@pytest.mark.parametrize("codec", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"])
@pytest.mark.parametrize("share", [0.03, 0.5, 0.95])
async def test_a_cut_off_picture_is_refused(desk, codec, share):
    noisy = Image.effect_noise((300, 300), 90).convert("RGB")
    whole = (PAYLOADS / "quarters.heic").read_bytes() if codec == "HEIC" else saved(noisy, codec)

    sentence = await refusal(desk, whole[: max(16, int(len(whole) * share))])

    assert "Picture 1 is a damaged or cut off" in sentence
    assert codec in sentence


@pytest.mark.parametrize("codec", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"])
@pytest.mark.parametrize("seed", range(6))
async def test_damaged_bytes_give_a_picture_or_a_sentence_and_nothing_else(desk, codec, seed):
    whole = (PAYLOADS / "quarters.heic").read_bytes() if codec == "HEIC" else saved(quarters((260, 260)), codec)
    broken = bytearray(whole)
    for step in range(8):
        at = zlib.crc32(bytes([seed, step])) % len(broken)
        broken[max(12, at)] ^= 0x55

    result = await outcome(desk, bytes(broken))

    if isinstance(result, PreparedPicture):
        assert opened(result).format in {"JPEG", "PNG"}
    else:
        assert result.startswith("Picture 1 ")


async def test_text_with_control_characters_is_no_text(desk):
    assert "not a picture that we know" in await refusal(desk, b"abc\0\x01def")


async def test_too_many_bytes_are_refused_unread(desk):
    sentence = await refusal(desk, b"\x89PNG\r\n\x1a\n" + bytes(LARGEST_INPUT_BYTES))

    assert "32.0 MB" in sentence
    assert "limit is 32 MB" in sentence


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (8001, 8001, "64.0 megapixels"),
        (10_000, 10_000, "100.0 megapixels"),
        (16_385, 100, "16,385 x 100 pixels"),
        (60_000, 60_000, "too large; the limit is 64 megapixels"),
    ],
)
async def test_a_bomb_is_refused_by_its_header(desk, width, height, words):
    sentence = await refusal(desk, png_header(width, height))

    assert words in sentence


def big_gif() -> bytes:
    small = saved(quarters(), "GIF")
    return small[:6] + struct.pack("<HH", 60_000, 60_000) + small[10:]


def big_bmp() -> bytes:
    small = saved(quarters(), "BMP")
    return small[:18] + struct.pack("<ii", 30_000, 30_000) + small[26:]


def big_tiff() -> bytes:
    # A one-colour strip packs well: the file is small, the claim is large.
    return saved(Image.new("1", (16_384, 16_000)), "TIFF", compression="group4")


def big_webp() -> bytes:
    return saved(Image.new("RGB", (5000, 5000), RED), "WEBP", method=0)


@pytest.mark.parametrize("make", [big_gif, big_bmp, big_tiff, big_webp])
async def test_other_bombs_are_refused_by_their_headers(desk, make: Callable[[], bytes]):
    data = make()
    assert len(data) < 2_000_000

    sentence = await refusal(desk, data)

    assert "limit" in sentence


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
async def test_a_text_that_unpacks_to_hundreds_of_megabytes_is_never_unpacked(desk, kind):
    packed = zlib.compress(bytes(200_000_000), 1)
    start = {b"zTXt": b"Comment\0\0", b"iTXt": b"Comment\0\x01\0\0\0", b"iCCP": b"name\0\0"}[kind]
    whole = saved(quarters(), "PNG")
    data = whole[:33] + chunk(kind, start + packed) + whole[33:]

    sentence = await refusal(desk, data)

    assert "damaged" in sentence


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "1", "P"])
async def test_a_flat_colour_is_refused_before_rodin_does(desk, mode):
    sentence = await refusal(
        desk, saved(Image.new("RGB", (600, 600), RED).convert(mode, dither=Image.Dither.NONE), "PNG")
    )

    assert "single flat colour" in sentence


async def test_a_flat_colour_with_a_silhouette_is_no_flat_picture(desk):
    source = Image.new("RGBA", (600, 600), (*RED, 255))
    source.paste((0, 0, 0, 0), (0, 0, 200, 600))

    assert (await prepared(desk, saved(source, "PNG"))).media_type == "image/png"


async def test_every_bad_picture_is_told_of_at_once_by_its_number(desk):
    sentence = await refusal(desk, b"%PDF-1.4", saved(quarters(), "PNG"), b"hello")

    assert "Picture 1 is a PDF" in sentence
    assert "Picture 3 is a text file" in sentence
    assert "Picture 2" not in sentence
