"""Curves as fine polylines with marked corners, and sampling them with any number of intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .arrays import Flags, Floats, Longs

# How strongly bends attract samples against plain length; 0 would space them evenly.
_BEND_PULL = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A polyline in any dimension; corners marked `sharp` survive sampling before anything else."""

    points: Floats  # (k, d)
    sharp: Flags  # (k,)
    closed: bool = False

    @property
    def corners(self) -> int:
        """How many marked corners it has, a closed curve's first point not counted twice."""
        return int(self.sharp.sum())

    def unrolled(self) -> Floats:
        """Its points with the first repeated at the end when the curve is closed."""
        return np.concatenate([self.points, self.points[:1]]) if self.closed else self.points


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Points picked from a curve; a closed one does not repeat its first point."""

    points: Floats  # (intervals + 1, d), or (intervals, d) when closed
    share: Floats  # (intervals + 1,): part of the curve's length up to each point, 0..1


def straight(points: Sequence[Sequence[float]], *, closed: bool = False) -> Curve:
    """A polyline whose every point is a corner."""
    array = np.array(points, dtype=np.float64)
    return Curve(points=array, sharp=np.ones(len(array), dtype=np.bool_), closed=closed)


def smooth(points: Sequence[Sequence[float]], corners: Sequence[int] = (), *, steps: int = 16) -> Curve:
    """A Catmull-Rom curve through open points, broken at the indices named in `corners`."""
    array = np.array(points, dtype=np.float64)
    breaks = sorted({0, len(array) - 1, *(index % len(array) for index in corners)})
    runs = [_catmull_rom(array[start : end + 1], steps) for start, end in pairwise(breaks)]
    joined = np.concatenate([*(run[:-1] for run in runs), array[-1:]])
    sharp = np.zeros(len(joined), dtype=np.bool_)
    sharp[np.cumsum([0, *(len(run) - 1 for run in runs)])] = True
    return Curve(points=joined, sharp=sharp)


def _catmull_rom(points: Floats, steps: int) -> Floats:
    if len(points) < 3:
        return points
    ends = (2 * points[:1] - points[1:2], 2 * points[-1:] - points[-2:-1])
    padded = np.concatenate([ends[0], points, ends[1]])
    at = np.linspace(0.0, 1.0, steps, endpoint=False)[None, :, None]
    a, b, c, d = (padded[shift : len(padded) - 3 + shift, None, :] for shift in range(4))
    curve = 0.5 * (2 * b + (c - a) * at + (2 * a - 5 * b + 4 * c - d) * at**2 + (3 * b - a - 3 * c + d) * at**3)
    return np.concatenate([curve.reshape(-1, points.shape[1]), points[-1:]])


def circle(radius_x: float = 1.0, radius_y: float | None = None, *, steps: int = 240) -> Curve:
    """A closed ellipse in the plane, without corners."""
    angle = np.linspace(0.0, 2 * math.pi, steps, endpoint=False)
    points = np.stack([radius_x * np.cos(angle), (radius_y or radius_x) * np.sin(angle)], axis=-1)
    return Curve(points=points, sharp=np.zeros(steps, dtype=np.bool_), closed=True)


def rectangle(width: float, depth: float) -> Curve:
    """A closed rectangle around the origin."""
    x, y = width / 2, depth / 2
    return straight([(x, y), (-x, y), (-x, -y), (x, -y)], closed=True)


def star(tips: int, inner: float) -> Curve:
    """A closed star with its outer points on the unit circle and one of them straight up."""
    angles = [math.pi / 2 + math.pi * step / tips for step in range(2 * tips)]
    radii = [1.0 if step % 2 == 0 else inner for step in range(2 * tips)]
    return straight([(r * math.cos(a), r * math.sin(a)) for a, r in zip(angles, radii, strict=True)], closed=True)


def sample(curve: Curve, intervals: int) -> Samples:
    """Pick points that split a curve into exactly `intervals` stretches.

    Corners come first (the weightiest, when there are more corners than intervals); between them
    points gather where the curve bends.
    """
    points = curve.unrolled()
    travelled = _running(np.linalg.norm(np.diff(points, axis=0), axis=1))
    spread = _running(_weights(points, curve.sharp))
    knots = _strongest(points, _knots(curve), intervals)
    counts = _shares(np.diff(spread[knots]), intervals)
    stretches = [
        np.linspace(spread[a], spread[b], int(count), endpoint=False)
        for a, b, count in zip(knots, knots[1:], counts, strict=False)
    ]
    at = np.concatenate([*stretches, spread[-1:]])
    picked = np.stack([np.interp(at, spread, column) for column in points.T], axis=-1)
    share = np.interp(at, spread, travelled / travelled[-1])
    return Samples(points=picked[:-1] if curve.closed else picked, share=share)


def _running(steps: Floats) -> Floats:
    return np.concatenate([np.zeros(1), np.cumsum(steps)])


def _weights(points: Floats, sharp: Flags) -> Floats:
    """Length of each step as a share of the whole, plus the bend at its two smooth ends."""
    steps = np.diff(points, axis=0)
    lengths = np.maximum(np.linalg.norm(steps, axis=1), 1e-12)
    heading = steps / lengths[:, None]
    bend = np.arccos(np.clip((heading[:-1] * heading[1:]).sum(axis=1), -1.0, 1.0))
    bend[sharp[1 : len(bend) + 1]] = 0.0
    around = np.concatenate([bend, [0.0]]) + np.concatenate([[0.0], bend])
    whole: Floats = lengths / lengths.sum() + _BEND_PULL * around / (4 * math.pi)
    return whole


def _knots(curve: Curve) -> Longs:
    last = len(curve.points) - 1 + curve.closed
    inner = np.flatnonzero(curve.sharp)
    return np.unique(np.concatenate([[0], inner, [last]])).astype(np.int64)


def _strongest(points: Floats, knots: Longs, intervals: int) -> Longs:
    """Leave out the flattest corners until each remaining stretch can have an interval."""
    while len(knots) - 1 > intervals:
        before, here, after = points[knots[:-2]], points[knots[1:-1]], points[knots[2:]]
        detour = np.linalg.norm(here - before, axis=1) + np.linalg.norm(after - here, axis=1)
        knots = np.delete(knots, 1 + int(np.argmin(detour - np.linalg.norm(after - before, axis=1))))
    return knots


def _shares(weights: Floats, total: int) -> Longs:
    """Split `total` by weight, at least one each: largest remainders win."""
    spare = total - len(weights)
    ideal = spare * weights / max(float(weights.sum()), 1e-12)
    counts = np.floor(ideal).astype(np.int64)
    for index in np.argsort(counts - ideal, kind="stable")[: spare - int(counts.sum())]:
        counts[index] += 1
    return counts + 1
