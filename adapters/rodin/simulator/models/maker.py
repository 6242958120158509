"""Making a model's files."""

from collections.abc import Callable, Mapping
from pathlib import Path

from .fbx import write_fbx
from .glb import write_glb
from .mesh import Mesh
from .obj import write_obj
from .paint import Textures
from .portrait import clay, lit
from .scenes import Scene, scene_of
from .skins import Model, Skin, bare, pbr, shaded
from .spec import ModelSpec, beside, file_names, high_name, mesh_name
from .stl import write_stl
from .usdz import write_usdz

# Pictures of denser models are drawn from this many quads of the same surface: no pixel tells the difference.
_PICTURE_QUADS = 7000
_DENSER, _MOST_QUADS = 4, 1_000_000
_PREVIEW_PX, _RENDER_PX = 512, 768
# Textures for the render alone, when the format asks for none.
_RENDER_TEXTURE_PX = 512

_WRITERS: Mapping[str, Callable[[Model, Path], None]] = {
    "glb": write_glb,
    "usdz": write_usdz,
    "fbx": write_fbx,
    "stl": write_stl,
}


def build(spec: ModelSpec, folder: Path) -> tuple[Path, ...]:
    """Make a model and write all of its files into an empty folder; the same spec gives the same bytes.

    Takes processor time, from a tenth of a second to some seconds: call it in a thread or process.

    Raises:
        UnreadablePicture: one of the first two pictures cannot be opened. Nothing has been written.
    """
    scene = scene_of(spec)
    meshes = tuple(scene.meshes(spec.quads))
    textures = scene.paint(spec.texture_px) if spec.variants and spec.file_format != "stl" else None
    for variant in spec.variants or (None,):
        skin = _skin(scene, textures, variant)
        _write(Model(meshes=meshes, skin=skin, quads=spec.mesh_mode == "Quad"), spec, folder / mesh_name(spec, variant))
    if spec.high_poly:
        _write_high(scene, spec, folder)
    _write_pictures(scene, meshes, textures, spec, folder)
    return tuple(folder / name for name in file_names(spec))


def _skin(scene: Scene, textures: Textures | None, variant: str | None) -> Skin:
    if textures is None or variant is None:
        return bare()
    return pbr(textures) if variant == "pbr" else shaded(scene.bake(textures))


def _write(model: Model, spec: ModelSpec, path: Path) -> None:
    if spec.file_format == "obj":
        variant = model.skin.name if model.skin.textured else None
        write_obj(model, path, beside(spec, variant)[1:])
    else:
        _WRITERS[spec.file_format](model, path)


def _write_high(scene: Scene, spec: ModelSpec, folder: Path) -> None:
    """The dense mesh: four times the faces, at most two million triangles, without textures."""
    dense = tuple(scene.meshes(min(_DENSER * spec.quads, _MOST_QUADS)))
    _write(Model(meshes=dense, skin=bare(), quads=spec.mesh_mode == "Quad"), spec, folder / high_name(spec))


def _write_pictures(
    scene: Scene, meshes: tuple[Mesh, ...], textures: Textures | None, spec: ModelSpec, folder: Path
) -> None:
    seen = meshes if spec.quads <= _PICTURE_QUADS else tuple(scene.meshes(_PICTURE_QUADS))
    clay(seen, _PREVIEW_PX).save(folder / "preview.webp", "WEBP", quality=82, method=2)
    if spec.preview_render:
        worn = textures or scene.paint(_RENDER_TEXTURE_PX)
        lit(seen, worn, _RENDER_PX).save(folder / "render.jpg", "JPEG", quality=90)
