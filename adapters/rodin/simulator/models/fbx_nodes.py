"""The binary FBX container: nodes with typed properties.

Source: Blender developers' description of the format, code.blender.org, "FBX binary file format specification".
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

VERSION = 7400
_MAGIC = b"Kaydara FBX Binary  \0\x1a\0"
_FOOTER_ID = bytes.fromhex("fabcab09d0c8d466b176fb831cf7267e")
_FOOTER_END = bytes.fromhex("f85a8c6adef5d97eece90ce3758f290b")
_END_OF_LIST = bytes(13)


@dataclass(frozen=True, slots=True)
class Long:
    """A 64-bit whole number, which FBX uses for object ids."""

    value: int


Property = bool | int | float | str | bytes | Long | npt.NDArray[np.float64] | npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Node:
    """A named record with properties and children."""

    name: str
    properties: Sequence[Property] = ()
    children: Sequence["Node"] = ()


def _array(values: npt.NDArray[np.float64] | npt.NDArray[np.int32]) -> bytes:
    kind = b"d" if values.dtype == np.float64 else b"i"
    packed = zlib.compress(np.ascontiguousarray(values).tobytes(), 1)
    return kind + struct.pack("<III", values.size, 1, len(packed)) + packed


def _encoded(value: Property) -> bytes:
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, bool):
        return b"C" + struct.pack("<B", value)
    if isinstance(value, Long):
        return b"L" + struct.pack("<q", value.value)
    if isinstance(value, int):
        return b"I" + struct.pack("<i", value)
    if isinstance(value, float):
        return b"D" + struct.pack("<d", value)
    text = value.encode() if isinstance(value, str) else value
    return (b"S" if isinstance(value, str) else b"R") + struct.pack("<I", len(text)) + text


def _packed(node: Node, offset: int) -> list[bytes]:
    """A node's bytes when it begins at `offset`: every record says where it ends."""
    name, properties = node.name.encode(), b"".join(_encoded(value) for value in node.properties)
    position = offset + 13 + len(name) + len(properties)
    body: list[bytes] = []
    for child in node.children:
        packed = _packed(child, position)
        position += sum(map(len, packed))
        body += packed
    if node.children or not node.properties:
        body.append(_END_OF_LIST)
        position += len(_END_OF_LIST)
    head = struct.pack("<IIIB", position, len(node.properties), len(properties), len(name))
    return [head, name, properties, *body]


def document(nodes: Sequence[Node]) -> list[bytes]:
    """A whole file, in pieces to be written in order."""
    out = [_MAGIC, struct.pack("<I", VERSION)]
    position = sum(map(len, out))
    for node in nodes:
        packed = _packed(node, position)
        position += sum(map(len, packed))
        out += packed
    out += [_END_OF_LIST, _FOOTER_ID]
    position += len(_END_OF_LIST) + len(_FOOTER_ID)
    padding = -position % 16 or 16
    return [*out, bytes(padding), bytes(4), struct.pack("<I", VERSION), bytes(120), _FOOTER_END]
