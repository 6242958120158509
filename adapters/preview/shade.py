"""The soft shade a model throws on the ground: drawn once from below, blurred, and laid under every frame."""

from __future__ import annotations

import moderngl
import numpy as np
from PIL import Image, ImageFilter

from adapters.preview.arrays import Singles
from adapters.preview.solid import Surface

_MAP_PX = 256
# On a model of size one: how far beyond its footprint the shade may reach, and from how high things throw any.
_MARGIN, _REACH = 0.20, 0.26
_NEAR_BLUR, _FAR_BLUR = 0.016, 0.06
_NEAR_STRENGTH, _FAR_STRENGTH = 0.34, 0.34
# Below the lowest vertex, so that flat things do not flicker through the ground.
_GAP = 0.002

Box = tuple[float, float, float, float, float]  # least x, least z, most x, most z, height


def shade_of(
    gl: moderngl.Context,
    program: moderngl.Program,
    outlines: list[moderngl.VertexArray],
    surfaces: tuple[Surface, ...],
) -> tuple[moderngl.Texture, Box]:
    """How dark each place of the ground is, and where the ground lies."""
    low: list[float] = np.min([surface.points.min(axis=0) for surface in surfaces], axis=0).tolist()
    high: list[float] = np.max([surface.points.max(axis=0) for surface in surfaces], axis=0).tolist()
    box: Box = (low[0] - _MARGIN, low[2] - _MARGIN, high[0] + _MARGIN, high[2] + _MARGIN, low[1])
    nearness = _seen_from_below(gl, program, outlines, box)
    edge = max(box[2] - box[0], box[3] - box[1])
    near, far = (
        np.asarray(nearness.filter(ImageFilter.GaussianBlur(blur / edge * _MAP_PX)), dtype=np.float32) / 255
        for blur in (_NEAR_BLUR, _FAR_BLUR)
    )
    dark = np.clip(_NEAR_STRENGTH * near + _FAR_STRENGTH * far, 0.0, 1.0)
    texture = gl.texture((_MAP_PX, _MAP_PX), 1, np.round(dark * 255).astype(np.uint8).tobytes())
    texture.repeat_x = texture.repeat_y = False
    return texture, box


def _seen_from_below(
    gl: moderngl.Context, program: moderngl.Program, outlines: list[moderngl.VertexArray], box: Box
) -> Image.Image:
    left, back, right, front, height = box
    camera = np.zeros((4, 4), dtype=np.float32)
    camera[0, 0], camera[0, 3] = 2.0 / (right - left), -(right + left) / (right - left)
    camera[1, 2], camera[1, 3] = 2.0 / (front - back), -(front + back) / (front - back)
    # The lowest is the nearest; a model of size one is nowhere higher than one above its floor.
    camera[2, 1], camera[2, 3] = 1.0, -height - 0.5
    camera[3, 3] = 1.0
    for name, data in (("camera", camera.T), ("floor_y", np.float32(height)), ("reach", np.float32(_REACH))):
        member = program[name]
        if isinstance(member, moderngl.Uniform):
            member.write(data.tobytes())
    target = gl.framebuffer([gl.renderbuffer((_MAP_PX, _MAP_PX), 4)], gl.depth_renderbuffer((_MAP_PX, _MAP_PX)))
    target.use()
    target.clear()
    gl.enable(moderngl.DEPTH_TEST)
    gl.disable(moderngl.CULL_FACE | moderngl.BLEND)
    for outline in outlines:
        outline.render()
    return Image.frombytes("L", (_MAP_PX, _MAP_PX), target.read(components=1))


def ground_corners(box: Box) -> Singles:
    """A strip of two triangles: position and place in the shade."""
    left, back, right, front, height = box
    y = height - _GAP
    corners = [(left, y, back, 0, 0), (right, y, back, 1, 0), (left, y, front, 0, 1), (right, y, front, 1, 1)]
    return np.array(corners, dtype=np.float32)
