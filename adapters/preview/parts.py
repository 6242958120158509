"""Moving the parts of a model apart, so that each is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adapters.preview.arrays import Floats, Longs
from adapters.preview.solid import Surface
from adapters.preview.welding import places_of

# More pieces than any split makes: then it is a model of crumbs, and nothing is gained by scattering them.
_MOST_PIECES = 64
# Finding pieces among this many triangles takes about 4 s.
_MOST_TRIANGLES = 1_000_000


def moved_apart(surfaces: tuple[Surface, ...], spread: float) -> tuple[Surface, ...]:
    """Move each part away from the middle of the model, by its own middle's distance times `spread`.

    Parts are what the file calls so (the placed meshes of a GLB), else the pieces that do not touch. A part in the very
    middle stays, and so does a model of one part, or of more than anybody can tell apart.
    """
    if not spread:
        return surfaces
    owners = _parts(surfaces)
    if owners.max(initial=0) == 0:
        owners = _pieces(surfaces)
    count = int(owners.max(initial=0)) + 1
    if not 2 <= count <= _MOST_PIECES:
        return surfaces
    points = np.concatenate([surface.points for surface in surfaces]).astype(np.float64)
    used = _corners(surfaces).ravel()
    middle = _middle(points[used])
    for number in range(count):
        mine = owners == number
        points[mine] += (_middle(points[used[mine[used]]]) - middle) * spread
    return _with_points(surfaces, points)


def _parts(surfaces: tuple[Surface, ...]) -> Longs:
    """The part of each point, numbered from 0, as the file has it."""
    numbers = np.unique([surface.part for surface in surfaces], return_inverse=True)[1]
    return np.repeat(numbers, [len(surface.points) for surface in surfaces]).astype(np.int64)


def _pieces(surfaces: tuple[Surface, ...]) -> Longs:
    """The piece of each point, numbered from 0: points hang together that triangles join, or that lie at one place."""
    corners = _corners(surfaces)
    places = places_of(np.concatenate([surface.points for surface in surfaces]))
    if len(corners) > _MOST_TRIANGLES:
        return np.zeros_like(places)
    faces = places[corners]
    labels = _joined(faces, int(places.max()) + 1)
    seen = np.unique(labels[faces[:, 0]])
    # A point that no triangle uses has no piece; it may go with any.
    found: Longs = np.minimum(np.searchsorted(seen, labels), len(seen) - 1)[places].astype(np.int64)
    return found


def _joined(faces: Longs, count: int) -> Longs:
    """One label for all that hangs together: the smallest number of a place in it."""
    labels = np.arange(count)
    while True:
        before = labels.copy()
        np.minimum.at(labels, faces.ravel(), np.repeat(labels[faces].min(axis=1), 3))
        # Also what a label points to is joined, so that long chains need few turns.
        np.minimum.at(labels, before[faces].ravel(), np.repeat(labels[faces].min(axis=1), 3))
        labels = labels[labels]
        if (labels == before).all():
            return labels


def _corners(surfaces: tuple[Surface, ...]) -> Longs:
    """All triangles, by the numbers of their points among all points."""
    starts = np.cumsum([0, *(len(surface.points) for surface in surfaces)])
    return np.concatenate([surface.corners + start for surface, start in zip(surfaces, starts, strict=False)]).astype(
        np.int64
    )


def _with_points(surfaces: tuple[Surface, ...], points: Floats) -> tuple[Surface, ...]:
    ends = np.cumsum([len(surface.points) for surface in surfaces])[:-1]
    moved = np.split(points.astype(np.float32), ends)
    return tuple(replace(surface, points=own) for surface, own in zip(surfaces, moved, strict=True))


def _middle(points: Floats) -> Floats:
    """The middle of the box around points."""
    middle: Floats = (points.min(axis=0) + points.max(axis=0)) / 2.0
    return middle
