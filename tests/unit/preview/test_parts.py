"""A split model whose parts are shown apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adapters.preview.formats import read_model
from adapters.preview.parts import moved_apart
from adapters.preview.solid import Surface, bounds
from adapters.rodin.simulator.models import ModelSpec, build


def a_cube(at: float, *, part: int, size: float = 1.0) -> Surface:
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=np.float32)
    triangles = np.array([[0, 1, 2], [2, 3, 4], [4, 5, 6], [6, 7, 0]], dtype=np.uint32)
    return Surface(points=((corners - 0.5) * size + [at, 0, 0]).astype(np.float32), corners=triangles, part=part)


def middles(surfaces: tuple[Surface, ...]) -> list[float]:
    return [round(float(surface.points[:, 0].mean()), 4) for surface in surfaces]


def test_parts_move_away_from_the_middle_by_their_distance() -> None:
    parts = (a_cube(-2, part=0), a_cube(0, part=1), a_cube(2, part=2))

    assert middles(moved_apart(parts, 0.5)) == [-3.0, 0.0, 3.0]


def test_surfaces_of_one_part_stay_together() -> None:
    parts = (a_cube(-2, part=0), a_cube(-1, part=0), a_cube(2, part=1))

    left, beside, right = middles(moved_apart(parts, 1.0))

    assert beside - left == pytest.approx(1.0)
    assert right - left > 4.0


def test_without_parts_in_the_file_the_pieces_that_do_not_touch_are_moved() -> None:
    (one,) = (a_cube(0, part=0),)
    both = replace(
        one,
        points=np.concatenate([one.points - np.array([2, 0, 0]), one.points + np.array([2, 0, 0])]).astype(np.float32),
        corners=np.concatenate([one.corners, one.corners + len(one.points)]),
    )

    (moved,) = moved_apart((both,), 0.5)

    assert [float(moved.points[:8, 0].mean()), float(moved.points[8:, 0].mean())] == [-3.0, 3.0]


def test_pieces_that_touch_at_one_place_are_one_even_with_points_of_their_own() -> None:
    left, right = a_cube(-0.5, part=0), a_cube(0.5, part=0)

    assert moved_apart((left, right), 0.6) == (left, right)


@pytest.mark.parametrize("count", [1, 65])
def test_one_piece_and_a_heap_of_crumbs_stay_as_they_are(count: int) -> None:
    surfaces = tuple(a_cube(3.0 * number, part=0) for number in range(count))

    assert moved_apart(surfaces, 0.6) is surfaces


@pytest.mark.parametrize("file_format", ["obj", "stl"])
def test_the_pieces_of_an_obj_and_an_stl_are_found(file_format: str, tmp_path: Path) -> None:
    build(ModelSpec(prompt="a chair", seed=1, faces=2000, parts=4, file_format=file_format), tmp_path)
    (model,) = tmp_path.glob(f"*.{file_format}")
    surfaces = read_model(model, texture_px=64).surfaces

    (low, high), (least, most) = bounds(surfaces), bounds(moved_apart(surfaces, 0.6))

    assert np.linalg.norm(np.subtract(most, least)) > 1.2 * np.linalg.norm(np.subtract(high, low))


def test_nothing_is_moved_where_nothing_was_asked_for() -> None:
    parts = (a_cube(-2, part=0), a_cube(2, part=1))

    assert moved_apart(parts, 0.0) is parts


def test_the_parts_of_a_glb_are_its_placed_meshes(tmp_path: Path) -> None:
    build(ModelSpec(prompt="a chair", seed=1, faces=2000, parts=4), tmp_path)
    solid = read_model(tmp_path / "base_basic_pbr.glb", texture_px=64)

    apart = moved_apart(solid.surfaces, 0.6)

    assert len({surface.part for surface in solid.surfaces}) == solid.facts.parts == 4
    (low, high), (least, most) = bounds(solid.surfaces), bounds(apart)
    assert np.linalg.norm(np.subtract(most, least)) > 1.2 * np.linalg.norm(np.subtract(high, low))
