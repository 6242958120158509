"""Textures of a model raised from pictures: the picture itself, a quiet surface, gentle bumps."""

import numpy as np
from PIL import Image, ImageFilter

from .arrays import Pixels, Reals
from .cutout import Cutout
from .mesh import Frame
from .paint import Textures
from .relief import Solid

_ROUGHNESS = 0.62
# How steep a step from black to white across one thousandth of the picture looks.
_STEEPNESS = 1.4


def photo_textures(solid: Solid, back: Cutout | None, px: int) -> Textures:
    """Lay out the front's picture, and the back's when it has its own."""
    sheet = Image.new("RGB", (px, px))
    _lay(sheet, solid.cutout.picture, solid.front)
    if back is not None:
        _lay(sheet, back.picture, solid.back)
    base = np.asarray(sheet)
    grey = np.asarray(sheet.convert("L").filter(ImageFilter.GaussianBlur(px / 700)), dtype=np.float32) / 255
    surface = np.full((px, px, 3), 255, np.uint8)
    surface[..., 1] = (np.clip(_ROUGHNESS + 0.16 * (0.5 - grey), 0, 1) * 255).astype(np.uint8)
    surface[..., 2] = 0
    return Textures(base=base, metallic_roughness=surface, normal=_bumps(grey))


def _lay(sheet: Image.Image, picture: Pixels, frame: Frame) -> None:
    px = sheet.width
    left, top = round(frame.left * px), round(frame.top * px)
    size = (max(1, round(frame.width * px)), max(1, round(frame.height * px)))
    sheet.paste(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC), (left, top))


def _bumps(grey: Reals) -> Pixels:
    scale = np.float32(_STEEPNESS * len(grey) / 1000)
    across, down = np.zeros_like(grey), np.zeros_like(grey)
    across[:, 1:-1] = (grey[:, 2:] - grey[:, :-2]) * scale
    down[1:-1] = (grey[2:] - grey[:-2]) * scale
    normals = np.stack([-across, down, np.ones_like(grey)], axis=-1)
    normals /= np.sqrt((normals * normals).sum(axis=-1, keepdims=True))
    return ((normals * 0.5 + 0.5) * 255 + 0.5).astype(np.uint8)


def baked_photo(textures: Textures) -> Pixels:
    """The picture with its bumps lit from the upper left."""
    normal = textures.normal.astype(np.float32) / 255 * 2 - 1
    light = 0.74 + 0.3 * np.clip(normal @ np.array([-0.45, 0.6, 0.66], np.float32), 0, 1)
    return np.clip(textures.base * light[..., None], 0, 255).astype(np.uint8)
