"""One model in another format: the same triangles, names, materials and pictures, seen through somebody else's eyes."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from adapters.preview.conversion import converted
from adapters.preview.formats import read_model
from adapters.preview.solid import bounds
from tests.unit.preview.samples import BOX, BOX_FACES, Glb, ball, box, png, textured_ball, written
from tests.unit.simulator_models.making import made

ROOT = Path(__file__).parents[3]
FORMATS = ("glb", "obj", "stl")
DIRECTIONS = [(one, other) for one in FORMATS for other in FORMATS if one != other]


def as_format(tmp_path: Path, model: Path, file_format: str):
    folder = tmp_path / f"copy-{sum(1 for _ in tmp_path.iterdir())}"
    folder.mkdir()
    return converted(model, folder, file_format)


def a_model(tmp_path: Path, file_format: str, **fields) -> Path:
    """A model of the simulator in a format; `fields` are its own."""
    material = {"material": "None"} if file_format == "stl" else {}
    files = made(tmp_path, **{"prompt": "a brass teapot", "file_format": file_format} | material | fields)
    return next(path for path in files.values() if path.suffix == f".{file_format}")


def triangles(path: Path) -> np.ndarray:
    """Every triangle as trimesh reads it, each begun at its least corner but never turned over, in order, (m, 9)."""
    loaded = trimesh.load(path, force="mesh", process=False, skip_materials=True)
    corners = np.asarray(loaded.vertices)[np.asarray(loaded.faces)].astype(np.float32).tolist()
    begun = [min((a, b, c), (b, c, a), (c, a, b)) for a, b, c in corners]
    return np.array(sorted([*a, *b, *c] for a, b, c in begun))


def validated(*paths: Path) -> dict[str, list[str]]:
    """What the Khronos validator complains about."""
    program = ROOT / "tests" / "tools" / "validate_gltf.cjs"
    run = subprocess.run(
        ["node", str(program), *map(str, paths)], cwd=ROOT, capture_output=True, check=True, timeout=90
    )
    return {
        path: report["messages"]
        for path, report in json.loads(run.stdout).items()
        if report["errors"] or report["warnings"]
    }


@pytest.mark.parametrize(("source", "target"), DIRECTIONS, ids="-to-".join)
def test_every_triangle_stays_where_it_is_and_faces_as_it_did(tmp_path, source, target):
    model = a_model(tmp_path, source)

    copy = as_format(tmp_path, model, target).files[0]

    before, after = triangles(model), triangles(copy)
    assert before.shape == after.shape
    assert np.abs(before - after).max() <= 1e-6 * np.ptp(before)


@pytest.mark.parametrize(("source", "target"), DIRECTIONS, ids="-to-".join)
def test_the_box_around_a_model_stays(tmp_path, source, target):
    model = a_model(tmp_path, source, parts=1 if source == "stl" else 3)

    copy = read_model(as_format(tmp_path, model, target).files[0], texture_px=16)

    old = read_model(model, texture_px=16)
    assert copy.facts.triangles == old.facts.triangles
    assert np.allclose(bounds(copy.surfaces), bounds(old.surfaces), rtol=1e-6, atol=0)


def test_pictures_of_a_glb_lie_beside_the_obj_byte_for_byte(tmp_path):
    picture, bumps = png(16, 8), png(4, 4, (128, 128, 255), "JPEG")
    glb = textured_ball(picture)
    glb.document["materials"][0]["normalTexture"] = glb.texture(bumps, "image/jpeg")

    made_of = as_format(tmp_path, written(tmp_path, glb.bytes()), "obj")

    names = {path.name: path.read_bytes() for path in made_of.files}
    assert names["model_diffuse.png"] == picture
    assert names["model_normal.jpg"] == bumps
    lines = names["model.mtl"].decode().splitlines()
    assert {"map_Kd model_diffuse.png", "norm model_normal.jpg", "Pr 1", "Pm 0"} <= set(lines)


def test_roughness_and_metal_are_taken_apart_and_put_together_again_without_loss(tmp_path):
    noise = np.random.default_rng(7).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "surface.png")
    glb = textured_ball(png())
    rough = glb.document["materials"][0]["pbrMetallicRoughness"]
    rough |= {"metallicFactor": 0.5, "metallicRoughnessTexture": glb.texture((tmp_path / "surface.png").read_bytes())}

    obj = as_format(tmp_path, written(tmp_path, glb.bytes()), "obj")
    back = as_format(tmp_path, obj.files[0], "glb")

    material = read_model(back.files[0], texture_px=64).surfaces[0].material
    assert (material.metallic, material.roughness) == (0.5, 1.0)
    assert material.surface_map is not None
    assert np.array_equal(np.asarray(material.surface_map.image)[..., 1:3], noise[..., 1:])


def test_factors_of_a_material_come_through_an_obj_and_back(tmp_path):
    glb = box().material(
        name="brushed steel",
        pbrMetallicRoughness={"baseColorFactor": [0.2, 0.4, 0.6, 0.5], "metallicFactor": 0.25, "roughnessFactor": 0.3},
        emissiveFactor=[0.1, 0.0, 0.7],
        alphaMode="BLEND",
    )

    obj = as_format(tmp_path, written(tmp_path, glb.bytes()), "obj")
    back = as_format(tmp_path, obj.files[0], "glb")

    material = read_model(back.files[0], texture_px=16).surfaces[0].material
    assert material.name == "brushed_steel"
    assert np.allclose(material.base, (0.2, 0.4, 0.6, 0.5), atol=1e-5)
    assert np.allclose((material.metallic, material.roughness), (0.25, 0.3))
    assert np.allclose(material.emissive, (0.1, 0.0, 0.7), atol=1e-5)
    assert material.alpha.value == "BLEND"


def test_texture_coordinates_and_normals_come_through_exactly(tmp_path):
    model = written(tmp_path, textured_ball(png()).bytes())

    obj = as_format(tmp_path, model, "obj")
    back = as_format(tmp_path, obj.files[0], "glb")

    def rows(path: Path) -> np.ndarray:
        (surface,) = read_model(path, texture_px=16).surfaces
        flat = surface.corners.ravel()
        return np.concatenate([surface.points[flat], surface.normals[flat], surface.uvs[0][flat]], axis=1)

    assert np.allclose(rows(model), rows(back.files[0]), atol=2e-7)


@pytest.mark.parametrize(("source", "target"), [("glb", "obj"), ("obj", "glb")])
def test_parts_keep_their_names(tmp_path, source, target):
    model = a_model(tmp_path, source, parts=3, prompt="an apple")

    copy = as_format(tmp_path, model, target).files[0]

    old, new = (
        {solid.parts[one.part] for one in solid.surfaces}
        for solid in (read_model(path, texture_px=16) for path in (model, copy))
    )
    assert old == new
    assert len(new) == 3


def test_names_are_made_fit_for_an_obj_and_never_meet(tmp_path):
    glb = box().material(name="a b\n../c")
    glb.document["nodes"] = [{"mesh": 0, "name": name} for name in ("the lid", "the\nlid", "", "Model")]
    glb.document["scenes"] = [{"nodes": [0, 1, 2, 3]}]

    obj = as_format(tmp_path, written(tmp_path, glb.bytes(), "a model ü.glb"), "obj")

    assert [path.name for path in obj.files] == ["a_model.obj"]
    lines = obj.files[0].read_text().splitlines()
    names = [line for line in lines if line.startswith("o ")]
    assert names == ["o the_lid", "o the_lid_2", "o model", "o Model_2"]


def test_a_node_that_mirrors_and_moves_its_mesh_is_written_where_it_stands(tmp_path):
    glb = box((1.0, 2.0, 3.0))
    glb.document["nodes"][0] |= {"scale": [-2.0, 1.0, 1.0], "translation": [5.0, 0.0, 0.0]}
    model = written(tmp_path, glb.bytes())

    copy = as_format(tmp_path, model, "stl").files[0]

    mesh = trimesh.load(copy, force="mesh")
    assert np.allclose(mesh.bounds, [[4.0, -1.0, -1.5], [6.0, 1.0, 1.5]])
    assert mesh.volume == pytest.approx(12.0)  # negative if it were inside out


def test_an_stl_keeps_the_axes_of_the_model(tmp_path):
    model = written(tmp_path, box((1.0, 2.0, 3.0)).bytes())

    copy = as_format(tmp_path, model, "stl").files[0]

    assert trimesh.load(copy, force="mesh").extents.tolist() == [1.0, 2.0, 3.0]
    assert not copy.read_bytes().startswith(b"solid")


def test_quads_are_cut_in_two(tmp_path):
    model = written(tmp_path, b"v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n", "square.obj")

    copy = as_format(tmp_path, model, "glb").files[0]

    facts = read_model(copy, texture_px=16).facts
    assert (facts.triangles, facts.vertices, facts.size) == (2, 4, (1.0, 1.0, 0.0))


@pytest.mark.parametrize("target", ["obj", "glb"])
def test_colours_of_vertices_stay(tmp_path, target):
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [128, 64, 32]] * 2) / 255.0
    glb = Glb().attribute("POSITION", BOX).attribute("COLOR_0", colours).indices(BOX_FACES)
    obj = as_format(tmp_path, written(tmp_path, glb.bytes()), "obj")
    copy = obj if target == "obj" else as_format(tmp_path, obj.files[0], "glb")

    (surface,) = read_model(copy.files[0], texture_px=16).surfaces

    found = {tuple(point): colour[:3] for point, colour in zip(surface.points, surface.colours, strict=True)}
    for point, colour in zip(BOX, colours, strict=True):
        assert np.abs(found[tuple(point)] / 255.0 - colour).max() < 0.01


def test_an_obj_comes_whole_in_one_zip_and_a_single_file_without_one(tmp_path):
    model = written(tmp_path, textured_ball(png()).bytes())

    obj, stl = as_format(tmp_path, model, "obj"), as_format(tmp_path, model, "stl")

    assert obj.bundle is not None
    with zipfile.ZipFile(obj.bundle) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path.name: path.read_bytes() for path in obj.files
        }
    assert (len(stl.files), stl.bundle) == (1, None)


def test_what_several_materials_share_is_written_once(tmp_path):
    glb = textured_ball(png())
    glb.document["materials"] *= 2
    glb.document["meshes"][0]["primitives"].append(glb.primitive | {"material": 1})

    obj = as_format(tmp_path, written(tmp_path, glb.bytes()), "obj")

    assert [path.name for path in obj.files] == ["model.obj", "model.mtl", "model_diffuse.png"]
    assert obj.files[1].read_text().count("newmtl ") == 2


@pytest.mark.node
@pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules" / "gltf-validator").is_dir(),
    reason="Node.js or gltf-validator is not installed: run `npm ci`",
)
def test_every_glb_that_is_made_is_clean_in_the_khronos_validator(tmp_path):
    odd = written(
        tmp_path,
        b"mtllib odd.mtl\nv 0 0 0 1 0 0\nv 1 0 0 0 1 0\nv 1 1 0 0 0 1\nv 9 9 9 1 1 1\nvn 0 0 0\nvt 0 0\n"
        b"o one\nusemtl with\nf 1/1/1 2/1/1 3/1/1\no two\nusemtl without\nf 1//1 2//1 3//1\nusemtl none\nf 1 2 3\n",
        "odd.obj",
    )
    (tmp_path / "bumps.png").write_bytes(png(8, 8, (128, 128, 255)))
    (tmp_path / "leaf.png").write_bytes(png(8, 8, (90, 160, 40, 90)))
    lines = "map_Kd leaf.png\nmap_d leaf.png\nnorm bumps.png\nmap_Ke leaf.png\nPr 0.4\n"
    (tmp_path / "odd.mtl").write_text(f"newmtl with\n{lines}newmtl without\n{lines}")
    models = [
        a_model(tmp_path, "obj", parts=3),
        a_model(tmp_path, "obj", mesh_mode="Quad", material="Shaded"),
        a_model(tmp_path, "obj", material="None"),
        a_model(tmp_path, "stl"),
        odd,
        as_format(tmp_path, written(tmp_path, textured_ball(png()).bytes()), "obj").files[0],
    ]
    copies = [as_format(tmp_path, model, "glb").files[0] for model in models]

    assert validated(*copies) == {}


def test_a_ball_of_sixty_six_thousand_vertices_gets_long_numbers(tmp_path):
    points, _, faces = ball(rings=256, segments=257)
    stl = as_format(tmp_path, written(tmp_path, Glb().attribute("POSITION", points).indices(faces).bytes()), "stl")

    copy = as_format(tmp_path, stl.files[0], "glb").files[0]

    assert read_model(copy, texture_px=16).facts.triangles == len(faces)
