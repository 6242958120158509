"""Sampling a piece as a grid of points, and planning how many faces each piece gets."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .arrays import Floats
from .curves import Samples, sample
from .pieces import Piece, Wave

# A ring below six points looks like a mistake; only shapes of very many pieces go down to four.
_FEWEST_AROUND, _BAREST_AROUND = 6, 4
# A ripple needs this many points per crest, or it would turn into noise.
_POINTS_PER_CREST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Points of one closed surface, wound outwards.

    Rows run along the spine (first and last are poles unless `loop`), columns around the ring; the
    last column joins the first.
    """

    points: Floats  # (rows, columns, 3)
    across: Floats  # (columns + 1,): texture coordinate around, 0..1
    along: Floats  # (rows,), or (rows + 1,) when it is a loop: texture coordinate along, 0..1
    loop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How finely one piece is sampled."""

    columns: int  # even, so that the triangles at a pole pair up as quads
    intervals: int

    def quads(self, piece: Piece) -> int:
        """How many quads the grid has: each pole row pairs its triangles."""
        return self.columns * (self.intervals - (0 if piece.loop else 1))


def grid_of(piece: Piece, counts: Counts) -> Grid:
    """Sample a piece."""
    ring, spine = sample(piece.ring, counts.columns), sample(piece.spine, counts.intervals)
    rows = spine.points.reshape(-1, 3, 3)
    swell = _swell(piece.waves, ring, spine, counts)
    flat = ring.points[None, :, :] * swell[:, :, None]
    points = rows[:, None, 0] + flat[..., :1] * rows[:, None, 1] + flat[..., 1:] * rows[:, None, 2]
    grid = Grid(points=points, across=ring.share, along=spine.share, loop=piece.loop)
    return grid if signed_volume(grid) > 0 else _flipped(grid)


def _swell(waves: Sequence[Wave], ring: Samples, spine: Samples, counts: Counts) -> Floats:
    across, along = ring.share[:-1], spine.share[: len(spine.points)]
    swell = np.ones((len(along), len(across)))
    for wave in waves:
        crests = max(abs(wave.around) / counts.columns, abs(wave.along) / counts.intervals)
        if crests * _POINTS_PER_CREST <= 1:
            angle = wave.around * across[None, :] + wave.along * along[:, None] + wave.phase
            swell += wave.depth * np.cos(2 * math.pi * angle)
    return swell


def cell_corners(grid: Grid) -> tuple[Floats, Floats, Floats, Floats]:
    """The four corners of every cell, counter-clockwise seen from outside."""
    low = grid.points if grid.loop else grid.points[:-1]
    high = np.roll(grid.points, -1, axis=0) if grid.loop else grid.points[1:]
    return low, high, np.roll(high, -1, axis=1), np.roll(low, -1, axis=1)


def face_normals(grid: Grid) -> Floats:
    """Outward normals of all cells, as long as the cell's area: (cells along, cells around, 3)."""
    a, b, c, d = cell_corners(grid)
    return 0.5 * np.cross(c - a, d - b)


def signed_volume(grid: Grid) -> float:
    """The enclosed volume; negative when the surface is wound inwards."""
    a, b, c, d = cell_corners(grid)
    centre = grid.points.reshape(-1, 3).mean(axis=0)
    return float((((a + b + c + d) / 4 - centre) * face_normals(grid)).sum() / 3)


def _flipped(grid: Grid) -> Grid:
    points = np.roll(grid.points[:, ::-1], 1, axis=1)
    return replace(grid, points=points, across=1.0 - grid.across[::-1])


def plan(pieces: Sequence[Piece], quads: int) -> list[Counts]:
    """Choose samplings whose quads add up to about `quads`, cells of about one size everywhere."""
    for barest in (False, True):
        fewest = [_fewest(piece, barest=barest) for piece in pieces]
        if _total(pieces, fewest) <= quads:
            break
    extents = [extent(piece) for piece in pieces]
    low, high = 1e-4, 10.0
    for _ in range(40):
        cell = math.sqrt(low * high)
        counts = [_counts(extent, least, cell) for extent, least in zip(extents, fewest, strict=True)]
        low, high = (cell, high) if _total(pieces, counts) > quads else (low, cell)
    return _settled(pieces, counts, quads, fewest)


def _total(pieces: Sequence[Piece], counts: Sequence[Counts]) -> int:
    return sum(count.quads(piece) for piece, count in zip(pieces, counts, strict=True))


def _fewest(piece: Piece, *, barest: bool) -> Counts:
    corners = piece.ring.corners + piece.ring.corners % 2
    if barest:
        return Counts(columns=_BAREST_AROUND, intervals=3)
    spans = piece.spine.corners + (0 if piece.loop else 1)
    return Counts(columns=max(corners or _FEWEST_AROUND, 4), intervals=max(4 if piece.loop else 3, min(spans, 6)))


def extent(piece: Piece) -> tuple[float, float]:
    """A piece's typical girth and its length along the surface, in scene units."""
    counts = Counts(columns=16, intervals=24)
    grid = grid_of(piece, counts)
    girth = np.linalg.norm(grid.points - np.roll(grid.points, 1, axis=1), axis=2).sum(axis=1)
    steps = np.linalg.norm(np.diff(grid.points, axis=0), axis=2).mean(axis=1).sum()
    return max(float(np.sort(girth)[-8:].mean()), 1e-6), max(float(steps), 1e-6)


def _counts(extent: tuple[float, float], fewest: Counts, cell: float) -> Counts:
    columns = max(fewest.columns, 2 * round(extent[0] / cell / 2))
    return Counts(columns=columns, intervals=max(fewest.intervals, round(extent[1] / cell)))


def _settled(pieces: Sequence[Piece], counts: list[Counts], quads: int, fewest: Sequence[Counts]) -> list[Counts]:
    """Take the rest out of the largest pieces' rows, which is a finer step than cell size."""
    counts = list(counts)
    for index in sorted(range(len(pieces)), key=lambda i: -counts[i].quads(pieces[i])):
        missing = quads - _total(pieces, counts)
        rows = round(missing / counts[index].columns)
        intervals = max(fewest[index].intervals, counts[index].intervals + rows)
        counts[index] = replace(counts[index], intervals=intervals)
    return counts
