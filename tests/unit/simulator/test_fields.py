"""Which submissions Rodin takes and which it refuses, and what the fields mean. Checklist 2 and 10."""

from typing import Any

import pytest

from adapters.rodin.simulator.fields import parse_like_javascript
from adapters.rodin.simulator.refusals import ArrayNotJson
from tests.unit.simulator.conftest import OpenStand
from tests.unit.simulator.stand import Stand, form, picture

WRONG: list[dict[str, Any]] = [
    {"tier": "gen-2.5-medium"},
    {"tier": "Gen-2.5-ExtremeHigh"},
    {"tier": ""},
    {"geometry_file_format": "gltf"},
    {"geometry_file_format": "GLB"},
    {"mesh_mode": "raw"},
    {"quality": "ultra"},
    {"quality_override": "499"},
    {"quality_override": "1000001"},
    {"quality_override": "5e3"},
    {"quality_override": "20000.0"},
    {"quality_override": "9" * 5000},
    {"material": "pbr"},
    {"seed": "-1"},
    {"seed": "65536"},
    {"seed": "1.5"},
    {"seed": "\u0661"},
    {"TAPose": "yes"},
    {"TAPose": "1"},
    {"use_original_alpha": "on"},
    {"preview_render": ""},
    {"mesh_simplify": "maybe"},
    {"mesh_smooth": "maybe"},
    {"use_hyper": "maybe"},
    {"hd_texture": "maybe"},
    {"uhd_texture": "maybe"},
    {"texture_delight": "maybe"},
    {"quad_normal": "maybe"},
    {"soft": "maybe"},
    {"is_micro": "maybe"},
    {"detail_level": "high"},
    {"detail_level": "nan"},
    {"condition_mode": "both"},
    {"texture_mode": "ultra"},
    {"geometry_instruct_mode": "free"},
    {"is_symmetric": "true"},
    {"image_label": '["X"]'},
    {"image_label": '"F"'},
    {"image_label": "[1]"},
    {"image_label": "[[]]"},
    {"bbox_condition": "[1,2]"},
    {"bbox_condition": "[1,2,3,4]"},
    {"bbox_condition": "[0,1,1]"},
    {"bbox_condition": "[1,1,2049]"},
    {"bbox_condition": "[1.5,1,1]"},
    {"bbox_condition": "[true,1,1]"},
    {"bbox_condition": '["1","1","1"]'},
    {"bbox_condition": "100"},
    {"addons": '["highpack"]'},
    {"addons": '"HighPack"'},
    {"addons": "{}"},
    {"addons": "9" * 5_000},
]


@pytest.mark.parametrize("fields", WRONG, ids=lambda fields: "=".join(*fields.items())[:40])
async def test_a_value_out_of_its_range_is_refused_by_its_name(stand: Stand, fields: dict[str, Any]):
    answer = await stand.submit(**fields)

    assert (answer.status, answer.json["error"]) == (201, "INVALID_REQUEST")
    assert answer.json["message"].startswith(f"{next(iter(fields))}:")
    assert (await stand.balance())["balance"] == 208


@pytest.mark.parametrize(
    "fields",
    [
        {"TAPose": True, "soft": False, "preview_render": "TRUE"},
        {"detail_level": "0.5"},
        {"image_label": '["F"]', "images": [picture()]},
        {"image_label": '["F"]', "images": [picture(), picture()]},
        {"bbox_condition": "[100,320,100]"},
        {"bbox_condition": " [ 1, 2048, 3 ] "},
        {"addons": '["HighPack"]', "image_label": "[]"},
        {"tier": "Gen-2.5-High", "material": "Hybrid", "texture_mode": "extreme-high", "is_symmetric": "balanced"},
    ],
    ids=["switches", "number", "label", "fewer-labels", "bbox", "bbox-spaces", "addons", "gen-2.5"],
)
async def test_values_within_their_ranges_are_accepted(stand: Stand, fields: dict[str, Any]):
    answer = await stand.submit(**fields)

    assert answer.json["uuid"]


@pytest.mark.parametrize(
    ("tier", "mode", "low", "high"),
    [
        ("Regular", "Raw", 2_000, 200_000),
        ("Detail", "Quad", 2_000, 200_000),
        ("Gen-2", "Raw", 500, 1_000_000),
        ("Gen-2", "Quad", 1_000, 200_000),
        ("Gen-2.5-Medium", "Raw", 500, 1_000_000),
        ("Gen-2.5-High", "Raw", 500, 2_000_000),
        ("Gen-2.5-Extreme-High", "Raw", 500, 2_000_000),
        ("Gen-2.5-Low", "Quad", 500, 200_000),
    ],
)
async def test_face_counts_are_taken_within_the_range_of_tier_and_mesh_mode(
    open_stand: OpenStand, tier: str, mode: str, low: int, high: int
):
    stand = await open_stand(parallel=9)
    for count, error in [(low - 1, "INVALID_REQUEST"), (low, None), (high, None), (high + 1, "INVALID_REQUEST")]:
        answer = await stand.submit(tier=tier, mesh_mode=mode, quality_override=count)

        assert answer.json.get("error") == error, count


async def test_hybrid_belongs_to_gen_2_5(stand: Stand):
    answer = await stand.submit(tier="Gen-2", material="Hybrid")

    assert answer.json["message"].startswith("material:")


@pytest.mark.parametrize("prompt", [None, "", "   "])
async def test_a_prompt_is_required_without_pictures(stand: Stand, prompt: str | None):
    answer = await stand.submit(prompt=prompt)

    assert answer.json["error"] == "INVALID_REQUEST"
    assert answer.json["message"].startswith("prompt:")


async def test_a_prompt_is_written_from_pictures_when_there_is_none(stand: Stand):
    body = await stand.accepted(prompt=None, images=[picture(), picture()])

    assert body["prompt"] == "an object seen in 2 pictures"


async def test_a_prompt_of_2500_characters_is_the_longest(stand: Stand):
    assert (await stand.submit(prompt="é" * 2_500)).json["uuid"]
    assert (await stand.submit(prompt="é" * 2_501)).json["message"].startswith("prompt:")


@pytest.mark.parametrize("prompt", ["a Naked man", "bare-chested warrior", "so much gore"])
async def test_moderation_refuses_words_and_charges_nothing(stand: Stand, prompt: str):
    answer = await stand.submit(prompt=prompt)

    assert (answer.status, answer.json["error"]) == (201, "IMAGE_CONTENT_VIOLATION")
    assert (await stand.balance())["balance"] == 208


async def test_moderation_lets_words_that_only_look_alike_through(stand: Stand):
    assert (await stand.submit(prompt="a noodle bowl for Al Gorey, unclothed mannequin")).json["uuid"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image_label", "?"),
        ("image_label", "F,B"),
        ("image_label", '["F"'),
        ("image_label", ""),
        ("image_label", "['F']"),
        ("image_label", ["F", "B"]),
        ("bbox_condition", "100,320,100"),
        ("bbox_condition", ["100", "320", "100"]),
        ("bbox_condition", "[NaN,1,1]"),
        ("addons", "HighPack"),
        ("addons", ["HighPack", "HighPack"]),
        ("addons", "[" * 5_000),
        ("addons", "9" * 5_000 + "x"),
    ],
)
async def test_an_array_that_is_no_json_text_makes_the_server_fall_over(stand: Stand, field: str, value: Any):
    answer = await stand.submit(**{field: value})

    assert answer.status == 500
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.body.startswith(b"SyntaxError: ")
    assert answer.body.endswith(b" is not valid JSON")
    assert (await stand.ledger())["tasks"] == []


def test_a_syntax_error_reads_as_v8_writes_it():
    with pytest.raises(ArrayNotJson) as caught:
        parse_like_javascript("?")

    assert str(caught.value) == "SyntaxError: Unexpected token '?', \"?\" is not valid JSON"


async def test_more_labels_than_pictures_are_their_own_error(stand: Stand):
    answer = await stand.submit(images=[picture()], image_label='["F","B"]')

    assert answer.json["error"] == "IMAGE_LABEL_LENGTH_TOO_LONG"


async def test_labels_need_pictures(stand: Stand):
    answer = await stand.submit(image_label='["F"]')

    assert answer.json["error"] == "IMAGE_LABEL_LENGTH_TOO_LONG"


async def test_a_field_given_twice_is_refused(stand: Stand):
    answer = await stand.submit(tier=["Sketch", "Regular"])

    assert answer.json["message"] == "tier: must be given once"


async def test_a_file_where_text_belongs_is_refused(stand: Stand):
    for field in ("prompt", "addons"):
        answer = await stand.submit(**{field: picture()})

        assert answer.json["message"] == f"{field}: must be text, not a file"


async def test_fields_that_rodin_does_not_know_are_ignored_and_counted(stand: Stand):
    await stand.accepted(ta_pose="true", height="12", image=picture(), tier="Gen-2.5-Low")

    assert (await stand.ledger())["unknown_fields"] == {"height": 1, "image": 1, "ta_pose": 1}


async def test_fields_that_mean_nothing_to_a_tier_are_counted_as_ignored(stand: Stand):
    await stand.accepted(tier="Sketch", texture_mode="low", quality_override="7", condition_mode="fuse")

    assert (await stand.ledger())["ignored_fields"] == {"quality_override": 1, "texture_mode": 1}


async def _made(stand: Stand, **fields: Any) -> Any:
    await stand.accepted(**fields)
    await stand.models_made()
    return stand.maker.built[-1]


async def test_without_a_tier_the_old_regular_is_made_and_paid(stand: Stand):
    spec = await _made(stand, tier=None)

    task = (await stand.ledger())["tasks"][0]
    assert (task["tier"], task["amount"], spec.mesh_mode, spec.faces) == ("Regular", 0.5, "Quad", 18_000)
    assert (await stand.balance(query="?usage_page=1"))["usage"][0]["item"] == "Rodin Regular"


async def test_sketch_forces_its_own_values(stand: Stand):
    spec = await _made(
        stand,
        tier="Sketch",
        geometry_file_format="fbx",
        mesh_mode="Quad",
        quality="high",
        quality_override="7",
        material="Shaded",
        addons='["HighPack"]',
    )

    assert (spec.file_format, spec.mesh_mode, spec.faces, spec.material) == ("glb", "Raw", 18_000, "PBR")
    assert spec.texture_px == 1024
    assert (await stand.ledger())["tasks"][0]["amount"] == 0.5


async def test_gen_1_with_raw_is_medium_without_high_pack(stand: Stand):
    spec = await _made(stand, tier="Smooth", mesh_mode="Raw", quality="high", addons='["HighPack"]')

    assert (spec.faces, spec.texture_px) == (18_000, 1024)
    assert (await stand.ledger())["tasks"][0]["amount"] == 0.5


@pytest.mark.parametrize(
    ("fields", "faces"),
    [
        ({"tier": "Gen-2", "mesh_mode": "Raw"}, 500_000),
        ({"tier": "Gen-2"}, 18_000),
        ({"tier": "Gen-2.5-Low"}, 500_000),
        ({"tier": "Gen-2.5-Low", "quality": "extra-low"}, 20_000),
        ({"tier": "Gen-2.5-Low", "mesh_mode": "Quad", "quality": "low"}, 8_000),
        ({"tier": "Gen-2.5-Low", "quality": "high", "quality_override": "1234"}, 1_234),
    ],
)
async def test_quality_presets_and_overrides_decide_the_faces(stand: Stand, fields: dict[str, str], faces: int):
    assert (await _made(stand, **fields)).faces == faces


@pytest.mark.parametrize(
    ("fields", "px"),
    [
        ({"quality_override": "5000"}, 512),
        ({"quality_override": "5001"}, 1024),
        ({"quality_override": "100001"}, 2048),
        ({"quality_override": "5000", "uhd_texture": "true"}, 4096),
        ({"quality_override": "5000", "addons": '["HighPack"]'}, 4096),
        ({"quality_override": "5000", "texture_mode": "extreme-high"}, 4096),
    ],
)
async def test_texture_size_follows_faces_and_extras(stand: Stand, fields: dict[str, str], px: int):
    assert (await _made(stand, **fields)).texture_px == px


async def test_the_other_choices_reach_the_model(stand: Stand):
    spec = await _made(
        stand,
        tier="Gen-2.5-Extreme-High",
        seed="65535",
        geometry_file_format="obj",
        material="All",
        bbox_condition="[1,2,3]",
        preview_render="true",
        use_original_alpha="true",
        images=[picture()],
    )

    assert (spec.seed, spec.file_format, spec.material, spec.bbox) == (65_535, "obj", "All", (1, 2, 3))
    assert spec.preview_render
    assert spec.keep_alpha
    assert spec.high_poly


async def test_without_a_seed_each_model_is_another(stand: Stand):
    seeds = {(await _made(stand)).seed for _ in range(3)}

    assert len(seeds) == 3


async def test_a_body_without_end_is_cut_off(stand: Stand, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.rodin.simulator.forms.BODY_BYTES", 100_000)

    for data in (form(images=[bytes(200_000)]), b"prompt=" + b"a" * 200_000):
        headers = {} if not isinstance(data, bytes) else {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await stand.call(
            "POST", f"{stand.simulator.url}/rodin", headers={**stand.auth(), **headers}, data=data
        )

        assert answer.status == 413
