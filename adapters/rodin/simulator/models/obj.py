"""Writing Wavefront OBJ with its material file and textures, and text tables in general."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .mesh import Mesh
from .skins import GREY, Model, Skin

# Rows turned into text at once: large enough to be quick, small enough to stay cheap on memory.
_ROWS_AT_ONCE = 65_536


def rows_of_text(template: str, rows: npt.NDArray[np.generic]) -> Iterator[str]:
    """Each row of a table through a %-template, many rows to a string."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        block = rows[start : start + _ROWS_AT_ONCE]
        yield (template * len(block)) % tuple(block.ravel().tolist())


def write_obj(model: Model, path: Path, textures: tuple[str, ...]) -> None:
    """Write a model as OBJ, with its MTL and the named texture pictures in the same folder."""
    material = path.with_suffix(".mtl")
    material.write_text(_material(model.skin, textures), encoding="ascii", newline="\n")
    for name in textures:
        path.with_name(name).write_bytes(model.skin.png(_picture(name)))
    first = 1
    with path.open("w", encoding="ascii", newline="\n") as out:
        out.write(f"mtllib {material.name}\n")
        for mesh in model.meshes:
            out.writelines(_lines(mesh, model, first))
            first += len(mesh.points)


def _lines(mesh: Mesh, model: Model, first: int) -> Iterator[str]:
    yield f"o {mesh.name}\n"
    yield from rows_of_text("v %.6f %.6f %.6f\n", mesh.points)
    if model.skin.textured:
        # OBJ counts v from the bottom of the picture, glTF from its top.
        yield from rows_of_text("vt %.6f %.6f\n", mesh.upright_uvs())
    yield from rows_of_text("vn %.5f %.5f %.5f\n", mesh.normals)
    yield f"usemtl {model.skin.name}\ng {mesh.name}\n"
    faces = (mesh.quads if model.quads else mesh.triangles()) + np.int32(first)
    corner, repeats = (" %d/%d/%d", 3) if model.skin.textured else (" %d//%d", 2)
    yield from rows_of_text("f" + corner * faces.shape[1] + "\n", np.repeat(faces, repeats, axis=1))


def _picture(file_name: str) -> str:
    """Which of a skin's pictures a texture file holds."""
    kind = file_name.removeprefix("texture_").removesuffix(".png")
    return {"diffuse": "base", "shaded": "base"}.get(kind, kind)


def _material(skin: Skin, textures: tuple[str, ...]) -> str:
    """The classic Phong lines every reader knows, and the PBR extension's for those that know it."""
    tone = "1 1 1" if skin.textured else f"{GREY} {GREY} {GREY}"
    lines = [f"newmtl {skin.name}", "Ka 0 0 0", f"Kd {tone}", "Ks 0.2 0.2 0.2", "Ns 40", "d 1", "illum 2"]
    keys = {
        "diffuse": ("map_Kd",),
        "shaded": ("map_Kd",),
        "metallic": ("map_Pm",),
        "roughness": ("map_Pr",),
        "normal": ("norm",),
    }
    for name in textures:
        kind = name.removeprefix("texture_").removesuffix(".png")
        lines += [f"{key} {name}" for key in keys[kind]]
    return "\n".join(lines) + "\n"
