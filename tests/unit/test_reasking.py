"""The next version starts from what the earlier one was asked with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.catalog import OPTIONS, OptionKind, resolve
from bot.errors import BadRequest
from bot.model import Request
from bot.reasking import next_options, options_of
from tests.factories import a_picture

NUMBERS = {"faces": [2_000, 60_000, 10_000, 500_000], "seed": [7], "detail": [1.5], "bbox": ["100x320x100"]}


def wish(prompt: str = "a chair", pictures: int = 0, **options: Any) -> Request:
    request = resolve(prompt, options, pictures=pictures, seed=5)
    return replace(request, pictures=(a_picture(),) * pictures)


def values(name: str, kind: OptionKind, choices: tuple[str, ...]) -> list[Any]:
    if kind is OptionKind.SWITCH:
        return [True, False]
    return NUMBERS.get(name) or list(choices)


@settings(suppress_health_check=[HealthCheck.filter_too_much], max_examples=200, deadline=None)
@given(
    chosen=st.dictionaries(st.sampled_from([option.name for option in OPTIONS if option.name != "seed"]), st.none()),
    pictures=st.integers(0, 3),
    data=st.data(),
)
def test_a_request_is_made_again_by_its_options(chosen: dict[str, None], pictures: int, data: st.DataObject) -> None:
    kinds = {option.name: option for option in OPTIONS}
    typed = {}
    for name in list(chosen)[:4]:
        option = kinds[name]
        if name == "labels":
            typed[name] = ",".join(["F", "B", "L"][:pictures])
        else:
            typed[name] = data.draw(st.sampled_from(values(name, option.kind, (*option.choices, *option.rare))))
    try:
        request = wish(pictures=pictures, **typed)
    except BadRequest:
        assume(False)

    assert wish(pictures=pictures, **options_of(request)) == request


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
