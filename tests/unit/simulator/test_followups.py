"""New textures and parts: /rodin_texture_only and /bang. Checklist 1."""

import json
import struct
from typing import Any

import pytest

from tests.unit.simulator.stand import Stand, flat_picture, form, obj_model, picture


def glb_model(triangles: int = 700) -> bytes:
    document = {
        "asset": {"version": "2.0"},
        "accessors": [{"count": triangles * 3}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 0}]}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(text), len(text), 0x4E4F534A) + text


def stl_model(triangles: int = 900) -> bytes:
    return bytes(80) + struct.pack("<I", triangles) + bytes(50 * triangles)


async def _retexture(stand: Stand, **fields: Any) -> Any:
    whole = {"image": picture(), "model": ("cup.obj", obj_model()), **fields}
    return (await stand.api("rodin_texture_only", data=form(**whole))).json


async def _bang(stand: Stand, **fields: Any) -> Any:
    return (await stand.api("bang", data=form(**{"geometry_file_format": "glb", **fields}))).json


async def _made(stand: Stand, body: Any) -> Any:
    assert "uuid" in body, body
    await stand.models_made()
    return stand.maker.built[-1]


async def test_a_retexture_lives_and_is_paid_like_any_task(stand: Stand):
    task = await _retexture(stand, prompt="red clay")
    stand.clock.turn(60)

    assert task["consumed"] == 0.5
    assert set(await stand.statuses(task)) == {"Done"}
    assert "base_basic_pbr.glb" in await stand.listing(task)
    assert (await stand.balance(query="?usage_page=1"))["usage"][0]["item"] == "Generate Texture"


@pytest.mark.parametrize(
    "fields",
    [
        {"image": None},
        {"image": [picture(), picture()]},
        {"image": b"no picture"},
        {"model": None},
        {"model": [("a.obj", obj_model()), ("b.obj", obj_model())]},
        {"model": ("cup.obj", b"hello")},
        {"model": ("cup.txt", obj_model())},
        {"model": ("cup", obj_model())},
        {"model": ("cup.glb", obj_model())},
        {"model": ("cup.glb", b"")},
        {"model": ("cup.obj", obj_model() + bytes(10 * 1024 * 1024))},
        {"seed": "65536"},
        {"reference_scale": "big"},
        {"reference_scale": "-1"},
        {"escore": "11"},
        {"geometry_file_format": "dae"},
        {"material": "All"},
        {"resolution": "4K"},
        {"texture_mode": "ultra"},
        {"hd_texture": "maybe"},
        {"texture_delight": "maybe"},
    ],
    ids=lambda fields: str(fields)[:30],
)
async def test_a_wrong_retexture_is_refused_by_the_fields_name(stand: Stand, fields: dict[str, Any]):
    body = await _retexture(stand, **fields)

    assert body["error"] == "INVALID_REQUEST"
    assert body["message"].startswith(f"{next(iter(fields))}:")


async def test_moderation_looks_at_retextures_too(stand: Stand):
    assert (await _retexture(stand, image=flat_picture()))["error"] == "IMAGE_CONTENT_VIOLATION"
    assert (await _retexture(stand, prompt="naked"))["error"] == "IMAGE_CONTENT_VIOLATION"


@pytest.mark.parametrize(
    ("name", "body", "faces"),
    [
        ("m.glb", glb_model(700), 700),
        ("m.GLB", glb_model(7), 500),
        ("m.stl", stl_model(900), 900),
        ("m.stl", b"solid x\nfacet normal 0 0 1\n", 18_000),
        ("m.obj", obj_model(), 18_000),
        ("m.fbx", b"Kaydara FBX Binary  \x00", 18_000),
        ("m.fbx", b"; FBX 7.3.0 project file", 18_000),
        ("m.usda", b"#usda 1.0", 18_000),
        ("m.usdc", b"PXR-USDC", 18_000),
        ("m.usd", b"#usda 1.0", 18_000),
        ("m.usdz", b"PK\x03\x04", 18_000),
        ("m.glb", struct.pack("<4sIIII", b"glTF", 2, 22, 2, 0x4E4F534A) + b"{}", 18_000),
    ],
)
async def test_each_kind_of_model_is_known_by_its_bytes(stand: Stand, name: str, body: bytes, faces: int):
    spec = await _made(stand, await _retexture(stand, model=(name, body)))

    assert spec.faces == faces


async def test_a_retexture_carries_its_choices(stand: Stand):
    spec = await _made(
        stand, await _retexture(stand, seed="9", geometry_file_format="obj", material="Shaded", resolution="High")
    )

    assert (spec.seed, spec.file_format, spec.material, spec.texture_px) == (9, "obj", "Shaded", 4096)
    assert len(spec.pictures) == 1


async def test_the_same_upload_gives_the_same_result(stand: Stand):
    one, other = await _made(stand, await _retexture(stand)), await _made(stand, await _retexture(stand))

    assert one == other
    assert len(stand.maker.built) == 1


async def test_a_finished_task_is_split_into_as_many_parts_as_the_strength(stand: Stand):
    source = await stand.finished(prompt="a red robot", preview_render=True, tier="Gen-2.5-Extreme-High")

    spec = await _made(stand, await _bang(stand, asset_id=source["uuid"], strength="7", material="None"))

    assert (spec.prompt, spec.parts, spec.material) == ("a red robot", 7, "None")
    assert not spec.preview_render
    assert not spec.high_poly
    assert (await stand.balance(query="?usage_page=1"))["usage"][0]["item"] == "Bang!"
    assert (await stand.balance())["balance"] == 208 - 1.5


async def test_with_an_asset_the_other_sources_are_ignored(stand: Stand):
    source = await stand.finished()

    body = await _bang(stand, asset_id=source["uuid"], model=("x.txt", b"?"), image=b"?", prompt="other")

    assert (await _made(stand, body)).parts == 5
    assert (await stand.ledger())["ignored_fields"] == {"image": 1, "model": 1, "prompt": 1}


async def test_an_asset_must_be_a_finished_task_of_this_key(stand: Stand):
    running = await stand.accepted()
    assert (await _bang(stand, asset_id=running["uuid"]))["error"] == "INVALID_REQUEST"

    stand.clock.turn(300)

    assert (await _bang(stand, asset_id="nothing"))["error"] == "NO_SUCH_TASK"
    assert (await _bang(stand, asset_id=running["jobs"]["subscription_key"][:900]))["error"] == "NO_SUCH_TASK"
    stranger = await stand.api("bang", key="x", data=form(asset_id=running["uuid"], geometry_file_format="glb"))
    assert stranger.json["error"] == "NO_SUCH_TASK"


async def test_a_failed_task_cannot_be_split(stand: Stand):
    await stand.set_faults("all_failed")
    source = await stand.finished()

    body = await _bang(stand, asset_id=source["uuid"])

    assert body["error"] == "INVALID_REQUEST"
    assert body["message"].startswith("asset_id:")


async def test_parts_can_be_split_again(stand: Stand):
    parts = await _bang(stand, asset_id=(await stand.finished())["uuid"])
    stand.clock.turn(300)

    assert (await _bang(stand, asset_id=parts["uuid"], strength="12"))["uuid"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"geometry_file_format": None}, "geometry_file_format"),
        ({"geometry_file_format": "dae"}, "geometry_file_format"),
        ({"strength": "1"}, "strength"),
        ({"strength": "13"}, "strength"),
        ({"strength": "3.5"}, "strength"),
        ({"material": "Hybrid"}, "material"),
        ({"resolution": "2K"}, "resolution"),
        ({"model": None}, "model"),
        ({"model": ("cup.obj", b"hello")}, "model"),
        ({"image": None}, "image"),
        ({"image": [picture(), picture()]}, "image"),
        ({"image": None, "material": "None", "instruction": "by colour"}, "image"),
    ],
)
async def test_a_wrong_split_is_refused_by_the_fields_name(stand: Stand, fields: dict[str, Any], named: str):
    body = await _bang(stand, **{"model": ("cup.obj", obj_model()), "image": picture(), **fields})

    assert body["error"] == "INVALID_REQUEST"
    assert body["message"].startswith(f"{named}:")


async def test_a_model_of_ones_own_needs_no_picture_without_material(stand: Stand):
    body = await _bang(stand, model=("cup.obj", obj_model()), material="None")

    assert (await _made(stand, body)).pictures == ()


async def test_extras_of_other_lanes_are_unknown_here(stand: Stand):
    await _bang(stand, model=("cup.obj", obj_model()), image=picture(), explode_strength="2")

    assert (await stand.ledger())["unknown_fields"] == {"explode_strength": 1}
