"""Painting a model's shared textures: base colour, metallic-roughness, normals, and baked light."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .arrays import Floats, Pixels, Reals, Singles
from .atlas import GUTTER
from .draws import digest
from .finishes import Colour, Finish
from .grids import Counts, grid_of
from .mesh import Frame
from .patterns import PAINTERS, Area
from .pieces import Piece

# Larger textures are painted at this size and enlarged: a simulator owes the file its size, not its detail.
_LARGEST_PX = 2048
# How steep a bump of height 1 over one scene unit of texture looks.
_STEEPNESS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Textures:
    """Square pictures of one size, (px, px, 3), rows from the top as glTF wants them."""

    base: Pixels  # sRGB
    metallic_roughness: Pixels  # red unused (255), green roughness, blue metallic, as in glTF
    normal: Pixels  # tangent space, green up

    def enlarged(self, px: int) -> "Textures":
        """The same pictures at another size."""
        return Textures(
            base=resized(self.base, px),
            metallic_roughness=resized(self.metallic_roughness, px),
            normal=resized(self.normal, px),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One piece in the shared texture."""

    piece: Piece
    finish: Finish
    frame: Frame
    girth: float
    length: float


def resized(picture: Pixels, px: int) -> Pixels:
    """A square picture at another size."""
    if len(picture) == px:
        return picture
    return np.asarray(Image.fromarray(picture).resize((px, px), Image.Resampling.BILINEAR))


def paint(patches: Sequence[Patch], px: int) -> Textures:
    """Paint all pieces of a model."""
    size = min(px, _LARGEST_PX)
    places = [_place(patch.frame, size) for patch in patches]
    painted = [_painted(patch, place) for patch, place in zip(patches, places, strict=True)]
    textures = Textures(
        base=_composed(size, places, [one.base for one in painted]),
        metallic_roughness=_composed(size, places, [one.metallic_roughness for one in painted]),
        normal=_composed(size, places, [one.normal for one in painted]),
    )
    return textures.enlarged(px)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A frame in pixels, without and with its gutter."""

    inner: tuple[slice, slice]
    outer: tuple[slice, slice]
    pad: tuple[tuple[int, int], tuple[int, int]]

    @property
    def size(self) -> tuple[int, int]:
        rows, columns = self.inner
        return rows.stop - rows.start, columns.stop - columns.start


def _place(frame: Frame, size: int) -> _Place:
    edges = [_edges(frame.top, frame.height, size), _edges(frame.left, frame.width, size)]
    (top, bottom, above, below), (left, right, before, behind) = edges
    return _Place(
        inner=(slice(top, bottom), slice(left, right)),
        outer=(slice(above, below), slice(before, behind)),
        pad=((top - above, below - bottom), (left - before, behind - right)),
    )


def _edges(start: float, extent: float, size: int) -> tuple[int, int, int, int]:
    near = min(int(start * size), size - 1)
    far = min(size, max(near + 1, round((start + extent) * size)))
    margin = round(GUTTER * size) + 1
    return near, far, max(0, near - margin), min(size, far + margin)


def _painted(patch: Patch, place: _Place) -> Textures:
    """One piece's own stretch of the textures."""
    finish = patch.finish
    start = digest(patch.piece.part, finish.grain, f"{patch.girth:.3f}", f"{patch.length:.3f}")
    area = Area(size=place.size, girth=patch.girth, length=patch.length, shift=(start % 512, start // 512 % 512))
    grained = PAINTERS[finish.grain](area)
    rough = np.clip(finish.roughness + grained.rough, 0.04, 1.0)
    metal = np.full_like(rough, finish.metallic)
    return Textures(
        base=_bytes(_mixed(finish.colour, finish.other, grained.mix)),
        metallic_roughness=_bytes(np.stack([np.ones_like(rough), rough, metal], axis=-1)),
        normal=_bytes(_relief(grained.height, area, finish.bump) * 0.5 + 0.5),
    )


def _composed(size: int, places: Sequence[_Place], painted: Sequence[Pixels]) -> Pixels:
    """All pieces in one picture: first their gutters, which may overlap, then what is really seen.

    A gutter repeats the other side across, as the surface itself does, and the edge along.
    """
    whole = np.full((size, size, 3), 128, np.uint8)
    for place, pixels in zip(places, painted, strict=True):
        wide = np.pad(pixels, ((0, 0), place.pad[1], (0, 0)), mode="wrap")
        whole[place.outer] = np.pad(wide, (place.pad[0], (0, 0), (0, 0)), mode="edge")
    for place, pixels in zip(places, painted, strict=True):
        whole[place.inner] = pixels
    return whole


def _bytes(values: Reals) -> Pixels:
    return (np.clip(values, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def _mixed(first: Colour, second: Colour, mix: Reals) -> Reals:
    one, two = np.array(first, np.float32), np.array(second, np.float32)
    return one + (two - one) * mix[..., None].astype(np.float32)


def _relief(height: Reals, area: Area, bump: float) -> Reals:
    """Normals of a height field, x to the right and y up in the picture, -1..1."""
    steep = np.float32(_STEEPNESS * bump)
    across = (np.roll(height, -1, axis=1) - np.roll(height, 1, axis=1)) * (steep * area.size[1] / max(area.girth, 0.05))
    down = np.zeros_like(across)
    if len(height) > 2:
        down[1:-1] = (height[2:] - height[:-2]) * (steep * area.size[0] / max(area.length, 0.05))
    normals = np.stack([-across, down, np.ones_like(across)], axis=-1).astype(np.float32)
    unit: Reals = normals / np.sqrt((normals * normals).sum(axis=-1, keepdims=True))
    return unit


def bake(base: Pixels, patches: Sequence[Patch]) -> Pixels:
    """The base colour with the light of a bright room in it, for materials that are shown unlit."""
    size = min(len(base), _LARGEST_PX)
    plain = resized(base, size)
    low, high = _heights(patches)
    places = [_place(patch.frame, size) for patch in patches]
    lit = [_lit(plain[place.inner], _light(patch, low, high)) for patch, place in zip(patches, places, strict=True)]
    return resized(_composed(size, places, lit), len(base))


def _lit(colours: Pixels, light: Singles) -> Pixels:
    rows, columns = colours.shape[:2]
    spread = np.asarray(Image.fromarray(light).resize((columns, rows), Image.Resampling.BILINEAR))
    lit: Pixels = np.clip(colours * spread[..., None], 0, 255).astype(np.uint8)
    return lit


def _heights(patches: Sequence[Patch]) -> tuple[float, float]:
    rows = np.concatenate([patch.piece.spine.points[:, 1] for patch in patches])
    return float(rows.min()), float(rows.max())


def _light(patch: Patch, low: float, high: float) -> Singles:
    """Light on a coarse grid over a piece: sky, a key light from the upper front, dimmer towards the floor."""
    grid = grid_of(patch.piece, Counts(columns=24, intervals=24))
    normals = _grid_normals(grid.points)
    sky = 0.62 + 0.24 * normals[..., 1]
    key = np.clip(normals @ np.array([0.45, 0.6, 0.66]), 0, None)
    depth = (grid.points[..., 1] - low) / max(high - low, 1e-6)
    light = (sky + 0.42 * key) * (0.86 + 0.14 * np.clip(depth, 0, 1))
    return np.concatenate([light, light[:, :1]], axis=1).astype(np.float32)


def _grid_normals(points: Floats) -> Floats:
    across = np.roll(points, -1, axis=1) - np.roll(points, 1, axis=1)
    along = np.gradient(points, axis=0)
    normals = np.cross(along, across)
    lengths = np.linalg.norm(normals, axis=-1, keepdims=True)
    unit: Floats = np.where(lengths > 1e-12, normals / np.maximum(lengths, 1e-12), [0.0, 1.0, 0.0])
    return unit
