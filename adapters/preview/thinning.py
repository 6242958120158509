"""Fewer triangles for one mesh, without cracks at texture seams and without moving textures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adapters.preview.arrays import Floats, Longs, Singles
from adapters.preview.welding import places_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinned:
    """Which old vertex lends its attributes to each new one, where the new ones stand, and how they are joined."""

    sources: Longs  # (n,)
    points: Singles  # (n, 3)
    corners: Longs  # (m, 3)


def thinned(points: Singles, corners: Longs, *, triangles: int) -> Thinned:
    """Collapse edges until about `triangles` are left; open borders stay.

    Vertices at one place are welded first, so that both sides of a seam move together. Afterwards each side gets a
    vertex of its own again, which takes its attributes from the nearest vertex of that side that collapsed into it.
    """
    places = places_of(points)
    first = np.unique(places, return_index=True)[1]
    joined = places[corners]
    welded = points[first].astype(np.float64)
    ends, stands = _collapsed(welded, joined, triangles)
    stands = _snapped(welded, ends, stands)
    # All of a side ends at one place, so a side names its place too.
    sides, end = _sides(corners, ends[places]), ends[places]
    nearest = _nearest(np.linalg.norm(points - stands[end], axis=1), sides)
    kept = sides[corners[_proper(ends[joined])]]
    left, numbers = np.unique(kept, return_inverse=True)
    return Thinned(sources=nearest[left], points=stands[end[left]].astype(np.float32), corners=numbers.reshape(-1, 3))


def _nearest(away: Floats, groups: Longs) -> Longs:
    """For each group, under its number, the member that is least far away."""
    order = np.lexsort((away, groups))
    is_first = np.concatenate([[True], np.diff(groups[order]) != 0])
    nearest = np.zeros(len(groups), dtype=np.int64)
    nearest[groups[order[is_first]]] = order[is_first]
    return nearest


def _proper(corners: Longs) -> Longs:
    """The rows whose three corners differ."""
    a, b, c = corners.T
    return np.flatnonzero((a != b) & (b != c) & (c != a))


def _collapsed(points: Floats, corners: Longs, triangles: int) -> tuple[Longs, Floats]:
    """For each vertex the one it ended in, and where each vertex came to stand."""
    import fast_simplification  # noqa: PLC0415 - only thinning needs it

    used, flat = np.unique(corners[_proper(corners)], return_inverse=True)
    dense = flat.reshape(-1, 3)
    stood, _, collapses = fast_simplification.simplify(
        points[used],
        dense.astype(np.int32),
        target_count=min(max(triangles, 1), len(dense)),
        return_collapses=True,
        preserve_border=True,
    )
    parents = np.arange(len(used))
    parents[collapses[:, 1]] = collapses[:, 0]
    while not np.array_equal(further := parents[parents], parents):
        parents = further
    stands, ends = points.copy(), np.arange(len(points))
    ends[used] = used[parents]
    # The library lists what is left in the old order, so the survivors' new places can be told apart.
    left = np.unique(parents[dense][_proper(parents[dense])])
    if len(left) == len(stood):
        stands[used[left]] = stood
    return ends, stands


def _snapped(points: Floats, ends: Longs, stands: Floats) -> Floats:
    """Each survivor moved to the nearest old vertex that ended in it, where its texture is surely right."""
    nearest = _nearest(np.linalg.norm(points - stands[ends], axis=1), ends)
    return np.where((ends == np.arange(len(ends)))[:, None], points[nearest], stands)


def _sides(corners: Longs, ends: Longs) -> Longs:
    """For each vertex the least of those that are joined to it by edges and ended at the same place."""
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    a, b = pairs[ends[pairs[:, 0]] == ends[pairs[:, 1]]].T
    labels = np.arange(len(ends))
    while True:
        spread = labels.copy()
        np.minimum.at(spread, a, labels[b])
        np.minimum.at(spread, b, labels[a])
        spread = np.minimum(spread, spread[spread])
        if np.array_equal(spread, labels):
            return labels
        labels = spread
