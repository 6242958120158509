"""Writing USDZ: a stored zip, entries aligned to 64 bytes, a USD text layer and its textures.

Source: openusd.org, "Usdz File Format Specification"; UsdPreviewSurface proposal for the material.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .mesh import Mesh
from .obj import rows_of_text
from .skins import GREY, GREY_ROUGHNESS, Model, Skin

_ALIGNMENT = 64
_LOCAL_HEADER = 30
# Any extra field will do for padding; this id is the one Pixar's own writer uses.
_PADDING_ID = b"\x86\x19"
_OLDEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
# Input of the surface, output of the texture, colour space, value type, for each picture in the file.
_INPUTS = {
    "base": ("diffuseColor", "rgb", "sRGB", "color3f"),
    "normal": ("normal", "rgb", "raw", "normal3f"),
    "roughness": ("roughness", "r", "raw", "float"),
    "metallic": ("metallic", "r", "raw", "float"),
}


def write_usdz(model: Model, path: Path) -> None:
    """Write a model as USDZ, one Mesh prim for each part."""
    pictures = _pictures(model.skin)
    layer = io.StringIO()
    layer.writelines(_layer(model, pictures))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, "model.usda", layer.getvalue().encode())
        for name in pictures:
            _add(archive, f"textures/{name}.jpg", model.skin.jpeg(name))


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add an entry whose data begins at a multiple of 64 bytes."""
    entry = zipfile.ZipInfo(name, _OLDEST_ZIP_DATE)
    assert archive.fp is not None  # noqa: S101 - open for writing just above
    gap = -(archive.fp.tell() + _LOCAL_HEADER + len(name)) % _ALIGNMENT
    if 0 < gap < 4:
        gap += _ALIGNMENT
    if gap:
        entry.extra = _PADDING_ID + (gap - 4).to_bytes(2, "little") + bytes(gap - 4)
    archive.writestr(entry, data)


def _pictures(skin: Skin) -> tuple[str, ...]:
    if not skin.textured:
        return ()
    return tuple(_INPUTS) if skin.bumpy else ("base",)


def _layer(model: Model, pictures: tuple[str, ...]) -> Iterator[str]:
    yield '#usda 1.0\n(\n    defaultPrim = "Model"\n    metersPerUnit = 1\n    upAxis = "Y"\n)\n\n'
    yield 'def Xform "Model" (\n    kind = "component"\n)\n{\n'
    for mesh in model.meshes:
        yield from _mesh(mesh, model)
    yield from _material(model.skin, pictures)
    yield "}\n"


def _prim_name(name: str) -> str:
    return re.sub(r"\W", "_", name, flags=re.ASCII)


def _mesh(mesh: Mesh, model: Model) -> Iterator[str]:
    faces = mesh.quads if model.quads else mesh.triangles()
    low, high = (tuple(map(float, edge)) for edge in (mesh.points.min(axis=0), mesh.points.max(axis=0)))
    yield f'    def Mesh "{_prim_name(mesh.name)}" (\n'
    yield '        prepend apiSchemas = ["MaterialBindingAPI"]\n    )\n    {\n'
    yield f"        float3[] extent = [({_listed(low)}), ({_listed(high)})]\n"
    yield f"        int[] faceVertexCounts = [{', '.join([str(faces.shape[1])] * len(faces))}]\n"
    yield from _array("int[] faceVertexIndices", "%d, ", faces.reshape(-1, 1))
    yield "        rel material:binding = </Model/Material>\n"
    yield from _array("normal3f[] normals", "(%.5g, %.5g, %.5g), ", mesh.normals, vertex=True)
    yield from _array("point3f[] points", "(%.7g, %.7g, %.7g), ", mesh.points)
    if model.skin.textured:
        # USD counts t from the bottom of the picture, glTF from its top.
        coordinates = mesh.upright_uvs()
        yield from _array("texCoord2f[] primvars:st", "(%.6g, %.6g), ", coordinates, vertex=True)
    yield '        uniform token subdivisionScheme = "none"\n    }\n\n'


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.7g}" for value in values)


def _array(
    name: str, template: str, rows: np.ndarray[tuple[int, ...], np.dtype[np.generic]], *, vertex: bool = False
) -> Iterator[str]:
    yield f"        {name} = ["
    yield "".join(rows_of_text(template, rows)).removesuffix(", ")
    yield '] (\n            interpolation = "vertex"\n        )\n' if vertex else "]\n"


def _material(skin: Skin, pictures: tuple[str, ...]) -> Iterator[str]:
    yield '    def Material "Material"\n    {\n'
    yield "        token outputs:surface.connect = </Model/Material/Surface.outputs:surface>\n\n"
    yield '        def Shader "Surface"\n        {\n            uniform token info:id = "UsdPreviewSurface"\n'
    yield from _surface_inputs(skin, pictures)
    yield "            token outputs:surface\n        }\n\n"
    if pictures:
        yield '        def Shader "Coordinates"\n        {\n'
        yield '            uniform token info:id = "UsdPrimvarReader_float2"\n'
        yield '            string inputs:varname = "st"\n            float2 outputs:result\n        }\n\n'
    for name in pictures:
        yield from _texture(name)
    yield "    }\n"


def _surface_inputs(skin: Skin, pictures: tuple[str, ...]) -> Iterator[str]:
    indent = "            "
    for name in pictures:
        target, output, _, kind = _INPUTS[name]
        yield f"{indent}{kind} inputs:{target}.connect = </Model/Material/{name}.outputs:{output}>\n"
    if "base" not in pictures:
        yield f"{indent}color3f inputs:diffuseColor = ({GREY}, {GREY}, {GREY})\n"
    if "roughness" not in pictures:
        yield f"{indent}float inputs:roughness = {1.0 if skin.textured else GREY_ROUGHNESS}\n"
        yield f"{indent}float inputs:metallic = 0\n"


def _texture(name: str) -> Iterator[str]:
    _, output, space, _ = _INPUTS[name]
    indent = "            "
    yield f'        def Shader "{name}"\n        {{\n{indent}uniform token info:id = "UsdUVTexture"\n'
    yield f"{indent}asset inputs:file = @textures/{name}.jpg@\n"
    yield f'{indent}token inputs:sourceColorSpace = "{space}"\n'
    yield f"{indent}float2 inputs:st.connect = </Model/Material/Coordinates.outputs:result>\n"
    yield f'{indent}token inputs:wrapS = "clamp"\n{indent}token inputs:wrapT = "clamp"\n'
    if name == "normal":
        yield f"{indent}float4 inputs:scale = (2, 2, 2, 1)\n{indent}float4 inputs:bias = (-1, -1, -1, 0)\n"
    yield f"{indent}{'float3' if output == 'rgb' else 'float'} outputs:{output}\n        }}\n\n"
