"""What a format cannot hold is said; what cannot be read is refused, and what did not come out right is thrown away."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from adapters.preview import conversion
from adapters.preview.conversion import converted
from adapters.preview.formats import read_model
from adapters.preview.solid import Unreadable
from adapters.preview.to_stl import write_stl
from tests.unit.preview.hostile import CASES, laid_out
from tests.unit.preview.samples import Glb, ball, box, png, textured_ball, written


@pytest.fixture(autouse=True)
def _sizes_are_ours_to_check(monkeypatch):
    """As the drawing process does; see adapters.preview.child."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)


def as_format(tmp_path: Path, glb: Glb, file_format: str = "obj"):
    folder = tmp_path / "copy"
    folder.mkdir()
    return converted(written(tmp_path, glb.bytes()), folder, file_format)


def two_layouts() -> Glb:
    """A ball whose base colour lies on the second set of coordinates, moved, and whose glow lies on the first."""
    points, uvs, faces = ball()
    glb = Glb().attribute("POSITION", points).attribute("TEXCOORD_0", uvs).attribute("TEXCOORD_1", uvs / 2)
    glb.indices(faces)
    moved = {"KHR_texture_transform": {"offset": [0.25, 0.5], "scale": [2.0, 1.0]}}
    base = glb.texture(png()) | {"texCoord": 1, "extensions": moved}
    glow = glb.texture(png(4, 4))
    glb.document["extensionsUsed"] = ["KHR_texture_transform"]
    return glb.material(
        pbrMetallicRoughness={"baseColorTexture": base}, emissiveTexture=glow, emissiveFactor=[1.0, 1.0, 1.0]
    )


def with_material(**fields) -> Glb:
    return textured_ball(png(), **fields)


def with_occlusion() -> Glb:
    glb = textured_ball(png())
    glb.document["materials"][0]["occlusionTexture"] = glb.texture(png(4, 4))
    return glb


def with_extension(name: str) -> Glb:
    glb = with_material(extensions={name: {}})
    glb.document["extensionsUsed"] = [name]
    return glb


def with_animation() -> Glb:
    glb = box()
    glb.document["animations"] = [{"channels": [], "samplers": []}]
    return glb


def with_skeleton() -> Glb:
    glb = box()
    glb.document["skins"] = [{"joints": [0]}]
    return glb


def with_points() -> Glb:
    glb = box()
    glb.document["meshes"][0]["primitives"].append({"attributes": glb.primitive["attributes"], "mode": 0})
    return glb


def with_morphs() -> Glb:
    glb = box()
    glb.primitive["targets"] = [{"POSITION": glb.accessor(np.ones((8, 3)))}]
    return glb


def with_wraps(wrap: int, stretch: float) -> Glb:
    """A ball whose picture is asked for up to `stretch` times its width."""
    points, uvs, faces = ball()
    glb = Glb().attribute("POSITION", points).attribute("TEXCOORD_0", uvs * [stretch, 1.0]).indices(faces)
    base = glb.texture(png())
    glb.document["samplers"] = [{"wrapS": wrap, "wrapT": 33071}]
    glb.document["textures"][0]["sampler"] = 0
    return glb.material(pbrMetallicRoughness={"baseColorTexture": base})


def with_colours_to_see_through(mode: str) -> Glb:
    return box().attribute("COLOR_0", [[1.0, 0.0, 0.0, 0.5]] * 8).material(alphaMode=mode)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (with_occlusion, "ambient shadows"),
        (two_layouts, "one set of texture coordinates"),
        (lambda: with_extension("KHR_materials_unlit"), "without light"),
        (lambda: with_extension("KHR_materials_clearcoat"), "KHR_materials_clearcoat"),
        (lambda: with_extension("ACME_glitter"), "1 that are not known here"),
        (with_skeleton, "The skeleton is left out"),
        (with_animation, "Animations are left out"),
        (with_points, "Lines and points in it are left out"),
        (with_morphs, "Shapes that the model can change into"),
        (lambda: with_wraps(33071, 2.0), "Beyond its edge"),
        (lambda: with_wraps(33648, 2.0), "Beyond its edge"),
        (lambda: with_colours_to_see_through("BLEND"), "cannot be see-through"),
        (lambda: textured_ball(png(8, 8, (9, 9, 9, 77)), alphaMode="MASK"), "with a sharp edge"),
        (lambda: textured_ball(png(kind="WEBP"), "image/webp"), "Pictures in WEBP became PNG"),
        (
            lambda: with_material(
                emissiveFactor=[1, 1, 1], extensions={"KHR_materials_emissive_strength": {"emissiveStrength": 4}}
            ),
            "brighter than white",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_an_obj_cannot_hold_is_said_once(tmp_path, make, says):
    lost = as_format(tmp_path, make()).lost

    assert len(lost) == 1
    assert says in lost[0]
    assert lost[0].endswith(".")


@pytest.mark.parametrize(
    "make",
    [
        lambda: textured_ball(png()),
        lambda: with_wraps(10497, 2.0),
        lambda: with_wraps(33071, 1.0),
        lambda: with_colours_to_see_through("OPAQUE"),
    ],
    ids=["plain", "repeated", "clamped and never beyond", "opaque whatever its colours say"],
)
def test_a_model_that_an_obj_holds_whole_loses_nothing(make, tmp_path):
    assert as_format(tmp_path, make()).lost == ()


def test_a_texture_that_nothing_glows_by_does_not_glow_in_an_obj(tmp_path):
    glb = textured_ball(png())
    glb.document["materials"][0]["emissiveTexture"] = glb.texture(png(4, 4))

    files = as_format(tmp_path, glb).files

    assert "map_Ke" not in files[1].read_text()
    assert not any("emissive" in path.name for path in files)


def test_textures_that_are_moved_lie_where_they_lay(tmp_path):
    glb = two_layouts()
    copy = as_format(tmp_path, glb).files[0]

    (old,) = read_model(tmp_path / "model.glb", texture_px=16).surfaces
    (new,) = read_model(copy, texture_px=16).surfaces

    expected = old.uvs[1][old.corners.ravel()] * [2.0, 1.0] + [0.25, 0.5]
    assert np.allclose(new.uvs[0][new.corners.ravel()], expected, atol=1e-6)


def test_a_cut_out_texture_has_its_opacity_beside_it(tmp_path):
    files = as_format(tmp_path, textured_ball(png(8, 8, (10, 200, 30, 77)), alphaMode="BLEND")).files

    opacity = next(path for path in files if "opacity" in path.name)
    assert f"map_d {opacity.name}" in files[1].read_text()
    with Image.open(opacity) as image:
        assert (image.mode, image.getextrema()) == ("L", (77, 77))


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_not_converted_and_says_why(name, tmp_path):
    path, word = laid_out(tmp_path, name)
    folder = tmp_path / "copy"
    folder.mkdir()

    with pytest.raises(Unreadable) as refused:
        converted(path, folder, "stl")

    assert word in str(refused.value)
    assert list(folder.iterdir()) == []


def test_a_model_with_too_many_triangles_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("adapters.preview.gltf.MOST_TRIANGLES", 11)

    with pytest.raises(Unreadable, match="more than the 3,000,000 triangles that are converted here"):
        as_format(tmp_path, box())


def test_a_missing_texture_of_an_obj_is_said(tmp_path):
    (tmp_path / "model.mtl").write_text("newmtl skin\nmap_Kd gone.png\n")
    path = written(tmp_path, b"mtllib model.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl skin\nf 1 2 3\n", "model.obj")
    folder = tmp_path / "copy"
    folder.mkdir()

    assert converted(path, folder, "glb").lost == ("The texture gone.png is missing.",)


@pytest.mark.parametrize("harm", ["a triangle less", "a vertex moved"])
def test_a_copy_that_differs_from_the_model_is_thrown_away(tmp_path, monkeypatch, harm):
    def harmed(solid, path):
        write_stl(solid, path)
        data = bytearray(path.read_bytes())
        if harm == "a triangle less":
            data[80:84] = (11).to_bytes(4, "little")
            data = data[:-50]
        else:
            data[84 + 12 : 84 + 16] = np.float32(1.0001).tobytes()
        path.write_bytes(data)

    monkeypatch.setattr(conversion, "write_stl", harmed)

    with pytest.raises(Unreadable, match="did not come out like the model"):
        as_format(tmp_path, box((2.0, 2.0, 2.0)), "stl")
