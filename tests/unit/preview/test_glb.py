"""What GLB files say, in all the ways they may say it."""

import base64

import DracoPy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.preview.formats import read_model
from adapters.preview.solid import CLAY, Alpha, Solid, Unreadable, Wrap, bounds
from adapters.preview.welding import is_watertight
from tests.unit.preview.samples import BOX, BOX_FACES, UBYTE, USHORT, Glb, ball, box, png, textured_ball, written


def solid_of(folder, made: Glb) -> Solid:
    return read_model(written(folder, made.bytes()), texture_px=64)


def volume(solid: Solid) -> float:
    """Positive when the triangles look outwards."""
    corners = np.concatenate([surface.points[surface.corners] for surface in solid.surfaces]).astype(float)
    return float(np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6)


def test_the_facts_of_a_box_are_counted(tmp_path):
    solid = solid_of(tmp_path, box((1, 2, 4)))

    assert (solid.facts.triangles, solid.facts.vertices, solid.facts.quads, solid.facts.parts) == (12, 8, 0, 1)
    assert solid.facts.size == (1.0, 2.0, 4.0)
    assert is_watertight(solid.surfaces) is True


def test_a_seam_in_the_texture_does_not_open_a_mesh(tmp_path):
    assert is_watertight(solid_of(tmp_path, textured_ball(png())).surfaces) is True


def test_a_missing_triangle_opens_a_mesh(tmp_path):
    made = Glb().attribute("POSITION", BOX).indices(BOX_FACES[1:])

    assert is_watertight(solid_of(tmp_path, made).surfaces) is False


def test_a_mesh_drawn_twice_counts_twice(tmp_path):
    made = box()
    made.document["nodes"] = [{"children": [1, 2]}, {"mesh": 0}, {"mesh": 0, "translation": [5, 0, 0]}]

    solid = solid_of(tmp_path, made)

    assert (solid.facts.triangles, solid.facts.parts) == (24, 2)
    assert bounds(solid.surfaces) == ((-0.5, -0.5, -0.5), (5.5, 0.5, 0.5))


def test_nodes_move_turn_and_stretch_what_hangs_below_them(tmp_path):
    made = box((1, 2, 4))
    quarter = [0, float(np.sqrt(0.5)), 0, float(np.sqrt(0.5))]
    made.document["nodes"] = [{"rotation": quarter, "scale": [2, 2, 2], "children": [1]}, {"mesh": 0}]

    low, high = bounds(solid_of(tmp_path, made).surfaces)

    assert np.subtract(high, low) == pytest.approx([8, 4, 2], rel=1e-5)


def test_a_mirrored_node_still_looks_outwards(tmp_path):
    made = box()
    made.document["nodes"][0]["scale"] = [-1, 1, 1]

    assert volume(solid_of(tmp_path, box())) == pytest.approx(1.0)
    assert volume(solid_of(tmp_path, made)) == pytest.approx(1.0)


def test_positions_as_fractions_of_whole_numbers_are_scaled(tmp_path):
    points = np.round((BOX + 1) / 2 * 65535)
    made = Glb().attribute("POSITION", points, USHORT, normalized=True).indices(BOX_FACES)
    made.document["extensionsRequired"] = ["KHR_mesh_quantization"]

    assert bounds(solid_of(tmp_path, made).surfaces) == ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def test_sparse_accessors_change_single_vertices(tmp_path):
    made = box()
    where = made.view(np.array([7], dtype="<u2").tobytes())
    what = made.view(np.array([9, 9, 9], dtype="<f4").tobytes())
    made.document["accessors"][0]["sparse"] = {
        "count": 1,
        "indices": {"bufferView": where, "componentType": USHORT},
        "values": {"bufferView": what},
    }

    assert bounds(solid_of(tmp_path, made).surfaces)[1] == (9.0, 9.0, 9.0)


def test_draco_meshes_are_unpacked(tmp_path):
    points, _, faces = ball()
    made = Glb()
    view = made.view(DracoPy.encode(points.astype(np.float32), faces.astype(np.uint32), quantization_bits=14))
    count = len(DracoPy.decode(made.binary).points)
    made.document["accessors"] = [
        {"componentType": 5126, "type": "VEC3", "count": count, "min": [-1, -1, -1], "max": [1, 1, 1]},
        {"componentType": 5125, "type": "SCALAR", "count": faces.size},
    ]
    packed = {"bufferView": view, "attributes": {"POSITION": 0}}
    made.primitive.update(attributes={"POSITION": 0}, indices=1)
    made.primitive["extensions"] = {"KHR_draco_mesh_compression": packed}

    solid = solid_of(tmp_path, made)

    assert solid.facts.triangles == len(faces)
    assert np.subtract(*reversed(bounds(solid.surfaces))) == pytest.approx([2, 2, 2], abs=0.01)


def test_a_rig_moves_its_vertices(tmp_path):
    made = box().attribute("JOINTS_0", np.zeros((8, 4)), UBYTE)
    made.attribute("WEIGHTS_0", np.tile([1.0, 0, 0, 0], (8, 1)))
    made.document["nodes"] = [{"mesh": 0, "skin": 0, "translation": [99, 0, 0]}, {"translation": [0, 3, 0]}]
    made.document["scenes"] = [{"nodes": [0, 1]}]
    made.document["skins"] = [{"joints": [1]}]

    low, high = bounds(solid_of(tmp_path, made).surfaces)

    assert (low, high) == ((-0.5, 2.5, -0.5), (0.5, 3.5, 0.5))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_textures_of_every_kind_are_opened(kind, tmp_path):
    made = textured_ball(png(200, 100, kind=kind), f"image/{kind.lower()}")
    if kind in ("WEBP", "AVIF"):
        made.document["textures"] = [{"extensions": {f"EXT_texture_{kind.lower()}": {"source": 0}}}]

    solid = solid_of(tmp_path, made)

    image = solid.surfaces[0].material.base_map.image
    assert solid.facts.textures == ((200, 100),)
    assert max(image.size) <= 64
    assert np.asarray(image)[..., :3].reshape(-1, 3).mean(axis=0) == pytest.approx([200, 60, 40], abs=4)


def test_a_texture_may_stand_in_the_json(tmp_path):
    made = textured_ball(png())
    made.document["images"] = [{"uri": "data:image/png;base64," + base64.b64encode(png(16, 16)).decode()}]

    assert solid_of(tmp_path, made).facts.textures == ((16, 16),)


def test_texture_settings_reach_the_material(tmp_path):
    made = textured_ball(png(), alphaMode="MASK", alphaCutoff=0.25, doubleSided=True)
    made.document["samplers"] = [{"wrapS": 33071, "wrapT": 33648}]
    made.document["textures"][0]["sampler"] = 0
    info = made.document["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]
    info["extensions"] = {"KHR_texture_transform": {"offset": [0.5, 0.25], "scale": [2, 3]}}

    material = solid_of(tmp_path, made).surfaces[0].material

    assert (material.alpha, material.cutoff, material.double_sided) == (Alpha.MASK, 0.25, True)
    assert material.base_map.wrap == (Wrap.CLAMP, Wrap.MIRROR)
    assert material.base_map.transform[:6] == (2.0, 0.0, 0.5, 0.0, 3.0, 0.25)


@pytest.mark.parametrize("fields", [None, {}, {"name": "default"}, {"pbrMetallicRoughness": {}}])
def test_a_material_that_says_nothing_is_clay(fields, tmp_path):
    made = box() if fields is None else box().material(**fields)

    assert solid_of(tmp_path, made).surfaces[0].material is CLAY


@pytest.mark.parametrize("is_indexed", [True, False], ids=["indexed", "plain"])
@pytest.mark.parametrize(("mode", "order"), [(5, [0, 1, 2, 3, 4]), (6, [0, 1, 3, 5, 4])], ids=["strip", "fan"])
def test_strips_and_fans_are_drawn_whole_and_face_as_they_should(mode, order, is_indexed, tmp_path):
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 2, 0], [1, 2, 0]], dtype=float)
    made = Glb().attribute("POSITION", points if is_indexed else points[order])
    made.primitive["mode"] = mode
    if is_indexed:
        made.indices(order)

    solid = solid_of(tmp_path, made)

    (surface,) = solid.surfaces
    a, b, c = surface.points[surface.corners].transpose(1, 0, 2)
    assert solid.facts.triangles == len(surface.corners) == 3
    assert np.cross(b - a, c - a)[:, 2].tolist() == ([1.0, 1.0, 1.0] if mode == 5 else [1.0, 1.0, 2.0])
    assert solid.notes == ()


def test_lines_beside_triangles_are_left_out_and_said_so(tmp_path):
    made = box()
    made.document["meshes"][0]["primitives"].append(made.primitive | {"mode": 1})

    solid = solid_of(tmp_path, made)

    assert solid.facts.triangles == 12
    assert "left out" in solid.notes[0]


def test_too_many_triangles_leave_the_facts(tmp_path):
    made = Glb().attribute("POSITION", BOX).indices(np.zeros((3_000_001, 3), dtype=np.uint32))

    solid = solid_of(tmp_path, made)

    assert solid.surfaces == ()
    assert solid.facts.triangles == 3_000_001
    assert solid.facts.size == (2.0, 2.0, 2.0)
    assert "3,000,001 triangles" in solid.notes[0]


def verdict(path) -> str:
    """A sentence; any other exception than a refusal fails the test."""
    try:
        return f"It has {read_model(path, texture_px=16).facts.triangles} triangles."
    except Unreadable as refusal:
        return str(refusal)


_SOUND = textured_ball(png()).bytes()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.integers(12, len(_SOUND) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes_are_read_or_refused_but_never_break_anything(places, tmp_path):
    data = bytearray(_SOUND)
    for place, value in places:
        data[place] = value

    assert verdict(written(tmp_path, bytes(data))).endswith(".")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(["count", "byteOffset", "byteLength", "bufferView", "mesh", "index", "componentType", "scale"]),
    value=st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=5),
        st.lists(st.integers(), max_size=4),
        st.just({}),
    ),
)
def test_wrong_values_in_the_json_are_read_or_refused(key, value, tmp_path):
    made = textured_ball(png())
    document = made.document
    for entry in (*document["accessors"], *document["bufferViews"], *document["nodes"]):
        if key in entry or key == "scale":
            entry[key] = value
    document["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"][key] = value

    assert verdict(written(tmp_path, made.bytes())).endswith(".")
