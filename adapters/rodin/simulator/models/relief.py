"""A picture as a solid: its outline inflated front and back, with walls between."""

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from .arrays import Flags, Floats, Ints, Longs, Singles
from .cutout import Cutout
from .mesh import Frame, Mesh

# Shares of the longer side.
_WALL = 0.035  # half the height of the wall between front and back
_ROUNDING = 0.16  # how far from the outline the surface stops rising


@dataclass(frozen=True, slots=True, kw_only=True)
class Depths:
    """How a seed shapes the solid; shares of the longer side."""

    swell: float  # how high the middle rises above the wall
    detail: float  # how far bright spots stand out from dark ones
    back: float  # the back's swell, as a share of the front's


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a grid is raised by: sampled over the crop, rows from the top, 0..1 across and down."""

    rise: Singles  # 0 at the outline .. 1 in the middle
    tone: Singles  # -0.5 dark .. 0.5 bright, fading at the outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """A cut-out ready to be meshed at any density."""

    cutout: Cutout
    field: Field
    depths: Depths
    front: Frame
    back: Frame
    back_mirrored: bool  # whether the back's texture runs right to left seen from the front


def field_of(cutout: Cutout) -> Field:
    """Work out how far each spot lies from the outline, and how bright it is."""
    inside = cutout.inside > 0.5
    distance = distances(np.pad(inside, 1))[1:-1, 1:-1]
    reach = max(2.0, min(_ROUNDING * max(inside.shape), float(distance.max())))
    near = 1 - np.clip(distance / reach, 0, 1)
    rise = np.sqrt(np.clip(1 - near * near, 0, 1))
    grey = Image.fromarray(cutout.picture).convert("L").resize(inside.shape[::-1], Image.Resampling.BOX)
    tone = np.asarray(grey.filter(ImageFilter.GaussianBlur(1.4)), dtype=np.float32) / 255 - 0.5
    return Field(rise=rise.astype(np.float32), tone=(tone * np.clip(rise * 1.3 - 0.2, 0, 1)).astype(np.float32))


def distances(mask: Flags) -> Floats:
    """How far each set cell lies from the nearest unset one, in cells; exact, in two separable passes."""
    far = float(sum(mask.shape))
    along = np.where(mask, far, 0.0)
    for row in range(1, len(along)):
        along[row] = np.minimum(along[row], along[row - 1] + 1)
    for row in range(len(along) - 2, -1, -1):
        along[row] = np.minimum(along[row], along[row + 1] + 1)
    squares = along * along
    best = squares.copy()
    for shift in range(1, mask.shape[1]):
        best[:, shift:] = np.minimum(best[:, shift:], squares[:, :-shift] + shift * shift)
        best[:, :-shift] = np.minimum(best[:, :-shift], squares[:, shift:] + shift * shift)
        if shift * shift > float(best.max()):
            break
    away: Floats = np.sqrt(best)
    return away


def cells_of(solid: Solid, columns: int, rows: int) -> Flags:
    """Which cells of a grid over the crop are part of the thing, with a free margin of one cell."""
    cover = Image.fromarray(solid.cutout.inside).resize((columns, rows), Image.Resampling.BOX)
    cells = np.pad(np.asarray(cover) > 0.5, 1)
    if not cells.any():
        cells[1 + rows // 2, 1 + columns // 2] = True
    return _without_diagonals(cells)


def _without_diagonals(cells: Flags) -> Flags:
    """Fill cells until none touch by a corner only, where four walls would meet in one edge."""
    cells = cells.copy()
    for _ in range(64):
        a, b, c, d = cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:]
        falling, rising = a & d & ~b & ~c, b & c & ~a & ~d
        if not (falling.any() or rising.any()):
            break
        grown = cells.copy()
        grown[:-1, 1:] |= falling
        grown[:-1, :-1] |= rising
        grown[[0, -1]] = grown[:, [0, -1]] = False
        cells = grown if (grown != cells).any() else _dropped(cells, falling, rising)
    return cells


def _dropped(cells: Flags, falling: Flags, rising: Flags) -> Flags:
    kept = cells.copy()
    kept[:-1, :-1] &= ~falling
    kept[:-1, 1:] &= ~rising
    return kept


def quads_in(cells: Flags) -> int:
    """How many quads the cells make: front, back and walls."""
    across = int((cells[:, 1:] != cells[:, :-1]).sum())
    down = int((cells[1:] != cells[:-1]).sum())
    return 2 * int(cells.sum()) + across + down


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """The grid's vertices in use and its faces, seen from the front."""

    flat: Floats  # (n, 2): across and down the crop, 0..1
    faces: Longs  # (f, 4), counter-clockwise seen from the front
    rim: Longs  # (e, 2): outline edges, the inside on their left


def mesh_of_cells(solid: Solid, cells: Flags, name: str) -> Mesh:
    """Raise a solid from its cells."""
    sheet = _settled(_sheet(cells), solid.cutout.inside, cells.shape)
    aspect = solid.cutout.aspect
    wide, tall = (2.0, 2.0 / aspect) if aspect >= 1 else (2.0 * aspect, 2.0)
    plane = np.stack([(sheet.flat[:, 0] - 0.5) * wide, (0.5 - sheet.flat[:, 1]) * tall], axis=-1)
    front, back = _raised(solid, sheet.flat, plane)
    parts = [
        _face(front, sheet.faces, _framed(sheet.flat, solid.front), mirrored=False),
        _face(back, sheet.faces[:, ::-1], _back_uvs(solid, sheet.flat), mirrored=solid.back_mirrored),
        _wall(front, back, sheet, solid.front),
    ]
    return _joined(parts, name)


def _sheet(cells: Flags) -> _Sheet:
    rows, columns = cells.shape
    numbers = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    faces = np.stack([numbers[:-1, :-1], numbers[1:, :-1], numbers[1:, 1:], numbers[:-1, 1:]], axis=-1)[cells]
    left, right = cells[:, :-1], cells[:, 1:]
    upper, lower = cells[:-1], cells[1:]
    down, across = (numbers[:-1, 1:-1], numbers[1:, 1:-1]), (numbers[1:-1, :-1], numbers[1:-1, 1:])
    rim = [
        np.stack([down[0], down[1]], -1)[~left & right],
        np.stack([down[1], down[0]], -1)[left & ~right],
        np.stack([across[1], across[0]], -1)[~upper & lower],
        np.stack([across[0], across[1]], -1)[upper & ~lower],
    ]
    edges = np.concatenate(rim)
    used = np.unique(faces)
    renumbered = np.zeros(numbers.size, dtype=np.int64)
    renumbered[used] = np.arange(len(used))
    row, column = np.divmod(used, columns + 1)
    flat = np.stack([(column - 1) / (columns - 2), (row - 1) / (rows - 2)], axis=-1)
    return _Sheet(flat=flat, faces=renumbered[faces], rim=renumbered[edges])


def _settled(sheet: _Sheet, inside: Singles, shape: tuple[int, ...]) -> _Sheet:
    """The same sheet with the staircase of its rim drawn to the true outline, by no more than a cell."""
    cell = np.array([1 / (shape[1] - 2), 1 / (shape[0] - 2)])
    rim = np.unique(sheet.rim)
    start = _ironed(sheet.flat, sheet.rim)[rim]
    found = start.copy()
    margin, soft = _softened(inside, cell)
    for _ in range(4):
        level = _padded(soft, found, margin) - 0.5
        slope = np.stack(
            [_padded(soft, found + step, margin) - _padded(soft, found - step, margin) for step in np.diag(cell / 2)],
            axis=-1,
        )
        move = -level[:, None] * slope / np.maximum((slope * slope).sum(axis=1, keepdims=True), 0.02)
        found = np.clip(found + np.clip(move, -0.5, 0.5) * cell, start - 0.7 * cell, start + 0.7 * cell)
    flat = sheet.flat.copy()
    flat[rim] = np.clip(found, 0, 1)
    return replace(sheet, flat=_ironed(flat, sheet.rim))


def _softened(inside: Singles, cell: Floats) -> tuple[int, Singles]:
    """The outline's cover, blurred over about a cell of the mesh, with a margin of nothing."""
    radius = max(1.0, 0.6 * float((cell * inside.shape[::-1]).max()))
    margin = math.ceil(3 * radius)
    cover = Image.fromarray((np.pad(inside, margin) * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius))
    return margin, np.asarray(cover).astype(np.float32) / np.float32(255)


def _padded(soft: Singles, flat: Floats, margin: int) -> Floats:
    """Samples of a field that has a margin around the crop."""
    rows, columns = soft.shape
    inner = np.array([(columns - 2 * margin) / columns, (rows - 2 * margin) / rows])
    return _sampled(soft, flat * inner + [margin / columns, margin / rows])


def _ironed(flat: Floats, edges: Longs) -> Floats:
    """Smooth the outline; each pair of turns shrinks it, then lets it grow back (Taubin, 1995)."""
    flat = flat.copy()
    touched = np.unique(edges)
    for weight in (0.5, -0.5):
        total = np.zeros_like(flat)
        for one, two in ((0, 1), (1, 0)):
            for axis in (0, 1):
                total[:, axis] += np.bincount(edges[:, one], weights=flat[edges[:, two], axis], minlength=len(flat))
        flat[touched] += weight * (total[touched] / 2 - flat[touched])
    return np.clip(flat, 0, 1)


def _sampled(values: Singles, flat: Floats) -> Floats:
    """Bilinear samples at (across, down)."""
    rows, columns = values.shape
    x, y = np.clip(flat[:, 0] * columns - 0.5, 0, columns - 1), np.clip(flat[:, 1] * rows - 0.5, 0, rows - 1)
    left, top = np.minimum(x.astype(np.int64), max(columns - 2, 0)), np.minimum(y.astype(np.int64), max(rows - 2, 0))
    right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    over, down = x - left, y - top
    upper = values[top, left] * (1 - over) + values[top, right] * over
    lower = values[bottom, left] * (1 - over) + values[bottom, right] * over
    mixed: Floats = upper * (1 - down) + lower * down
    return mixed


def _raised(solid: Solid, flat: Floats, plane: Floats) -> tuple[Floats, Floats]:
    depths = solid.depths
    rise, tone = _sampled(solid.field.rise, flat), _sampled(solid.field.tone, flat)
    front = 2 * (_WALL + depths.swell * rise + depths.detail * tone * rise)
    back = -2 * (_WALL + depths.swell * depths.back * rise)
    return np.column_stack([plane, np.maximum(front, _WALL)]), np.column_stack([plane, back])


def _framed(flat: Floats, frame: Frame) -> Floats:
    return flat * [frame.width, frame.height] + [frame.left, frame.top]


def _back_uvs(solid: Solid, flat: Floats) -> Floats:
    seen = flat if solid.back_mirrored else flat * [-1.0, 1.0] + [1.0, 0.0]
    return _framed(seen, solid.back)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    points: Floats
    normals: Floats
    tangents: Floats
    uvs: Floats
    quads: Longs


def _normals(points: Floats, faces: Longs) -> Floats:
    corners = points[faces]
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    total: Floats = np.stack(
        [np.bincount(faces.ravel(), np.repeat(normal[:, axis], 4), len(points)) for axis in range(3)],
        axis=-1,
    )
    return _unit(total)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = np.where(lengths > 1e-12, vectors / np.maximum(lengths, 1e-12), [0.0, 0.0, 1.0])
    return unit


def _face(points: Floats, faces: Longs, uvs: Floats, *, mirrored: bool) -> _Part:
    normals = _normals(points, faces)
    ahead = (
        np.sign(normals[:, 2:]) * [1.0, 0.0, 0.0] if not mirrored else np.broadcast_to([1.0, 0.0, 0.0], normals.shape)
    )
    return _Part(
        points=points,
        normals=normals,
        tangents=_tangents(normals, ahead, -1.0 if mirrored else 1.0),
        uvs=uvs,
        quads=faces,
    )


def _tangents(normals: Floats, ahead: Floats, sign: float) -> Floats:
    square = ahead - normals * (ahead * normals).sum(axis=1, keepdims=True)
    short = np.linalg.norm(square, axis=1) < 1e-6
    square[short] = np.cross(normals[short], [0.0, 1.0, 0.0])
    short = np.linalg.norm(square, axis=1) < 1e-6
    square[short] = np.cross(normals[short], [1.0, 0.0, 0.0])
    return np.column_stack([_unit(square), np.full(len(square), sign)])


def _wall(front: Floats, back: Floats, sheet: _Sheet, frame: Frame) -> _Part:
    """A band along the outline: it wears the picture's edge, a little inwards at the back."""
    rim, place = np.unique(sheet.rim, return_inverse=True)
    place = place.reshape(-1, 2)
    count = len(rim)
    points = np.concatenate([front[rim], back[rim]])
    quads = np.stack([place[:, 1], place[:, 0], place[:, 0] + count, place[:, 1] + count], axis=-1)
    normals = _normals(points, quads)
    inward = sheet.flat[rim] - normals[:count, :2] * [0.01, -0.01]
    uvs = np.concatenate([_framed(sheet.flat[rim], frame), _framed(np.clip(inward, 0, 1), frame)])
    along = np.cross([0.0, 0.0, 1.0], normals)
    return _Part(points=points, normals=normals, tangents=_tangents(normals, along, 1.0), uvs=uvs, quads=quads)


def _joined(parts: list[_Part], name: str) -> Mesh:
    starts = np.cumsum([0, *(len(part.points) for part in parts)])
    quads: Ints = np.concatenate([part.quads + start for part, start in zip(parts, starts, strict=False)]).astype(
        np.int32
    )
    return Mesh(
        name=name,
        points=np.concatenate([part.points for part in parts]).astype(np.float32),
        normals=np.concatenate([part.normals for part in parts]).astype(np.float32),
        tangents=np.concatenate([part.tangents for part in parts]).astype(np.float32),
        uvs=np.concatenate([part.uvs for part in parts]).astype(np.float32),
        quads=quads,
    )


def grid_for(solid: Solid, quads: int) -> tuple[int, int]:
    """Columns and rows of the grid whose faces come nearest to `quads`."""
    aspect = solid.cutout.aspect
    low, high = 1.0, 4.0 * math.sqrt(quads) + 8
    for _ in range(24):
        side = (low + high) / 2
        low, high = (low, side) if _count(solid, *_grid(side, aspect)) > quads else (side, high)
    columns, rows = _grid((low + high) / 2, aspect)
    near = [(max(2, columns + dx), max(2, rows + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    return min(near, key=lambda grid: abs(_count(solid, *grid) - quads))


def _grid(side: float, aspect: float) -> tuple[int, int]:
    """Cells of one size over the crop, `side` squared of them."""
    root = math.sqrt(aspect)
    return max(2, round(side * root)), max(2, round(side / root))


def _count(solid: Solid, columns: int, rows: int) -> int:
    return quads_in(cells_of(solid, columns, rows))
