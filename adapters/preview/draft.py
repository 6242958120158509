"""A GLB being rewritten: its JSON, and the bytes behind each buffer view."""

from __future__ import annotations

import copy
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from adapters.preview.accessors import Accessors
from adapters.preview.arrays import Numbers
from adapters.preview.container import Container

Json = dict[str, Any]
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
# What is left of a view that nothing refers to any more; glTF allows none to be empty.
_NOTHING = bytes(4)


class Draft:
    """A copy of a GLB in which pictures and accessors can be replaced. The original is never changed."""

    def __init__(self, container: Container) -> None:
        self.json: Json = copy.deepcopy(container.json)
        accessors = Accessors(container)
        count = len(self.json.get("bufferViews", []))
        self._views: list[bytes | memoryview] = [accessors.view(number)[0] for number in range(count)]

    def replace_picture(self, image: Json, data: bytes, media_type: str) -> None:
        """Give an image other bytes."""
        image["bufferView"] = self._add_view(data)
        image["mimeType"] = media_type

    def add_attribute(self, accessor: Json, rows: Numbers) -> int:
        """Add vertex data, one row to a vertex, described like an old accessor; returns its number."""
        raw = np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), -1)
        padding = -raw.shape[1] % 4  # each vertex starts at a multiple of four
        stride = raw.shape[1] + padding
        data = np.pad(raw, ((0, 0), (0, padding))).tobytes()
        view = self._add_view(data, {"target": _ARRAY_BUFFER} | ({"byteStride": stride} if padding else {}))
        dropped = ("byteOffset", "sparse", "min", "max")
        kept = {key: value for key, value in accessor.items() if key not in dropped}
        return self._add_accessor(kept | {"bufferView": view, "count": len(rows)})

    def add_positions(self, points: Numbers) -> int:
        """Add positions as plain real numbers, with the bounds that glTF asks for."""
        low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        number = self.add_attribute({"componentType": 5126, "type": "VEC3"}, points.astype("<f4"))
        self.json["accessors"][number] |= {"min": low, "max": high}
        return number

    def add_corners(self, corners: Numbers, vertices: int) -> int:
        """Add triangle corners in the smallest type that can number the vertices."""
        kind, code = ("<u2", 5123) if vertices < 65_535 else ("<u4", 5125)
        view = self._add_view(corners.astype(kind).tobytes(), {"target": _ELEMENT_ARRAY_BUFFER})
        return self._add_accessor({"componentType": code, "type": "SCALAR", "count": corners.size, "bufferView": view})

    def retire(self, numbers: set[int]) -> None:
        """Let go of the data behind those of these accessors that nothing uses any more."""
        for number in numbers.difference(self._used_accessors()):
            self.json["accessors"][number] = {"componentType": 5126, "type": "SCALAR", "count": 1}

    def size(self) -> int:
        """How many bytes `write` would write."""
        document, data = self._parts()
        return 28 + len(document) + sum(len(part) for part in data)

    def write(self, target: Path) -> None:
        """Write the GLB, without the bytes that nothing refers to."""
        document, data = self._parts()
        length = sum(len(part) for part in data)
        with target.open("wb") as out:
            out.write(struct.pack("<4sII", b"glTF", 2, 28 + len(document) + length))
            out.write(struct.pack("<I4s", len(document), b"JSON") + document)
            out.write(struct.pack("<I4s", length, b"BIN\0"))
            out.writelines(data)

    def _parts(self) -> tuple[bytes, list[bytes | memoryview]]:
        used = set(_references(self.json))
        data: list[bytes | memoryview] = []
        views, position = [], 0
        for number, (view, content) in enumerate(zip(self.json.get("bufferViews", []), self._views, strict=True)):
            kept = content if number in used else _NOTHING
            views.append(view | {"buffer": 0, "byteOffset": position, "byteLength": len(kept)})
            data += [kept, bytes(-len(kept) % 4)]
            position += len(kept) + -len(kept) % 4
        document = self.json | {"bufferViews": views, "buffers": [{"byteLength": position}]}
        if not views:
            del document["bufferViews"], document["buffers"]
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
        return text + b" " * (-len(text) % 4), data

    def _add_view(self, data: bytes, more: Json | None = None) -> int:
        self._views.append(data)
        self.json.setdefault("bufferViews", []).append(more or {})
        return len(self._views) - 1

    def _add_accessor(self, accessor: Json) -> int:
        self.json["accessors"].append(accessor)
        return len(self.json["accessors"]) - 1

    def _used_accessors(self) -> Iterator[int]:
        for mesh in self.json.get("meshes", []):
            for primitive in mesh["primitives"]:
                yield from primitive["attributes"].values()
                if "indices" in primitive:
                    yield primitive["indices"]
                for morph in primitive.get("targets", []):
                    yield from morph.values()
        for skin in self.json.get("skins", []):
            yield skin.get("inverseBindMatrices", -1)
        for animation in self.json.get("animations", []):
            for sampler in animation.get("samplers", []):
                yield from (sampler.get("input", -1), sampler.get("output", -1))


def _references(value: object) -> Iterator[int]:
    """Every buffer view that is named anywhere, in extensions too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "bufferView" and isinstance(inner, int):
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
