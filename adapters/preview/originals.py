"""The pictures of a model as files: copied byte for byte where they can be, else written without loss."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from adapters.preview.accessors import Accessors
from adapters.preview.container import open_glb
from adapters.preview.materials import image_bytes
from adapters.preview.pictures import header
from adapters.preview.siblings import sibling
from adapters.preview.solid import Texture, Unreadable

# What every reader of GLB and OBJ takes; anything else becomes PNG.
_COMMON = {"PNG": "png", "JPEG": "jpg"}

Source = int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A picture as a file: its bytes, and its extension without a dot (png or jpg)."""

    data: bytes
    extension: str

    @property
    def media_type(self) -> str:
        """What glTF calls it."""
        return "image/jpeg" if self.extension == "jpg" else "image/png"


class Originals:
    """Gives a model's pictures as they lie in its file; one in another format is written as PNG, and noted."""

    def __init__(self, model: Path, kind: str) -> None:
        """Open the pictures of a GLB, or those beside an OBJ."""
        self._bytes = _of_glb(model) if kind == "glb" else _beside(model)
        self.rewritten: set[str] = set()

    def sheet(self, texture: Texture) -> Sheet:
        """Return a texture's picture: its own bytes if it is one PNG or JPEG, else all of its pixels as PNG."""
        if texture.source is None:
            return png(texture.image)
        data = self._bytes(texture.source)
        kind = header(data, "A texture").format or ""
        if kind in _COMMON:
            return Sheet(data=data, extension=_COMMON[kind])
        self.rewritten.add(kind)
        return png(texture.image)


def png(image: Image.Image) -> Sheet:
    """Return a picture as PNG; without its alpha channel where that says nothing."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=4)
    return Sheet(data=out.getvalue(), extension="png")


def _of_glb(model: Path) -> Callable[[Source], bytes]:
    container = open_glb(model)
    accessors = Accessors(container)

    def read(source: Source) -> bytes:
        return image_bytes(container.document, accessors, int(source))

    return read


def _beside(model: Path) -> Callable[[Source], bytes]:
    def read(source: Source) -> bytes:
        path = sibling(model, str(source))
        if path is None:
            raise Unreadable(f"The texture {str(source)[:80]} is missing.")
        return path.read_bytes()

    return read
