"""The surfaces shapes are made of: turned on a lathe, extruded, swept along a path."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .arrays import Flags, Floats
from .curves import Curve, circle, rectangle, smooth, straight
from .pieces import Piece

Point2 = tuple[float, float]
Point3 = tuple[float, float, float]


def lathe(profile: Curve, ring: Curve | None = None, *, part: str = "body", finish: str = "main") -> Piece:
    """A profile of (radius, height) carried around the y axis, or around any other ring (x, z).

    The profile should begin and end at radius 0; where it does not, a flat end is added.
    """
    radius, height = profile.points[:, 0], profile.points[:, 1]
    rows = np.zeros((len(radius), 9))
    rows[:, 1] = height
    rows[:, 3] = radius
    rows[:, 8] = radius
    spine = _closed_ends(rows, profile.sharp)
    return Piece(part=part, finish=finish, ring=ring or circle(), spine=spine)


def _closed_ends(rows: Floats, sharp: Flags) -> Curve:
    marks = sharp.copy()
    if not np.allclose(rows[0, 3:], 0.0):
        rows, marks = _with_end(rows, marks)
    if not np.allclose(rows[-1, 3:], 0.0):
        rows, marks = _with_end(rows[::-1], marks[::-1])
        rows, marks = rows[::-1], marks[::-1]
    return Curve(points=rows, sharp=marks)


def _with_end(rows: Floats, marks: Flags) -> tuple[Floats, Flags]:
    end = rows[:1].copy()
    end[:, 3:] = 0.0
    marks = marks.copy()
    marks[0] = True
    return np.concatenate([end, rows]), np.concatenate([np.ones(1, np.bool_), marks])


def spun(*points: Point2, corners: Sequence[int] = (), part: str = "body", finish: str = "main") -> Piece:
    """A lathe body from a smooth profile through (radius, height) points, creased at `corners`."""
    profile = smooth(points, corners)
    radius = profile.points[:, 0]
    # The curve may swing past the axis on its way to an end; only the ends may lie on it.
    radius[1:-1] = np.maximum(radius[1:-1], 1e-3)
    return lathe(profile, part=part, finish=finish)


def cut(*points: Point2, part: str = "body", finish: str = "main") -> Piece:
    """A lathe body from a straight-edged profile."""
    return lathe(straight(points), part=part, finish=finish)


def ball(
    x: float, y: float | None = None, z: float | None = None, *, part: str = "body", finish: str = "main"
) -> Piece:
    """An ellipsoid around the origin with the given half axes."""
    angle = np.linspace(-math.pi / 2, math.pi / 2, 49)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    points[[0, -1], 0] = 0.0
    profile = Curve(points=points, sharp=np.zeros(49, dtype=np.bool_))
    return lathe(profile, part=part, finish=finish).scaled(x, y, z)


def box(size: Point3, bevel: float = 0.04, *, part: str = "body", finish: str = "main") -> Piece:
    """A box (width x, height y, depth z) around the origin with slanted upper and lower edges."""
    width, height, depth = size
    edge = bevel * min(size)
    inset = 1.0 - 2 * edge / max(min(width, depth), 1e-9)
    half = height / 2
    points = [(inset, -half), (1.0, edge - half), (1.0, half - edge), (inset, half)]
    return lathe(straight(points), rectangle(width, depth), part=part, finish=finish)


def slab(outline: Curve, thickness: float, bevel: float = 0.0, *, part: str = "body", finish: str = "main") -> Piece:
    """A flat outline (x, y) made `thickness` deep along z, its edges slanted by a share `bevel`.

    The outline must have a point from which all of it can be seen: its flat sides are fans around that point.
    """
    half, centre = thickness / 2, heart_of(outline.points)
    slant = [(1.0 - bevel, -half), (1.0, -half * 0.3), (1.0, half * 0.3), (1.0 - bevel, half)]
    profile = slant if bevel else [(1.0, -half), (1.0, half)]
    ring = replace(outline, points=outline.points - centre)
    turned = lathe(straight(profile), ring, part=part, finish=finish).turned("x", 90.0).scaled(1.0, -1.0, 1.0)
    return turned.moved(float(centre[0]), float(centre[1]))


def heart_of(outline: Floats) -> Floats:
    """The point farthest inside of all of an outline's sides, found by trying ever finer grids."""
    ahead = np.roll(outline, -1, axis=0) - outline
    area = float((outline[:, 0] * ahead[:, 1] - outline[:, 1] * ahead[:, 0]).sum())
    inward = np.stack([-ahead[:, 1], ahead[:, 0]], axis=-1) * math.copysign(1.0, area)
    inward /= np.maximum(np.linalg.norm(inward, axis=1, keepdims=True), 1e-12)
    low, high = outline.min(axis=0), outline.max(axis=0)
    best = (low + high) / 2
    for share in (0.5, 0.05, 0.005):
        steps = np.linspace(-share, share, 25)
        tries = best + np.stack(np.meshgrid(*np.outer(high - low, steps)), axis=-1).reshape(-1, 2)
        depth = ((tries[:, None] - outline[None]) * inward[None]).sum(axis=2).min(axis=1)
        best = tries[int(np.argmax(depth))]
    heart: Floats = best
    return heart


def tube(
    path: Sequence[Point3] | Floats,
    radius: float | Sequence[float],
    *,
    ring: Curve | None = None,
    part: str = "body",
    finish: str = "main",
) -> Piece:
    """A ring swept along a smooth path with rounded ends; one radius, or one for each path point."""
    points = np.array(path, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(points),))
    fine = smooth(np.column_stack([points, radii]).tolist()).points
    centres, radii = fine[:, :3], np.maximum(fine[:, 3], 1e-4)
    rows = _rows(centres, radii, _frames(centres))
    rows = np.concatenate([_dome(rows[0], rows[1])[::-1], rows, _dome(rows[-1], rows[-2])])
    spine = Curve(points=rows, sharp=np.zeros(len(rows), dtype=np.bool_))
    return Piece(part=part, finish=finish, ring=ring or circle(), spine=spine)


def loop(
    path: Floats, radius: float | Floats, *, ring: Curve | None = None, part: str = "body", finish: str = "main"
) -> Piece:
    """A ring swept along a closed path (the first point not repeated): a torus, a knot."""
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(path),))
    frames = _frames(np.concatenate([path, path[:1]]), heading=_closed_heading(path))
    rows = _rows(path, radii, _untwisted(frames))
    spine = Curve(points=rows, sharp=np.zeros(len(rows), dtype=np.bool_), closed=True)
    return Piece(part=part, finish=finish, ring=ring or circle(), spine=spine)


def torus(major: float, minor: float, *, ring: Curve | None = None, part: str = "body", finish: str = "main") -> Piece:
    """A torus around the y axis; another ring than a circle is scaled by `minor`."""
    angle = np.linspace(0.0, 2 * math.pi, 160, endpoint=False)
    path = np.stack([major * np.cos(angle), np.zeros_like(angle), major * np.sin(angle)], axis=-1)
    return loop(path, minor, ring=ring, part=part, finish=finish)


def _rows(centres: Floats, radii: Floats, frames: tuple[Floats, Floats]) -> Floats:
    return np.concatenate([centres, frames[0] * radii[:, None], frames[1] * radii[:, None]], axis=1)


def _dome(end: Floats, before: Floats) -> Floats:
    """Rows that round off a tube's end, from the end outwards to a point."""
    radius = float(np.linalg.norm(end[3:6]))
    heading = end[:3] - before[:3]
    heading /= max(float(np.linalg.norm(heading)), 1e-12)
    angle = np.linspace(0.0, math.pi / 2, 9)[1:]
    rows = np.repeat(end[None], len(angle), axis=0)
    rows[:, :3] += heading * radius * np.sin(angle)[:, None]
    rows[:, 3:] *= np.cos(angle)[:, None]
    rows[-1, 3:] = 0.0
    return rows


def _closed_heading(path: Floats) -> Floats:
    heading = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    heading = np.concatenate([heading, heading[:1]])
    unit: Floats = heading / np.linalg.norm(heading, axis=1, keepdims=True)
    return unit


def _frames(centres: Floats, heading: Floats | None = None) -> tuple[Floats, Floats]:
    """Two directions square to the path at each point, carried along without needless twist."""
    if heading is None:
        heading = np.gradient(centres, axis=0)
        heading /= np.maximum(np.linalg.norm(heading, axis=1, keepdims=True), 1e-12)
    first = np.cross(heading[0], [0.0, 0.0, 1.0] if abs(heading[0][2]) < 0.9 else [1.0, 0.0, 0.0])
    across = np.empty_like(centres)
    for index, ahead in enumerate(heading):
        previous = first if index == 0 else across[index - 1]
        square = previous - ahead * float(previous @ ahead)
        across[index] = square / max(float(np.linalg.norm(square)), 1e-12)
    return across, np.cross(heading, across)


def _untwisted(frames: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Spread a closed path's leftover twist evenly, so that its last frame meets its first."""
    across, up = frames
    gap = math.atan2(float(across[0] @ up[-1]), float(across[0] @ across[-1]))
    angle = (gap * np.arange(len(across)) / (len(across) - 1))[:, None]
    turned = across * np.cos(angle) + up * np.sin(angle)
    return turned[:-1], (up * np.cos(angle) - across * np.sin(angle))[:-1]
