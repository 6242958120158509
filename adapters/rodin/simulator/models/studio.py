"""The light of a photo studio, tabulated over the directions a camera can see.

An analytic studio (a bright dome and four soft boxes written as a function of direction, blurred by
roughness) needs no picture of an environment, and a table over view-space normals makes shading a lookup.
Split-sum approximation: Karis, "Physically Based Shading on Mobile", 2014.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Ints, Pixels, Singles

_TABLE = 128
_ROUGHNESS = (0.05, 0.15, 0.3, 0.45, 0.65, 1.0)
_TILT = math.radians(16)
# Boxes: bearing and elevation of the middle, half sizes, brightness; radians.
_BOXES = (
    ((-0.85, 0.75), (0.5, 0.32), 4.6),
    ((1.2, 0.4), (0.3, 0.55), 2.4),
    ((2.8, 0.5), (0.6, 0.3), 2.0),
    ((0.25, -0.25), (0.4, 0.12), 0.7),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What a normal turned towards the camera receives: diffuse, and gloss for each roughness."""

    diffuse: Singles  # (128 * 128,)
    tinted: Singles  # (6 * 128 * 128,): mirrored light, to be multiplied with the surface's own colour
    plain: Singles  # (6 * 128 * 128,): mirrored light at grazing angles, white


def _soft_box(bearing: Floats, rise: Floats, *, box: int, sharp: float) -> Floats:
    (centre, height), (half_width, half_height), bright = _BOXES[box]
    off = np.abs((bearing - centre + math.pi) % (2 * math.pi) - math.pi)
    side = 1.0 + np.exp(np.clip((off - half_width) * sharp, -40, 40))
    edge = 1.0 + np.exp(np.clip((np.abs(rise - height) - half_height) * sharp, -40, 40))
    light: Floats = bright / (side * edge)
    return light


def _studio(direction: Floats, roughness: float) -> Floats:
    """Brightness seen in a direction, blurred as a surface of that roughness sees it."""
    rise = np.arcsin(np.clip(direction[..., 1], -1, 1))
    bearing = np.arctan2(direction[..., 0], direction[..., 2])
    sharp = 30 + (1.6 - 30) * math.sqrt(roughness)
    boxes = sum(_soft_box(bearing, rise, box=index, sharp=sharp) for index in range(len(_BOXES)))
    top = 1.2 / (1 + np.exp(np.clip((1.25 - rise) * sharp, -40, 40)))
    light: Floats = 0.4 + 0.3 * direction[..., 1] + (1 + (0.45 - 1) * roughness) * (boxes + top)
    return light


@functools.cache
def light() -> Light:
    """The tables, made once."""
    x, y = np.meshgrid(np.linspace(-1, 1, _TABLE), np.linspace(1, -1, _TABLE))
    z = np.sqrt(np.clip(1 - x * x - y * y, 0.0016, None))
    normal = np.stack([x, y, z], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    facing = normal[..., 2]
    mirrored = 2 * facing[..., None] * normal - [0.0, 0.0, 1.0]
    tinted, plain = [], []
    for roughness in _ROUGHNESS:
        seen = _studio(_upright(mirrored), roughness)
        scale, offset = _split_sum(facing, roughness)
        tinted.append(seen * scale)
        plain.append(seen * offset)
    diffuse = 0.62 * _studio(_upright(normal), 1.0) + 0.16 + 0.14 * _upright(normal)[..., 1]
    return Light(
        diffuse=diffuse.astype(np.float32).ravel(),
        tinted=np.stack(tinted).astype(np.float32).ravel(),
        plain=np.stack(plain).astype(np.float32).ravel(),
    )


def _upright(direction: Floats) -> Floats:
    """From the camera's frame, which looks down a little, to the studio's."""
    y = direction[..., 1] * math.cos(_TILT) + direction[..., 2] * math.sin(_TILT)
    z = direction[..., 2] * math.cos(_TILT) - direction[..., 1] * math.sin(_TILT)
    return np.stack([direction[..., 0], y, z], axis=-1)


def _split_sum(facing: Floats, roughness: float) -> tuple[Floats, Floats]:
    first = roughness * np.array([-1.0, -0.0275, -0.572, 0.022]) + np.array([1.0, 0.0425, 1.04, -0.04])
    fresnel = np.minimum(first[0] ** 2, np.exp2(-9.28 * facing)) * first[0] + first[1]
    return -1.04 * fresnel + first[2], 1.04 * fresnel + first[3]


@functools.cache
def _linear() -> Singles:
    """sRGB bytes to linear light."""
    return ((np.arange(256) / 255) ** 2.2).astype(np.float32)


@functools.cache
def _tone() -> Pixels:
    """Linear light 0..4 in 4096 steps to sRGB bytes, bright values rolled off softly."""
    value = np.linspace(0, 4, 4096)
    rolled = np.where(value < 0.6, value, 0.6 + 0.4 * (1 - np.exp(-(value - 0.6) / 0.55)))
    return (np.clip(rolled, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)


def shade(normals: Singles, colour: Pixels, surface: Pixels, openness: Singles) -> Pixels:
    """Light samples of a surface.

    Takes view-space unit normals (n, 3), sRGB colours (n, 3), glTF metallic-roughness pixels (n, 3)
    and how open to light each sample is (n,), 0..1.
    """
    tables, half = light(), np.float32((_TABLE - 1) / 2)
    column = ((normals[:, 0] + 1) * half + np.float32(0.5)).astype(np.int32)
    row = ((1 - normals[:, 1]) * half + np.float32(0.5)).astype(np.int32)
    at = np.clip(row, 0, _TABLE - 1) * _TABLE + np.clip(column, 0, _TABLE - 1)
    level = _levels()[surface[:, 1]] * (_TABLE * _TABLE) + at
    base = _linear()[colour]
    metal = surface[:, 2:].astype(np.float32) / np.float32(255)
    mirror = np.float32(0.04) + (base - np.float32(0.04)) * metal
    lit = base * (1 - metal) * (tables.diffuse[at] * openness)[:, None]
    lit += (mirror * tables.tinted[level][:, None] + tables.plain[level][:, None]) * np.sqrt(openness)[:, None]
    seen: Pixels = _tone()[np.minimum(lit * np.float32(4095 / 4), 4095).astype(np.int32)]
    return seen


@functools.cache
def _levels() -> Ints:
    """The table level nearest to each roughness byte."""
    known = np.array(_ROUGHNESS)
    apart = np.abs(np.arange(256)[:, None] / 255 - known[None, :])
    nearest: Ints = np.argmin(apart, axis=1).astype(np.int32)
    return nearest
