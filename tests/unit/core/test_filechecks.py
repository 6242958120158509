"""Files are what their bytes say, not what their names say."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FileBroken, FileRefused
from bot.filechecks import CHECKS, MARKUP, Sample, check_file
from tests.fakes.generator import bytes_of
from tests.unit.simulator_models.making import made

LIMIT = 10**9

GLB = bytes_of("base.glb")
PNG = bytes_of("a.png")
HTML = b"<!DOCTYPE html><html><body>Not found</body></html>"
S3_ERROR = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>'


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("model.usda", "#usda 1.0" * 100)
    return buffer.getvalue()


def check(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    check_file(path, limit_bytes=LIMIT)


@pytest.mark.parametrize("kind", ["glb", "obj", "stl", "usdz", "fbx"])
def test_every_file_of_the_simulator_is_what_its_name_says(kind: str, tmp_path: Path) -> None:
    files = made(tmp_path, faces=300, texture_px=32, file_format=kind)

    assert any(name.endswith(kind) for name in files)
    for path in files.values():
        check_file(path, limit_bytes=LIMIT)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("base.glb", HTML),
        ("base.glb", S3_ERROR),
        ("base.glb", b""),
        ("base.glb", b"gl"),
        ("base.glb", GLB[:-1]),
        ("base.glb", GLB + b"more"),
        ("base.glb", b"glTF" + struct.pack("<II", 1, len(GLB)) + GLB[12:]),
        ("base.glb", zipped()),
        ("base.glb", PNG),
        ("base.usdz", GLB),
        ("base.usdz", zipped()[:-30]),
        ("base.usdz", b"PK\x03\x04"),
        ("base.stl", b"\0" * 84 + b"\x01" * 49),
        ("base.stl", b"solid owl\nfacet normal 0 0 1\n"),
        ("base.stl", b"solid" + b"\0" * 200),
        ("base.fbx", b"Kaydara"),
        ("base.obj", b"v 0 0 0\n\0"),
        ("base.obj", b'{"error": "EXPIRED"}'),
        ("base.mtl", b"\xef\xbb\xbf  \n<html>"),
        ("a.png", b"not a picture at all"),
        ("a.png", PNG[:-8]),
        ("a.jpg", PNG),
        ("A.JPEG", b"\xff\xd8"),
        ("render.jpg", bytes_of("render.jpg")[:-2]),
        ("a.webp", PNG),
        ("a.webp", bytes_of("long-name.webp")[:-3]),
        ("a.gif", b"GIF88a"),
        ("readme.txt", HTML),
        ("readme.txt", b"<!-- hello --> <!-- again -->\n<HTML>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("no-extension", b"<script>alert(1)</script>"),
    ],
)
def test_what_is_something_else_or_cut_off_is_refused(name: str, data: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileBroken, match=name):
        check(tmp_path, name, data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("base.glb", GLB),
        ("base.GLB", GLB),
        ("base.usdz", zipped()),
        ("base.stl", b"\0" * 80 + struct.pack("<I", 2) + b"\x01" * 100),
        ("base.stl", b"solid" + b" " * 75 + struct.pack("<I", 1) + b"\0" * 50),  # binary, though it begins like text
        ("base.stl", b"solid owl\nfacet normal 0 0 1\nendfacet\nendsolid owl\n"),
        ("base.fbx", b"; FBX 7.4.0 project file"),
        ("base.obj", b"# a comment\nv 0 0 0\n"),
        ("a.png", PNG),
        ("a.gif", b"GIF89a..."),
        ("readme.txt", b"anything < at all"),
        ("scene.xml", b'<?xml version="1.0"?><scene/>'),
        ("model.bin", b"\0\x01\x02"),
    ],
)
def test_what_is_right_passes(name: str, data: bytes, tmp_path: Path) -> None:
    check(tmp_path, name, data)


def test_a_file_beyond_the_limit_is_refused_for_good(tmp_path: Path) -> None:
    (tmp_path / "base.glb").write_bytes(GLB)

    with pytest.raises(FileRefused, match="limit"):
        check_file(tmp_path / "base.glb", limit_bytes=len(GLB) - 1)


@given(data=st.binary(max_size=300))
def test_any_bytes_are_judged_without_a_crash(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / "any.bin"
    path.write_bytes(data)
    for judge in CHECKS.values():
        assert judge(Sample(path=path, size_bytes=len(data), head=data, tail=data)) in {True, False}


@given(cut=st.integers(min_value=0, max_value=len(GLB) - 1))
def test_no_beginning_of_a_glb_passes_for_the_whole(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(FileBroken):
        check(tmp_path_factory.getbasetemp(), "cut.glb", GLB[:cut])


def test_a_page_of_comments_is_judged_at_once() -> None:
    began = time.perf_counter()

    assert MARKUP.match(b"<!---->" * 580 + b"<x") is None

    assert time.perf_counter() - began < 0.5
