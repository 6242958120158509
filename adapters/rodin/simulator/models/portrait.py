"""Pictures of a model: a camera, a floor with a soft shadow, light, and smooth edges."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from .arrays import Floats, Ints, Longs, Pixels, Singles
from .mesh import Mesh, merged
from .paint import Textures
from .pieces import turning
from .raster import Hits, covered, visible
from .studio import shade

_SUPERSAMPLING = 2
_YAW, _PITCH = -28.0, 16.0
_DISTANCE = 6.0  # scene units from the middle of a model whose longest side is about two
_FILL = 0.80  # share of the picture that the model's longer side takes
_CLAY = (174, 172, 170)
_CLAY_SURFACE = (255, 168, 0)
_TOWARDS_LIGHT = (-0.35, 1.0, 0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Camera:
    """Looks at the origin from the front, a little from the side and from above."""

    scale: float
    middle: tuple[float, float]
    size: int

    def project(self, points: Floats) -> Floats:
        """Samples across, samples down, and 1 / distance."""
        flat = _flat(points)
        across = (flat[:, 0] - self.middle[0]) * self.scale + self.size / 2
        down = self.size / 2 - (flat[:, 1] - self.middle[1]) * self.scale
        return np.stack([across, down, flat[:, 2]], axis=-1)


def _rotation() -> Floats:
    return turning("x", _PITCH) @ turning("y", _YAW)


def _flat(points: Floats) -> Floats:
    view = points @ _rotation().T
    near = 1.0 / (_DISTANCE - view[:, 2])
    return np.stack([view[:, 0] * near, view[:, 1] * near, near], axis=-1)


def _aimed(points: Floats, size: int) -> _Camera:
    flat = _flat(points)[:, :2]
    low, high = flat.min(axis=0), flat.max(axis=0)
    middle = (low + high) / 2
    scale = _FILL * size / max(float((high - low).max()), 1e-9)
    return _Camera(scale=scale, middle=(float(middle[0]), float(middle[1])), size=size)


def clay(meshes: Sequence[Mesh], px: int) -> Image.Image:
    """A picture of the bare geometry in grey, as Rodin's own `preview.webp`."""
    return _portrait(merged(meshes, "model"), None, px)


def lit(meshes: Sequence[Mesh], textures: Textures, px: int) -> Image.Image:
    """A picture with textures and light, as Rodin's own `render.jpg`."""
    return _portrait(merged(meshes, "model"), textures, px)


def _portrait(mesh: Mesh, textures: Textures | None, px: int) -> Image.Image:
    size = px * _SUPERSAMPLING
    points, triangles = mesh.points.astype(np.float64), mesh.triangles()
    camera = _aimed(points, size)
    screen = camera.project(points)
    hits = visible(screen, triangles, size)
    colour, surface = _looks(mesh, triangles, hits, textures)
    turned = mesh.normals @ _rotation().T.astype(np.float32)
    view = hits.blend(np.column_stack([turned, screen[:, 2].astype(np.float32)]), triangles)
    normals = view[:, :3]
    normals /= np.maximum(np.sqrt((normals * normals).sum(axis=1, keepdims=True)), np.float32(1e-6))
    open_ = _openness(hits.samples, view[:, 3], size)
    picture = _backdrop(points, triangles, camera).reshape(-1, 3)
    picture[hits.samples] = shade(normals, colour, surface, open_)
    return Image.fromarray(picture.reshape(size, size, 3)).reduce(_SUPERSAMPLING)


def _looks(mesh: Mesh, triangles: Ints, hits: Hits, textures: Textures | None) -> tuple[Pixels, Pixels]:
    if textures is None:
        shape = (len(hits.samples), 3)
        clay_ = np.broadcast_to(np.array(_CLAY, np.uint8), shape)
        return clay_, np.broadcast_to(np.array(_CLAY_SURFACE, np.uint8), shape)
    size = len(textures.base)
    texels = np.clip((hits.blend(mesh.uvs, triangles) * np.float32(size)).astype(np.int32), 0, size - 1)
    at = texels[:, 1] * size + texels[:, 0]
    return textures.base.reshape(-1, 3)[at], textures.metallic_roughness.reshape(-1, 3)[at]


def _openness(samples: Longs, nearness: Singles, size: int) -> Singles:
    """Darken what lies behind its surroundings, as corners and folds do. After Luft et al., 2006."""
    step = 4
    distance = np.float32(1) / nearness
    coarse = size // step
    cell = (samples // size // step) * coarse + samples % size // step
    sums = [np.bincount(cell, each, coarse * coarse) for each in (distance, np.ones_like(distance))]
    total, weight = (_blurred(field.reshape(coarse, coarse).astype(np.float64), coarse // 24) for field in sums)
    around = (total / np.maximum(weight, 1e-6)).ravel()[cell]
    behind = np.clip((distance - around) * 1.5, 0, 0.42)
    open_: Singles = (1.0 - behind).astype(np.float32)
    return open_


def _blurred(field: Floats, radius: int) -> Floats:
    """Three box blurs, which come close to a Gaussian one."""
    width = 2 * radius + 1
    for _ in range(3):
        for axis in (0, 1):
            pad = [(radius + 1, radius) if side == axis else (0, 0) for side in (0, 1)]
            summed = np.cumsum(np.pad(field, pad), axis=axis)
            upper = summed[width:] if axis == 0 else summed[:, width:]
            lower = summed[:-width] if axis == 0 else summed[:, :-width]
            field = (upper - lower) / width
    return field


def _backdrop(points: Floats, triangles: Ints, camera: _Camera) -> Pixels:
    """A pale studio wall with the model's soft shadow on its floor."""
    coarse = camera.size // 8
    y, x = np.mgrid[0:coarse, 0:coarse] / (coarse - 1) - 0.5
    glow = 1 - 0.16 * (x * x + (y + 0.06) ** 2) * 2 - 0.05 * y
    wall = glow[..., None] * np.array([240.0, 242.0, 246.0])
    wall *= (1 - 0.5 * _shadow(points, triangles, camera, coarse))[..., None]
    small = Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8))
    return np.array(small.resize((camera.size, camera.size), Image.Resampling.BICUBIC))


def _shadow(points: Floats, triangles: Ints, camera: _Camera, coarse: int) -> Floats:
    light = np.array(_TOWARDS_LIGHT)
    floor = points[:, 1].min()
    fallen = points - light * ((points[:, 1] - floor) / light[1])[:, None]
    screen = camera.project(fallen) * [coarse / camera.size, coarse / camera.size, 1.0]
    shape = Image.fromarray((covered(screen, triangles, coarse) * 255).astype(np.uint8))
    near, far = (np.asarray(shape.filter(ImageFilter.GaussianBlur(coarse / share))) / 255.0 for share in (50, 18))
    soft: Floats = 0.45 * near + 0.55 * far
    return soft
