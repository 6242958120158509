"""What is drawn, measured in pixels."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from adapters.preview.formats import read_model
from adapters.preview.solid import Solid
from adapters.preview.studio import Studio, context
from tests.unit.preview.samples import BOX, BOX_FACES, UBYTE, Glb, ball, box, png, textured_ball, written
from tests.unit.simulator_models.making import apple_on_white, encoded, made

pytestmark = pytest.mark.usefixtures("gl")

_STEPS = 8
_EDGE = 512


def frames(solid: Solid, numbers=range(_STEPS)) -> list[np.ndarray]:
    with Studio(context(), solid, steps=_STEPS) as studio:
        return [np.asarray(studio.frame(number)).astype(int) for number in numbers]


def drawn(folder, data, numbers=range(_STEPS)) -> list[np.ndarray]:
    return frames(read_model(written(folder, data), texture_px=256), numbers)


def standing_out(frame: np.ndarray) -> np.ndarray:
    """Pixels that are not backdrop. The upper left corner is never anything else."""
    return np.abs(frame - frame[0, 0]).max(axis=-1) > 30


def middle(frame: np.ndarray) -> np.ndarray:
    """The mean colour of the frame's middle."""
    return frame[206:286, 206:286].reshape(-1, 3).mean(axis=0)


_KINDS = {
    "pbr glb": ({}, "base_basic_pbr.glb"),
    "shaded glb": ({"material": "Shaded"}, "base_basic_shaded.glb"),
    "bare glb": ({"material": "None"}, "base.glb"),
    "glb in parts": ({"parts": 4, "prompt": "a lantern"}, "base_basic_pbr.glb"),
    "glb of a picture": ({"pictures": (encoded(apple_on_white()),)}, "base_basic_pbr.glb"),
    "obj": ({"file_format": "obj", "prompt": "a wooden chair"}, "base_basic_pbr.obj"),
    "quad obj": ({"file_format": "obj", "mesh_mode": "Quad", "prompt": "a robot"}, "base_basic_pbr.obj"),
    "stl": ({"file_format": "stl", "prompt": "a castle"}, "base.stl"),
}


@pytest.mark.parametrize("kind", _KINDS)
def test_models_of_every_kind_fill_the_frame_and_stay_inside_it(kind, tmp_path):
    fields, name = _KINDS[kind]
    files = made(tmp_path, faces=3000, texture_px=128, **fields)
    path = files.get(name) or next(file for key, file in files.items() if key.endswith(name[-4:]))

    turn = frames(read_model(path, texture_px=128))

    for frame in turn:
        shown = standing_out(frame)
        assert 0.05 < shown.mean() < 0.8
        assert not shown[:14].any()
        assert not shown[:, :14].any()
        assert not shown[:, -14:].any()
        assert frame.mean() > 100  # never black
    assert max(standing_out(frame).mean() for frame in turn) > 0.11
    changes = [np.abs(a - b).mean() for a, b in itertools.pairwise(turn)]
    assert min(changes) > 0.2


@pytest.mark.parametrize("colour", [(200, 40, 40), (40, 160, 60), (30, 60, 200), (128, 128, 128), (245, 245, 240)])
def test_colours_look_like_the_texture(colour, tmp_path):
    (frame,) = drawn(tmp_path, textured_ball(png(colour=colour)).bytes(), [0])

    assert middle(frame) == pytest.approx(colour, abs=42)


@pytest.mark.parametrize("size", [(2, 1e-7, 2), (2, 2, 1e-9), (1e-3, 1, 1e-3), (1, 1e-3, 1e-3)])
def test_flat_and_thin_things_are_seen_from_every_side(size, tmp_path):
    turn = drawn(tmp_path, box(size).bytes())

    widest = [standing_out(frame).sum() for frame in turn]
    assert max(widest) > 250
    assert min(widest) > 40
    assert not any(standing_out(frame)[:14].any() for frame in turn)


def test_a_single_triangle_has_two_sides(tmp_path):
    made_of_one = Glb().attribute("POSITION", [[0, 0, 0], [1, 0, 0], [0, 1, 0.3]]).material(doubleSided=False)

    turn = drawn(tmp_path, made_of_one.bytes(), [0, 4])

    assert [standing_out(frame).mean() > 0.05 for frame in turn] == [True, True]


def test_single_sided_materials_hide_their_back(tmp_path):
    inside_out = Glb().attribute("POSITION", BOX).indices(BOX_FACES[:, ::-1])
    lit = {"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0, 1], "metallicFactor": 0}}
    hidden, shown = (
        drawn(tmp_path, inside_out.material(**lit, doubleSided=both).bytes(), [0])[0] for both in (False, True)
    )

    assert np.abs(hidden - shown).max(axis=-1).astype(bool).mean() > 0.05


def test_what_is_masked_away_shows_what_is_behind(tmp_path):
    masked = textured_ball(png(colour=(255, 0, 0, 20)), alphaMode="MASK", doubleSided=True)

    (frame,) = drawn(tmp_path, masked.bytes(), [0])

    assert middle(frame) == pytest.approx(frame[0, 0], abs=60)
    assert np.ptp(middle(frame)) < 30


def test_what_is_half_transparent_mixes_with_the_backdrop(tmp_path):
    red = (220, 30, 30)
    clear, solid = (
        middle(drawn(tmp_path, textured_ball(png(colour=(*red, alpha)), alphaMode="BLEND").bytes(), [0])[0])
        for alpha in (128, 255)
    )

    assert solid[1] < 90 < clear[1] < 215


def test_colours_at_vertices_are_drawn(tmp_path):
    points, _, faces = ball()
    green = np.tile([0, 200, 0, 255], (len(points), 1))
    coloured = Glb().attribute("POSITION", points).attribute("COLOR_0", green, UBYTE, normalized=True).indices(faces)
    coloured.material(pbrMetallicRoughness={"metallicFactor": 0})

    (frame,) = drawn(tmp_path, coloured.bytes(), [0])

    assert middle(frame)[1] > middle(frame)[[0, 2]].max() + 60


def test_unlit_materials_show_exactly_their_texture(tmp_path):
    flat = textured_ball(png(colour=(90, 120, 150)), extensions={"KHR_materials_unlit": {}})

    (frame,) = drawn(tmp_path, flat.bytes(), [0])

    assert middle(frame) == pytest.approx((90, 120, 150), abs=2)


def _halves() -> bytes:
    image = Image.new("RGB", (64, 64), (230, 20, 20))
    image.paste((20, 20, 230), (0, 32, 64, 64))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_textures_stand_upright(tmp_path):
    (frame,) = drawn(tmp_path, textured_ball(_halves()).bytes(), [0])

    upper, lower = frame[120:180, 226:286].mean(axis=(0, 1)), frame[330:380, 226:286].mean(axis=(0, 1))
    assert upper[0] > upper[2] + 60
    assert lower[2] > lower[0] + 60


def test_a_texture_transform_turns_it_around(tmp_path):
    turned = textured_ball(_halves())
    info = turned.document["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]
    info["extensions"] = {"KHR_texture_transform": {"offset": [0, 0.5]}}

    (frame,) = drawn(tmp_path, turned.bytes(), [0])

    assert frame[150, 256, 2] > frame[150, 256, 0] + 60


def test_the_same_model_is_drawn_the_same_way_twice(tmp_path):
    data = textured_ball(_halves()).bytes()

    first, second = (drawn(tmp_path, data, [3])[0] for _ in range(2))

    assert np.array_equal(first, second)


def test_light_comes_from_above(tmp_path):
    points, _, faces = ball()
    grey = Glb().attribute("POSITION", points).attribute("NORMAL", points).indices(faces)

    (frame,) = drawn(tmp_path, grey.bytes(), [0])

    assert frame[110, 256].mean() > frame[400, 256].mean() + 30
