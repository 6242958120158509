"""Writing GLB: one node and one mesh for each part, its pictures inside. From formats that know less than glTF does.

Source: Khronos glTF 2.0 specification, sections 3 and 4.
"""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from adapters.preview.arrays import Numbers, Singles
from adapters.preview.normals import with_normals
from adapters.preview.originals import Originals
from adapters.preview.solid import CLAY, Alpha, Material, Solid, Surface, Texture
from adapters.preview.tangents import tangents
from adapters.preview.to_obj import parts_of

Json = dict[str, Any]

_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_FLOAT, _BYTE, _SHORT, _INT = 5126, 5121, 5123, 5125
_SHAPES = {2: "VEC2", 3: "VEC3", 4: "VEC4"}


def write_glb(solid: Solid, path: Path, originals: Originals) -> None:
    """Write a model as GLB."""
    binary = _Binary()
    wardrobe = _Wardrobe(binary, originals)
    nodes: list[Json] = []
    meshes: list[Json] = []
    for name, surfaces in parts_of(solid):
        nodes.append({"name": name, "mesh": len(meshes)})
        meshes.append({"name": name, "primitives": [_primitive(one, binary, wardrobe) for one in surfaces]})
    document: Json = {
        "asset": {"version": "2.0", "generator": "Rodin Bot"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(nodes)))}],
        "nodes": nodes,
        "meshes": meshes,
        **wardrobe.described(),
        "accessors": binary.accessors,
        "bufferViews": binary.views,
        "buffers": [{"byteLength": binary.size}],
    }
    head = json.dumps(document, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 4)
    with path.open("wb") as out:
        out.write(struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(head) + 8 + binary.size))
        out.write(struct.pack("<I4s", len(head), b"JSON") + head)
        out.write(struct.pack("<I4s", binary.size, b"BIN\0"))
        out.writelines(binary.chunks)


class _Binary:
    """The growing binary part, and the objects that point into it."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.size = 0
        self.views: list[Json] = []
        self.accessors: list[Json] = []

    def view(self, data: bytes, target: int | None = None) -> int:
        """Add bytes, aligned to four."""
        self.views.append(
            {"buffer": 0, "byteOffset": self.size, "byteLength": len(data)} | ({"target": target} if target else {})
        )
        padded = data + bytes(-len(data) % 4)
        self.chunks.append(padded)
        self.size += len(padded)
        return len(self.views) - 1

    def vertices(self, rows: Numbers, **more: Any) -> int:
        """Add one attribute of all vertices: real numbers, or bytes that mean shares of one."""
        is_bytes = rows.dtype == np.uint8
        self.accessors.append(
            {
                "bufferView": self.view(np.ascontiguousarray(rows).tobytes(), _ARRAY_BUFFER),
                "componentType": _BYTE if is_bytes else _FLOAT,
                "count": len(rows),
                "type": _SHAPES[rows.shape[1]],
            }
            | ({"normalized": True} if is_bytes else {})
            | more
        )
        return len(self.accessors) - 1

    def corners(self, corners: Numbers, vertices: int) -> int:
        """Add triangle corners in the smallest type that can number the vertices."""
        # 65535 itself is kept free: it would mean a primitive restart.
        kind, code = ("<u2", _SHORT) if vertices < 65_535 else ("<u4", _INT)
        view = self.view(corners.astype(kind).tobytes(), _ELEMENT_ARRAY_BUFFER)
        self.accessors.append({"bufferView": view, "componentType": code, "count": corners.size, "type": "SCALAR"})
        return len(self.accessors) - 1


def _primitive(surface: Surface, binary: _Binary, wardrobe: _Wardrobe) -> Json:
    surface = _wearable(surface)
    points = np.ascontiguousarray(surface.points, "<f4")
    uvs = surface.uvs[0]
    attributes = {"POSITION": binary.vertices(points, min=points.min(axis=0).tolist(), max=points.max(axis=0).tolist())}
    if surface.normals is not None:
        normals = _unit(surface.normals)
        attributes["NORMAL"] = binary.vertices(normals)
        if surface.material.normal_map is not None and uvs is not None:
            corners = surface.corners.astype(np.int64)
            attributes["TANGENT"] = binary.vertices(tangents(points, normals, uvs, corners))
    if uvs is not None:
        attributes["TEXCOORD_0"] = binary.vertices(np.ascontiguousarray(uvs, "<f4"))
    if surface.colours is not None:
        attributes["COLOR_0"] = binary.vertices(surface.colours)
    indices = binary.corners(surface.corners, len(points))
    worn = {} if surface.material is CLAY else {"material": wardrobe.number_of(surface.material)}
    return {"attributes": attributes, "indices": indices, "mode": 4} | worn


def _wearable(surface: Surface) -> Surface:
    """The surface as its material can lie on it: no textures without coordinates, no normal map without normals."""
    if surface.material is CLAY:
        return surface
    if surface.uvs[0] is None:
        bare = replace(surface.material, base_map=None, surface_map=None, normal_map=None, emissive_map=None)
        return replace(surface, material=bare)
    return with_normals(surface) if surface.material.normal_map is not None else surface


def _unit(normals: Singles) -> Singles:
    """Normals of length one; glTF knows no others, so one without any direction points up."""
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    safe = np.where(lengths > 0.5, normals / np.maximum(lengths, 1e-20), np.array([[0.0, 1.0, 0.0]]))
    unit: Singles = np.ascontiguousarray(safe, "<f4")
    return unit


class _Wardrobe:
    """Materials with their textures and pictures, each written once."""

    def __init__(self, binary: _Binary, originals: Originals) -> None:
        self._binary = binary
        self._originals = originals
        self._numbers: dict[int, int] = {}
        self._seen: list[Material] = []  # kept alive: they are told apart by identity
        self._materials: list[Json] = []
        self._images: list[Json] = []
        self._textures: dict[int, int] = {}

    def number_of(self, material: Material) -> int:
        """Return the number of a material, described when it is first asked for."""
        if id(material) not in self._numbers:
            described = self._material(material)
            self._numbers[id(material)] = len(self._materials)
            self._materials.append(described)
            self._seen.append(material)
        return self._numbers[id(material)]

    def described(self) -> Json:
        """Return the members of the document that hold all this; empty ones must not stand there."""
        members: Json = {"materials": self._materials, "images": self._images}
        if self._images:
            members["samplers"] = [{"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497}]
            members["textures"] = [{"sampler": 0, "source": number} for number in range(len(self._images))]
        return {key: value for key, value in members.items() if value}

    def _material(self, material: Material) -> Json:
        rough: Json = {
            "baseColorFactor": list(material.base),
            "metallicFactor": material.metallic,
            "roughnessFactor": material.roughness,
        }
        entry: Json = {"pbrMetallicRoughness": rough, "doubleSided": material.double_sided}
        if material.name:
            entry["name"] = material.name
        if any(material.emissive):
            entry["emissiveFactor"] = list(material.emissive)
        if material.alpha is not Alpha.OPAQUE:
            entry["alphaMode"] = material.alpha.value
        for place, key, texture in (
            (rough, "baseColorTexture", material.base_map),
            (rough, "metallicRoughnessTexture", material.surface_map),
            (entry, "normalTexture", material.normal_map),
            (entry, "emissiveTexture", material.emissive_map),
        ):
            if texture is not None:
                place[key] = {"index": self._texture(texture)}
        return entry

    def _texture(self, texture: Texture) -> int:
        key = id(texture.image)
        if key not in self._textures:
            sheet = self._originals.sheet(texture)
            self._textures[key] = len(self._images)
            self._images.append({"bufferView": self._binary.view(sheet.data), "mimeType": sheet.media_type})
        return self._textures[key]
