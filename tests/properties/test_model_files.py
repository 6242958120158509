"""Whatever bytes a model file holds: it is read within measure, or refused in a sentence. Nothing else ever happens."""

from __future__ import annotations

import asyncio
import copy
import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from adapters.preview.formats import read_model
from adapters.preview.previewer import ChildPreviewer
from adapters.preview.process import Limits
from adapters.preview.solid import Unreadable
from bot.errors import PreviewFailed
from tests.properties.profile import tried
from tests.properties.words import WORDS, json_values
from tests.unit.preview.samples import box, packed, png

OBJ = b"""mtllib base.mtl
o owl
v 0 0 0
v 1 0 0
v 0 1 0
v 0 0 1
vt 0 0
vt 1 0
vn 0 0 1
usemtl brass
f 1/1/1 2/2/1 3/1/1
f 1//1 -1//1 2//1
f 1 2 3 4
"""
MTL = b"newmtl brass\nKd 0.8 0.6 0.2\nmap_Kd skin.png\nmap_Bump -bm 0.5 skin.png\nd 0.5\n"
STL = b"solid owl\nfacet normal 0 0 1\nouter loop\n%sendloop\nendfacet\nendsolid\n" % (
    b"vertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\n"
)

FRAGMENTS = st.sampled_from(
    [b"f ", b"v ", b"vt", b"-1/", b"9" * 400, b"1e999", b"nan", b"-inf", b"\\\n", b"\n", b" ", b"\x00", b"\xff\xfe",
     b"usemtl ", b"mtllib ", b"../../etc/passwd", b"/", b"map_Kd ", b"-s 1 1", b"newmtl ", b"solid ", b"vertex ",
     b"0x1p3", b"1_0", b"\xd9\xa3", b"#", b"p 1", b"l 1 2", b"facet", b"g\t"]
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 12), FRAGMENTS | st.binary(max_size=4)), max_size=5)


def changed(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Return bytes with some of them cut out and others in their place."""
    for place, length, piece in changes:
        at = place % (len(data) + 1)
        data = data[:at] + piece + data[at + length :]
    return data


@pytest.fixture(autouse=True)
def _sizes_are_ours_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the drawing process does; see adapters.preview.child."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)


def verdict(files: dict[str, bytes]) -> str:
    """Read the first of some files that lie together; return what is wrong with it, or that it was read."""
    with TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        try:
            solid = read_model(Path(folder) / next(iter(files)), texture_px=32)
        except Unreadable as error:
            return str(error)
    assert solid.facts.triangles < 10_000
    assert all(math.isfinite(edge) for edge in solid.facts.size)
    return "It was read."


@tried(40)
@given(model=CHANGES, materials=CHANGES)
def test_an_obj_is_read_or_refused_in_a_sentence(model: list[Any], materials: list[Any]) -> None:
    said = verdict({"m.obj": changed(OBJ, model), "base.mtl": changed(MTL, materials), "skin.png": png()})

    assert said.endswith(".")
    assert len(said) < 300


@tried(40)
@given(changes=CHANGES)
def test_an_stl_is_read_or_refused_in_a_sentence(changes: list[Any]) -> None:
    assert verdict({"m.stl": changed(STL, changes)}).endswith(".")


@tried(40)
@given(body=st.binary(max_size=200), count=st.integers(0, 2**32 - 1))
def test_a_binary_stl_is_read_or_refused_in_a_sentence(body: bytes, count: int) -> None:
    assert verdict({"m.stl": bytes(80) + count.to_bytes(4, "little") + body}).endswith(".")


SOUND = box()
SOUND.bytes()
PLACES = st.lists(st.integers(0, 9), min_size=1, max_size=6)


def put(document: dict[str, Any], steps: list[int], value: Any) -> None:
    """Put a value somewhere into a document: `steps` choose at each branch."""
    here: Any = document
    for step in steps:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = keys[step % len(keys)]
        if not (isinstance(here[key], dict | list) and here[key]) or step == steps[-1]:
            here[key] = value
            return
        here = here[key]


GLTF_KEYS = st.sampled_from(
    ["mesh", "children", "uri", "byteLength", "count", "type", "extensions", "matrix", "KHR_draco_mesh_compression"]
) | WORDS  # fmt: skip


@tried(80)
@given(changes=st.lists(st.tuples(PLACES, json_values(GLTF_KEYS)), min_size=1, max_size=3))
def test_a_glb_with_any_json_in_any_place_is_read_or_refused(changes: list[tuple[list[int], Any]]) -> None:
    document = copy.deepcopy(SOUND.document)
    for steps, value in changes:
        put(document, steps, value)

    assert verdict({"m.glb": packed(document, SOUND.binary)}).endswith(".")


@pytest.mark.parametrize("ending", ["glb", "obj", "stl", "fbx", "usdz", "zip", ""])
@tried(10)
@given(body=st.binary(max_size=60), head=st.sampled_from([b"", b"glTF", b"PK\3\4", b"Kaydara FBX Binary", b"solid "]))
def test_noise_under_any_name_is_refused(ending: str, body: bytes, head: bytes) -> None:
    said = verdict({f"m.{ending}" if ending else "m": head + body})

    assert said.endswith(".")


@tried(2)
@given(changes=CHANGES, kind=st.sampled_from(["obj", "stl"]))
def test_the_drawing_process_answers_whatever_it_is_given(changes: list[Any], kind: str) -> None:
    async def look() -> None:
        limits = Limits(seconds=30, memory_bytes=3 * 2**30, cpu_s=20)
        with TemporaryDirectory() as folder:
            model = Path(folder) / f"m.{kind}"
            model.write_bytes(changed(OBJ if kind == "obj" else STL, changes))
            try:
                said = (await ChildPreviewer(limits).look(model, Path(folder))).problem
            except PreviewFailed as error:
                said = str(error)
        assert said == "" or said.endswith(".")
        assert "broke off" not in said

    asyncio.run(look())
