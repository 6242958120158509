"""Which reader a model file belongs to, judged by its bytes first."""

from __future__ import annotations

from pathlib import Path

from adapters.preview.gltf import read_glb
from adapters.preview.obj import read_obj
from adapters.preview.pictures import Pictures
from adapters.preview.solid import Solid, Unreadable
from adapters.preview.stl import read_stl


def kind_of(path: Path) -> str:
    """`glb`, `obj` or `stl`.

    Raises:
        Unreadable: a format that is not read here, or a name that promises what the bytes do not hold.
    """
    with path.open("rb") as file:
        head = file.read(32)
    if not head:
        raise Unreadable("The model file is empty.")
    if head.startswith(b"glTF"):
        return "glb"
    if head.startswith(b"Kaydara FBX Binary") or path.suffix.lower() == ".fbx":
        raise Unreadable("FBX models are not drawn here: no reader for them is dependable enough.")
    if head.startswith((b"PK\3\4", b"PXR-USDC", b"#usda")) or path.suffix.lower() in (".usdz", ".usd"):
        raise Unreadable("USDZ models are not drawn here: no reader for them is dependable enough.")
    kind = path.suffix.lower().removeprefix(".")
    if kind == "glb":
        raise Unreadable("The file is not the GLB that its name promises.")
    if kind not in ("obj", "stl"):
        raise Unreadable(f"Models of the kind {kind[:20]!r} are not drawn here; GLB, OBJ and STL are.")
    return kind


def read_model(path: Path, *, texture_px: int) -> Solid:
    """Read a model, its textures shrunk to at most `texture_px` a side.

    Raises:
        Unreadable: with a sentence why.
    """
    kind = kind_of(path)
    pictures = Pictures(edge_px=texture_px)
    if kind == "glb":
        return read_glb(path, pictures)
    return read_obj(path, pictures) if kind == "obj" else read_stl(path)
