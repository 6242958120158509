"""OBJ and STL, as different programs write them."""

import struct

import numpy as np
import pytest

from adapters.preview.formats import read_model
from adapters.preview.normals import with_normals
from adapters.preview.solid import CLAY, Alpha, Unreadable, bounds
from adapters.preview.welding import is_watertight
from tests.unit.preview.samples import BOX, BOX_FACES, png

_VERTICES = "".join(f"v {x} {y} {z}\n" for x, y, z in BOX)
_SIDES = ((1, 2, 4, 3), (5, 7, 8, 6), (1, 5, 6, 2), (3, 4, 8, 7), (1, 3, 7, 5), (2, 6, 8, 4))


def obj(folder, text: str, **files: bytes):
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    path = folder / "model.obj"
    path.write_bytes(text.encode())
    return read_model(path, texture_px=64)


def faces(write=str) -> str:
    return "".join(f"f {' '.join(write(corner) for corner in side)}\n" for side in _SIDES)


def test_quads_are_counted_and_drawn_as_triangles(tmp_path):
    solid = obj(tmp_path, _VERTICES + faces())

    assert (solid.facts.quads, solid.facts.triangles, solid.facts.vertices) == (6, 12, 8)
    assert solid.facts.size == (2.0, 2.0, 2.0)
    assert is_watertight(solid.surfaces) is True


@pytest.mark.parametrize(
    "write",
    [
        lambda corner: f"{corner}/{corner}",
        lambda corner: f"{corner}//1",
        lambda corner: f"{corner}/{corner}/1",
        lambda corner: f"{corner}/",
        lambda corner: str(corner - 9),
        lambda corner: f"{corner - 9}/{corner - 9}/-1",
        lambda corner: f"{corner}/{corner}" if corner % 2 else f"{corner}//1",
    ],
    ids=["uv", "normal", "both", "empty uv", "backwards", "all backwards", "mixed"],
)
def test_corners_are_read_however_they_are_written(write, tmp_path):
    uvs = "vt 0.25 0.75\n" * 8

    solid = obj(tmp_path, _VERTICES + uvs + "vn 0 1 0\n" + faces(write))

    assert solid.facts.triangles == 12
    assert is_watertight(solid.surfaces) is True


def test_faces_that_say_all_beside_faces_that_say_only_points_are_told_apart(tmp_path):
    text = _VERTICES + "vt 0 0\nvn 0 0 1\nf 1/1/1 2/1/1 3/1/1\nf 8 7 6\n"

    (surface,) = obj(tmp_path, text).surfaces

    assert surface.points[surface.corners].tolist() == BOX[[[0, 1, 2], [7, 6, 5]]].tolist()


@pytest.mark.parametrize("side", ["1 2 3 4", "2 3 4 1", "3 4 1 2", "4 1 2 3", "4 3 2 1"])
def test_a_quad_that_caves_in_is_cut_inside_itself(side, tmp_path):
    dart = "v 0 0 0\nv 1 0 0\nv 0.25 0.25 0\nv 0 1 0\n"

    (surface,) = obj(tmp_path, f"{dart}f {side}\n").surfaces

    a, b, c = surface.points[surface.corners].transpose(1, 0, 2)
    assert np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2 == pytest.approx(0.25)


def test_faces_that_lack_normals_leave_the_others_theirs(tmp_path):
    text = "v 0 0 0\nv 3 0 0\nv 0 3 0\nv 0 0 3\nvn 0.6 0 0.8\nf 1//1 2//1 3//1\nf 1 4 2\n"

    (surface,) = obj(tmp_path, text).surfaces

    found = surface.normals[surface.corners]
    assert found[0] == pytest.approx(np.array([[0.6, 0, 0.8]] * 3))
    assert found[1] == pytest.approx(np.array([[0, 1, 0]] * 3))


def test_words_may_stand_apart_by_tabs(tmp_path):
    text = ("mtllib coat.mtl\n" + _VERTICES + "usemtl coat\n" + faces()).replace(" ", "\t")

    solid = obj(tmp_path, text, coat_mtl=b"newmtl\tcoat\n\tPm\t1\n")

    assert (solid.facts.quads, solid.surfaces[0].material.metallic) == (6, 1.0)


def test_the_textures_origin_is_turned_upside_down(tmp_path):
    solid = obj(tmp_path, _VERTICES + "vt 0.25 0.75\n" * 8 + faces(lambda corner: f"{corner}/{corner}"))

    assert solid.surfaces[0].uvs[0][0] == pytest.approx([0.25, 0.25])


def test_windows_line_ends_long_lines_and_comments_are_read(tmp_path):
    text = ("# made by hand\n" + _VERTICES + "f 1 2 \\\n4 3\n").replace("\n", "\r\n")

    assert obj(tmp_path, text).facts.quads == 1


def test_materials_beside_the_model_are_worn(tmp_path):
    mtl = b"newmtl red coat\nKd 0.5 0.5 0.5\nmap_Kd -s 1 1 1 skin.png\nmap_Pm metal.png\nPm 0\nnorm -bm 1.0 bump.png\n"
    text = "mtllib coat.mtl\n" + _VERTICES + "usemtl red coat\n" + faces()

    solid = obj(tmp_path, text, coat_mtl=mtl, skin_png=png(32, 16), metal_png=png(), bump_png=png())
    material = solid.surfaces[0].material

    assert solid.facts.textures == ((32, 16), (8, 8), (8, 8))
    assert solid.notes == ()
    assert material.base_map.image.size == (32, 16)
    assert material.metallic == 1.0
    assert material.normal_map is not None


@pytest.mark.parametrize(
    ("opacity", "alpha"), [((90, 90, 90), 90), ((255, 255, 255, 77), 77)], ids=["by brightness", "by its own"]
)
def test_a_picture_of_opacity_says_it_by_its_brightness_or_its_own_transparency(opacity, alpha, tmp_path):
    text = "mtllib coat.mtl\n" + _VERTICES + "usemtl coat\n" + faces()
    mtl = b"newmtl coat\nmap_Kd skin.png\nmap_d seen.png\n"

    solid = obj(tmp_path, text, coat_mtl=mtl, skin_png=png(), seen_png=png(8, 8, opacity))

    assert solid.surfaces[0].material.base_map.image.getpixel((0, 0))[3] == alpha


def test_what_is_missing_beside_the_model_is_said_and_drawn_without(tmp_path):
    solid = obj(tmp_path, "mtllib gone.mtl\n" + _VERTICES + "usemtl coat\n" + faces())

    assert solid.surfaces[0].material is CLAY
    assert solid.notes == ("The material file gone.mtl is missing.",)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "C:\\secret.png", "sub/skin.png", ".env"])
def test_a_texture_outside_the_folder_is_refused(name, tmp_path):
    mtl = f"newmtl coat\nmap_Kd {name}\n".encode()

    with pytest.raises(Unreadable, match="outside its own folder"):
        obj(tmp_path, "mtllib coat.mtl\n" + _VERTICES + "usemtl coat\n" + faces(), coat_mtl=mtl)


def test_a_texture_that_is_a_link_is_refused(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(png())
    model = tmp_path / "inner"
    model.mkdir()
    (model / "skin.png").symlink_to(secret)

    with pytest.raises(Unreadable, match="no plain file"):
        obj(
            model,
            "mtllib coat.mtl\n" + _VERTICES + "usemtl coat\n" + faces(),
            coat_mtl=b"newmtl coat\nmap_Kd skin.png\n",
        )


def test_glass_is_blended(tmp_path):
    solid = obj(tmp_path, "mtllib a.mtl\n" + _VERTICES + "usemtl g\n" + faces(), a_mtl=b"newmtl g\nKd 1 1 1\nd 0.4\n")

    assert solid.surfaces[0].material.alpha is Alpha.BLEND
    assert solid.surfaces[0].material.base[3] == pytest.approx(0.4)


def test_colours_at_vertices_are_read(tmp_path):
    text = "".join(f"v {x} {y} {z} 1 0 0\n" for x, y, z in BOX) + faces()

    assert obj(tmp_path, text).surfaces[0].colours[0].tolist() == [255, 0, 0, 255]


def binary_stl(head: bytes = b"by hand") -> bytes:
    rows = b"".join(struct.pack("<12fH", 0, 0, 0, *BOX[face].ravel(), 0) for face in BOX_FACES)
    return head.ljust(80, b"\0") + struct.pack("<I", len(BOX_FACES)) + rows


def text_stl() -> bytes:
    facets = "".join(
        "facet normal 0 0 0\n outer loop\n"
        + "".join(f"  vertex {x} {y} {z}\n" for x, y, z in BOX[face])
        + " endloop\nendfacet\n"
        for face in BOX_FACES
    )
    return f"solid box\n{facets}endsolid box\n".encode()


@pytest.mark.parametrize(
    "data", [binary_stl(), binary_stl(b"solid it says"), text_stl()], ids=["binary", "sly", "text"]
)
def test_an_stl_is_welded_to_its_real_vertices(data, tmp_path):
    path = tmp_path / "model.stl"
    path.write_bytes(data)

    solid = read_model(path, texture_px=64)

    assert (solid.facts.triangles, solid.facts.vertices) == (12, 8)
    assert bounds(solid.surfaces) == ((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0))
    assert is_watertight(solid.surfaces) is True


def test_edges_of_a_box_stay_sharp_without_normals(tmp_path):
    (tmp_path / "model.stl").write_bytes(binary_stl())

    surface = with_normals(read_model(tmp_path / "model.stl", texture_px=64).surfaces[0])

    assert np.abs(surface.normals).max(axis=1) == pytest.approx(1.0)
