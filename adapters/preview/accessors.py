"""Numbers out of a GLB's binary part, bounds checked before a byte is touched.

Source: Khronos glTF 2.0 specification, 3.6.2 Accessors.
"""

from __future__ import annotations

import numpy as np

from adapters.preview.arrays import Numbers, Singles
from adapters.preview.container import Container
from adapters.preview.entries import Entry
from adapters.preview.solid import MOST_TRIANGLES, Unreadable

_TYPES: dict[int, type[np.generic]] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_FULL_SCALE: dict[int, float] = {5120: 127.0, 5121: 255.0, 5122: 32767.0, 5123: 65535.0}
# Three corners to a triangle, none shared.
_MOST_VALUES = 3 * MOST_TRIANGLES


class Accessors:
    """The accessors of one GLB."""

    def __init__(self, container: Container) -> None:
        self._document = container.document
        self._binary = container.binary

    def view(self, number: int) -> tuple[memoryview, int]:
        """The bytes of a buffer view, and its stride; 0 means tightly packed."""
        view = self._document.item("bufferViews", number)
        if view.extension("EXT_meshopt_compression") or view.extension("KHR_meshopt_compression"):
            raise Unreadable("The GLB is packed with meshopt compression, which is not read here.")
        if view.integer("buffer") != 0:
            raise Unreadable(f"{view.where} lies in a buffer outside the GLB.")
        start, length = view.integer("byteOffset", 0), view.integer("byteLength")
        if start + length > len(self._binary):
            raise Unreadable(f"{view.where} reaches past the end of the file.")
        return self._binary[start : start + length], view.integer("byteStride", 0, high=252)

    def count(self, number: int) -> int:
        """How many elements an accessor has; its bounds are checked, its bytes not read."""
        accessor = self._document.item("accessors", number)
        if "bufferView" in accessor:
            self._window(accessor)
        return accessor.integer("count")

    def raw(self, number: int, *widths: int) -> Numbers:
        """The elements as stored, (count, width); the width must be one of those named.

        An accessor without a buffer view holds zeros.
        """
        accessor = self._document.item("accessors", number)
        kind, width, count = self._shape(accessor)
        if width not in widths:
            raise Unreadable(f"{accessor.where} has {width} numbers to an element, which does not belong there.")
        if count > _MOST_VALUES:
            raise Unreadable(f"{accessor.where} has {count:,} elements; at most {_MOST_VALUES:,} are read.")
        if "bufferView" in accessor:
            data, offset, stride = self._window(accessor)
            strides = (stride, kind.itemsize)
            values: Numbers = np.ndarray((count, width), kind, data, offset, strides).copy()
        else:
            values = np.zeros((count, width), kind)
        return self._patched(accessor, values)

    def floats(self, number: int, *widths: int) -> Singles:
        """The elements as real numbers; normalised integers become fractions of one."""
        return as_floats(self._document.item("accessors", number), self.raw(number, *widths))

    def _shape(self, accessor: Entry) -> tuple[np.dtype[np.generic], int, int]:
        kind, shape = accessor.integer("componentType"), accessor.text("type")
        if kind not in _TYPES or shape not in WIDTHS:
            raise Unreadable(f"{accessor.where} holds {shape[:20]!r} of kind {kind}, which glTF does not know.")
        return np.dtype(_TYPES[kind]), WIDTHS[shape], accessor.integer("count")

    def _window(self, accessor: Entry) -> tuple[memoryview, int, int]:
        kind, width, count = self._shape(accessor)
        data, stride = self.view(accessor.integer("bufferView"))
        offset, element = accessor.integer("byteOffset", 0), kind.itemsize * width
        stride = stride or element
        if stride < element or (count and offset + stride * (count - 1) + element > len(data)):
            raise Unreadable(f"{accessor.where} claims {count:,} elements, more than its part of the file holds.")
        return data, offset if count else 0, stride

    def _patched(self, accessor: Entry, values: Numbers) -> Numbers:
        sparse = accessor.maybe("sparse")
        if sparse is None:
            return values
        count = sparse.integer("count", high=len(values))
        places = self._packed(sparse.entry("indices"), count, 1).reshape(-1)
        if not np.issubdtype(places.dtype, np.unsignedinteger) or (count and int(places.max()) >= len(values)):
            raise Unreadable(f"{sparse.where} changes elements that do not exist.")
        kind = accessor.integer("componentType")
        values[places] = self._packed(sparse.entry("values"), count, values.shape[1], kind)
        return values

    def _packed(self, entry: Entry, count: int, width: int, kind: int | None = None) -> Numbers:
        kind = entry.integer("componentType") if kind is None else kind
        if kind not in _TYPES:
            raise Unreadable(f"{entry.where} is of kind {kind}, which glTF does not know.")
        data, offset = self.view(entry.integer("bufferView"))[0], entry.integer("byteOffset", 0)
        if offset + count * width * np.dtype(_TYPES[kind]).itemsize > len(data):
            raise Unreadable(f"{entry.where} reaches past its part of the file.")
        return np.frombuffer(data, _TYPES[kind], count * width, offset).reshape(count, width)


def as_floats(accessor: Entry, values: Numbers) -> Singles:
    """Stored numbers as real ones, after the accessor's `normalized`."""
    singles = values.astype(np.float32)
    scale = _FULL_SCALE.get(accessor.integer("componentType"))
    if accessor.flag("normalized") and scale and not np.issubdtype(values.dtype, np.floating):
        singles = np.maximum(singles / np.float32(scale), np.float32(-1.0))
    return singles
