"""Closed parametric surfaces: a ring carried along a spine."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from .arrays import Floats
from .curves import Curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A ripple of the surface: `around` crests along the ring, `along` crests along the spine."""

    depth: float  # share of the radius
    around: int
    along: float = 0.0
    phase: float = 0.0  # turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One closed surface: the points `origin + x * across + y * up` for each ring point (x, y).

    The spine is a curve of rows (origin xyz, across xyz, up xyz). An open spine starts and ends in a
    point (across and up are zero there); a closed one makes a torus.
    """

    part: str  # what people would call it: "lid"
    finish: str  # which of the design's finishes it wears: "main"
    ring: Curve
    spine: Curve
    waves: tuple[Wave, ...] = ()

    @property
    def loop(self) -> bool:
        """Whether the spine runs back into itself."""
        return self.spine.closed

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> "Piece":
        """The same surface elsewhere."""
        return self.placed(np.eye(3), np.array([x, y, z]))

    def scaled(self, x: float, y: float | None = None, z: float | None = None) -> "Piece":
        """The same surface stretched from the origin; one number scales evenly."""
        return self.placed(np.diag([x, x if y is None else y, x if z is None else z]), np.zeros(3))

    def turned(self, axis: str, degrees: float) -> "Piece":
        """The same surface turned about the x, y or z axis, counter-clockwise seen from its tip."""
        return self.placed(turning(axis, degrees), np.zeros(3))

    def placed(self, matrix: Floats, offset: Floats) -> "Piece":
        """The same surface under any linear map and shift."""
        rows = self.spine.points.reshape(-1, 3, 3) @ matrix.T
        rows[:, 0] += offset
        return replace(self, spine=replace(self.spine, points=rows.reshape(-1, 9)))

    def dressed(self, part: str, finish: str) -> "Piece":
        """The same surface as another part in another finish."""
        return replace(self, part=part, finish=finish)

    def rippled(self, *waves: Wave) -> "Piece":
        """The same surface with ripples added."""
        return replace(self, waves=(*self.waves, *waves))

    def sliced(self, start: float, end: float) -> "Piece":
        """The stretch of the spine between two shares of it, closed with flat ends where it was cut."""
        points = self.spine.unrolled()
        at = np.concatenate([np.zeros(1), np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        at /= at[-1]
        sharp = np.concatenate([self.spine.sharp, self.spine.sharp[:1]]) if self.loop else self.spine.sharp
        inside = (at > start + 1e-9) & (at < end - 1e-9)
        ends = np.stack([np.interp([start, end], at, column) for column in points.T], axis=-1)
        rows = np.concatenate([_cap(ends[:1]), points[inside], _cap(ends[1:])[::-1]])
        marks = np.concatenate([np.ones(2, np.bool_), sharp[inside], np.ones(2, np.bool_)])
        if np.allclose(ends[0, 3:], 0.0):
            rows, marks = rows[1:], marks[1:]
        if np.allclose(ends[1, 3:], 0.0):
            rows, marks = rows[:-1], marks[:-1]
        return replace(self, spine=Curve(points=rows, sharp=marks))


def _cap(row: Floats) -> Floats:
    """A row preceded by the point in its middle."""
    middle = row.copy()
    middle[:, 3:] = 0.0
    return np.concatenate([middle, row])


def turning(axis: str, degrees: float) -> Floats:
    """The matrix that turns about one axis."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    rows = {
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }
    return np.array(rows[axis], dtype=np.float64)


def mirrored(pieces: Iterable[Piece], axis: str = "x") -> list[Piece]:
    """The pieces and their mirror images across one axis."""
    flip = np.diag([-1.0 if name == axis else 1.0 for name in "xyz"])
    kept = list(pieces)
    return kept + [piece.placed(flip, np.zeros(3)) for piece in kept]


def around(piece: Piece, count: int, *, start: float = 0.0) -> list[Piece]:
    """Copies of a piece spread evenly about the y axis, the first at `start` degrees."""
    return [piece.turned("y", start + 360.0 * step / count) for step in range(count)]
