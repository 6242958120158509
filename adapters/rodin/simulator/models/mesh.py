"""Meshes of quads with normals, texture coordinates and tangents, creased where the surface is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .arrays import Floats, Ints, Longs, Singles
from .grids import Grid, face_normals

# Faces that meet at more than this are shown with a hard edge: a six-sided tube is round, a box is not.
_CREASE = math.cos(math.radians(62))
_SUSPECT = math.cos(math.radians(30.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """One closed surface (or several, merged), wound outwards, indexed for drawing."""

    name: str
    points: Singles  # (n, 3)
    normals: Singles  # (n, 3), unit length
    tangents: Singles  # (n, 4), unit length, last column +1 or -1 as glTF wants it
    uvs: Singles  # (n, 2), origin at the picture's upper left corner as in glTF
    quads: Ints  # (q, 4)

    def upright_uvs(self) -> Singles:
        """Texture coordinates with v counted from the picture's lower edge, as OBJ, FBX and USD do."""
        return np.column_stack([self.uvs[:, 0], np.float32(1) - self.uvs[:, 1]])

    def triangles(self) -> Ints:
        """The quads, each split in two: (2q, 3)."""
        return np.ascontiguousarray(self.quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a piece's own texture coordinates lie in the shared texture, as shares of its edges."""

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0


def mesh_of(grid: Grid, name: str, frame: Frame) -> Mesh:
    """Turn a sampled surface into a mesh."""
    faces = face_normals(grid)
    points, uvs, normals, tangents = _vertices(grid, faces)
    corners, extra = _creased(grid, faces, normals)
    poles = [] if grid.loop else [_pole(grid, faces, first=True), _pole(grid, faces, first=False)]
    points = np.concatenate([points, points[extra[0]], *(pole[0] for pole in poles)])
    uvs = np.concatenate([uvs, uvs[extra[0]], *(pole[1] for pole in poles)])
    normals = np.concatenate([normals, extra[1], *(pole[2] for pole in poles)])
    tangents = np.concatenate([tangents, tangents[extra[0]], *(pole[3] for pole in poles)])
    quads = _quads(corners, len(points), loop=grid.loop)
    used = np.zeros(len(points), dtype=np.bool_)
    used[quads] = True
    renumbered = np.cumsum(used, dtype=np.int32) - 1
    framed = uvs[used] * [frame.width, frame.height] + [frame.left, frame.top]
    kept, unit = points[used], _unit(normals[used])
    return Mesh(
        name=name,
        points=kept.astype(np.float32),
        normals=unit.astype(np.float32),
        tangents=_square_tangents(unit, tangents[used]),
        uvs=framed.astype(np.float32),
        quads=renumbered[quads],
    )


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Floats = np.where(lengths > 1e-15, vectors / np.maximum(lengths, 1e-15), [0.0, 1.0, 0.0])
    return unit


def _rows(grid: Grid) -> tuple[Floats, Floats]:
    """Points and heights of the rows that carry vertices: all with the first repeated, or all but the poles."""
    if grid.loop:
        return np.concatenate([grid.points, grid.points[:1]]), grid.along
    return grid.points[1:-1], grid.along[1:-1]


def _vertices(grid: Grid, faces: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Shared vertices, the seam's column doubled: points, uvs, smooth normals, directions of growing u."""
    rows, along = _rows(grid)
    above = np.concatenate([faces, faces[:1]]) if grid.loop else faces[1:]
    below = np.concatenate([faces[-1:], faces]) if grid.loop else faces[:-1]
    sides = above + below
    normals = sides + np.roll(sides, 1, axis=1)
    ahead = np.roll(rows, -1, axis=1) - np.roll(rows, 1, axis=1)
    uvs = np.stack(np.meshgrid(grid.across, along), axis=-1)
    seamed = [np.concatenate([block, block[:, :1]], axis=1) for block in (rows, normals, ahead)]
    return seamed[0].reshape(-1, 3), uvs.reshape(-1, 2), seamed[1].reshape(-1, 3), seamed[2].reshape(-1, 3)


def _creased(grid: Grid, faces: Floats, normals: Floats) -> tuple[Longs, tuple[Longs, Floats]]:
    """Vertex numbers of every cell's corners, and the vertices to add where an edge is hard."""
    along, columns = faces.shape[:2]
    shift = 0 if grid.loop else 1
    row, column = np.meshgrid(np.arange(along), np.arange(columns), indexing="ij")
    rows = np.stack([row, row + 1, row + 1, row], axis=-1) - shift
    cols = np.stack([column, column, column + 1, column + 1], axis=-1)
    real = (rows >= 0) & (rows < along + 1 - 2 * shift)
    corners = np.where(real, rows * (columns + 1) + cols, 0)
    hard = real & (_bend(faces, normals, corners) < _SUSPECT)
    at, around, _ = np.nonzero(hard)
    split = _corner_normals(faces, (at, around), (rows[hard] + shift, cols[hard]), loop=grid.loop)
    source = corners[hard]
    corners[hard] = len(normals) + np.arange(len(source))
    return corners, (source, split)


def _bend(faces: Floats, normals: Floats, corners: Longs) -> Floats:
    """How far a vertex's most slanted face turns from its smooth normal, as a cosine, for each corner."""
    cosines = np.einsum("ijk,ijck->ijc", _unit(faces), _unit(normals)[corners])
    worst = np.ones(len(normals))
    np.minimum.at(worst, corners.ravel(), cosines.ravel())
    # The seam's column stands for the same place as the first one.
    columns = faces.shape[1] + 1
    table = worst.reshape(-1, columns)
    table[:, 0] = table[:, -1] = np.minimum(table[:, 0], table[:, -1])
    bend: Floats = worst[corners]
    return bend


def _corner_normals(faces: Floats, cell: tuple[Longs, Longs], vertex: tuple[Longs, Longs], *, loop: bool) -> Floats:
    """The normal of a cell at one of its corners: the faces there that turn little from its own."""
    along, columns = faces.shape[:2]
    own = _unit(faces[cell])
    total = np.zeros_like(own)
    for row_step in (-1, 0):
        for column_step in (-1, 0):
            rows = vertex[0] + row_step
            inside = np.ones(len(rows), np.bool_) if loop else (rows >= 0) & (rows < along)
            beside = faces[rows % along, (vertex[1] + column_step) % columns]
            near = inside & ((_unit(beside) * own).sum(axis=1) > _CREASE)
            total += np.where(near[:, None], beside, 0.0)
    return np.where(np.linalg.norm(total, axis=1, keepdims=True) > 1e-15, total, own)


def _pole(grid: Grid, faces: Floats, *, first: bool) -> tuple[Floats, Floats, Floats, Floats]:
    """One vertex for each pair of triangles at an end of the surface."""
    row = faces[0] if first else faces[-1]
    ring = grid.points[1] if first else grid.points[-2]
    count = len(ring) // 2
    middle = 1 + 2 * np.arange(count)
    own = row[0::2] + row[1::2]
    whole = row.sum(axis=0)
    flat = (_unit(own) * _unit(whole)).sum(axis=1) > _SUSPECT
    normals = np.where(flat.all(), whole[None, :], own)
    uvs = np.stack([grid.across[middle], np.full(count, 0.0 if first else 1.0)], axis=-1)
    ahead = ring[(middle + 1) % len(ring)] - ring[middle - 1]
    points = np.repeat(grid.points[:1, 0] if first else grid.points[-1:, 0], count, axis=0)
    return points, uvs, normals, ahead


def _quads(corners: Longs, vertices: int, *, loop: bool) -> Ints:
    """All faces: cells, and at each pole kites over two cells whose split gives back the triangles."""
    if loop:
        return corners.reshape(-1, 4).astype(np.int32)
    count = corners.shape[1] // 2
    first, last = corners[0], corners[-1]
    start = np.stack([vertices - 2 * count + np.arange(count), first[0::2, 1], first[1::2, 1], first[1::2, 2]], -1)
    end = np.stack([vertices - count + np.arange(count), last[1::2, 3], last[1::2, 0], last[0::2, 0]], -1)
    return np.concatenate([start, corners[1:-1].reshape(-1, 4), end]).astype(np.int32)


def _square_tangents(normals: Floats, ahead: Floats) -> Singles:
    """Unit tangents square to the normals.

    On these grids u grows counter-clockwise around and v along, seen from outside, so the bitangent
    cross(normal, tangent) points to smaller v, which is up in the picture: the sign is always +1.
    """
    square = ahead - normals * (ahead * normals).sum(axis=1, keepdims=True)
    short = np.linalg.norm(square, axis=1) < 1e-9
    side = np.where(np.abs(normals[:, :1]) < 0.9, [1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
    square[short] = np.cross(normals, side)[short]
    return np.column_stack([_unit(square), np.ones(len(square))]).astype(np.float32)


def merged(meshes: Sequence[Mesh], name: str) -> Mesh:
    """All meshes as one."""
    starts = np.cumsum([0, *(len(mesh.points) for mesh in meshes)])
    quads = [mesh.quads + np.int32(start) for mesh, start in zip(meshes, starts, strict=False)]
    return Mesh(
        name=name,
        points=np.concatenate([mesh.points for mesh in meshes]),
        normals=np.concatenate([mesh.normals for mesh in meshes]),
        tangents=np.concatenate([mesh.tangents for mesh in meshes]),
        uvs=np.concatenate([mesh.uvs for mesh in meshes]),
        quads=np.concatenate(quads),
    )


def fitted(meshes: Sequence[Mesh], longest: float, proportions: Sequence[float] | None = None) -> list[Mesh]:
    """The meshes centred at the origin, their longest side together `longest`.

    With `proportions` (x, y, z) they are stretched to those, else scaled evenly.
    """
    low = np.min([mesh.points.min(axis=0) for mesh in meshes], axis=0).astype(np.float64)
    high = np.max([mesh.points.max(axis=0) for mesh in meshes], axis=0).astype(np.float64)
    size = np.maximum(high - low, 1e-6)
    wanted = size if proportions is None else np.array(proportions, dtype=np.float64)
    scale = (wanted / size * (longest / wanted.max())).astype(np.float32)
    middle = ((low + high) / 2).astype(np.float32)
    return [_stretched(mesh, middle, scale) for mesh in meshes]


def _stretched(mesh: Mesh, middle: Singles, scale: Singles) -> Mesh:
    points = (mesh.points - middle) * scale
    if np.ptp(scale) < 1e-6 * scale.max():
        return replace(mesh, points=points)
    normals, tangents = mesh.normals / scale, mesh.tangents[:, :3] * scale
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    turned = np.column_stack([tangents, mesh.tangents[:, 3:]])
    return replace(mesh, points=points, normals=normals, tangents=turned)
