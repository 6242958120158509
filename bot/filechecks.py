"""Whether a result file is what its name says: by its bytes, never by its name alone."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import FileBroken, FileRefused
from bot.files import extension_of

EDGE_BYTES = 4096
"""How much of a file's beginning and end is looked at; the checks need less, the rest tells text from binary."""

STL_HEADER_BYTES, STL_TRIANGLE_BYTES = 84, 50
"""A binary STL: 80 bytes of anything, a count, then 50 bytes for each triangle."""

RIFF_HEADER_BYTES = 8
"""What the length in a RIFF header does not count. Source: Google, WebP Container Specification."""

PNG_END = b"IEND\xaeB`\x82"
"""The last chunk of every PNG, with its checksum. Source: W3C, PNG Specification, IEND."""

JPEG_END = b"\xff\xd9"
"""The marker at the end of every JPEG; within the picture's data no such bytes stand. Source: ITU-T T.81, Annex B."""

MARKUP = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>\s*)?(?><!--.*?-->\s*)*+"
    rb"<(!doctype\s+(html|svg)|html|head|body|script|error|svg)",
    re.IGNORECASE | re.DOTALL,
)
"""What hosts answer instead of a file, and what browsers run."""

JSON = re.compile(rb"\s*[{\[]")
"""How an error message of an API begins, and no text format of a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the checks look at; `head` and `tail` are the whole of a small file."""

    path: Path
    size_bytes: int
    head: bytes
    tail: bytes


def check_file(path: Path, *, limit_bytes: int) -> None:
    """Check that a file is whole and is what its extension says. Unknown extensions only must not be markup.

    Raises:
        FileBroken: it is cut off or something else; fetching it again may help.
        FileRefused: it is larger than `limit_bytes`.
    """
    sample = _sample(path)
    if sample.size_bytes > limit_bytes:
        raise FileRefused(f"{path.name} has {sample.size_bytes:,} bytes; the limit is {limit_bytes:,}")
    if not sample.head:
        raise FileBroken(f"{path.name} is empty")
    if MARKUP.match(sample.head):
        raise FileBroken(f"{path.name} is a web page, not a file")
    is_right = CHECKS.get(extension_of(path.name))
    if is_right is not None and not is_right(sample):
        raise FileBroken(f"{path.name} is not what its name says, or was cut off")


def _sample(path: Path) -> Sample:
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(EDGE_BYTES)
        file.seek(max(0, size_bytes - EDGE_BYTES))
        return Sample(path=path, size_bytes=size_bytes, head=head, tail=file.read(EDGE_BYTES))


def _is_glb(sample: Sample) -> bool:
    """Magic, version 2 and the length that the header states. Source: Khronos, glTF 2.0, GLB File Format."""
    head = sample.head
    return head[:4] == b"glTF" and len(head) >= 12 and struct.unpack("<II", head[4:12]) == (2, sample.size_bytes)


def _is_stl(sample: Sample) -> bool:
    """Either as long as its count of triangles says, or text from `solid` to `endsolid`."""
    if len(sample.head) >= STL_HEADER_BYTES:
        (triangles,) = struct.unpack("<I", sample.head[80:84])
        if sample.size_bytes == STL_HEADER_BYTES + triangles * STL_TRIANGLE_BYTES:
            return True
    return sample.head.lstrip()[:5].lower() == b"solid" and b"endsolid" in sample.tail.lower()


def _is_usdz(sample: Sample) -> bool:
    """A zip whose list of members, which stands at its end, is there. Source: OpenUSD, Usdz File Format."""
    return sample.head.startswith(b"PK\x03\x04") and zipfile.is_zipfile(sample.path)


def _is_text(sample: Sample) -> bool:
    return b"\0" not in sample.head + sample.tail and not JSON.match(sample.head)


def _is_png(sample: Sample) -> bool:
    return sample.head.startswith(b"\x89PNG\r\n\x1a\n") and PNG_END in sample.tail


def _is_webp(sample: Sample) -> bool:
    head = sample.head
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return False
    return bool(struct.unpack("<I", head[4:8])[0] + RIFF_HEADER_BYTES <= sample.size_bytes)


def _is_jpeg(sample: Sample) -> bool:
    return sample.head.startswith(b"\xff\xd8\xff") and JPEG_END in sample.tail


def _begins(*marks: bytes) -> Callable[[Sample], bool]:
    return lambda sample: sample.head.startswith(marks)


CHECKS: Mapping[str, Callable[[Sample], bool]] = {
    "glb": _is_glb,
    "stl": _is_stl,
    "fbx": _begins(b"Kaydara FBX Binary  \0", b"; FBX"),
    "usdz": _is_usdz,
    "obj": _is_text,
    "mtl": _is_text,
    "png": _is_png,
    "jpg": _is_jpeg,
    "jpeg": _is_jpeg,
    "webp": _is_webp,
    "gif": _begins(b"GIF87a", b"GIF89a"),
}
"""How a file of an extension begins, and what else its edges tell."""
