"""Materials and textures of a GLB.

Sources: Khronos glTF 2.0 specification, 3.9 Materials; KHR_texture_transform; EXT_texture_webp; EXT_texture_avif.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping

from PIL import Image

from adapters.preview.accessors import Accessors
from adapters.preview.entries import Entry
from adapters.preview.pictures import Pictures
from adapters.preview.solid import CLAY, UNMOVED, Alpha, Material, Texture, Unreadable, Wrap

_WRAPS: Mapping[int, Wrap] = {10497: Wrap.REPEAT, 33071: Wrap.CLAMP, 33648: Wrap.MIRROR}
# Glass cannot be seen through in one pass; this much of what it lets through is drawn as transparency.
_GLASS = 0.7


def image_bytes(document: Entry, accessors: Accessors, number: int) -> bytes:
    """A picture as it lies in the file.

    Raises:
        Unreadable: it lies outside the file, which is never followed.
    """
    image = document.item("images", number)
    if "bufferView" in image:
        return bytes(accessors.view(image.integer("bufferView"))[0])
    head, comma, body = image.text("uri").partition(",")
    if not head.startswith("data:") or not head.endswith(";base64") or not comma:
        raise Unreadable(f"{image.where} lies outside the GLB, where it is never fetched from.")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise Unreadable(f"{image.where} is not proper base64.") from error


class Materials:
    """The materials of one GLB; each picture is decoded once, when a surface first needs it."""

    def __init__(self, document: Entry, accessors: Accessors, pictures: Pictures) -> None:
        self._document = document
        self._accessors = accessors
        self._pictures = pictures
        self._images: dict[int, Image.Image] = {}
        self._made: dict[int, Material] = {}

    def of(self, primitive: Entry) -> Material:
        """What a primitive wears; clay without a material, or with one that says nothing at all."""
        if "material" not in primitive:
            return CLAY
        number = primitive.integer("material")
        if number not in self._made:
            self._made[number] = self._material(self._document.item("materials", number))
        return self._made[number]

    def _material(self, entry: Entry) -> Material:
        rough = entry.maybe("pbrMetallicRoughness")
        says = set(entry.keys()) - {"name", "doubleSided", "extras"}
        if not says or (says == {"pbrMetallicRoughness"} and rough is not None and not rough.keys()):
            return CLAY
        rough = rough or Entry({}, entry.where)
        base = rough.numbers("baseColorFactor", (1.0, 1.0, 1.0, 1.0))
        opacity, alpha = self._coverage(entry)
        return Material(
            name=entry.text("name", ""),
            base=(base[0], base[1], base[2], base[3] * opacity),
            metallic=rough.number("metallicFactor", 1.0),
            roughness=rough.number("roughnessFactor", 1.0),
            emissive=_emissive(entry),
            alpha=alpha,
            cutoff=entry.number("alphaCutoff", 0.5),
            double_sided=entry.flag("doubleSided"),
            unlit=entry.extension("KHR_materials_unlit") is not None,
            normal_scale=_inner(entry, "normalTexture", "scale"),
            occlusion_strength=_inner(entry, "occlusionTexture", "strength"),
            base_map=self._texture(rough, "baseColorTexture"),
            surface_map=self._texture(rough, "metallicRoughnessTexture"),
            normal_map=self._texture(entry, "normalTexture"),
            emissive_map=self._texture(entry, "emissiveTexture"),
            occlusion_map=self._texture(entry, "occlusionTexture"),
        )

    def _coverage(self, entry: Entry) -> tuple[float, Alpha]:
        mode = entry.text("alphaMode", "OPAQUE")
        if mode not in tuple(Alpha):
            raise Unreadable(f"{entry.where}: alphaMode {mode[:20]!r} is not known to glTF.")
        glass = entry.extension("KHR_materials_transmission")
        through = glass.number("transmissionFactor", 0.0) if glass else 0.0
        if through <= 0.0:
            return 1.0, Alpha(mode)
        return 1.0 - _GLASS * min(through, 1.0), Alpha.BLEND

    def _texture(self, parent: Entry, key: str) -> Texture | None:
        info = parent.maybe(key)
        if info is None:
            return None
        texture = self._document.item("textures", info.integer("index"))
        moved = info.extension("KHR_texture_transform")
        uv_set = info.integer("texCoord", 0)
        uv_set = moved.integer("texCoord", uv_set) if moved else uv_set
        if uv_set > 1:
            raise Unreadable(f"{info.where} uses texture coordinates {uv_set}; only 0 and 1 are read.")
        source = self._source(texture)
        return Texture(
            image=self._image(source),
            source=source,
            uv_set=uv_set,
            transform=_transform(moved) if moved else UNMOVED,
            wrap=self._wrap(texture),
        )

    def _source(self, texture: Entry) -> int:
        for name in ("EXT_texture_webp", "EXT_texture_avif"):
            extension = texture.extension(name)
            if extension is not None:
                return extension.integer("source")
        if "source" not in texture:
            raise Unreadable(f"{texture.where} is of a kind that is not read here (KTX2, most likely).")
        return texture.integer("source")

    def _image(self, number: int) -> Image.Image:
        if number not in self._images:
            data = image_bytes(self._document, self._accessors, number)
            self._images[number] = self._pictures.opened(data, f"images[{number}]")
        return self._images[number]

    def _wrap(self, texture: Entry) -> tuple[Wrap, Wrap]:
        if "sampler" not in texture:
            return (Wrap.REPEAT, Wrap.REPEAT)
        sampler = self._document.item("samplers", texture.integer("sampler"))
        across, down = (_WRAPS.get(sampler.integer(key, 10497)) for key in ("wrapS", "wrapT"))
        if across is None or down is None:
            raise Unreadable(f"{sampler.where} wraps in a way glTF does not know.")
        return across, down


def _inner(entry: Entry, texture: str, key: str) -> float:
    info = entry.maybe(texture)
    return info.number(key, 1.0) if info else 1.0


def _emissive(entry: Entry) -> tuple[float, float, float]:
    red, green, blue = entry.numbers("emissiveFactor", (0.0, 0.0, 0.0))
    stronger = entry.extension("KHR_materials_emissive_strength")
    strength = stronger.number("emissiveStrength", 1.0) if stronger else 1.0
    return red * strength, green * strength, blue * strength


def _transform(moved: Entry) -> tuple[float, ...]:
    """Offset after rotation after scale. Source: KHR_texture_transform."""
    right, down = moved.numbers("offset", (0.0, 0.0))
    wide, high = moved.numbers("scale", (1.0, 1.0))
    angle = moved.number("rotation", 0.0)
    cosine, sine = math.cos(angle), math.sin(angle)
    return (cosine * wide, sine * high, right, -sine * wide, cosine * high, down, 0.0, 0.0, 1.0)
