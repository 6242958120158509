"""The two kinds of model, drawn from words or raised from pictures, behind one face."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from .arrays import Pixels
from .atlas import laid_out
from .cutout import Cutout, cut_out
from .draws import Draws
from .grids import extent, grid_of, plan
from .mesh import Frame, Mesh, fitted, merged, mesh_of
from .paint import Patch, Textures, bake, paint
from .parts import grouped, strips
from .photo import baked_photo, photo_textures
from .relief import Depths, Solid, cells_of, field_of, grid_for, mesh_of_cells
from .spec import ModelSpec
from .words import design

# Rodin's results have their longest side about this long, centred at the origin.
LONGEST = 1.9
# How far parts move away from the middle of the whole, as a share of their distance from it.
_APART = 0.28


class Scene(Protocol):
    """A model that can be meshed at any density and painted at any size."""

    def meshes(self, quads: int) -> list[Mesh]:
        """Its parts, about `quads` faces together, fitted to the usual size."""

    def paint(self, px: int) -> Textures:
        """Its textures."""

    def bake(self, textures: Textures) -> Pixels:
        """Its base colour with light in it."""


def scene_of(spec: ModelSpec) -> Scene:
    """Imagine the model of a spec.

    Raises:
        UnreadablePicture: one of the first two pictures cannot be opened.
    """
    return _solid_scene(spec) if spec.pictures else _shape_scene(spec)


def _fit(meshes: Sequence[Mesh], spec: ModelSpec) -> list[Mesh]:
    spread = [_moved(mesh, _middle(meshes)) for mesh in meshes] if len(meshes) > 1 else list(meshes)
    return fitted(spread, LONGEST, spec.bbox)


def _middle(meshes: Sequence[Mesh]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    low = np.min([mesh.points.min(axis=0) for mesh in meshes], axis=0)
    high = np.max([mesh.points.max(axis=0) for mesh in meshes], axis=0)
    return np.asarray((low + high) / 2, dtype=np.float32)


def _moved(mesh: Mesh, middle: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Mesh:
    """A part pulled away from the middle of the whole."""
    return replace(mesh, points=mesh.points + np.float32(_APART) * (_middle([mesh]) - middle))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeScene:
    """A model drawn from words."""

    spec: ModelSpec
    patches: tuple[tuple[str, Patch], ...]  # with the name of the part each belongs to

    def meshes(self, quads: int) -> list[Mesh]:
        """Its parts, about `quads` faces together, fitted to the usual size."""
        pieces = [patch.piece for _, patch in self.patches]
        sampled: dict[str, list[Mesh]] = {}
        for (name, patch), counts in zip(self.patches, plan(pieces, quads), strict=True):
            sampled.setdefault(name, []).append(mesh_of(grid_of(patch.piece, counts), name, patch.frame))
        return _fit([merged(meshes, name) for name, meshes in sampled.items()], self.spec)

    def paint(self, px: int) -> Textures:
        """Its textures."""
        return paint([patch for _, patch in self.patches], px)

    def bake(self, textures: Textures) -> Pixels:
        """Its base colour with light in it."""
        return bake(textures.base, [patch for _, patch in self.patches])


def _shape_scene(spec: ModelSpec) -> ShapeScene:
    drawn = design(spec.prompt, spec.seed)
    named = grouped(drawn.pieces, spec.parts)
    sizes = [extent(piece) for _, piece in named]
    frames = laid_out([girth * length for girth, length in sizes])
    patches = tuple(
        (name, Patch(piece=piece, finish=drawn.finishes[piece.finish], frame=frame, girth=size[0], length=size[1]))
        for (name, piece), frame, size in zip(named, frames, sizes, strict=True)
    )
    return ShapeScene(spec=spec, patches=patches)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolidScene:
    """A model raised from pictures."""

    spec: ModelSpec
    solid: Solid
    back: Cutout | None

    def meshes(self, quads: int) -> list[Mesh]:
        """Its parts, about `quads` faces together, fitted to the usual size."""
        columns, rows = grid_for(self.solid, quads)
        cells = cells_of(self.solid, columns, rows)
        pieces = strips(cells, self.spec.parts)
        names = ["model"] if len(pieces) == 1 else [f"part_{number}" for number in range(1, len(pieces) + 1)]
        meshes = [mesh_of_cells(self.solid, piece, name) for piece, name in zip(pieces, names, strict=True)]
        return _fit(meshes, self.spec)

    def paint(self, px: int) -> Textures:
        """Its textures."""
        return photo_textures(self.solid, self.back, px)

    def bake(self, textures: Textures) -> Pixels:
        """Its base colour with light in it."""
        return baked_photo(textures)


def _solid_scene(spec: ModelSpec) -> SolidScene:
    front = cut_out(spec.pictures[0], keep_alpha=spec.keep_alpha)
    back = cut_out(spec.pictures[1], keep_alpha=spec.keep_alpha) if len(spec.pictures) > 1 else None
    draws = Draws("relief", spec.prompt, str(spec.seed))
    depths = Depths(swell=draws.between(0.05, 0.11), detail=draws.between(0.03, 0.06), back=draws.between(0.45, 0.9))
    frames = (Frame(), Frame()) if back is None else _halves(front.aspect)
    solid = Solid(
        cutout=front,
        field=field_of(front),
        depths=depths,
        front=frames[0],
        back=frames[1],
        back_mirrored=back is None,
    )
    return SolidScene(spec=spec, solid=solid, back=back)


def _halves(aspect: float) -> tuple[Frame, Frame]:
    """Wide pictures above each other, tall ones side by side."""
    if aspect >= 1:
        return Frame(height=0.5), Frame(top=0.5, height=0.5)
    return Frame(width=0.5), Frame(left=0.5, width=0.5)
