"""Where the camera stands: the whole model in every frame, as large as that allows, turning in place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from adapters.preview.arrays import Floats, Singles
from adapters.preview.solid import Surface

_OPENING = math.radians(30.0)
# The share of the frame's half that stays empty at its edges, and at the lower one, where the shade lies.
_MARGIN, _LOWER_MARGIN = 0.13, 0.21
# glTF's front looks along +z; a little from the side shows more of the shape.
_START = math.radians(27.0)
# Looking down on tall things a little, on flat things more: from the side they would be a line.
_LOW, _HIGH = math.radians(15.0), math.radians(42.0)
_BLOCK = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One frame's camera, for a model brought to size one at the origin."""

    matrix: Singles  # world to clip, 4 x 4 for columns
    eye: tuple[float, float, float]
    angle: float  # radians around the vertical


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How all frames of a turn look at the model."""

    distance: float
    lift: float  # how far the camera aims above the middle, square to its line of sight
    elevation: float
    steps: int

    def view(self, frame: int) -> View:
        """The camera of one frame."""
        angle = _START + 2.0 * math.pi * frame / self.steps
        right, up, back = _axes(angle, self.elevation)
        eye = back * self.distance + up * self.lift
        turn = np.eye(4)
        turn[:3, :3] = [right, up, back]
        turn[:3, 3] = -turn[:3, :3] @ eye
        near, far = max(self.distance - 1.0, self.distance * 0.05), self.distance + 2.5
        f = 1.0 / math.tan(_OPENING / 2.0)
        lens = np.diag([f, f, (far + near) / (near - far), 0.0])
        lens[2, 3], lens[3, 2] = 2.0 * far * near / (near - far), -1.0
        return View(
            matrix=(lens @ turn).astype(np.float32),
            eye=(float(eye[0]), float(eye[1]), float(eye[2])),
            angle=angle,
        )


def _axes(angle: float, elevation: float) -> tuple[Floats, Floats, Floats]:
    """The camera's right, its up, and the way from the model to it."""
    back = np.array([math.sin(angle) * math.cos(elevation), math.sin(elevation), math.cos(angle) * math.cos(elevation)])
    right = np.array([math.cos(angle), 0.0, -math.sin(angle)])
    return right, np.cross(back, right), back


def framed(surfaces: tuple[Surface, ...], *, steps: int) -> Framing:
    """Choose one distance and aim for all frames.

    A point at (x, y, z) in camera axes stays in the frame when distance >= z + |x| / t and the same with y, t being
    the tangent of half the opening. Each is a plain linear function of the point, so only its extremes matter. The
    aim is lifted until the upper and the lower edge ask for the same distance.
    """
    height = max(float(surface.points[:, 1].max()) for surface in surfaces) - min(
        float(surface.points[:, 1].min()) for surface in surfaces
    )
    # 1 for what is as high as wide, 0 for what lies flat.
    upright = min(1.0, height / 0.6)
    elevation = _HIGH + (_LOW - _HIGH) * math.sqrt(upright)
    t, lower = (math.tan(_OPENING / 2.0) * (1.0 - margin) for margin in (_MARGIN, _LOWER_MARGIN))
    cameras = [_axes(_START + 2.0 * math.pi * frame / steps, elevation) for frame in range(steps)]
    aside = _extreme(surfaces, [back * t + right * side for right, _, back in cameras for side in (1.0, -1.0)])
    above = _extreme(surfaces, [back * t + up for _, up, back in cameras])
    below = _extreme(surfaces, [back * lower - up for _, up, back in cameras])
    lift = (above * lower - below * t) / (t + lower)
    distance = max(aside / t, (above - lift) / t)
    return Framing(distance=max(distance, 0.05), lift=lift, elevation=elevation, steps=steps)


def _extreme(surfaces: tuple[Surface, ...], functions: list[Floats]) -> float:
    """The largest value that any of the functions takes on any vertex."""
    rows = np.array(functions).T.astype(np.float32)
    return max(
        float((surface.points[start : start + _BLOCK] @ rows).max())
        for surface in surfaces
        for start in range(0, len(surface.points), _BLOCK)
    )
