import numpy as np
import pytest
import trimesh

from adapters.rodin.simulator.models.finishes import BRASS, COLOURS, GLASS, WOOD
from adapters.rodin.simulator.models.grids import grid_of, plan
from adapters.rodin.simulator.models.mesh import Frame, mesh_of
from adapters.rodin.simulator.models.scenes import scene_of
from adapters.rodin.simulator.models.vocabulary import BY_WORD, FALLBACK_SHAPES, SHAPES
from adapters.rodin.simulator.models.words import design

from .making import Glb, edge_uses, made, spec, welded

NAMES = [shape.words[0] for shape in SHAPES]


def piece_names(prompt, seed=1):
    return {piece.part for piece in design(prompt, seed).pieces}


@pytest.mark.parametrize("name", NAMES)
def test_every_surface_of_every_shape_is_closed_and_wound_outwards(name):
    for seed in (1, 2, 3):
        pieces = design(name, seed).pieces
        for piece, counts in zip(pieces, plan(pieces, 1500), strict=True):
            mesh = mesh_of(grid_of(piece, counts), piece.part, Frame())

            whole = welded(mesh.points, mesh.triangles())

            assert edge_uses(whole) == {2}, piece.part
            assert whole.is_winding_consistent
            assert whole.volume > 0, piece.part


@pytest.mark.parametrize("name", NAMES)
def test_vertices_are_finite_and_normals_look_out_of_their_faces(name):
    pieces = design(name, 5).pieces
    for piece, counts in zip(pieces, plan(pieces, 1000), strict=True):
        mesh = mesh_of(grid_of(piece, counts), piece.part, Frame())
        corners = mesh.points[mesh.triangles()]
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])

        assert all(np.isfinite(values).all() for values in (mesh.points, mesh.normals, mesh.tangents, mesh.uvs))
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-4)
        assert np.allclose((mesh.normals * mesh.tangents[:, :3]).sum(axis=1), 0, atol=1e-4)
        agreeing = ((faces[:, None] * mesh.normals[mesh.triangles()]).sum(axis=2) >= 0).mean(axis=1)
        areas = np.linalg.norm(faces, axis=1)
        assert (agreeing * areas).sum() > 0.97 * areas.sum(), piece.part
        assert mesh.uvs.min() >= 0
        assert mesh.uvs.max() <= 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("faces", [500, 4000])
def test_a_whole_shape_has_no_edges_shared_by_more_than_two_faces(name, faces):
    asked = spec(prompt=name, faces=faces)
    (mesh,) = scene_of(asked).meshes(asked.quads)

    whole = welded(mesh.points, mesh.triangles())

    assert edge_uses(whole) == {2}
    assert whole.volume > 0
    assert len(mesh.triangles()) == pytest.approx(faces, rel=0.1)


def test_the_vocabulary_is_wide():
    assert len(SHAPES) >= 16
    assert len(BY_WORD) == sum(len(shape.words) for shape in SHAPES), "a word calls for two shapes"
    for word in ("teapot", "cup", "vase", "bottle", "lantern", "sword", "tree", "mushroom", "house", "car"):
        assert word in BY_WORD
    for word in ("rocket", "chair", "table", "ring", "star", "robot", "cat", "castle", "tower", "torusknot"):
        assert word in BY_WORD


def test_a_teapot_has_the_parts_of_a_teapot():
    assert {"body", "lid", "knob", "spout", "handle"} <= piece_names("a brass teapot")


@pytest.mark.parametrize(
    ("prompt", "same"),
    [
        ("A Brass TEAPOT!", "teapot"),
        ("two teapots", "teapot"),
        ("a teapot on a wooden table", "teapot"),
        ("a statue of a cat", "cat"),
        ("a house cat", "cat"),
        ("tree house", "house"),
        ("a ring of gold", "ring"),
        ("a torus knot", "torusknot"),
        ("a pack of wolves", "wolf"),
        ("a robot holding a sword", "robot"),
        ("a sofa beside a lamp", "sofa"),
    ],
)
def test_the_thing_meant_is_found_in_a_sentence(prompt, same):
    assert piece_names(prompt) == piece_names(same)


@pytest.mark.parametrize("prompt", ["", "   ", "flibbertigibbet", "猫の城", "\ud800", "🫖", "x" * 5000, "%s {0} \x00"])
def test_unknown_words_give_a_stable_choice_among_good_shapes(tmp_path, prompt):
    known = [piece_names(shape.words[0], seed) for shape in FALLBACK_SHAPES for seed in (1,)]

    assert piece_names(prompt) in known
    assert made(tmp_path, prompt=prompt, faces=500)["base_basic_pbr.glb"].stat().st_size > 0


def test_unknown_words_do_not_all_look_alike():
    looks = {
        (frozenset(piece_names(word)), design(word, 1).finishes["main"].colour)
        for word in ("blorp", "zizzle", "quandry", "mefistol", "ubble", "trantor", "wexel", "onomat")
    }

    assert len(looks) >= 5


def close(one, two):
    return np.allclose(one, two, atol=0.12)


def test_words_for_materials_and_colours_decide_the_finish():
    brass, glass = design("a brass teapot", 1).finishes["main"], design("a blue glass bottle", 1).finishes["main"]
    red_white = design("a white and red mushroom", 1).finishes

    assert (brass.metallic, brass.grain) == (1.0, BRASS.grain)
    assert close(brass.colour, BRASS.colour)
    assert glass.roughness == GLASS.roughness
    assert close(glass.colour, COLOURS["blue"])
    assert close(red_white["main"].colour, COLOURS["white"])
    assert close(red_white["accent"].colour, COLOURS["red"])


def test_what_the_thing_stands_on_does_not_colour_it():
    plain, table = (design(text, 1).finishes["main"] for text in ("a teapot", "a teapot on a red wooden table"))
    detail = design("a house with a blue roof", 1).finishes

    assert close(table.colour, plain.colour)
    assert table.grain != WOOD.grain
    assert close(detail["accent"].colour, COLOURS["blue"])
    assert not close(detail["main"].colour, COLOURS["blue"])


def test_a_brass_teapot_is_brass_in_the_file(tmp_path):
    glb = Glb.read(made(tmp_path, prompt="a brass teapot", texture_px=128)["base_basic_pbr.glb"])
    base, surface = (np.asarray(glb.image(number), dtype=float) for number in (0, 1))

    red, green, blue = np.median(base.reshape(-1, 3), axis=0)
    assert red > green > blue + 40
    assert np.median(surface[..., 2]) > 200, "metallic"
    assert np.median(surface[..., 1]) < 120, "smooth"


def test_the_model_stands_upright_centred_and_at_rodins_size(tmp_path):
    for prompt in ("a sword", "a car", "a teapot"):
        bounds = trimesh.load(made(tmp_path, prompt=prompt, file_format="stl")["base_basic_pbr.stl"]).bounds

        assert np.allclose(bounds.sum(axis=0), 0, atol=1e-4)
        assert np.ptp(bounds, axis=0).max() == pytest.approx(1.9, abs=1e-4)
    sword = trimesh.load(made(tmp_path, prompt="a sword", file_format="stl")["base_basic_pbr.stl"]).extents
    assert sword.argmax() == 1


@pytest.mark.parametrize("bbox", [(100, 320, 100), (200, 50, 100), (1, 400, 1)])
def test_a_bounding_box_sets_the_proportions(tmp_path, bbox):
    files = made(tmp_path, bbox=bbox, preview_render=True)
    extents = np.ptp(Glb.read(files["base_basic_pbr.glb"]).primitives()[0]["POSITION"], axis=0)

    assert np.allclose(extents / extents.max(), np.array(bbox) / max(bbox), atol=1e-3)
    assert extents.max() == pytest.approx(1.9, abs=1e-3)


@pytest.mark.parametrize("prompt", ["a brass teapot", "an apple", "a castle", "torus knot"])
@pytest.mark.parametrize("parts", [2, 5, 12])
def test_a_split_model_has_that_many_separate_closed_named_parts(tmp_path, prompt, parts):
    glb = Glb.read(made(tmp_path, prompt=prompt, parts=parts, faces=6000)["base_basic_pbr.glb"])
    names = [node["name"] for node in glb.document["nodes"]]

    assert len(set(names)) == len(names) == parts
    for primitive in glb.primitives():
        part = welded(primitive["POSITION"], primitive["indices"])
        assert edge_uses(part) == {2}
        assert part.volume > 0


def test_parts_are_moved_apart(tmp_path):
    whole, split = (
        Glb.read(made(tmp_path, prompt="an apple", parts=parts)["base_basic_pbr.glb"]).primitives() for parts in (1, 3)
    )
    centres = [(part["POSITION"].min(axis=0) + part["POSITION"].max(axis=0)) / 2 for part in split]

    assert len(whole) == 1
    assert np.ptp(np.stack(centres), axis=0).max() > 0.5


def test_a_tree_named_after_its_wood_stays_green():
    green = design("a tree", 1).finishes["main"]

    assert design("an oak tree", 1).finishes["main"].grain == green.grain
    assert design("a wooden tree", 1).finishes["main"].grain == WOOD.grain


@pytest.mark.parametrize("prompt", ["bird", "castle", "robot"])
def test_no_pieces_colour_runs_into_another_ones(prompt):
    drawn = scene_of(spec(prompt=prompt, seed=0))
    base = drawn.paint(512).base.astype(int)

    for _, patch in drawn.patches:
        frame, ends = patch.frame, np.array([patch.finish.colour, patch.finish.other]) * 255
        rows = slice(int(frame.top * 512), round((frame.top + frame.height) * 512))
        columns = slice(int(frame.left * 512), round((frame.left + frame.width) * 512))
        seen = base[rows, columns].reshape(-1, 3)
        low, high = ends.min(axis=0), ends.max(axis=0)
        reach = 0.25 * (high - low) + 2  # a grain may go a little beyond its two colours
        assert ((seen >= low - reach) & (seen <= high + reach)).all(), patch.piece.part
