"""Requests as form fields: every documented field, in Rodin's own spelling and encoding."""

from __future__ import annotations

from dataclasses import fields as fields_of
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.rodin.fields import bang_fields, image_part, model_part, picture_parts, request_fields, texture_fields
from bot.model import BangRequest, Request, TextureRequest
from tests.factories import a_picture, a_request

PNG = b"\x89PNG\r\n\x1a\nrest"

FULL = a_request(
    pictures=(a_picture(), a_picture(name="2.jpg", media_type="image/jpeg")),
    ta_pose=True,
    preview_render=True,
    use_original_alpha=True,
    addons=("HighPack",),
    bbox_condition=(100, 320, 100),
    image_label=("F", "?"),
    condition_mode="concat",
    mesh_simplify=True,
    mesh_smooth=False,
    hd_texture=True,
    uhd_texture=False,
    texture_delight=True,
    texture_mode="high",
    geometry_instruct_mode="faithful",
    is_symmetric="symmetric",
    quad_normal=True,
    soft=False,
    detail_level=0.5,
    is_micro=True,
)


def test_a_request_from_words_is_said_completely_and_nothing_else() -> None:
    assert request_fields(a_request()) == (
        ("prompt", "a small brass owl"),
        ("tier", "Gen-2.5-Medium"),
        ("geometry_file_format", "glb"),
        ("mesh_mode", "Raw"),
        ("quality", "medium"),
        ("quality_override", "150000"),
        ("material", "PBR"),
        ("seed", "7"),
        ("TAPose", "false"),
        ("preview_render", "false"),
    )


def test_every_field_goes_out_in_rodins_spelling() -> None:
    assert dict(request_fields(FULL)) == {
        "prompt": "a small brass owl",
        "tier": "Gen-2.5-Medium",
        "geometry_file_format": "glb",
        "mesh_mode": "Raw",
        "quality": "medium",
        "quality_override": "150000",
        "material": "PBR",
        "seed": "7",
        "TAPose": "true",
        "preview_render": "true",
        "use_original_alpha": "true",
        "addons": '["HighPack"]',
        "bbox_condition": "[100,320,100]",
        "image_label": '["F","?"]',
        "condition_mode": "concat",
        "mesh_simplify": "true",
        "mesh_smooth": "false",
        "hd_texture": "true",
        "uhd_texture": "false",
        "texture_delight": "true",
        "texture_mode": "high",
        "geometry_instruct_mode": "faithful",
        "is_symmetric": "symmetric",
        "quad_normal": "true",
        "soft": "false",
        "detail_level": "0.5",
        "is_micro": "true",
    }


def test_no_field_of_a_request_is_forgotten() -> None:
    names = {field.name for field in fields_of(Request)} - {"pictures", "preset"}

    sent = {name for name, _ in request_fields(FULL)}

    assert sent == (names - {"ta_pose"}) | {"TAPose"}


def test_an_array_is_one_field_and_an_empty_one_is_none() -> None:
    names = [name for name, _ in request_fields(FULL)]

    assert len(names) == len(set(names))
    assert "addons" not in dict(request_fields(a_request(addons=())))


def test_pictures_without_a_prompt_send_no_empty_one() -> None:
    fields = dict(request_fields(a_request(prompt="", pictures=(a_picture(),))))

    assert "prompt" not in fields
    assert fields["use_original_alpha"] == "false"


@settings(deadline=None)
@given(st.floats(min_value=-1e6, max_value=1e6))
def test_a_number_is_decimal_text_that_means_exactly_itself(number: float) -> None:
    text = dict(request_fields(a_request(detail_level=number)))["detail_level"]

    assert float(text) == number
    assert set(text) <= set("-.0123456789")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_not_sent(number: float) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        request_fields(a_request(detail_level=number))


def test_pictures_keep_their_order_names_and_types() -> None:
    parts = picture_parts(FULL, [b"one", b"two"])

    assert [(part.field, part.name, part.media_type, part.content) for part in parts] == [
        ("images", "1.png", "image/png", b"one"),
        ("images", "2.jpg", "image/jpeg", b"two"),
    ]


def test_pictures_that_are_missing_are_not_passed_over() -> None:
    with pytest.raises(ValueError, match="shorter"):
        picture_parts(FULL, [b"one"])


def test_a_texture_request_is_said_completely() -> None:
    request = TextureRequest(model_name="owl.glb", prompt="moss", seed=3, texture_mode="high", hd_texture=True)

    assert texture_fields(request) == (
        ("prompt", "moss"),
        ("seed", "3"),
        ("reference_scale", "1.0"),
        ("geometry_file_format", "glb"),
        ("material", "PBR"),
        ("resolution", "Basic"),
        ("texture_mode", "high"),
        ("hd_texture", "true"),
    )


def test_a_split_of_a_finished_task_names_it() -> None:
    request = BangRequest(asset_id="5f0c", instruction="wings apart", strength=8, material="None")

    assert bang_fields(request) == (
        ("asset_id", "5f0c"),
        ("instruction", "wings apart"),
        ("strength", "8"),
        ("geometry_file_format", "glb"),
        ("material", "None"),
        ("resolution", "Basic"),
    )


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (PNG, "image.png", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image.jpg", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPrest", "image.webp", "image/webp"),
    ],
)
def test_an_image_is_named_after_its_bytes(data: bytes, name: str, media_type: str) -> None:
    part = image_part(data)

    assert (part.field, part.name, part.media_type) == ("image", name, media_type)


def test_an_image_that_is_none_is_not_sent() -> None:
    with pytest.raises(ValueError, match="PNG, JPEG or WebP"):
        image_part(b"GIF89a")


def test_a_model_is_named_as_asked_and_typed_by_its_extension() -> None:
    assert model_part("owl.GLB", Path("x")).media_type == "model/gltf-binary"
    assert model_part("owl.fbx", Path("x")).media_type == "application/octet-stream"
    assert model_part("owl.fbx", Path("x")).name == "owl.fbx"
