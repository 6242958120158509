"""Presets: what they ask for, that it fits into a chat, and that what people choose besides wins."""

from decimal import Decimal

import pytest

from bot.catalog import OPTIONS_BY_NAME, PRESETS, notes, price, resolve
from bot.errors import BadRequest
from bot.model import Request
from bot.presets import CHAT_FILE_BYTES, GLB_BYTES_PER_TRIANGLE, GLB_TEXTURE_BYTES, STL_BYTES_PER_TRIANGLE


def preset(name: str, **options: str | int | bool) -> Request:
    return resolve("a knight", {"preset": name, **options}, pictures=0, seed=5)


def test_the_six_presets_are_there():
    assert list(PRESETS) == ["draft", "standard", "detailed", "print", "game", "hero"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_makes_exactly_the_request_that_it_promises(name):
    request = preset(name)

    assert request.preset == name
    for option, value in PRESETS[name].values.items():
        assert getattr(request, OPTIONS_BY_NAME[option].field) == value
    assert set(PRESETS[name].offers) <= set(OPTIONS_BY_NAME)
    assert len(PRESETS[name].summary) <= 100


@pytest.mark.parametrize("name", ["draft", "standard", "detailed"])
def test_a_glb_of_a_chat_preset_fits_into_the_chat(name):
    request = preset(name)

    size = request.quality_override * GLB_BYTES_PER_TRIANGLE + GLB_TEXTURE_BYTES
    assert request.geometry_file_format == "glb"
    assert size <= CHAT_FILE_BYTES


def test_a_print_fits_into_the_chat():
    request = preset("print")

    assert (request.geometry_file_format, request.material) == ("stl", "None")
    assert 84 + request.quality_override * STL_BYTES_PER_TRIANGLE <= CHAT_FILE_BYTES


def test_a_game_model_comes_as_quads_that_its_format_can_hold():
    request = preset("game")

    assert (request.geometry_file_format, request.mesh_mode, request.quality_override) == ("fbx", "Quad", 10_000)
    assert notes(request) == ()
    assert "pose" in PRESETS["game"].offers


def test_only_hero_costs_more():
    assert {name: price(preset(name)) for name in PRESETS if price(preset(name)) != Decimal("0.5")} == {
        "hero": Decimal("1.0")
    }


def test_what_is_chosen_besides_wins():
    request = preset("hero", tier="medium", faces="10k", format="obj", material="shaded")

    assert (request.tier, request.quality_override) == ("Gen-2.5-Medium", 10_000)
    assert (request.geometry_file_format, request.material) == ("obj", "Shaded")


def test_values_of_a_preset_that_a_chosen_tier_does_not_know_are_left_out():
    request = preset("game", tier="gen-2")

    assert (request.texture_mode, request.texture_delight) == (None, None)
    assert (request.mesh_mode, request.quality_override) == ("Quad", 10_000)


def test_a_presets_face_count_is_brought_into_the_range_of_a_chosen_tier():
    assert preset("hero", tier="regular").quality_override == 200_000
    assert preset("draft", tier="high").quality_override == 20_000


def test_a_presets_face_count_does_not_outlive_its_mesh():
    assert preset("hero", mesh="quad").quality_override == 50_000


def test_a_chosen_quality_wins_over_a_presets_faces():
    assert preset("hero", quality="low").quality_override == 60_000


def test_a_bare_model_has_no_texture_settings_of_its_preset():
    assert preset("game", material="none").texture_delight is False


def test_a_presets_format_that_a_chosen_tier_cannot_make_is_a_problem_in_words():
    with pytest.raises(BadRequest) as caught:
        preset("print", tier="sketch")

    assert "not stl (which the preset print asks for)" in str(caught.value)


def test_textures_asked_for_beside_a_print_are_refused():
    with pytest.raises(BadRequest, match="holds no textures"):
        preset("print", highpack="yes")
