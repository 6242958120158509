"""A small software rasteriser on numpy: triangles to the nearest surface at every sample."""

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Ints, Longs, Singles

_DEPTH_STEPS = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What is seen: for each covered sample its place, triangle, and weights of the triangle's corners."""

    samples: Longs  # flat index into the picture, each at most once
    triangles: Longs
    weights: Singles  # (n, 3), perspective-correct

    def blend(self, values: Singles, triangles: Ints) -> Singles:
        """Interpolate values of vertices at every hit."""
        corners = triangles.take(self.triangles, axis=0)
        mixed = values.take(corners[:, 0], axis=0) * self.weights[:, :1]
        mixed += values.take(corners[:, 1], axis=0) * self.weights[:, 1:2]
        mixed += values.take(corners[:, 2], axis=0) * self.weights[:, 2:]
        return mixed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spans:
    """Horizontal runs of samples, each inside one triangle."""

    triangle: Longs
    row: Longs
    start: Longs
    width: Longs

    def samples(self, size: int) -> tuple[Longs, Longs, Longs]:
        """Triangle, row and column of every covered sample."""
        triangle, row = np.repeat(self.triangle, self.width), np.repeat(self.row, self.width)
        first = np.cumsum(self.width) - self.width
        column = np.arange(len(triangle)) - np.repeat(first - self.start, self.width)
        return triangle, row, np.minimum(column, size - 1)


def visible(screen: Floats, triangles: Ints, size: int) -> Hits:
    """Find the nearest triangle at every sample of a square picture.

    `screen` holds x and y in samples (y down) and the reciprocal of the distance, larger being nearer.
    Triangles that turn their back are left out.
    """
    corners = screen[triangles]
    area = _cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    front = np.flatnonzero(area < -1e-12)  # y runs down, so counter-clockwise is negative
    spans = _spans(corners[front], size)
    which, row, column = spans.samples(size)
    x: Floats = column + np.float64(0.5)
    y: Floats = row + np.float64(0.5)
    slopes = _planes(corners[front])
    nearness = slopes[which, 0] + slopes[which, 1] * x + slopes[which, 2] * y
    winner = _nearest(row * size + column, which, nearness, size)
    x, y, which, samples = x[winner], y[winner], which[winner], (row * size + column)[winner]
    return Hits(samples=samples, triangles=front[which], weights=_weights(corners[front][which], x, y))


def covered(screen: Floats, triangles: Ints, size: int) -> Singles:
    """1 where any triangle, whichever way it turns, covers a sample, else 0: (size, size)."""
    spans = _spans(screen[triangles], size)
    edges = np.zeros((size, size + 1), dtype=np.int32)
    np.add.at(edges, (spans.row, spans.start), 1)
    np.add.at(edges, (spans.row, spans.start + spans.width), -1)
    return (np.cumsum(edges, axis=1)[:, :-1] > 0).astype(np.float32)


def _cross(a: Floats, b: Floats) -> Floats:
    product: Floats = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


def _spans(corners: Floats, size: int) -> _Spans:
    """Rows each triangle crosses, and the run of sample centres between its two sides there."""
    top = np.clip(np.ceil(corners[..., 1].min(axis=1) - 0.5), 0, size).astype(np.int64)
    bottom = np.clip(np.ceil(corners[..., 1].max(axis=1) - 0.5), 0, size).astype(np.int64)
    rows = np.maximum(bottom - top, 0)
    triangle = np.repeat(np.arange(len(corners)), rows)
    row = np.arange(len(triangle)) - np.repeat(np.cumsum(rows) - rows - top, rows)
    left, right = np.full(len(row), np.inf), np.full(len(row), -np.inf)
    for one, two in ((0, 1), (1, 2), (2, 0)):
        x = _crossing(corners[:, one], corners[:, two], triangle, row + 0.5)
        left, right = np.fmin(left, x), np.fmax(right, x)
    start = np.clip(np.ceil(left - 0.5), 0, size)
    width = np.clip(np.ceil(right - 0.5), 0, size) - start
    kept = width > 0
    return _Spans(
        triangle=triangle[kept],
        row=row[kept],
        start=start[kept].astype(np.int64),
        width=width[kept].astype(np.int64),
    )


def _crossing(one: Floats, two: Floats, triangle: Longs, y: Floats) -> Floats:
    """Where an edge meets a row; NaN where it does not."""
    rise = two[:, 1] - one[:, 1]
    slope = (two[:, 0] - one[:, 0]) / np.where(rise == 0, 1.0, rise)
    meets = (one[triangle, 1] <= y) != (two[triangle, 1] <= y)
    x: Floats = np.where(meets, one[triangle, 0] + (y - one[triangle, 1]) * slope[triangle], np.nan)
    return x


def _planes(corners: Floats) -> Floats:
    """Nearness as a + b x + c y over each triangle."""
    origin, u, v = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = _cross(u, v)
    b = (u[:, 2] * v[:, 1] - v[:, 2] * u[:, 1]) / area
    c = (v[:, 2] * u[:, 0] - u[:, 2] * v[:, 0]) / area
    return np.stack([origin[:, 2] - b * origin[:, 0] - c * origin[:, 1], b, c], axis=-1)


def _nearest(samples: Longs, which: Longs, nearness: Floats, size: int) -> Longs:
    """Which candidates win their sample; of equals the one listed last."""
    if not len(samples):  # a model thinner than a sample
        return np.zeros(0, dtype=np.int64)
    low, high = float(nearness.min()), float(nearness.max())
    depth = ((nearness - low) * ((_DEPTH_STEPS - 1) / max(high - low, 1e-12))).astype(np.int64)
    order = (depth << 32) | np.arange(len(which))
    best = np.full(size * size, -1, dtype=np.int64)
    np.maximum.at(best, samples, order)
    return best[best >= 0] & 0xFFFFFFFF


def _weights(corners: Floats, x: Floats, y: Floats) -> Singles:
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    second = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (y - a[:, 1]) * (c[:, 0] - a[:, 0])) / area
    third = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0])) / area
    flat = np.stack([1.0 - second - third, second, third], axis=-1) * corners[:, :, 2]
    weights: Singles = (flat / flat.sum(axis=1, keepdims=True)).astype(np.float32)
    return weights
