import pytest
import trimesh

from adapters.rodin.simulator.models.scenes import scene_of
from adapters.rodin.simulator.models.spec import ModelSpec

from .making import Glb, apple_on_white, encoded, logo, made, read_fbx, scene

COUNTS = [500, 1000, 2000, 7000, 60_000, 1_000_000]
PROMPTS = ["a brass teapot", "a castle", "a dragon", "torus knot", "a heart", "an apple", "something unheard of"]
PICTURES = {"cut out": apple_on_white(), "transparent": logo(), "whole": scene()}


@pytest.mark.parametrize("faces", COUNTS)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_shape_has_the_faces_asked_for(prompt, faces):
    spec = ModelSpec(prompt=prompt, seed=3, faces=faces)

    triangles = sum(len(mesh.triangles()) for mesh in scene_of(spec).meshes(spec.quads))

    assert triangles == pytest.approx(faces, rel=0.1)


@pytest.mark.parametrize("faces", COUNTS)
@pytest.mark.parametrize("name", PICTURES)
def test_a_relief_has_the_faces_asked_for(name, faces):
    spec = ModelSpec(prompt="", seed=3, faces=faces, pictures=(encoded(PICTURES[name]),))

    triangles = sum(len(mesh.triangles()) for mesh in scene_of(spec).meshes(spec.quads))

    assert triangles == pytest.approx(faces, rel=0.1)


@pytest.mark.parametrize("pictures", [(), (encoded(apple_on_white()),)])
def test_quads_are_quads_where_the_format_holds_them_and_two_triangles_elsewhere(tmp_path, pictures):
    asked = {"mesh_mode": "Quad", "faces": 3000, "pictures": pictures}

    obj = made(tmp_path, file_format="obj", **asked)["base_basic_pbr.obj"].read_text()
    fbx = read_fbx(made(tmp_path, file_format="fbx", **asked)["base_basic_pbr.fbx"])
    usd = made(tmp_path, file_format="usdz", **asked)["base_basic_pbr.usdz"].read_bytes().decode("latin-1")
    glb = Glb.read(made(tmp_path, file_format="glb", **asked)["base_basic_pbr.glb"])
    stl = trimesh.load(made(tmp_path, file_format="stl", **asked)["base_basic_pbr.stl"])

    faces = [line.split()[1:] for line in obj.splitlines() if line.startswith("f ")]
    assert {len(set(face)) for face in faces} == {4}
    assert len(faces) == pytest.approx(3000, rel=0.1)
    corners = next(fbx.find("PolygonVertexIndex")).properties[0].reshape(-1, 4)
    assert len(corners) == len(faces)
    assert (corners[:, 3] < 0).all()
    assert (corners[:, :3] >= 0).all()
    counts = usd.split("faceVertexCounts = [")[1].split("]")[0].split(", ")
    assert set(counts) == {"4"}
    assert len(counts) == len(faces)
    assert len(glb.primitives()[0]["indices"]) == len(stl.faces) == 2 * len(faces)


def test_the_high_poly_file_has_four_times_the_faces(tmp_path):
    files = made(tmp_path, faces=3000, high_poly=True)
    base, high = (Glb.read(files[name]) for name in ("base_basic_pbr.glb", "base_high.glb"))

    ratio = len(high.primitives()[0]["indices"]) / len(base.primitives()[0]["indices"])
    assert ratio == pytest.approx(4, rel=0.1)
    assert "images" not in high.document
