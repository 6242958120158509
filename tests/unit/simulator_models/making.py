"""Building models in tests, and reading back what was written."""

import io
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh
from PIL import Image, ImageDraw

from adapters.rodin.simulator.models import ModelSpec, build


def spec(**fields) -> ModelSpec:
    """A small, quick model unless told otherwise."""
    quick = {"prompt": "a brass teapot", "seed": 7, "faces": 2000, "texture_px": 64}
    return ModelSpec(**(quick | fields))


def made(folder: Path, **fields) -> dict[str, Path]:
    """Build into a fresh folder; the files by name."""
    fresh = folder / f"model-{sum(1 for _ in folder.iterdir())}"
    fresh.mkdir()
    return {path.name: path for path in build(spec(**fields), fresh)}


def picture(path: Path) -> Image.Image:
    """A picture file, read whole and closed."""
    with Image.open(path) as image:
        image.load()
        return image.copy()


def solid(path: Path) -> trimesh.Trimesh:
    """All geometry of a file as one mesh, welded by position."""
    loaded = trimesh.load(path, force="mesh", process=False)
    return welded(loaded.vertices, loaded.faces)


def welded(points, faces) -> trimesh.Trimesh:
    """Weld vertices that lie at one place, after the precision of a float32 of the model's size."""
    corners = np.round(np.asarray(points, dtype=np.float64) / np.ptp(points, axis=0).max() * 2**20).astype(np.int64)
    _, first, place = np.unique(corners, axis=0, return_index=True, return_inverse=True)
    return trimesh.Trimesh(np.asarray(points)[first], place.ravel()[faces], process=False)


def edge_uses(mesh: trimesh.Trimesh) -> set[int]:
    """By how many faces edges are shared: {2} for closed surfaces."""
    edges = np.sort(mesh.edges, axis=1)
    return set(np.unique(edges, axis=0, return_counts=True)[1].tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class Glb:
    """A GLB's document and the arrays its accessors name."""

    document: dict
    binary: bytes

    @classmethod
    def read(cls, path: Path) -> "Glb":
        data = path.read_bytes()
        magic, version, size, head = struct.unpack("<4sIII", data[:16])
        assert (magic, version, size) == (b"glTF", 2, len(data))
        return cls(document=json.loads(data[20 : 20 + head]), binary=data[28 + head :])

    def array(self, number: int) -> np.ndarray:
        accessor = self.document["accessors"][number]
        kind = {5123: np.uint16, 5125: np.uint32, 5126: np.float32}[accessor["componentType"]]
        width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}[accessor["type"]]
        view = self.document["bufferViews"][accessor["bufferView"]]
        return np.frombuffer(self.binary, kind, accessor["count"] * width, view["byteOffset"]).reshape(-1, width)

    def primitives(self) -> list[dict[str, np.ndarray]]:
        found = []
        for mesh in self.document["meshes"]:
            (primitive,) = mesh["primitives"]
            arrays = {name: self.array(number) for name, number in primitive["attributes"].items()}
            found.append(arrays | {"indices": self.array(primitive["indices"]).reshape(-1, 3)})
        return found

    def image(self, number: int) -> Image.Image:
        view = self.document["bufferViews"][self.document["images"][number]["bufferView"]]
        return Image.open(io.BytesIO(self.binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]))


@dataclass(frozen=True, slots=True, kw_only=True)
class FbxNode:
    """A record of a binary FBX."""

    name: str
    properties: tuple
    children: tuple["FbxNode", ...]

    def find(self, name: str) -> Iterator["FbxNode"]:
        """Every record of that name below this one."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.find(name)

    def value(self, name: str):
        """The first property of the only record of that name below this one."""
        (node,) = self.find(name)
        return node.properties[0]


def read_fbx(path: Path) -> FbxNode:
    """Read a binary FBX of version 7.4, checking every length on the way."""
    data = path.read_bytes()
    assert data.startswith(b"Kaydara FBX Binary  \0\x1a\0")
    assert struct.unpack_from("<I", data, 23) == (7400,)
    children, end = _fbx_list(data, 27)
    assert data[end : end + 16] == bytes.fromhex("fabcab09d0c8d466b176fb831cf7267e")
    assert data.endswith(bytes.fromhex("f85a8c6adef5d97eece90ce3758f290b"))
    return FbxNode(name="", properties=(), children=children)


def _fbx_list(data: bytes, at: int) -> tuple[tuple[FbxNode, ...], int]:
    nodes = []
    while data[at : at + 13] != bytes(13):
        end, count, length, name_length = struct.unpack_from("<IIIB", data, at)
        start = at + 13 + name_length
        properties = tuple(_fbx_properties(data, start, count))
        children: tuple[FbxNode, ...] = ()
        if start + length < end:
            children, closed = _fbx_list(data, start + length)
            assert closed == end
        nodes.append(FbxNode(name=data[at + 13 : start].decode(), properties=properties, children=children))
        at = end
    return tuple(nodes), at + 13


def _fbx_properties(data: bytes, at: int, count: int) -> Iterator:
    plain = {b"C": "<?", b"I": "<i", b"L": "<q", b"D": "<d"}
    for _ in range(count):
        kind = data[at : at + 1]
        at += 1
        if kind in plain:
            yield struct.unpack_from(plain[kind], data, at)[0]
            at += struct.calcsize(plain[kind])
        elif kind in (b"S", b"R"):
            (length,) = struct.unpack_from("<I", data, at)
            text = data[at + 4 : at + 4 + length]
            yield text.decode() if kind == b"S" else text
            at += 4 + length
        else:
            size, packed, length = struct.unpack_from("<III", data, at)
            assert packed == 1
            values = np.frombuffer(zlib.decompress(data[at + 12 : at + 12 + length]), {b"d": "<f8", b"i": "<i4"}[kind])
            assert len(values) == size
            yield values
            at += 12 + length


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    """A picture's bytes."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def apple_on_white() -> Image.Image:
    """A red disc with a green leaf before a plain background."""
    image = Image.new("RGB", (240, 240), (246, 246, 244))
    draw = ImageDraw.Draw(image)
    draw.ellipse((50, 70, 190, 210), fill=(200, 40, 40))
    draw.ellipse((115, 30, 170, 60), fill=(70, 150, 60))
    draw.line((120, 80, 125, 45), fill=(90, 60, 30), width=10)
    return image


def logo() -> Image.Image:
    """A blue ring beside an orange square, the rest transparent."""
    image = Image.new("RGBA", (300, 140), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((10, 10, 130, 130), outline=(30, 110, 220, 255), width=28)
    draw.rectangle((170, 20, 280, 120), fill=(240, 120, 40, 255))
    return image


def scene() -> Image.Image:
    """A picture without any plain border."""
    rows, columns = np.mgrid[0:160, 0:220]
    waves = [128 + 100 * np.sin(columns / 17), 128 + 100 * np.cos(rows / 13), 128 + 90 * np.sin((rows + columns) / 23)]
    return Image.fromarray(np.stack(waves, axis=-1).astype(np.uint8))
