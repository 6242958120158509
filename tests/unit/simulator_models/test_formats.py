import io
import re
import struct
import zipfile

import numpy as np
import pytest
import trimesh
from PIL import Image

from .making import Glb, made, picture, read_fbx


def test_a_pbr_glb_embeds_three_textures_of_the_size_asked_for(tmp_path):
    glb = Glb.read(made(tmp_path, texture_px=256)["base_basic_pbr.glb"])
    (material,) = glb.document["materials"]

    assert [glb.image(number).size for number in range(3)] == [(256, 256)] * 3
    assert set(material["pbrMetallicRoughness"]) >= {"baseColorTexture", "metallicRoughnessTexture"}
    assert "normalTexture" in material
    assert {"POSITION", "NORMAL", "TANGENT", "TEXCOORD_0"} <= set(glb.primitives()[0])


def test_a_shaded_glb_has_light_in_its_colours_and_no_other_texture(tmp_path):
    files = made(tmp_path, material="All", texture_px=128)
    pbr, shaded = (Glb.read(files[f"base_basic_{kind}.glb"]) for kind in ("pbr", "shaded"))

    assert len(shaded.document["images"]) == 1
    assert "normalTexture" not in shaded.document["materials"][0]
    lit, plain = (np.asarray(glb.image(0).convert("L"), dtype=float) for glb in (shaded, pbr))
    assert lit.std() > plain.std() + 5


def test_bare_geometry_is_grey_and_much_smaller(tmp_path):
    textured = made(tmp_path, texture_px=512)["base_basic_pbr.glb"]
    bare = made(tmp_path, texture_px=512, material="None")["base.glb"]

    document = Glb.read(bare).document
    assert "images" not in document
    assert "TEXCOORD_0" not in document["meshes"][0]["primitives"][0]["attributes"]
    assert bare.stat().st_size < 0.5 * textured.stat().st_size


def test_trimesh_reads_the_glb_as_one_textured_mesh(tmp_path):
    scene = trimesh.load(made(tmp_path, texture_px=128)["base_basic_pbr.glb"])

    (mesh,) = scene.geometry.values()
    assert mesh.visual.material.baseColorTexture.size == (128, 128)
    assert mesh.visual.uv.shape == (len(mesh.vertices), 2)


def test_an_obj_finds_its_material_and_textures_in_its_own_folder(tmp_path):
    files = made(tmp_path, file_format="obj", material="All", texture_px=128)

    for name in ("base_basic_pbr", "base_basic_shaded"):
        assert f"mtllib {name}.mtl" in files[f"{name}.obj"].read_text()
        named = re.findall(r"^(?:map_\w+|norm) (\S+)$", files[f"{name}.mtl"].read_text(), re.MULTILINE)
        assert named
        assert all(picture(files[texture]).size == (128, 128) for texture in named)
        loaded = trimesh.load(files[f"{name}.obj"], force="mesh")
        assert loaded.visual.material.image.size == (128, 128)
    assert picture(files["texture_roughness.png"]).mode == "L"


def test_obj_and_glb_hold_the_same_geometry_and_texture_coordinates(tmp_path):
    obj = trimesh.load(made(tmp_path, file_format="obj")["base_basic_pbr.obj"], force="mesh", process=False)
    glb = trimesh.load(made(tmp_path)["base_basic_pbr.glb"], force="mesh", process=False)

    assert np.allclose(obj.triangles, glb.triangles, atol=1e-5)
    assert np.allclose(obj.visual.uv[obj.faces], glb.visual.uv[glb.faces], atol=1e-5)


def test_the_stl_is_binary_and_its_normals_are_its_faces(tmp_path):
    path = made(tmp_path, file_format="stl")["base_basic_pbr.stl"]
    data = path.read_bytes()
    (count,) = struct.unpack_from("<I", data, 80)
    mesh = trimesh.load(path)

    assert not data.startswith(b"solid")
    assert len(data) == 84 + 50 * count
    stored = np.frombuffer(data, np.dtype([("n", "<f4", 3), ("v", "<f4", 9), ("a", "<u2")]), offset=84)["n"]
    assert np.allclose(stored, mesh.face_normals, atol=1e-2)


@pytest.mark.parametrize("parts", [1, 4])
def test_a_usdz_is_stored_aligned_and_complete(tmp_path, parts):
    path = made(tmp_path, file_format="usdz", parts=parts)["base_basic_pbr.usdz"]
    data = path.read_bytes()

    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        layer = archive.read("model.usda").decode()
        named = set(re.findall(r"@([^@]+)@", layer))
        pictures = [Image.open(io.BytesIO(archive.read(name))) for name in named]

    assert entries[0].filename == "model.usda"
    assert named == {f"textures/{name}.jpg" for name in ("base", "normal", "roughness", "metallic")}
    assert {picture.size for picture in pictures} == {(64, 64)}
    for entry in entries:
        assert entry.compress_type == zipfile.ZIP_STORED
        name, extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
        assert (entry.header_offset + 30 + name + extra) % 64 == 0
    assert layer.count("def Mesh ") == parts
    assert set(re.findall(r"</Model/Material/(\w+)\.", layer)) <= set(re.findall(r'def Shader "(\w+)"', layer))
    assert layer.count("{") == layer.count("}")


def test_usd_arrays_fit_together(tmp_path):
    with zipfile.ZipFile(made(tmp_path, file_format="usdz", faces=600)["base_basic_pbr.usdz"]) as archive:
        layer = archive.read("model.usda").decode()

    def rows(name):
        return layer.split(f" {name} = [")[1].split("]")[0]

    counts = [int(value) for value in rows("faceVertexCounts").split(", ")]
    corners = [int(value) for value in rows("faceVertexIndices").split(", ")]
    sizes = {rows(name).count("(") for name in ("points", "normals", "primvars:st")}
    assert sum(counts) == len(corners)
    assert sizes == {max(corners) + 1}


@pytest.mark.parametrize("parts", [1, 3])
def test_an_fbx_reads_back_with_geometry_textures_and_links(tmp_path, parts):
    root = read_fbx(made(tmp_path, file_format="fbx", parts=parts, texture_px=128)["base_basic_pbr.fbx"])
    geometries, models = list(root.find("Geometry")), list(root.find("Model"))

    assert len(geometries) == len(models) == parts
    for geometry in geometries:
        points = geometry.value("Vertices").reshape(-1, 3)
        corners = geometry.value("PolygonVertexIndex").reshape(-1, 3)
        ends = corners[:, 2]
        assert (ends < 0).all()
        assert max(corners[:, :2].max(), (~ends).max()) == len(points) - 1
        assert len(geometry.value("Normals")) == corners.size * 3
        assert geometry.value("UVIndex").max() == len(geometry.value("UV")) // 2 - 1
    videos = [Image.open(io.BytesIO(node.value("Content"))) for node in root.find("Video")]
    assert [video.size for video in videos] == [(128, 128)] * 4
    ids = {
        node.properties[0] for name in ("Geometry", "Model", "Material", "Texture", "Video") for node in root.find(name)
    }
    links = [node.properties for node in root.find("C")]
    assert all(link[1] in ids and (link[2] in ids or link[2] == 0) for link in links)
    assert {link[1] for link in links} == ids
    assert {link[3] for link in links if link[0] == "OP"} >= {"DiffuseColor", "NormalMap"}


@pytest.mark.parametrize("file_format", ["fbx", "usdz", "stl", "obj"])
def test_bare_geometry_has_no_textures_in_any_format(tmp_path, file_format):
    files = made(tmp_path, file_format=file_format, material="None")

    assert not [name for name in files if name.startswith("texture_")]
    data = files[f"base.{file_format}"].read_bytes()
    assert b"JFIF" not in data
    assert b"map_Kd" not in b"".join(path.read_bytes() for path in files.values())


def test_textures_above_what_is_painted_still_have_the_size_asked_for(tmp_path):
    files = made(tmp_path, texture_px=2304, material="Shaded", faces=500)

    assert Glb.read(files["base_basic_shaded.glb"]).image(0).size == (2304, 2304)
