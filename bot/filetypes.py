"""Tells what a file is by its first bytes. Names, extensions and declared types are not asked: they lie too often."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD_BYTES = 1024
"""How far into a file its kind is looked for; PDF allows that much before its mark."""

_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
"""Sizes of the second header of a BMP file, which tell it from a text that begins with BM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileType:
    """What a file is: `name` for sentences, and `codec` as Pillow calls the picture kinds that we read."""

    name: str
    codec: str | None = None


JPEG = FileType(name="JPEG", codec="JPEG")
PNG = FileType(name="PNG", codec="PNG")
GIF = FileType(name="GIF", codec="GIF")
WEBP = FileType(name="WEBP", codec="WEBP")
BMP = FileType(name="BMP", codec="BMP")
TIFF = FileType(name="TIFF", codec="TIFF")
HEIC = FileType(name="HEIC", codec="HEIF")
AVIF = FileType(name="AVIF", codec="AVIF")

_MAGIC: Sequence[tuple[bytes, FileType]] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"PK\x03\x04", FileType(name="a ZIP archive")),
    (b"PK\x05\x06", FileType(name="a ZIP archive")),
    (b"Rar!\x1a\x07", FileType(name="a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", FileType(name="a 7-Zip archive")),
    (b"\x1f\x8b", FileType(name="a gzip archive")),
    (b"BZh", FileType(name="a bzip2 archive")),
    (b"\xfd7zXZ\0", FileType(name="an xz archive")),
    (b"\x28\xb5\x2f\xfd", FileType(name="a Zstandard archive")),
    (b"8BPS", FileType(name="a Photoshop file")),
    (b"glTF", FileType(name="a GLB model")),
    (b"Kaydara FBX", FileType(name="an FBX model")),
    (b"\x1a\x45\xdf\xa3", FileType(name="a video")),
    (b"\x00\x00\x01\xba", FileType(name="a video")),
    (b"\x00\x00\x01\xb3", FileType(name="a video")),
    (b"FLV\x01", FileType(name="a video")),
    (b"0&\xb2u\x8ef\xcf\x11", FileType(name="a video")),
    (b"OggS", FileType(name="a sound or video file")),
    (b"ID3", FileType(name="a sound file")),
    (b"fLaC", FileType(name="a sound file")),
    (b"\xff\xfb", FileType(name="a sound file")),
    (b"\x00\x00\x00\x0cJXL \r\n", FileType(name="a JPEG XL picture")),
    (b"\xff\x0a", FileType(name="a JPEG XL picture")),
    (b"\x00\x00\x00\x0cjP  \r\n", FileType(name="a JPEG 2000 picture")),
    (b"\xff\x4f\xff\x51", FileType(name="a JPEG 2000 picture")),
    (b"\x00\x00\x01\x00", FileType(name="an icon")),
    (b"MZ", FileType(name="a program")),
    (b"\x7fELF", FileType(name="a program")),
    (b"{\\rtf", FileType(name="a text document")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType(name="an Office document")),
)

_RIFF = {b"WEBP": WEBP, b"AVI ": FileType(name="a video"), b"WAVE": FileType(name="a sound file")}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def recognise(data: bytes) -> FileType | None:
    """Return what a file is by its content, or None when it is nothing we know. `data` must not be empty."""
    for magic, file_type in _MAGIC:
        if data.startswith(magic):
            return file_type
    head = data[:_HEAD_BYTES]
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    if b"%PDF-" in head:
        return FileType(name="a PDF")
    return _of_text(head)


def _of_brands(head: bytes) -> FileType:
    """Tell the members of the MP4 family apart. Source: ISO/IEC 14496-12, file type box."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return AVIF
    if brands & _HEIC_BRANDS:
        return HEIC
    if head[8:12] == b"crx ":
        return FileType(name="a raw camera picture")
    return FileType(name="a video")


def _of_text(head: bytes) -> FileType | None:
    """Name the kind of text, if it is one. A character cut at the end of `head` does not count against it."""
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return None
        text = head[: error.start].decode(encoding)
    if any(ord(char) < 32 and char not in "\t\n\r\f" for char in text):
        return None
    text = text.lstrip().lower()
    if re.search(r"<svg[\s>:]", text):
        return FileType(name="an SVG drawing")
    if re.match(r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", text, re.DOTALL):
        return FileType(name="a web page")
    return FileType(name="a text file")
