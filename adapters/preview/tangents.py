"""Tangents for surfaces whose normal map needs them.

Source: Lengyel, "Computing Tangent Space Basis Vectors for an Arbitrary Mesh"; Khronos glTF 2.0 specification, 3.7.2.1.
"""

from __future__ import annotations

import numpy as np

from adapters.preview.arrays import Floats, Longs, Singles


def tangents(points: Singles, normals: Singles, uvs: Singles, corners: Longs) -> Singles:
    """Return for each vertex the direction in which u grows, (n, 4), at right angles to its normal.

    The fourth number is the sign of the bitangent, 1 or -1, which points where v falls: up the picture. Where the
    texture has no direction, any one at right angles does.
    """
    a, b, c = (corners[:, column] for column in range(3))
    spots, places = points.astype(np.float64), uvs.astype(np.float64)
    first, second = spots[b] - spots[a], spots[c] - spots[a]
    one, two = places[b] - places[a], places[c] - places[a]
    turns = one[:, 0] * two[:, 1] - two[:, 0] * one[:, 1]
    share = np.where(np.abs(turns) > 1e-20, 1.0 / np.where(turns == 0, 1.0, turns), 0.0)[:, None]
    along = (first * two[:, 1:] - second * one[:, 1:]) * share
    across = (second * one[:, :1] - first * two[:, :1]) * share
    upright = normals.astype(np.float64)
    right = _summed(along, corners, len(points))
    right -= upright * (upright * right).sum(axis=1, keepdims=True)
    lengths = np.linalg.norm(right, axis=1, keepdims=True)
    straight = np.where(lengths > 1e-12, right / np.maximum(lengths, 1e-30), _aside(upright))
    is_mirrored = (np.cross(upright, straight) * _summed(across, corners, len(points))).sum(axis=1) > 0.0
    signs = np.where(is_mirrored, -1.0, 1.0)[:, None]
    return np.ascontiguousarray(np.concatenate([straight, signs], axis=1), "<f4")


def _summed(rows: Floats, corners: Longs, count: int) -> Floats:
    """Add each triangle's row to its three vertices, whatever its size in the texture."""
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30)
    flat = np.repeat(unit, 3, axis=0)
    sums: Floats = np.stack([np.bincount(corners.ravel(), flat[:, axis], count) for axis in range(3)], axis=-1)
    return sums


def _aside(normals: Floats) -> Floats:
    """Return any direction at right angles to each normal."""
    other = np.where(np.abs(normals[:, :1]) < 0.9, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    right = np.cross(normals, other)
    aside: Floats = right / np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-30)
    return aside
