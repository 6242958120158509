"""What a request costs, how long it takes, and what people are told about it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.catalog import describe, notes, price, resolve, typical_duration
from bot.model import Picture, Request


def wish(prompt: str = "a chair", pictures: int = 0, **options: str | int | float | bool) -> Request:
    return resolve(prompt, options, pictures=pictures, seed=5)


@pytest.mark.parametrize(
    ("options", "total"),
    [
        ({}, "0.5"),
        ({"tier": "sketch"}, "0.5"),
        ({"tier": "xhigh"}, "1.0"),
        ({"texture": "extreme-high"}, "2.5"),
        ({"highpack": "yes"}, "1.5"),
        ({"tier": "xhigh", "texture": "extreme-high", "highpack": "yes"}, "4.0"),
        ({"faces": 1_000_000, "uhd": "yes", "hd": "yes", "mesh": "raw"}, "0.5"),
    ],
)
def test_prices_add_up(options, total):
    assert price(wish(**options)) == Decimal(total)


def test_finer_tiers_take_longer_and_bare_models_less():
    assert typical_duration(wish(tier="sketch")) == timedelta(seconds=20)
    assert typical_duration(wish(tier="low")) < typical_duration(wish(tier="high"))
    assert typical_duration(wish(material="none")) < typical_duration(wish())
    assert typical_duration(wish(highpack="yes")) > typical_duration(wish())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mesh": "quad"}, "glb file cannot hold quads"),
        ({"mesh": "quad", "format": "stl"}, "stl file cannot hold quads"),
        ({"format": "stl", "material": "pbr"}, "holds no colours"),
        ({"tier": "gen-2", "mesh": "raw", "faces": "20k"}, "at least 150,000 triangles"),
        ({"tier": "extreme-low", "format": "usdz"}, "may refuse usdz"),
        ({"tier": "sketch", "material": "shaded"}, "PBR textures all the same"),
        ({"material": "hybrid"}, "does not describe it"),
        ({"hd": "yes"}, "artefacts"),
        ({"uhd": "yes"}, "artefacts"),
        ({"highpack": "yes"}, "up to 1 credit more"),
        ({"tier": "minimum"}, "may refuse it"),
        ({"pose": "yes"}, "no skeleton"),
        ({"detail": 3}, "no range"),
    ],
)
def test_what_people_may_not_expect_is_remarked(options, words):
    (note,) = notes(wish(**options))

    assert words in note


def test_a_plain_request_needs_no_remark():
    assert notes(wish()) == ()
    assert notes(wish(mesh="quad", format="fbx")) == ()


def test_words_beside_pictures_are_remarked():
    picture = Picture(key="k", name="1.jpg", media_type="image/jpeg", width_px=600, height_px=600, size_bytes=9)
    request = Request(**{**_fields(wish(pictures=1)), "pictures": (picture,)})

    assert notes(request) == ("With pictures the words have little weight.",)


def _fields(request: Request) -> dict[str, object]:
    return {name: getattr(request, name) for name in Request.__dataclass_fields__}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"tier": "sketch"}, "Sketch, glb, PBR, seed 5"),
        (
            {"format": "fbx", "mesh": "quad", "material": "none"},
            "Gen-2.5-Medium, fbx, 18,000 quads, no textures, seed 5",
        ),
        (
            {"texture": "extreme-high", "highpack": "y", "pose": "y", "seed": 7},
            "Gen-2.5-Medium, glb, 60,000 triangles, PBR, extreme-high textures, HighPack, T/A pose, seed 7",
        ),
    ],
)
def test_a_request_is_described_in_a_few_words(options, text):
    assert describe(wish(**options)) == text
