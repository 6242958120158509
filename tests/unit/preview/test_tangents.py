"""Tangents point where u grows, stand upright on normals, and know which way the picture lies."""

import numpy as np

from adapters.preview.accessors import Accessors
from adapters.preview.container import open_glb
from adapters.preview.tangents import tangents
from tests.unit.simulator_models.making import made

SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=np.float32)
UP = np.tile(np.array([[0, 0, 1]], dtype=np.float32), (4, 1))
UVS = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], dtype=np.float32)  # v counts from the picture's upper edge
FACES = np.array([[0, 1, 2], [0, 2, 3]])


def test_a_picture_that_hangs_straight_runs_to_the_right_and_up():
    assert tangents(SQUARE, UP, UVS, FACES).tolist() == [[1.0, 0.0, 0.0, 1.0]] * 4


def test_a_picture_that_hangs_mirrored_runs_the_other_way():
    assert tangents(SQUARE, UP, UVS * [-1, 1], FACES).tolist() == [[-1.0, 0.0, 0.0, -1.0]] * 4


def test_where_the_picture_has_no_direction_any_at_right_angles_does():
    found = tangents(SQUARE, UP, np.zeros((4, 2), dtype=np.float32), FACES)

    assert np.allclose(np.linalg.norm(found[:, :3], axis=1), 1.0)
    assert np.allclose((found[:, :3] * UP).sum(axis=1), 0.0)
    assert set(found[:, 3].tolist()) <= {1.0, -1.0}


def test_they_agree_with_those_of_somebody_who_knew_the_surface(tmp_path):
    container = open_glb(made(tmp_path, prompt="an apple")["base_basic_pbr.glb"])
    accessors, primitive = Accessors(container), container.json["meshes"][0]["primitives"][0]
    widths = {"POSITION": 3, "NORMAL": 3, "TEXCOORD_0": 2, "TANGENT": 4}
    points, normals, uvs, known = (accessors.floats(primitive["attributes"][name], widths[name]) for name in widths)
    corners = accessors.raw(primitive["indices"], 1).reshape(-1, 3).astype(np.int64)

    found = tangents(points, normals, uvs, corners)

    assert (found[:, 3] == known[:, 3]).all()
    assert np.median((found[:, :3] * known[:, :3]).sum(axis=1)) > 0.99
