"""Drawing: OpenGL without a display, in software where there is no graphics card."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from types import TracebackType
from typing import Any, Self

import moderngl
import numpy as np
from PIL import Image

from adapters.preview.camera import Framing, View, framed
from adapters.preview.shade import ground_corners, shade_of
from adapters.preview.shapes import LAYOUT, is_sheet, made_ready, vertices
from adapters.preview.solid import Alpha, Material, Solid, Surface, Texture, Wrap

# Drawn at twice the edge and averaged: cheaper in software than multisampling, and it smooths textures too.
_FINE_PX, FRAME_PX = 1024, 512
TEXTURE_PX = 1024
_BACKDROP = (0.895, 0.902, 0.918, 1.0)
# Opacity from which something counts as solid; many exporters call everything BLEND.
_SOLID = 0.98
_NEVER, _ALWAYS = -1.0, 1e9


def context() -> moderngl.Context:
    """OpenGL 3.3. On Linux through EGL, and without X11: libOpenGL instead of libGL.

    Raises:
        Exception: whatever moderngl meets where EGL or a driver is missing.
    """
    settings: dict[str, Any] = {}
    if sys.platform == "linux":
        settings = {"backend": "egl", "libgl": "libOpenGL.so.0", "libegl": "libEGL.so.1"}
    return moderngl.create_context(require=330, standalone=True, **settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A surface on the card. `middle` orders what can be seen through."""

    mesh: moderngl.VertexArray
    outline: moderngl.VertexArray
    material: Material
    middle: tuple[float, float, float]


class Studio:
    """One model, lit and ready to be photographed from `steps` sides."""

    def __init__(self, gl: moderngl.Context, solid: Solid, *, steps: int) -> None:
        surfaces = made_ready(solid.surfaces)
        sheet = is_sheet(surfaces)
        self._framing: Framing = framed(surfaces, steps=steps)
        self._gl = gl
        self._program = _program(self._gl, "model.vert", "model.frag")
        self._below = _program(self._gl, "model.vert", "below.frag")
        self._textures = _Textures(self._gl)
        self._items = [self._item(surface, sheet=sheet) for surface in surfaces]
        self._fine = self._gl.framebuffer(
            [self._gl.renderbuffer((_FINE_PX, _FINE_PX), 4)], self._gl.depth_renderbuffer((_FINE_PX, _FINE_PX))
        )
        self._ground = self._laid_out(surfaces)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gl.release()

    def frame(self, number: int) -> Image.Image:
        """One frame of the turn, RGB, FRAME_PX a side."""
        view = self._framing.view(number)
        self._fine.use()
        self._fine.clear(*_BACKDROP)
        self._gl.enable(moderngl.DEPTH_TEST)
        self._aim(view)
        self._draw_solid()
        self._draw_ground(view)
        self._draw_translucent(view)
        pixels = self._fine.read(components=3)
        fine = Image.frombytes("RGB", (_FINE_PX, _FINE_PX), pixels, "raw", "RGB", 0, -1)
        return fine.reduce(_FINE_PX // FRAME_PX)

    def _item(self, surface: Surface, *, sheet: bool) -> _Item:
        buffer = self._gl.buffer(vertices(surface))
        corners = self._gl.buffer(surface.corners)
        middle = surface.points.mean(axis=0)
        material = replace(surface.material, double_sided=True) if sheet else surface.material
        return _Item(
            mesh=self._gl.vertex_array(self._program, [(buffer, *LAYOUT)], corners),
            outline=self._gl.vertex_array(self._below, [(buffer, "3f4 32x", "point")], corners),
            material=material,
            middle=(float(middle[0]), float(middle[1]), float(middle[2])),
        )

    def _aim(self, view: View) -> None:
        _write(self._program, "camera", view.matrix.T.tobytes())
        _set(self._program, "eye", view.eye)
        _set(self._program, "studio", view.angle)

    def _draw_solid(self) -> None:
        self._gl.disable(moderngl.BLEND)
        for item in self._items:
            alpha = item.material.alpha
            lowest = {Alpha.OPAQUE: _NEVER, Alpha.MASK: item.material.cutoff, Alpha.BLEND: _SOLID}[alpha]
            self._draw(item, lowest, _ALWAYS, see_through=False)

    def _draw_translucent(self, view: View) -> None:
        through = [item for item in self._items if item.material.alpha is Alpha.BLEND]
        if not through:
            return
        eye = np.array(view.eye)
        through.sort(key=lambda item: float(np.linalg.norm(eye - item.middle)), reverse=True)
        self._gl.enable(moderngl.BLEND)
        self._fine.depth_mask = False
        for item in through:
            self._draw(item, 0.004, _SOLID, see_through=True)
        self._fine.depth_mask = True

    def _draw(self, item: _Item, lowest: float, ceiling: float, *, see_through: bool) -> None:
        material, program = item.material, self._program
        (self._gl.disable if material.double_sided else self._gl.enable)(moderngl.CULL_FACE)
        _set(program, "base", material.base)
        _set(program, "emissive", material.emissive)
        _set(program, "surface", (material.metallic, material.roughness))
        _set(program, "cutoff", lowest)
        _set(program, "ceiling", ceiling)
        _set(program, "normal_scale", material.normal_scale)
        _set(program, "occlusion", material.occlusion_strength)
        _set(program, "unlit", material.unlit)
        _set(program, "see_through", see_through)
        self._textures.bind(program, material)
        item.mesh.render()

    def _laid_out(self, surfaces: tuple[Surface, ...]) -> tuple[moderngl.VertexArray, moderngl.Texture]:
        """The ground below the model and the shade on it."""
        shade, corners = shade_of(self._gl, self._below, [item.outline for item in self._items], surfaces)
        buffer = self._gl.buffer(ground_corners(corners))
        program = _program(self._gl, "ground.vert", "ground.frag")
        return self._gl.vertex_array(program, [(buffer, "3f4 2f4", "point", "uv0")]), shade

    def _draw_ground(self, view: View) -> None:
        plane, shade = self._ground
        _write(plane.program, "camera", view.matrix.T.tobytes())
        shade.use(0)
        self._gl.disable(moderngl.CULL_FACE)
        self._gl.enable(moderngl.BLEND)
        self._fine.depth_mask = False
        plane.render(moderngl.TRIANGLE_STRIP)
        self._fine.depth_mask = True


class _Textures:
    """Pictures on the card, each once."""

    def __init__(self, gl: moderngl.Context) -> None:
        self._gl = gl
        self._white = gl.texture((1, 1), 4, b"\xff" * 4)
        self._made: dict[tuple[int, bool, bool], moderngl.Texture] = {}

    def bind(self, program: moderngl.Program, material: Material) -> None:
        """Hand a material's five pictures to the shader."""
        maps = (
            *(material.base_map, material.surface_map, material.normal_map),
            *(material.emissive_map, material.occlusion_map),
        )
        for unit, texture in enumerate(maps):
            (self._white if texture is None else self._texture(texture)).use(unit)
        worn = [texture or Texture(image=_NOTHING) for texture in maps]
        _set(program, "maps", tuple(range(len(maps))))
        _set(program, "present", [texture is not None for texture in maps])
        _set(program, "second_uv", [texture.uv_set == 1 for texture in worn])
        matrices = np.array([texture.transform for texture in worn], dtype=np.float32).reshape(-1, 3, 3)
        _write(program, "moved", matrices.transpose(0, 2, 1).tobytes())
        folds = [[wrap is Wrap.MIRROR for wrap in texture.wrap] for texture in worn]
        _write(program, "mirrored", np.array(folds, dtype=np.int32).tobytes())

    def _texture(self, texture: Texture) -> moderngl.Texture:
        across, down = (wrap is Wrap.REPEAT for wrap in texture.wrap)
        key = (id(texture.image), across, down)
        if key not in self._made:
            made = self._gl.texture(texture.image.size, 4, texture.image.tobytes())
            made.build_mipmaps()
            made.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
            made.repeat_x, made.repeat_y = across, down
            self._made[key] = made
        return self._made[key]


_NOTHING = Image.new("RGBA", (1, 1), "white")


def _program(gl: moderngl.Context, vertex: str, fragment: str) -> moderngl.Program:
    sources = [
        resources.files("adapters.preview").joinpath(f"{name}.glsl").read_text("utf-8") for name in (vertex, fragment)
    ]
    return gl.program(vertex_shader=sources[0], fragment_shader=sources[1])


def _uniform(program: moderngl.Program, name: str) -> moderngl.Uniform:
    member = program[name]
    if not isinstance(member, moderngl.Uniform):
        raise TypeError(name)
    return member


def _set(program: moderngl.Program, name: str, value: float | Iterable[float]) -> None:
    _uniform(program, name).value = value


def _write(program: moderngl.Program, name: str, data: bytes) -> None:
    _uniform(program, name).write(data)
