"""Writing binary FBX 7.4 with embedded textures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .fbx_nodes import Long, Node, Property, document
from .mesh import Mesh
from .skins import GREY, Model, Skin

_CREATOR = "Rodin Bot simulator"
# Between an object's name and its class, in this order, in binary files.
_CLASS = "\0\x01"
_METRES = 100.0  # FBX counts in centimetres
# The material properties importers look for: metallic and roughness have no slots of their own in this
# version; Blender and three.js read them from these two.
_SLOTS = {
    "base": "DiffuseColor",
    "normal": "NormalMap",
    "metallic": "ReflectionFactor",
    "roughness": "ShininessExponent",
}


def write_fbx(model: Model, path: Path) -> None:
    """Write a model as FBX: one Model and Geometry for each part, one Phong material."""
    pictures = _pictures(model.skin)
    objects, links = [_material(model.skin)], []
    for number, mesh in enumerate(model.meshes):
        geometry, shape = 1000 + 2 * number, 1001 + 2 * number
        objects += [_geometry(mesh, geometry, model), _shape(mesh, shape)]
        links += [_link(shape, 0), _link(geometry, shape), _link(_MATERIAL, shape)]
    for number, name in enumerate(pictures):
        texture, video = 100 + 2 * number, 101 + 2 * number
        objects += [_texture(name, texture), _video(name, video, model.skin.jpeg(name))]
        links += [_link(texture, _MATERIAL, _SLOTS[name]), _link(video, texture)]
    nodes = [*_preamble(), _definitions(objects), Node("Objects", (), objects), Node("Connections", (), links)]
    with path.open("wb") as out:
        out.writelines(document(nodes))


_MATERIAL = 10


def _pictures(skin: Skin) -> tuple[str, ...]:
    if not skin.textured:
        return ()
    return tuple(_SLOTS) if skin.bumpy else ("base",)


def _link(child: int, parent: int, slot: str | None = None) -> Node:
    ends = (Long(child), Long(parent))
    return Node("C", ("OP", *ends, slot)) if slot else Node("C", ("OO", *ends))


def _settings(*rows: tuple[Property, ...]) -> Node:
    return Node("Properties70", (), [Node("P", row) for row in rows])


def _preamble() -> list[Node]:
    moment = {"Year": 2000, "Month": 1, "Day": 1, "Hour": 0, "Minute": 0, "Second": 0, "Millisecond": 0}
    stamp = Node(
        "CreationTimeStamp", (), [Node("Version", (1000,)), *(Node(key, (value,)) for key, value in moment.items())]
    )
    header = [Node("FBXHeaderVersion", (1003,)), Node("FBXVersion", (7400,)), Node("EncryptionType", (0,)), stamp]
    axes = (
        ("UpAxis", 1),
        ("UpAxisSign", 1),
        ("FrontAxis", 2),
        ("FrontAxisSign", 1),
        ("CoordAxis", 0),
        ("CoordAxisSign", 1),
    )
    units = _settings(
        *((name, "int", "Integer", "", value) for name, value in axes),
        ("UnitScaleFactor", "double", "Number", "", _METRES),
    )
    scene = Node("Document", (Long(1), "", "Scene"), [Node("RootNode", (Long(0),))])
    return [
        Node("FBXHeaderExtension", (), [*header, Node("Creator", (_CREATOR,))]),
        Node("FileId", (bytes(16),)),
        Node("CreationTime", ("2000-01-01 00:00:00:000",)),
        Node("Creator", (_CREATOR,)),
        Node("GlobalSettings", (), [Node("Version", (1000,)), units]),
        Node("Documents", (), [Node("Count", (1,)), scene]),
        Node("References"),
    ]


def _definitions(objects: Sequence[Node]) -> Node:
    kinds = dict.fromkeys(node.name for node in objects)
    counts = {"GlobalSettings": 1} | {kind: sum(node.name == kind for node in objects) for kind in kinds}
    types = [Node("ObjectType", (kind,), [Node("Count", (count,))]) for kind, count in counts.items()]
    return Node("Definitions", (), [Node("Version", (100,)), Node("Count", (sum(counts.values()),)), *types])


def _geometry(mesh: Mesh, number: int, model: Model) -> Node:
    faces = mesh.quads if model.quads else mesh.triangles()
    corners = faces.copy()
    corners[:, -1] = ~corners[:, -1]  # the last corner of each polygon is marked by its complement
    layers = [_normals(mesh, faces)]
    if model.skin.textured:
        layers.append(_coordinates(mesh, faces))
    layers.append(_layer("LayerElementMaterial", ("AllSame", "IndexToDirect"), ("Materials", np.zeros(1, np.int32))))
    listed = [Node("LayerElement", (), [Node("Type", (layer.name,)), Node("TypedIndex", (0,))]) for layer in layers]
    points = mesh.points.astype(np.float64).ravel()
    body = [
        Node("Vertices", (points,)),
        Node("PolygonVertexIndex", (corners.ravel(),)),
        Node("GeometryVersion", (124,)),
    ]
    children = [*body, *layers, Node("Layer", (0,), [Node("Version", (100,)), *listed])]
    return Node("Geometry", (Long(number), f"{mesh.name}{_CLASS}Geometry", "Mesh"), children)


def _layer(name: str, mapping: tuple[str, str], *values: tuple[str, Property], label: str = "") -> Node:
    how = [Node("MappingInformationType", (mapping[0],)), Node("ReferenceInformationType", (mapping[1],))]
    data = [Node(key, (value,)) for key, value in values]
    return Node(name, (0,), [Node("Version", (101,)), Node("Name", (label,)), *how, *data])


def _normals(mesh: Mesh, faces: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> Node:
    each = mesh.normals[faces.ravel()].astype(np.float64).ravel()
    return _layer("LayerElementNormal", ("ByPolygonVertex", "Direct"), ("Normals", each))


def _coordinates(mesh: Mesh, faces: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> Node:
    # FBX counts v from the bottom of the picture, glTF from its top.
    upright = (mesh.upright_uvs()).astype(np.float64).ravel()
    values = (("UV", upright), ("UVIndex", faces.ravel().astype(np.int32)))
    return _layer("LayerElementUV", ("ByPolygonVertex", "IndexToDirect"), *values, label="UVMap")


def _shape(mesh: Mesh, number: int) -> Node:
    settings = _settings(
        ("Lcl Translation", "Lcl Translation", "", "A", 0.0, 0.0, 0.0),
        ("Lcl Scaling", "Lcl Scaling", "", "A", 1.0, 1.0, 1.0),
        ("DefaultAttributeIndex", "int", "Integer", "", 0),
    )
    children = [Node("Version", (232,)), settings, Node("Shading", (True,)), Node("Culling", ("CullingOff",))]
    return Node("Model", (Long(number), f"{mesh.name}{_CLASS}Model", "Mesh"), children)


def _material(skin: Skin) -> Node:
    tone = 1.0 if skin.textured else GREY
    settings = _settings(
        ("DiffuseColor", "Color", "", "A", tone, tone, tone),
        ("SpecularColor", "Color", "", "A", 0.2, 0.2, 0.2),
        ("Shininess", "Number", "", "A", 20.0),
        ("ShininessExponent", "Number", "", "A", 20.0),
    )
    children = [Node("Version", (102,)), Node("ShadingModel", ("phong",)), Node("MultiLayer", (0,)), settings]
    return Node("Material", (Long(_MATERIAL), f"{skin.name}{_CLASS}Material", ""), children)


def _video(name: str, number: int, content: bytes) -> Node:
    file = f"{name}.jpg"
    children = [
        Node("Type", ("Clip",)),
        _settings(("Path", "KString", "XRefUrl", "", file)),
        Node("UseMipMap", (0,)),
        Node("Filename", (file,)),
        Node("RelativeFilename", (file,)),
        Node("Content", (content,)),
    ]
    return Node("Video", (Long(number), f"{name}{_CLASS}Video", "Clip"), children)


def _texture(name: str, number: int) -> Node:
    file = f"{name}.jpg"
    children = [
        Node("Type", ("TextureVideoClip",)),
        Node("Version", (202,)),
        Node("TextureName", (f"{name}{_CLASS}Texture",)),
        Node("Media", (f"{name}{_CLASS}Video",)),
        Node("FileName", (file,)),
        Node("RelativeFilename", (file,)),
        Node("ModelUVTranslation", (0.0, 0.0)),
        Node("ModelUVScaling", (1.0, 1.0)),
    ]
    return Node("Texture", (Long(number), f"{name}{_CLASS}Texture", ""), children)
