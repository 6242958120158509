"""Smaller copies: textures first, then faces, and nothing else."""

import io
import json
import shutil
import struct

import numpy as np
import pytest
from PIL import Image

from adapters.preview.formats import read_model
from adapters.preview.reducing import reduced
from adapters.preview.solid import Unreadable
from adapters.preview.thinning import thinned
from adapters.preview.welding import is_watertight
from tests.unit.preview.samples import Glb, ball, png, textured_ball, written
from tests.unit.simulator_models.making import made
from tests.unit.simulator_models.test_gltf_validator import ROOT, complaints


def noise(edge: int) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 255, (edge, edge, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=92)
    return out.getvalue()


def document_of(path) -> dict:
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + length])


def test_a_model_that_fits_loses_nothing(tmp_path):
    path = written(tmp_path, textured_ball(png()).bytes())

    reduction = reduced(path, tmp_path / "small.glb", limit_bytes=10_000_000)

    assert reduction.given_up == ()
    assert read_model(tmp_path / "small.glb", texture_px=64).facts == read_model(path, texture_px=64).facts


def test_textures_shrink_before_any_triangle_goes(tmp_path):
    path = written(tmp_path, textured_ball(noise(2048), "image/jpeg").bytes())

    reduction = reduced(path, tmp_path / "small.glb", limit_bytes=1_500_000)

    assert reduction.given_up == ("textures from 2048 to 1024 pixels",)
    assert reduction.size_bytes == (tmp_path / "small.glb").stat().st_size <= 1_500_000


def test_a_bulky_png_becomes_a_jpeg_of_the_same_size(tmp_path):
    pixels = np.random.default_rng(1).integers(100, 120, (512, 512, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    path = written(tmp_path, textured_ball(out.getvalue()).bytes())

    reduction = reduced(path, tmp_path / "small.glb", limit_bytes=300_000)

    assert reduction.given_up == ()
    assert document_of(tmp_path / "small.glb")["images"][0]["mimeType"] == "image/jpeg"


def test_triangles_go_when_textures_are_not_enough(tmp_path):
    path = made(tmp_path, faces=20_000, texture_px=256)["base_basic_pbr.glb"]
    limit = path.stat().st_size // 3

    reduction = reduced(path, tmp_path / "small.glb", limit_bytes=limit)

    small = read_model(tmp_path / "small.glb", texture_px=64)
    assert reduction.size_bytes <= limit
    assert 500 < small.facts.triangles == reduction.triangles < 12_000
    assert is_watertight(small.surfaces) is True
    assert small.facts.size == pytest.approx(read_model(path, texture_px=64).facts.size, rel=0.02)


def test_everything_else_in_the_file_stays(tmp_path):
    made_of = textured_ball(noise(2048), "image/jpeg", name="paint", extras={"kept": [1, 2]})
    made_of.document["nodes"][0] |= {"name": "the ball", "translation": [1, 2, 3]}
    path = written(tmp_path, made_of.bytes())

    reduced(path, tmp_path / "small.glb", limit_bytes=1_500_000)

    document = document_of(tmp_path / "small.glb")
    assert document["nodes"] == made_of.document["nodes"]
    assert document["materials"] == made_of.document["materials"]


def test_what_cannot_be_made_that_small_is_refused(tmp_path):
    path = made(tmp_path, faces=3000, texture_px=256)["base_basic_pbr.glb"]

    with pytest.raises(Unreadable, match="cannot be made as small as 2,000 bytes"):
        reduced(path, tmp_path / "small.glb", limit_bytes=2000)
    assert not (tmp_path / "small.glb").exists()


def test_thinning_keeps_the_texture_where_it_was(tmp_path):
    points, uvs, faces = ball(rings=60, segments=80)

    thin = thinned(points.astype(np.float32), faces, triangles=1500)

    assert 1000 < len(thin.corners) < 1700
    moved = np.abs(thin.points - points[thin.sources]).max(axis=1)
    assert (moved < 1e-5).mean() > 0.98
    assert moved.max() < 0.2
    # No triangle reaches across the seam, where u falls from one to zero.
    spread = np.ptp(uvs[thin.sources][thin.corners][..., 0], axis=1)
    away_from_poles = np.abs(thin.points[thin.corners][..., 1]).max(axis=1) < 0.9
    assert spread[away_from_poles].max() < 0.5


def test_open_borders_stay_where_they_are(tmp_path):
    rows, columns = np.mgrid[0:30, 0:30]
    points = np.stack([columns, np.zeros_like(rows), rows], axis=-1).reshape(-1, 3).astype(np.float32)
    first = (rows[:-1, :-1] * 30 + columns[:-1, :-1]).ravel()
    faces = np.concatenate(
        [np.stack([first, first + 30, first + 31], -1), np.stack([first, first + 31, first + 1], -1)]
    )

    thin = thinned(points, faces, triangles=300)

    assert len(thin.corners) < 1000
    assert np.ptp(thin.points, axis=0).tolist() == [29.0, 0.0, 29.0]


def test_shared_data_is_thinned_once(tmp_path):
    points, _, faces = ball(rings=80, segments=80)
    twice = Glb().attribute("POSITION", points).indices(faces)
    twice.document["meshes"].append({"primitives": [dict(twice.primitive)]})
    twice.document["nodes"] = [{"mesh": 0}, {"mesh": 1, "translation": [3, 0, 0]}]
    twice.document["scenes"] = [{"nodes": [0, 1]}]
    path = written(tmp_path, twice.bytes())

    reduced(path, tmp_path / "small.glb", limit_bytes=path.stat().st_size // 2)

    first, second = (mesh["primitives"][0] for mesh in document_of(tmp_path / "small.glb")["meshes"])
    assert first == second


@pytest.mark.node
@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.skipif(not (ROOT / "node_modules" / "gltf-validator").is_dir(), reason="run `npm ci`")
def test_smaller_copies_are_valid_gltf(tmp_path):
    path = made(tmp_path, faces=8000, texture_px=256, parts=3)["base_basic_pbr.glb"]

    for number, share in enumerate((0.8, 0.4)):
        reduced(path, tmp_path / f"small{number}.glb", limit_bytes=round(path.stat().st_size * share))

    assert complaints([tmp_path / "small0.glb", tmp_path / "small1.glb"]) == {}
