"""Surfaces made ready to draw: size one at the origin, no stray vertices, a normal everywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adapters.preview.arrays import Bytes
from adapters.preview.normals import with_normals
from adapters.preview.solid import Surface, Unreadable, bounds

# As the graphics card reads it: 44 bytes a vertex.
VERTEX = np.dtype([("point", "f4", 3), ("normal", "f4", 3), ("uv0", "f4", 2), ("uv1", "f4", 2), ("colour", "u1", 4)])
LAYOUT = ("3f4 3f4 2f4 2f4 4f1", "point", "normal", "uv0", "uv1", "colour")
# A model thinner than this share of its size is a sheet: nobody models the inside of a sheet.
_SHEET = 1e-3


def made_ready(surfaces: tuple[Surface, ...]) -> tuple[Surface, ...]:
    """Bring a model's box to the origin and its diagonal to length one.

    Raises:
        Unreadable: all vertices lie at one place.
    """
    low, high = (np.array(corner) for corner in bounds(surfaces))
    diagonal = float(np.linalg.norm(high - low))
    if not 1e-30 < diagonal < 1e30:
        raise Unreadable("The model has no size: all of its vertices lie at one place.")
    middle = (low + high) / 2.0
    compact = [_compact(surface) for surface in surfaces]
    small = [replace(one, points=((one.points - middle) / diagonal).astype(np.float32)) for one in compact]
    return tuple(with_normals(surface) for surface in small)


def _compact(surface: Surface) -> Surface:
    """Without the vertices that no triangle uses."""
    used = np.unique(surface.corners)
    if len(used) == len(surface.points):
        return surface
    numbers = np.zeros(len(surface.points), dtype=np.uint32)
    numbers[used] = np.arange(len(used), dtype=np.uint32)
    first, second = surface.uvs
    return replace(
        surface,
        points=surface.points[used],
        corners=numbers[surface.corners],
        normals=None if surface.normals is None else surface.normals[used],
        uvs=(None if first is None else first[used], None if second is None else second[used]),
        colours=None if surface.colours is None else surface.colours[used],
    )


def is_sheet(surfaces: tuple[Surface, ...]) -> bool:
    """Whether all of a model lies in one plane, or nearly: then its back is drawn whatever its material says."""
    count = sum(len(surface.points) for surface in surfaces)
    middle = sum(surface.points.sum(axis=0, dtype=np.float64) for surface in surfaces) / count
    spread = np.zeros((3, 3))
    for surface in surfaces:
        away = surface.points - middle.astype(np.float32)
        spread += (away.T @ away).astype(np.float64)
    thickness = np.sqrt(np.maximum(np.linalg.eigvalsh(spread), 0.0))
    return bool(thickness[0] <= _SHEET * thickness[2])


def vertices(surface: Surface) -> Bytes:
    """A surface's vertices as the graphics card reads them."""
    rows = np.zeros(len(surface.points), dtype=VERTEX)
    rows["point"] = surface.points
    rows["normal"] = surface.normals
    first, second = surface.uvs
    if first is not None:
        rows["uv0"] = first
    if second is not None:
        rows["uv1"] = second
    rows["colour"] = 255 if surface.colours is None else surface.colours
    return rows.view(np.uint8)
