"""What meshes wear in a file: a textured material, baked colour, or plain grey."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .arrays import Pixels
from .mesh import Mesh
from .paint import Textures

# Fine enough that nobody sees blocks, small enough that encoding stays cheap.
_QUALITY = {"base": 90, "surface": 88, "normal": 93, "roughness": 88, "metallic": 88}
GREY = 0.72
GREY_ROUGHNESS = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """A material by its pictures, all of one size.

    `base` (sRGB), `surface` (glTF's metallic-roughness) and `normal`; a baked skin has only `base`, bare
    geometry none at all.
    """

    name: str
    pictures: Mapping[str, Pixels]

    @property
    def textured(self) -> bool:
        """Whether there is any picture, and so any need for texture coordinates."""
        return bool(self.pictures)

    @property
    def bumpy(self) -> bool:
        """Whether there is a normal picture, and so a need for tangents."""
        return "normal" in self.pictures

    def jpeg(self, name: str) -> bytes:
        """One picture as JPEG; `roughness` and `metallic` are the surface's channels in grey."""
        out = io.BytesIO()
        Image.fromarray(self._picture(name)).save(out, "JPEG", quality=_QUALITY[name], subsampling=0)
        return out.getvalue()

    def png(self, name: str) -> bytes:
        """One picture as PNG, named as for `jpeg`."""
        out = io.BytesIO()
        Image.fromarray(self._picture(name)).save(out, "PNG", compress_level=2)
        return out.getvalue()

    def _picture(self, name: str) -> Pixels:
        if name in ("roughness", "metallic"):
            return np.ascontiguousarray(self.pictures["surface"][..., 1 if name == "roughness" else 2])
        return self.pictures[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What a writer puts in a file: parts that share one skin, as quads where the format can hold them."""

    meshes: tuple[Mesh, ...]
    skin: Skin
    quads: bool = False


def pbr(textures: Textures) -> Skin:
    """The full material."""
    pictures = {"base": textures.base, "surface": textures.metallic_roughness, "normal": textures.normal}
    return Skin(name="pbr", pictures=pictures)


def shaded(baked: Pixels) -> Skin:
    """Colour with light in it."""
    return Skin(name="shaded", pictures={"base": baked})


def bare() -> Skin:
    """Plain grey."""
    return Skin(name="plain", pictures={})
