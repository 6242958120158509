"""The outside of a GLB: header, JSON chunk, binary chunk, and whether it asks for what is not read here.

Source: Khronos glTF 2.0 specification, section 4: GLB file format.
"""

from __future__ import annotations

import json
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.preview.entries import Entry
from adapters.preview.solid import Unreadable

_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
_MOST_JSON = 64 * 2**20
MOST_ITEMS = 100_000

# Read in full, or they hold nothing that a drawing or another format would miss.
READ_EXTENSIONS = frozenset(
    {
        "KHR_mesh_quantization",
        "KHR_texture_transform",
        "KHR_draco_mesh_compression",
        "EXT_texture_webp",
        "EXT_texture_avif",
        "KHR_materials_unlit",
        "KHR_materials_emissive_strength",
    }
)
# Safe to leave out of a preview besides: they change how light behaves, never where a vertex lies.
KNOWN_EXTENSIONS = READ_EXTENSIONS | frozenset(
    {
        "KHR_materials_transmission",
        "KHR_materials_ior",
        "KHR_materials_specular",
        "KHR_materials_clearcoat",
        "KHR_materials_volume",
        "KHR_materials_sheen",
        "KHR_materials_iridescence",
        "KHR_materials_anisotropy",
        "KHR_materials_dispersion",
        "KHR_materials_variants",
        "KHR_lights_punctual",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A GLB taken apart. `binary` is a window into the mapped file, so that nothing is copied."""

    json: dict[str, Any]
    binary: memoryview

    @property
    def document(self) -> Entry:
        """The JSON, to be read strictly."""
        return Entry(self.json, "")


def open_glb(path: Path) -> Container:
    """Take a GLB apart.

    Raises:
        Unreadable: not a whole glTF 2.0 binary, or it requires something that is not read here.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        if size < _HEADER.size + _CHUNK.size:
            raise Unreadable("The file is too short to be a GLB.")
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    _check_header(data, size)
    text, end = _chunk(data, _HEADER.size, b"JSON")
    binary = _chunk(data, end, b"BIN\0")[0] if size - end >= _CHUNK.size else data[:0]
    document = _parsed(text)
    _check_demands(Entry(document, ""))
    return Container(json=document, binary=binary)


def _check_header(data: memoryview, size: int) -> None:
    magic, version, length = _HEADER.unpack_from(data)
    if magic != b"glTF":
        raise Unreadable("The file is not a GLB.")
    if version != 2:
        raise Unreadable(f"The GLB is of version {version}; only version 2 is read.")
    if length != size:
        raise Unreadable(f"The GLB should be {length:,} bytes long and is {size:,}: it did not arrive whole.")


def _chunk(data: memoryview, start: int, kind: bytes) -> tuple[memoryview, int]:
    length, found = _CHUNK.unpack_from(data, start)
    start += _CHUNK.size
    if found != kind:
        raise Unreadable(f"The GLB has a chunk of kind {found!r} where {kind!r} belongs.")
    if start + length > len(data):
        raise Unreadable(f"The GLB's {kind.decode().strip(chr(0))} chunk is longer than the file.")
    return data[start : start + length], start + length


def _parsed(text: memoryview) -> dict[str, Any]:
    if len(text) > _MOST_JSON:
        raise Unreadable(f"The GLB's JSON is larger than {_MOST_JSON // 2**20} MiB.")
    try:
        document = json.loads(bytes(text), parse_constant=_no_constant)
    except RecursionError as error:
        raise Unreadable("The GLB's JSON is nested too deeply.") from error
    except ValueError as error:
        raise Unreadable("The GLB's JSON cannot be read.") from error
    if not isinstance(document, dict):
        raise Unreadable("The GLB's JSON is not an object.")
    return document


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _check_demands(document: Entry) -> None:
    version = document.entry("asset").text("version", "")
    if version.partition(".")[0] != "2":
        raise Unreadable(f"The glTF is of version {version[:20]!r}; only version 2 is read.")
    unknown = sorted(set(document.texts("extensionsRequired", most=1000)) - KNOWN_EXTENSIONS)
    if unknown:
        raise Unreadable(f"The GLB needs {', '.join(unknown)[:200]}, which is not read here.")
    for key in ("nodes", "meshes", "accessors", "bufferViews", "materials", "textures", "images", "skins", "scenes"):
        document.length(key, most=MOST_ITEMS)
    buffers = document.items("buffers", most=MOST_ITEMS)
    if any("uri" in buffer for buffer in buffers):
        raise Unreadable("The GLB keeps geometry in another file, which is never opened.")
