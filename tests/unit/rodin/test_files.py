"""Names of result files: safe on every file system, told apart, and the model found among them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathvalidate import validate_filename

from bot.files import LONGEST_NAME, LONGEST_NAME_BYTES, pick_model, role_of, safe_names
from bot.model import FileRole

ODD_TEXT = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="aA.-_/\\ 日conul1é:\u202e\x00", max_size=30),
    st.text(alphabet="日x.", min_size=150, max_size=260),
)


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("base_basic_pbr.glb", "base_basic_pbr.glb"),
        ("pack/glb/base.glb", "base.glb"),
        ("..\\..\\windows\\system.glb", "system.glb"),
        ("../../etc/passwd", "passwd"),
        ("my model (final).glb", "my model (final).glb"),
        (".hidden.png", "hidden.png"),
        (".glb", "file.glb"),
        ("..", "file"),
        ("", "file"),
        ("folder/", "file"),
        ("-rf.glb", "rf.glb"),
        ("CON.glb", "CON_.glb"),
        ("nul", "nul_"),
        ("what?.glb", "what.glb"),
        ("line\nbreak\x00.glb", "linebreak.glb"),
        ("cod\u202ebpj.glb", "codbpj.glb"),
        ("model.glb. ", "model.glb"),
        ("\ud83d.glb", "file.glb"),
    ],
)
def test_a_raw_name_becomes_a_safe_one(raw: str, safe: str) -> None:
    assert safe_names([raw]) == (safe,)


def test_names_that_differ_only_by_case_or_folder_are_numbered_before_the_extension() -> None:
    names = safe_names(["a/base.glb", "b/base.glb", "BASE.GLB", "base-2.glb", "base"])

    assert names == ("base.glb", "base-2.glb", "BASE-3.GLB", "base-2-2.glb", "base")


def test_a_long_name_is_cut_and_keeps_its_extension() -> None:
    latin, japanese = safe_names(["x" * 300 + ".glb", "日" * 300 + ".usdz"])

    assert latin == "x" * (LONGEST_NAME - 4) + ".glb"
    assert japanese.endswith("日.usdz")
    assert len(japanese.encode()) <= LONGEST_NAME_BYTES


def test_two_long_names_that_are_alike_stay_apart_and_short() -> None:
    one, other = safe_names(["x" * 300 + ".glb"] * 2)

    assert one != other
    assert len(other) == LONGEST_NAME
    assert other.endswith("x-2.glb")


@settings(deadline=None)
@given(st.lists(ODD_TEXT, max_size=6))
def test_whatever_comes_in_every_name_is_valid_everywhere_and_unlike_the_others(raw: list[str]) -> None:
    names = safe_names(raw)

    assert len(names) == len(raw) == len({name.casefold() for name in names})
    for name in names:
        validate_filename(name, platform="universal")
        assert name[0] not in ".-"
        assert name[-1] not in ". "
        assert len(name) <= LONGEST_NAME
        assert len(name.encode()) <= LONGEST_NAME_BYTES


@settings(deadline=None)
@given(st.lists(ODD_TEXT, max_size=6))
def test_safe_names_are_left_as_they_are(raw: list[str]) -> None:
    names = safe_names(raw)

    assert safe_names(names) == names


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("base_basic_pbr.glb", FileRole.MODEL),
        ("base.FBX", FileRole.MODEL),
        ("a/b/base.usdz", FileRole.MODEL),
        ("model.obj ", FileRole.MODEL),
        ("base.mtl", FileRole.OTHER),
        ("texture_diffuse.png", FileRole.TEXTURE),
        ("texture_pbr.png", FileRole.TEXTURE),
        ("shaded.jpg", FileRole.TEXTURE),
        ("preview.webp", FileRole.PREVIEW),
        ("render.jpg", FileRole.RENDER),
        ("x/preview/render_basic.jpg", FileRole.RENDER),
        ("notes.txt", FileRole.OTHER),
        ("glb", FileRole.OTHER),
        ("", FileRole.OTHER),
    ],
)
def test_a_files_role_is_told_by_its_name(name: str, role: FileRole) -> None:
    assert role_of(name) is role


PACK = ("preview.webp", "base.glb", "base_basic_shaded.glb", "base_basic_pbr.glb", "texture_diffuse.png")


@pytest.mark.parametrize(
    ("material", "picked"),
    [
        ("PBR", "base_basic_pbr.glb"),
        ("All", "base_basic_pbr.glb"),
        ("Hybrid", "base_basic_pbr.glb"),
        ("Shaded", "base_basic_shaded.glb"),
        ("None", "base.glb"),
    ],
)
def test_the_model_that_fits_the_material_is_picked(material: str, picked: str) -> None:
    assert pick_model(PACK, "glb", material) == PACK.index(picked)


def test_the_only_model_is_picked_whatever_it_is_called() -> None:
    assert pick_model(["preview.webp", "model_xxx.glb"], "glb", "PBR") == 1


def test_a_glb_beside_the_obj_that_was_asked_for_is_not_the_model() -> None:
    names = ["base.glb", "base.mtl", "texture_diffuse.png"]

    assert pick_model(names, "obj", "PBR") is None
    assert pick_model([*names, "sub/Base.OBJ"], "obj", "PBR") == 3


def test_a_second_denser_mesh_is_not_taken_for_the_model() -> None:
    assert pick_model(["high_poly_pbr.glb", "base_basic_pbr.glb"], "glb", "PBR") == 1


def test_there_is_no_model_in_a_listing_that_has_none() -> None:
    assert pick_model([], "glb", "PBR") is None
    assert pick_model(["preview.webp", "texture_pbr.png", "pbr.mtl"], "glb", "PBR") is None
