"""Model files that nobody should meet, each with a word that the sentence about it must hold."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.unit.preview.samples import Glb, box, changed, packed, png, textured_ball

Case = tuple[str, Callable[[], bytes], str]  # file name, its bytes, a word of the sentence


def _set(*path, value):
    def change(made: Glb) -> None:
        place = made.document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def _bent(*path, value) -> Callable[[], bytes]:
    return lambda: changed(_set(*path, value=value))


def _truncated() -> bytes:
    return textured_ball(png()).bytes()[:-1000]


def _header(**fields) -> bytes:
    data = bytearray(textured_ball(png()).bytes())
    if "version" in fields:
        data[4:8] = struct.pack("<I", fields["version"])
    if "length" in fields:
        data[8:12] = struct.pack("<I", fields["length"])
    if "chunk" in fields:
        data[12:16] = struct.pack("<I", fields["chunk"])
    return bytes(data)


def _positions(value: float) -> bytes:
    made = box()
    start = made.document["bufferViews"][0]["byteOffset"]
    made.binary = made.binary[:start] + struct.pack("<f", value) + made.binary[start + 4 :]
    return made.bytes()


def _chain(length: int) -> bytes:
    made = box()
    made.document["nodes"] = [{"children": [number + 1]} for number in range(length)] + [{"mesh": 0}]
    return made.bytes()


def _nested_json() -> bytes:
    return _raw_json(b'{"asset":' + b"[" * 200_000 + b"]" * 200_000 + b"}")


def _raw_json(text: bytes) -> bytes:
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sII", b"glTF", 2, 20 + len(text)) + struct.pack("<I4s", len(text), b"JSON") + text


def _png_bomb(edge: int = 30_000) -> bytes:
    """A PNG that is small as a file and 2.7 GB as pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * edge)
    rows = b"".join(packer.compress(row) for _ in range(200)) + packer.flush()
    head = struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"layer{number}.usdc", bytes(5_000_000))
    return out.getvalue()


def _with_texture(data: bytes) -> Callable[[], bytes]:
    return lambda: textured_ball(data).bytes()


def _external_image() -> bytes:
    made = textured_ball(png())
    made.document["images"][0] = {"uri": "../../../../etc/passwd"}
    return made.bytes()


def _two_parents() -> bytes:
    made = box()
    made.document["scenes"] = [{"nodes": [0, 1]}]
    made.document["nodes"] = [{"children": [2]}, {"children": [2]}, {"mesh": 0}]
    return made.bytes()


def _indices_beyond() -> bytes:
    made = box()
    made.indices(np.array([[0, 1, 99_999]]))
    return made.bytes()


def _floating_indices() -> bytes:
    made = box()
    made.primitive["indices"] = made.accessor([0.0, 1.0, 2.0])
    return made.bytes()


def _meshopt() -> bytes:
    made = box()
    made.document["bufferViews"][0]["extensions"] = {"EXT_meshopt_compression": {"buffer": 0}}
    return made.bytes()


def _draco_of_noise() -> bytes:
    made = box()
    view = made.view(b"DRACO" + bytes(range(256)) * 8)
    packed_part = {"bufferView": view, "attributes": {"POSITION": 0}}
    made.primitive["extensions"] = {"KHR_draco_mesh_compression": packed_part}
    return made.bytes()


def _ten_million_stl() -> bytes:
    return b"no soup".ljust(80, b"\0") + struct.pack("<I", 10_000_000) + bytes(5000)


def _nan_stl() -> bytes:
    face = struct.pack("<12fH", *([0.0] * 3), *([float("nan")] * 9), 0)
    return bytes(80) + struct.pack("<I", 2) + face * 2


def _many_primitives() -> bytes:
    made = box()
    made.document["meshes"][0]["primitives"] *= 30_000
    return made.bytes()


def _sparse_beyond() -> bytes:
    made = box()
    where, what = made.view(struct.pack("<I", 5000)), made.view(bytes(12))
    made.document["accessors"][0]["sparse"] = {
        "count": 1,
        "indices": {"bufferView": where, "componentType": 5125},
        "values": {"bufferView": what},
    }
    return made.bytes()


def _loose_joint() -> bytes:
    made = box()
    made.attribute("JOINTS_0", np.full((8, 4), 7), 5121).attribute("WEIGHTS_0", np.full((8, 4), 0.25))
    made.document["nodes"][0]["skin"] = 0
    made.document["skins"] = [{"joints": [0]}]
    return made.bytes()


def _one_place() -> bytes:
    return Glb().attribute("POSITION", np.ones((3, 3))).bytes()


CASES: dict[str, Case] = {
    "an empty file": ("model.glb", bytes, "empty"),
    "a text called glb": ("model.glb", lambda: b"Dear customer, here is your model.", "not the GLB"),
    "a truncated glb": ("model.glb", _truncated, "whole"),
    "only the magic word": ("model.glb", lambda: b"glTF", "too short"),
    "glTF 1": ("model.glb", lambda: _header(version=1), "version 1"),
    "a length that is too long": ("model.glb", lambda: _header(length=2**31), "whole"),
    "a JSON chunk beyond the file": ("model.glb", lambda: _header(chunk=2**32 - 1), "longer than the file"),
    "JSON that is none": ("model.glb", lambda: _raw_json(b'{"asset": {"version": "2.0"'), "cannot be read"),
    "JSON nested too deeply": ("model.glb", _nested_json, "nested"),
    "JSON that is a list": ("model.glb", lambda: packed([]), "not an object"),  # type: ignore[arg-type]
    "a number of ten thousand digits": (
        "model.glb",
        lambda: _raw_json(b'{"asset":{"version":"2.0"},"scene":' + b"9" * 10_000 + b"}"),
        "cannot be read",
    ),
    "an accessor of two billion": ("model.glb", _bent("accessors", 0, "count", value=2**31), "claims"),
    "an accessor of less than nothing": ("model.glb", _bent("accessors", 0, "count", value=-5), "count"),
    "ten million triangles that are not there": (
        "model.glb",
        _bent("accessors", 3, "count", value=30_000_000),
        "claims",
    ),
    "positions without data": (
        "model.glb",
        lambda: changed(lambda made: made.document["accessors"][0].pop("bufferView")),
        "no positions",
    ),
    "a buffer view beyond the file": ("model.glb", _bent("bufferViews", 0, "byteLength", value=2**40), "past the end"),
    "an accessor that is not there": ("model.glb", _bent("meshes", 0, "primitives", 0, "indices", value=99), "only"),
    "a mesh that is not there": ("model.glb", _bent("nodes", 0, "mesh", value=12), "only"),
    "a node that is its own child": ("model.glb", _bent("nodes", 0, "children", value=[0]), "two places"),
    "a node with two parents": ("model.glb", _two_parents, "two places"),
    "nodes twenty thousand deep": ("model.glb", lambda: _chain(20_000), "deep"),
    "a scale of infinity": ("model.glb", _bent("nodes", 0, "scale", value=[1e40, 1, 1]), "finite"),
    "a scale that leads to infinity": ("model.glb", _bent("nodes", 0, "scale", value=[1e29, 1e29, 1e29]), "infinity"),
    "a number that JSON does not know": (
        "model.glb",
        _bent("nodes", 0, "scale", value=[1e400, 1, 1]),
        "cannot be read",
    ),
    "vertices that are no number": ("model.glb", lambda: _positions(float("nan")), "finite"),
    "vertices at infinity": ("model.glb", lambda: _positions(float("inf")), "finite"),
    "indices out of range": ("model.glb", _indices_beyond, "do not exist"),
    "indices with a fraction": ("model.glb", _floating_indices, "negative or broken"),
    "sparse changes out of range": ("model.glb", _sparse_beyond, "do not exist"),
    "a rig without its joint": ("model.glb", _loose_joint, "joints"),
    "a buffer in another file": ("model.glb", lambda: packed(_elsewhere()), "another file"),
    "a texture elsewhere on the disk": ("model.glb", _external_image, "outside the GLB"),
    "a texture of thirty thousand pixels": ("model.glb", _with_texture(_png_bomb()), "at most 8192"),
    "a texture cut short": ("model.glb", _with_texture(png(512, 512, kind="JPEG")[:1200]), "broken"),
    "a texture of noise": ("model.glb", _with_texture(bytes(range(256)) * 4), "picture"),
    "meshopt compression": ("model.glb", _meshopt, "meshopt"),
    "an extension nobody knows": ("model.glb", _bent("extensionsRequired", value=["EXT_magic"]), "EXT_magic"),
    "Draco that is noise": ("model.glb", _draco_of_noise, "Draco"),
    "thirty thousand pieces": ("model.glb", _many_primitives, "at most"),
    "a model without triangles": ("model.glb", _bent("meshes", 0, "primitives", 0, "mode", value=0), "no triangles"),
    "a zip bomb": ("model.usdz", _zip_bomb, "USDZ"),
    "FBX": ("model.fbx", lambda: b"Kaydara FBX Binary  \0\x1a\0" + bytes(100), "FBX"),
    "an STL of ten million": ("model.stl", _ten_million_stl, "does not fit"),
    "an STL of no numbers": ("model.stl", _nan_stl, "finite"),
    "an STL cut in a triangle": ("model.stl", lambda: b"solid x\nfacet\nvertex 0 0 0\nvertex 1 0 0\n", "middle"),
    "an OBJ with words for numbers": ("model.obj", lambda: b"v a b c\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "numbers"),
    "an OBJ that joins what is not there": (
        "model.obj",
        lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n",
        "do not exist",
    ),
    "an OBJ that counts back too far": (
        "model.obj",
        lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf -1 -2 -9\n",
        "do not exist",
    ),
    "an OBJ whose face is a word": ("model.obj", lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf a b c\n", "cannot be read"),
    "an OBJ without faces": ("model.obj", lambda: b"v 0 0 0\n" * 1000, "no faces"),
    "an OBJ of zeros": ("model.obj", lambda: bytes(100_000), "text"),
    "an OBJ whose materials lie elsewhere": (
        "model.obj",
        lambda: b"mtllib ../../../etc/passwd\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n",
        "outside its own folder",
    ),
    "a format nobody knows": ("model.3ds", lambda: b"MM" + bytes(500), "3ds"),
}


def _elsewhere() -> dict:
    document: dict = json.loads(json.dumps(box().document))
    document["buffers"] = [{"byteLength": 500, "uri": "http://169.254.169.254/latest"}]
    return document


def laid_out(folder: Path, name: str) -> tuple[Path, str]:
    """One of the cases as a file, and the word."""
    file_name, make, word = CASES[name]
    path = folder / file_name
    path.write_bytes(make())
    return path, word
