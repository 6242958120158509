"""What a file name means to a browser."""

from __future__ import annotations

import pytest
from aiohttp.multipart import parse_content_disposition
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.names import disposition, media_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("base_basic_pbr.glb", "model/gltf-binary"),
        ("BASE.GLB", "model/gltf-binary"),
        ("a.usdz", "model/vnd.usdz+zip"),
        ("a.obj", "text/plain; charset=utf-8"),
        ("a.mtl", "text/plain; charset=utf-8"),
        ("a.stl", "model/stl"),
        ("a.fbx", "application/octet-stream"),
        ("a.png", "image/png"),
        ("a.jpg", "image/jpeg"),
        ("a.jpeg", "image/jpeg"),
        ("a.webp", "image/webp"),
        ("a.gif", "image/gif"),
        ("page.html", "application/octet-stream"),
        ("drawing.svg", "application/octet-stream"),
        ("script.js", "application/octet-stream"),
        ("a.glb.exe", "application/octet-stream"),
        (".glb", "application/octet-stream"),
        ("glb", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_the_type_comes_from_our_own_table_and_nothing_in_it_can_act(name: str, expected: str) -> None:
    assert media_type(name) == expected


def test_a_plain_name_stands_twice() -> None:
    expected = "attachment; filename=\"red tea.glb\"; filename*=UTF-8''red%20tea.glb"

    assert disposition("attachment", "red tea.glb") == expected


def test_a_name_in_another_script_keeps_its_letters_and_has_a_plain_stand_in() -> None:
    found = disposition("inline", "käse 茶.glb")

    assert found == "inline; filename=\"ka_se _.glb\"; filename*=UTF-8''k%C3%A4se%20%E8%8C%B6.glb"


@given(st.text())
def test_no_name_leaves_its_quotes_or_its_line(name: str) -> None:
    found = disposition("attachment", name)

    assert found.isascii()
    assert found.isprintable()
    kind, parts = parse_content_disposition(found)
    assert (kind, set(parts)) == ("attachment", {"filename", "filename*"})
    assert parts["filename*"] == name.encode("utf-8", "replace").decode()
