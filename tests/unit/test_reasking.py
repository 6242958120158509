"""The next version starts from what the earlier one was asked with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from bot.catalog import FORMATS, OPTIONS, PRESETS, TIERS, OptionKind, price, resolve
from bot.errors import BadRequest
from bot.model import Request
from bot.reasking import better_request, draft_options, in_format, next_options, options_of
from bot.tiers import BETTER
from tests.factories import a_picture

NUMBERS = {"faces": [2_000, 60_000, 10_000, 500_000], "seed": [7], "detail": [1.5], "bbox": ["100x320x100"]}


def wish(prompt: str = "a chair", pictures: int = 0, **options: Any) -> Request:
    request = resolve(prompt, options, pictures=pictures, seed=5)
    return replace(request, pictures=(a_picture(),) * pictures)


def values(name: str, kind: OptionKind, choices: tuple[str, ...]) -> list[Any]:
    if kind is OptionKind.SWITCH:
        return [True, False]
    return NUMBERS.get(name) or list(choices)


@st.composite
def sound_requests(draw: st.DrawFn) -> Request:
    """Draw what a few options make, of those that go together."""
    names = st.sampled_from([option.name for option in OPTIONS if option.name != "seed"])
    chosen, pictures = draw(st.lists(names, unique=True, max_size=4)), draw(st.integers(0, 3))
    kinds = {option.name: option for option in OPTIONS}
    typed = {}
    for name in chosen:
        option = kinds[name]
        if name == "labels":
            typed[name] = ",".join(["F", "B", "L"][:pictures])
        else:
            typed[name] = draw(st.sampled_from(values(name, option.kind, (*option.choices, *option.rare))))
    try:
        return wish(pictures=pictures, **typed)
    except BadRequest:
        reject()


many = settings(suppress_health_check=[HealthCheck.filter_too_much], max_examples=200, deadline=None)


@many
@given(sound_requests())
def test_a_request_is_made_again_by_its_options(request_: Request) -> None:
    assert wish(pictures=len(request_.pictures), **options_of(request_)) == request_


@many
@given(sound_requests())
def test_a_request_is_made_again_by_its_draft(request_: Request) -> None:
    assert wish(pictures=len(request_.pictures), **draft_options(request_)) == request_


@many
@given(sound_requests(), st.sampled_from(FORMATS))
def test_whatever_was_asked_comes_better_and_in_another_format(request_: Request, file_format: str) -> None:
    better = better_request(request_)

    assert (better is None) is (request_.tier not in BETTER)
    if file_format in TIERS[request_.tier].formats:
        assert in_format(request_, file_format).geometry_file_format == file_format


@pytest.mark.parametrize("preset", ["draft", "standard", "detailed", "print", "game", "hero"])
def test_a_preset_is_kept_with_what_was_changed_in_it(preset: str) -> None:
    request = wish(preset=preset, symmetry="symmetric")

    assert wish(**next_options(request, {}, same_pictures=True)) == request


def test_a_new_choice_wins_over_the_earlier_one() -> None:
    request = wish(tier="high", faces="90k", material="Shaded")

    later = wish(**next_options(request, {"polys": "30k"}, same_pictures=True))

    assert later == replace(request, quality_override=30_000, quality=later.quality)


@pytest.mark.parametrize("word", ["tier", "model", "preset"])
def test_another_tier_or_preset_brings_its_own_values(word: str) -> None:
    request = wish(tier="high", faces="90k", material="Shaded")
    value = "game" if word == "preset" else "sketch"

    assert next_options(request, {word: value}, same_pictures=True) == {word: value}


def test_what_loses_its_sense_goes() -> None:
    fine = wish(tier="high", faces="90k", texture="high", delight=True)

    quads = wish(**next_options(fine, {"mesh": "quad"}, same_pictures=True))
    bare = wish(**next_options(fine, {"material": "None"}, same_pictures=True))
    printed = wish(**next_options(fine, {"format": "stl"}, same_pictures=True))

    assert quads.mesh_mode == "Quad"
    assert quads.quality_override != 90_000
    assert (bare.material, printed.material) == ("None", "None")


def test_labels_and_mode_belong_to_their_pictures() -> None:
    request = wish(pictures=2, labels="F,B", mode="faithful")

    assert wish(pictures=1, **next_options(request, {}, same_pictures=False)).image_label == ()
    assert wish(pictures=2, **next_options(request, {}, same_pictures=True)).image_label == ("F", "B")


def test_an_unknown_option_is_left_for_the_catalogue_to_refuse() -> None:
    with pytest.raises(BadRequest, match='no option "colour"'):
        wish(**next_options(wish(), {"colour": "red"}, same_pictures=True))


CHOSEN: list[dict[str, Any]] = [
    *({"preset": name} for name in PRESETS),
    *({"tier": name} for name in TIERS),
    *({"tier": name, "material": "None"} for name in TIERS),
    {"tier": "high", "texture": "low", "mode": "faithful", "soft": "yes", "pose": "yes", "highpack": "yes"},
    {"preset": "print", "tier": "xhigh"},
    {"preset": "game", "delight": "no", "material": "None"},
    {"tier": "regular", "mesh": "raw", "simplify": "no", "faces": "9k", "bbox": "1x2x3"},
    {"tier": "gen-2", "mesh": "raw", "hd": "yes", "format": "usdz"},
    {"tier": "medium", "format": "stl", "material": "pbr", "detail": "1.5", "render": "yes"},
]


def asked_with(options: dict[str, Any], pictures: int) -> Request:
    request = resolve("a cat", options, pictures=pictures, seed=5)
    return replace(request, pictures=tuple(a_picture(key=f"p/{number}.png") for number in range(pictures)))


@pytest.mark.parametrize("pictures", [0, 1, 3])
@pytest.mark.parametrize("options", CHOSEN, ids=str)
def test_a_draft_makes_the_same_request_again(options: dict[str, Any], pictures: int) -> None:
    request = asked_with(options, pictures)

    draft = draft_options(request)

    again = resolve("a cat", draft, pictures=pictures, default_tier="Sketch", default_format="glb", seed=5)
    assert replace(again, pictures=request.pictures) == request
    assert all(isinstance(value, str) for value in draft.values())
    assert "tier" in draft or "preset" in draft


@pytest.mark.parametrize("pictures", [0, 1, 3])
@pytest.mark.parametrize("options", CHOSEN, ids=str)
def test_a_better_one_is_sound_and_keeps_words_pictures_seed_format_and_mesh(
    options: dict[str, Any], pictures: int
) -> None:
    request = asked_with(options, pictures)

    better = better_request(request)

    if better is None:
        assert request.tier == "Gen-2.5-Extreme-High"
        return
    assert better.tier == BETTER[request.tier]
    assert (better.prompt, better.pictures, better.seed) == (request.prompt, request.pictures, request.seed)
    assert (better.geometry_file_format, better.material) == (request.geometry_file_format, request.material)
    assert better.mesh_mode == request.mesh_mode or request.tier == "Sketch"
    assert better.preset is None
    assert price(better) >= price(request)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("options", CHOSEN, ids=str)
def test_another_format_changes_textures_only_around_an_stl(options: dict[str, Any], file_format: str) -> None:
    request = asked_with(options, 1)
    if file_format not in TIERS[request.tier].formats:
        with pytest.raises(BadRequest, match="only makes"):
            in_format(request, file_format)
        return

    other = in_format(request, file_format)

    if "stl" not in {file_format, request.geometry_file_format}:
        assert other == replace(request, geometry_file_format=file_format)
    assert (other.geometry_file_format, other.seed, other.tier) == (file_format, request.seed, request.tier)
    assert other.quality_override == request.quality_override


def test_every_tier_climbs_to_the_finest_one() -> None:
    for tier in TIERS:
        steps = [tier]
        while steps[-1] in BETTER:
            steps.append(BETTER[steps[-1]])
            assert len(steps) < len(TIERS)
        assert steps[-1] == "Gen-2.5-Extreme-High"
