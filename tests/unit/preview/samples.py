"""Small models written by hand, so that each test can bend one thing."""

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

FLOAT, USHORT, UINT, UBYTE = 5126, 5123, 5125, 5121


def png(width=8, height=8, colour=(200, 60, 40), kind="PNG", **options) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", (width, height), colour).save(out, kind, **options)
    return out.getvalue()


def packed(document: dict, binary: bytes = b"") -> bytes:
    """A GLB of a document and its binary part."""
    head = json.dumps(document).encode()
    head += b" " * (-len(head) % 4)
    binary += bytes(-len(binary) % 4)
    body = struct.pack("<I4s", len(head), b"JSON") + head
    if binary:
        body += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


class Glb:
    """A GLB while a test puts it together: one node, one mesh, one primitive to begin with."""

    def __init__(self) -> None:
        self.binary = b""
        self.document: dict = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": [{"attributes": {}}]}],
            "accessors": [],
            "bufferViews": [],
            "buffers": [{"byteLength": 0}],
        }

    @property
    def primitive(self) -> dict:
        return self.document["meshes"][0]["primitives"][0]

    def view(self, data: bytes) -> int:
        self.binary += bytes(-len(self.binary) % 4)
        self.document["bufferViews"].append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)})
        self.binary += data
        return len(self.document["bufferViews"]) - 1

    def accessor(self, values, kind=FLOAT, **more) -> int:
        types = {FLOAT: "<f4", USHORT: "<u2", UINT: "<u4", UBYTE: "u1", 5122: "<i2", 5120: "i1"}
        array = np.asarray(values)
        rows = array.reshape(len(array), -1)
        shape = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}[rows.shape[1]]
        view = self.view(rows.astype(types[kind]).tobytes())
        entry = {"bufferView": view, "componentType": kind, "count": len(rows), "type": shape}
        self.document["accessors"].append(entry | more)
        return len(self.document["accessors"]) - 1

    def attribute(self, name: str, values, kind=FLOAT, **more) -> "Glb":
        if name == "POSITION" and kind == FLOAT:
            array = np.asarray(values, dtype=float)
            more = {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()} | more
        self.primitive["attributes"][name] = self.accessor(values, kind, **more)
        return self

    def indices(self, values, kind=UINT) -> "Glb":
        self.primitive["indices"] = self.accessor(np.ravel(values), kind)
        return self

    def material(self, **fields) -> "Glb":
        self.document["materials"] = [fields]
        self.primitive["material"] = 0
        return self

    def texture(self, data: bytes, media_type: str = "image/png") -> dict:
        """Add a picture; returns what a material says to use it."""
        images = self.document.setdefault("images", [])
        images.append({"bufferView": self.view(data), "mimeType": media_type})
        textures = self.document.setdefault("textures", [])
        textures.append({"source": len(images) - 1})
        return {"index": len(textures) - 1}

    def bytes(self) -> bytes:
        self.document["buffers"] = [{"byteLength": len(self.binary)}]
        return packed(self.document, self.binary)


BOX = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
BOX_FACES = np.array(
    [
        *([0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]),
        *([2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]),
    ]
)


def box(size=(1.0, 1.0, 1.0)) -> Glb:
    """A closed box without normals."""
    return Glb().attribute("POSITION", BOX * np.array(size) / 2).indices(BOX_FACES)


def ball(rings=24, segments=32) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, texture coordinates and faces of a sphere with a seam."""
    down = np.linspace(0, np.pi, rings + 1)
    around = np.linspace(0, 2 * np.pi, segments + 1)
    d, a = np.meshgrid(down, around, indexing="ij")
    points = np.stack([np.sin(d) * np.sin(a), np.cos(d), np.sin(d) * np.cos(a)], axis=-1).reshape(-1, 3)
    points[np.abs(points) < 1e-12] = 0.0
    uvs = np.stack([a / (2 * np.pi), d / np.pi], axis=-1).reshape(-1, 2)
    rows, columns = np.meshgrid(np.arange(rings), np.arange(segments), indexing="ij")
    first = (rows * (segments + 1) + columns).ravel()
    below = first + segments + 1
    faces = np.concatenate([np.stack([first, below, below + 1], -1), np.stack([first, below + 1, first + 1], -1)])
    return points, uvs, faces


def textured_ball(picture: bytes, media_type: str = "image/png", **material) -> Glb:
    """A sphere with a picture around it, dull, not metallic."""
    points, uvs, faces = ball()
    made = Glb().attribute("POSITION", points).attribute("NORMAL", points).attribute("TEXCOORD_0", uvs).indices(faces)
    base = made.texture(picture, media_type)
    rough = {"baseColorTexture": base, "metallicFactor": 0.0, "roughnessFactor": 1.0}
    return made.material(pbrMetallicRoughness=rough, **material)


def changed(change: Callable[[Glb], object]) -> bytes:
    """A textured ball with one thing bent."""
    made = textured_ball(png())
    change(made)
    return made.bytes()


def written(folder: Path, data: bytes, name: str = "model.glb") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def names(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {path.name for path in folder.iterdir()}
