"""What may be asked of a finished model: the rules of a new texture and of a split."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from adapters.rodin.client import LARGEST_TEXTURE_MODEL_BYTES
from bot.catalog import SPLIT_CHOICES, TEXTURE_CHOICES, describe, notes, price, typical_duration
from bot.errors import BadRequest
from bot.remakes import LARGEST_TEXTURE_BYTES, Source, read_strength, resolve_split, resolve_texture

OWL = Source(key="tasks/one/base.glb", name="base.glb", subject="an owl", file_format="glb", material="PBR")


def texture(prompt: str = "moss", *, pictures: int = 1, source: Source = OWL, **options: Any) -> Any:
    return resolve_texture(prompt, options, source=source, pictures=pictures, seed=5)


def split(words: str = "", *, source: Source = OWL, **options: Any) -> Any:
    return resolve_split(words, options, source=source, prompt="a brass owl")


def test_a_texture_keeps_the_format_and_says_everything() -> None:
    ask = texture(seed="9", hd="yes", uhd="yes")

    assert (ask.geometry_file_format, ask.material, ask.resolution, ask.hd_texture) == ("glb", "PBR", "High", True)
    assert describe(ask) == "New texture, glb, PBR, 4K, HD, seed 9, after 1 picture"
    assert (price(ask), typical_duration(ask).total_seconds()) == (Decimal("0.5"), 45)


def test_a_texture_of_a_bare_stl_comes_as_glb() -> None:
    ask = texture(source=replace(OWL, file_format="stl", material="None"))

    assert (ask.geometry_file_format, ask.material) == ("glb", "PBR")


def test_a_shaded_model_gets_a_shaded_texture_unless_said_otherwise() -> None:
    shaded = replace(OWL, material="Shaded")

    assert (texture(source=shaded).material, texture(source=shaded, material="pbr").material) == ("Shaded", "PBR")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"prompt": " ", "pictures": 0}, "Say in words or with a picture"),
        ({"pictures": 2}, "after one picture; there are 2"),
        ({"prompt": "x" * 1025}, "1,025 characters"),
        ({"format": "stl"}, "stl file holds no textures"),
        ({"material": "None"}, "PBR or Shaded, not None"),
        ({"material": "Hybrid"}, "PBR or Shaded, not Hybrid"),
        ({"tier": "high"}, "Tier has no effect on a new texture. There are format, material"),
        ({"faces": "9k", "pose": "yes"}, "Faces and pose have no effect on a new texture"),
        ({"seed": "70000"}, "between 0 and 65,535"),
        ({"nonsense": "1"}, 'There is no option "nonsense"'),
    ],
)
def test_a_texture_that_rodin_would_not_make_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        texture(**changes)


def test_all_mistakes_of_a_texture_are_said_at_once() -> None:
    with pytest.raises(BadRequest) as refused:
        texture(pictures=3, format="stl", faces="9k")

    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(("typed", "strength"), [("2", 2), (12, 12), (" 7 ", 7), ("5.0", 5), (3.0, 3)])
def test_strength_is_read_as_typed(typed: Any, strength: int) -> None:
    assert read_strength(typed) == strength


@pytest.mark.parametrize("typed", ["", "1", "13", "-3", "2.5", "many", True, "٣", "9" * 30, "0x3", 1e300])
def test_a_strength_that_is_none_is_refused_in_words(typed: Any) -> None:
    with pytest.raises(BadRequest, match=r"^Strength must be"):
        split(strength=typed)


def test_a_split_keeps_format_and_material_and_says_everything() -> None:
    ask = split("wheels apart", strength="9", source=replace(OWL, file_format="fbx", material="All"))

    assert (ask.geometry_file_format, ask.material, ask.strength, ask.prompt) == ("fbx", "All", 9, "a brass owl")
    assert describe(ask) == "Split into parts with strength 9, fbx, All, as told: wheels apart"
    assert (price(ask), typical_duration(ask).total_seconds()) == (Decimal("0.5"), 60)


def test_a_split_uses_the_usual_strength_and_a_material_that_bang_knows() -> None:
    ask = split(source=replace(OWL, material="Hybrid"))

    assert (ask.strength, ask.material) == (5, "PBR")


def test_a_split_into_stl_is_bare_unless_textures_are_wanted_which_is_said() -> None:
    assert split(format="stl").material == "None"
    assert any("holds no colours" in note for note in notes(split(format="stl", material="pbr")))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"words": "x" * 1025}, "1,025 characters"),
        ({"words": "\x07"}, "control character"),
        ({"tier": "high"}, "Tier has no effect on a split. There are strength, format"),
        ({"seed": 4}, "Seed has no effect on a split"),
    ],
)
def test_a_split_that_rodin_would_not_make_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        split(**changes)


def test_a_smaller_copy_in_place_of_the_model_is_said() -> None:
    reduced = replace(OWL, is_reduced=True)

    assert any("smaller copy gets the texture" in note for note in notes(texture(source=reduced)))
    assert any("smaller copy is" in note for note in notes(split(source=reduced)))
    assert notes(texture()) == notes(split()) == ()


def test_a_picture_of_its_own_is_said() -> None:
    assert any("gets one of this model" in note for note in notes(texture(pictures=0)))


def test_what_is_offered_is_taken() -> None:
    good = {"format": "obj", "material": "PBR", "seed": "1", "hd": "yes", "uhd": "yes", "delight": "yes"}
    assert texture(**{name: good[name] for name in TEXTURE_CHOICES})
    assert split(**{name: {**good, "strength": "4"}[name] for name in SPLIT_CHOICES})


def test_the_limit_of_a_model_is_that_of_the_client() -> None:
    assert LARGEST_TEXTURE_BYTES == LARGEST_TEXTURE_MODEL_BYTES
