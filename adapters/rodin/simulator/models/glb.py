"""Writing glTF 2.0 binaries (Khronos glTF 2.0 specification, section 4: GLB file format)."""

import json
import struct
from pathlib import Path

import numpy as np

from .arrays import Ints, Singles
from .mesh import Mesh
from .skins import GREY, GREY_ROUGHNESS, Model, Skin

_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_FLOAT, _UNSIGNED_SHORT, _UNSIGNED_INT = 5126, 5123, 5125
_LINEAR, _LINEAR_MIPMAP_LINEAR, _CLAMP = 9729, 9987, 33071
_SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}

Json = dict[str, object]


class _Binary:
    """The growing binary part and the objects that point into it."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.size = 0
        self.views: list[Json] = []
        self.accessors: list[Json] = []

    def view(self, data: bytes, target: int | None = None) -> int:
        """Add bytes, aligned to four."""
        view: Json = {"buffer": 0, "byteOffset": self.size, "byteLength": len(data)}
        self.views.append(view | ({"target": target} if target else {}))
        padded = data + bytes(-len(data) % 4)
        self.chunks.append(padded)
        self.size += len(padded)
        return len(self.views) - 1

    def vectors(self, values: Singles, *, bounded: bool = False) -> int:
        """Add one attribute of all vertices."""
        accessor: Json = {
            "bufferView": self.view(np.ascontiguousarray(values, "<f4").tobytes(), _ARRAY_BUFFER),
            "componentType": _FLOAT,
            "count": len(values),
            "type": _SHAPES[values.shape[1]],
        }
        if bounded:
            accessor |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def indices(self, triangles: Ints, vertices: int) -> int:
        """Add triangle corners in the smallest type that can number the vertices."""
        # 65535 itself is kept free: it would mean a primitive restart.
        kind, code = ("<u2", _UNSIGNED_SHORT) if vertices < 65_535 else ("<u4", _UNSIGNED_INT)
        data = triangles.astype(kind).tobytes()
        accessor: Json = {
            "bufferView": self.view(data, _ELEMENT_ARRAY_BUFFER),
            "componentType": code,
            "count": triangles.size,
            "type": "SCALAR",
        }
        self.accessors.append(accessor)
        return len(self.accessors) - 1


def write_glb(model: Model, path: Path) -> None:
    """Write a model as GLB: one node, mesh and primitive for each part, textures embedded as JPEG."""
    binary = _Binary()
    material, pictures = _material(model.skin, binary)
    meshes = [_mesh(mesh, model.skin, binary) for mesh in model.meshes]
    document: Json = {
        "asset": {"version": "2.0", "generator": "Rodin Bot simulator"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(meshes)))}],
        "nodes": [{"name": mesh.name, "mesh": number} for number, mesh in enumerate(model.meshes)],
        "meshes": meshes,
        "materials": [material],
        **pictures,
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


def _mesh(mesh: Mesh, skin: Skin, binary: _Binary) -> Json:
    attributes = {"POSITION": binary.vectors(mesh.points, bounded=True), "NORMAL": binary.vectors(mesh.normals)}
    if skin.bumpy:
        attributes["TANGENT"] = binary.vectors(mesh.tangents)
    if skin.textured:
        attributes["TEXCOORD_0"] = binary.vectors(mesh.uvs)
    indices = binary.indices(mesh.triangles(), len(mesh.points))
    return {"name": mesh.name, "primitives": [{"attributes": attributes, "indices": indices, "material": 0}]}


def _material(skin: Skin, binary: _Binary) -> tuple[Json, Json]:
    """The material, and the texture objects it needs."""
    numbers = {name: number for number, name in enumerate(skin.pictures)}
    rough: Json = {"metallicFactor": 0.0, "roughnessFactor": 1.0}
    if not skin.textured:
        rough = {"metallicFactor": 0.0, "roughnessFactor": GREY_ROUGHNESS, "baseColorFactor": [GREY, GREY, GREY, 1.0]}
        return {"name": skin.name, "pbrMetallicRoughness": rough}, {}
    rough["baseColorTexture"] = {"index": numbers["base"]}
    if "surface" in numbers:
        rough |= {"metallicFactor": 1.0, "metallicRoughnessTexture": {"index": numbers["surface"]}}
    material: Json = {"name": skin.name, "pbrMetallicRoughness": rough}
    if skin.bumpy:
        material["normalTexture"] = {"index": numbers["normal"]}
    images = [
        {"name": name, "bufferView": binary.view(skin.jpeg(name)), "mimeType": "image/jpeg"} for name in skin.pictures
    ]
    sampler = {"magFilter": _LINEAR, "minFilter": _LINEAR_MIPMAP_LINEAR, "wrapS": _CLAMP, "wrapT": _CLAMP}
    textures = [{"sampler": 0, "source": number} for number in range(len(images))]
    return material, {"samplers": [sampler], "images": images, "textures": textures}
