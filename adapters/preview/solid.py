"""A model in memory, whatever file it came from: surfaces, materials and textures, placed in one world."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from PIL import Image

from adapters.preview.arrays import Bytes, Corners, Singles
from bot.looks import MeshFacts

# Past this, drawing takes longer and more memory than a preview is worth (measured: 0.5 s and 0.5 GB a million).
MOST_TRIANGLES = 3_000_000


class Unreadable(Exception):
    """A model file is not what it should be, or more than is read here; the message is a sentence for people."""


class Alpha(StrEnum):
    """What a surface's transparency means. Source: Khronos glTF 2.0 specification, 3.9.4 Alpha Coverage."""

    OPAQUE = "OPAQUE"
    MASK = "MASK"
    BLEND = "BLEND"


class Wrap(StrEnum):
    """What lies beyond a texture's edge."""

    REPEAT = "repeat"
    CLAMP = "clamp"
    MIRROR = "mirror"


UNMOVED = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texture:
    """A picture on a surface: which texture coordinates, and how they are moved first."""

    image: Image.Image  # RGBA
    source: int | str | None = None  # the picture's number or name in its file; None for one put together from several
    uv_set: int = 0  # 0 or 1
    transform: tuple[float, ...] = UNMOVED  # 3 x 3, row by row
    wrap: tuple[Wrap, Wrap] = (Wrap.REPEAT, Wrap.REPEAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """How a surface answers light: glTF's metallic-roughness model. Colours are linear."""

    name: str = ""
    base: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 0.0
    roughness: float = 0.75
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    alpha: Alpha = Alpha.OPAQUE
    cutoff: float = 0.5
    double_sided: bool = True
    unlit: bool = False
    normal_scale: float = 1.0
    occlusion_strength: float = 1.0
    base_map: Texture | None = None
    surface_map: Texture | None = None  # roughness in green, metallic in blue
    normal_map: Texture | None = None
    emissive_map: Texture | None = None
    occlusion_map: Texture | None = None  # in red


# What wears no material: warm light grey, dull, so that the light alone shows the shape.
CLAY = Material(base=(0.50, 0.485, 0.46, 1.0), metallic=0.0, roughness=0.72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Triangles that share one material, in world coordinates, y up, seen from outside counter-clockwise."""

    points: Singles  # (n, 3), finite
    corners: Corners  # (m, 3), each below n
    normals: Singles | None = None  # (n, 3), unit length; None where the file has none
    uvs: tuple[Singles | None, Singles | None] = (None, None)  # (n, 2), v from the picture's upper edge
    colours: Bytes | None = None  # (n, 4), linear, 255 is one
    material: Material = CLAY
    part: int = 0  # surfaces of one part stay together when parts are moved apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """A whole model with its facts. Without surfaces it is too large to draw, and `notes` say so.

    `parts` are names by the number that a surface has as its `part`; empty where the file knows none.
    """

    facts: MeshFacts
    surfaces: tuple[Surface, ...] = ()
    notes: tuple[str, ...] = field(default=())
    parts: tuple[str, ...] = field(default=())


def bounds(surfaces: tuple[Surface, ...]) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """The lowest and highest corner of the box around all triangles; vertices no triangle uses do not count."""
    used = [surface.points[np.unique(surface.corners)] for surface in surfaces]
    low = np.min([points.min(axis=0) for points in used], axis=0)
    high = np.max([points.max(axis=0) for points in used], axis=0)
    return (float(low[0]), float(low[1]), float(low[2])), (float(high[0]), float(high[1]), float(high[2]))
