"""Whether a mesh is closed: vertices that lie at one place count as one, then every edge needs its partner."""

from __future__ import annotations

import numpy as np

from adapters.preview.arrays import Longs, Singles
from adapters.preview.solid import Surface

# Twice the work of this many triangles takes 3 s and 1 GB; past it nobody looks.
_MOST_TRIANGLES = 2_000_000
# Three times 21 bits fit one whole number; a float32 of the model's size is hardly finer.
_STEPS = 2**20


def places_of(points: Singles) -> Longs:
    """The place of each point, numbered from 0: points nearer than a millionth of the model share one."""
    low = points.min(axis=0).astype(np.float64)
    span = max(float(np.ptp(points.astype(np.float64), axis=0).max()), 1e-30)
    grid = np.round((points - low) / span * _STEPS).astype(np.int64)
    keys = (grid[:, 0] << 42) | (grid[:, 1] << 21) | grid[:, 2]
    places: Longs = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    return places


def is_watertight(surfaces: tuple[Surface, ...]) -> bool | None:
    """Whether no edge of the whole model is open; None for models too large to look at.

    Textured meshes split vertices at seams, so only positions count. Triangles without area are left out. An edge
    may be shared by any even number of faces: solids that touch along an edge are closed all the same.
    """
    if sum(len(surface.corners) for surface in surfaces) > _MOST_TRIANGLES:
        return None
    starts = np.cumsum([0, *(len(surface.points) for surface in surfaces)])
    places = places_of(np.concatenate([surface.points for surface in surfaces]))
    faces = [places[surface.corners + start] for surface, start in zip(surfaces, starts, strict=False)]
    corners = np.concatenate(faces)
    a, b, c = corners.T
    corners = corners[(a != b) & (b != c) & (c != a)]
    return len(corners) > 0 and _edges_are_paired(corners, int(places.max()) + 1)


def _edges_are_paired(corners: Longs, count: int) -> bool:
    ends = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    ends.sort(axis=1)
    edges = ends[:, 0] * count + ends[:, 1]
    edges.sort()
    changes = np.flatnonzero(edges[1:] != edges[:-1]) + 1
    uses = np.diff(np.concatenate([[0], changes, [len(edges)]]))
    return bool((uses % 2 == 0).all())
