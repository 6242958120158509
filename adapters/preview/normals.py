"""Normals for meshes that bring none: smooth where faces meet gently, sharp at edges."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from adapters.preview.arrays import Longs, Singles
from adapters.preview.solid import Surface
from adapters.preview.welding import places_of

# Faces that meet at less than this belong to one curved surface.
_CREASE = math.cos(math.radians(40.0))
# How many faces around a corner are compared; past that an edge may come out too sharp, nothing worse.
_NEIGHBOURS = 16


def with_normals(surface: Surface) -> Surface:
    """The surface with a normal for each corner; as it is when it has some."""
    if surface.normals is not None:
        return surface
    corners = surface.corners.astype(np.int64)
    faces = _face_normals(surface.points, corners)
    normals = _corner_normals(faces, places_of(surface.points)[corners])
    flat = surface.corners.ravel()
    first, second = surface.uvs
    return replace(
        surface,
        points=surface.points[flat],
        corners=np.arange(len(flat), dtype=np.uint32).reshape(-1, 3),
        normals=normals,
        uvs=(None if first is None else first[flat], None if second is None else second[flat]),
        colours=None if surface.colours is None else surface.colours[flat],
    )


def _face_normals(points: Singles, corners: Longs) -> Singles:
    """As long as twice the face's area, on a model of size one."""
    scaled = (points - points.min(axis=0)) / max(float(np.ptp(points, axis=0).max()), 1e-30)
    a, b, c = (scaled[corners[:, column]] for column in range(3))
    return np.cross(b - a, c - a).astype(np.float32)


def _corner_normals(faces: Singles, places: Longs) -> Singles:
    """A normal for each corner, (3 m, 3); `places` are welded vertices, (m, 3)."""
    owner = np.repeat(np.arange(len(faces)), 3)
    flat = places.ravel()
    own = _unit(faces)[owner]
    total = np.stack([np.bincount(flat, faces[owner, axis], flat.max() + 1) for axis in range(3)], axis=-1)
    smooth = _unit(total.astype(np.float32))[flat]
    is_hard = np.zeros(len(total), dtype=np.bool_)
    is_hard[flat[(own * smooth).sum(axis=1) < _CREASE]] = True
    hard = np.flatnonzero(is_hard[flat])
    hard = hard[np.argsort(flat[hard], kind="stable")]
    smooth[hard] = _sharp(faces[owner[hard]], own[hard], flat[hard])
    return smooth


def _sharp(faces: Singles, own: Singles, places: Longs) -> Singles:
    """At creased vertices: the sum of those faces alone that turn little from the corner's own."""
    total = faces.copy()
    for step in range(1, min(_NEIGHBOURS, len(places) - 1) + 1):
        gentle = (places[step:] == places[:-step]) & ((own[step:] * own[:-step]).sum(axis=1) > _CREASE)
        total[step:] += np.where(gentle[:, None], faces[:-step], np.float32(0.0))
        total[:-step] += np.where(gentle[:, None], faces[step:], np.float32(0.0))
    return _unit(total)


def _unit(vectors: Singles) -> Singles:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Singles = (vectors / np.maximum(lengths, np.float32(1e-30))).astype(np.float32)
    return unit
