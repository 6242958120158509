"""Recognises uploaded model files by their bytes and extension."""

import json
import re
import struct
from collections.abc import Callable, Mapping
from typing import Final

from adapters.rodin.simulator import rules
from adapters.rodin.simulator.forms import Upload
from adapters.rodin.simulator.refusals import invalid

_VERTEX: Final = re.compile(rb"^v\s+-?[0-9.]", re.MULTILINE)
_FACE: Final = re.compile(rb"^f\s+[0-9]", re.MULTILINE)
_GLB_HEADER: Final = struct.Struct("<4sIIII")
_JSON_CHUNK: Final = 0x4E4F534A
_STL_HEADER_BYTES: Final = 84
_STL_TRIANGLE_BYTES: Final = 50


def inspect_model(upload: Upload) -> None:
    """Accept a model file whose bytes are what its extension says.

    Raises:
        Refused: another extension than /bang names, an empty file, or other bytes inside.
    """
    extension = upload.filename.rpartition(".")[2].lower()
    if extension not in _LOOKS:
        raise invalid(upload.field, f'"{upload.filename[:80]}" must end in one of {", ".join(rules.MODEL_EXTENSIONS)}')
    if not _LOOKS[extension](upload.body):
        raise invalid(upload.field, f'"{upload.filename[:80]}" is no {extension} file')


def triangles(upload: Upload) -> int | None:
    """How many triangles an uploaded GLB or binary STL has; None where that is not told in one place."""
    if _is_binary_stl(upload.body):
        return (len(upload.body) - _STL_HEADER_BYTES) // _STL_TRIANGLE_BYTES
    if not _is_glb(upload.body):
        return None
    try:
        return _glb_triangles(upload.body)
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ):  # a GLB of its own kind; the count is a nicety
        return None


def _glb_triangles(body: bytes) -> int:
    *_, json_bytes, _kind = _GLB_HEADER.unpack_from(body)
    document = json.loads(body[_GLB_HEADER.size : _GLB_HEADER.size + json_bytes])
    primitives = [part for mesh in document["meshes"] for part in mesh["primitives"]]
    accessors = [document["accessors"][part.get("indices", part["attributes"]["POSITION"])] for part in primitives]
    return sum(int(accessor["count"]) for accessor in accessors) // 3


def _is_glb(body: bytes) -> bool:
    if len(body) < _GLB_HEADER.size:
        return False
    magic, version, total, _, kind = _GLB_HEADER.unpack_from(body)
    return (magic, version, kind) == (b"glTF", 2, _JSON_CHUNK) and int(total) <= len(body)


def _is_obj(body: bytes) -> bool:
    return bool(_VERTEX.search(body) and _FACE.search(body))


def _is_binary_stl(body: bytes) -> bool:
    if len(body) <= _STL_HEADER_BYTES:
        return False
    (count,) = struct.unpack_from("<I", body, _STL_HEADER_BYTES - 4)
    return len(body) == _STL_HEADER_BYTES + _STL_TRIANGLE_BYTES * int(count)


def _is_stl(body: bytes) -> bool:
    return _is_binary_stl(body) or (body.lstrip().startswith(b"solid") and b"facet" in body)


def _is_fbx(body: bytes) -> bool:
    return body.startswith(b"Kaydara FBX Binary") or (body.lstrip().startswith(b";") and b"FBX" in body[:512])


def _is_usda(body: bytes) -> bool:
    return body.startswith(b"#usda")


def _is_usdc(body: bytes) -> bool:
    return body.startswith(b"PXR-USDC")


_LOOKS: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "obj": _is_obj,
    "glb": _is_glb,
    "stl": _is_stl,
    "fbx": _is_fbx,
    "usd": lambda body: _is_usda(body) or _is_usdc(body),
    "usda": _is_usda,
    "usdz": lambda body: body.startswith(b"PK\x03\x04"),
    "usdc": _is_usdc,
}
