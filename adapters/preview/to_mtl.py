"""Writing Wavefront material files, with the lines for physically based materials, and the pictures they name.

Source: Exocortex, "Extending Wavefront MTL for Physically-Based Rendering" (Pr, Pm, map_Pr, map_Pm, norm).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from adapters.preview.arrays import Floats
from adapters.preview.names import Names, one_word
from adapters.preview.originals import Originals, Sheet, png
from adapters.preview.solid import UNMOVED, Alpha, Material, Texture, Wrap

# Of a texture: coordinates that rounding alone has carried over its edge do not count as beyond.
_EDGE = 1e-5

Layout = tuple[int, tuple[float, ...]]
"""How a texture lies on a surface: which texture coordinates, and how they are moved. An OBJ has one layout only."""


class Palette:
    """The materials of a model while they are written down, and the picture files that they need."""

    def __init__(self, path: Path, originals: Originals) -> None:
        """Begin a material file at `path`; pictures go beside it, named after it."""
        self.path = path
        self.files: list[Path] = []
        self.lost: set[str] = set()
        self._originals = originals
        self._names: dict[int, str] = {}
        self._free, self._free_stems = Names(), Names()
        self._materials: list[Material] = []  # kept alive: they are told apart by identity
        self._lines: list[str] = []
        self._written: dict[tuple[object, str], str] = {}

    def name_of(self, material: Material) -> str:
        """Return the name of a material, written down when it is first asked for."""
        if id(material) not in self._names:
            name = self._free.unlike(one_word(material.name) or "material")
            self._names[id(material)] = name
            self._materials.append(material)
            self._lines += [f"newmtl {name}", *self._described(material), ""]
        return self._names[id(material)]

    def lay(self, material: Material, uvs: Floats) -> None:
        """Note what of a material is lost where it lies on these texture coordinates: an OBJ only repeats pictures."""
        is_beyond = ((uvs < -_EDGE) | (uvs > 1 + _EDGE)).any(axis=0)
        ways = {way for texture in _worn(material) for way in np.array(texture.wrap)[is_beyond]}
        if ways - {Wrap.REPEAT}:
            self.lost.add("Beyond its edge an obj repeats a texture, where the glb stretches or mirrors it.")

    def save(self) -> None:
        """Write the material file, if there are materials."""
        if self._lines:
            self.path.write_text("\n".join(["# Rodin Bot", *self._lines]), "utf-8", newline="\n")
            self.files.insert(0, self.path)

    def _described(self, material: Material) -> Iterator[str]:
        opacity = 1.0 if material.alpha is Alpha.OPAQUE else material.base[3]
        yield from ("Ka 0 0 0", f"Kd {_srgb(material.base[:3])}", "Ks 0.2 0.2 0.2")
        yield from (f"Ke {_srgb(material.emissive)}", f"Ns {1000 * (1 - material.roughness) ** 2:.6g}")
        yield from (f"d {opacity:.6g}", "illum 2", f"Pr {material.roughness:.6g}", f"Pm {material.metallic:.6g}")
        layout = layout_of(material)
        yield from self._coloured(material, layout)
        yield from self._surfaced(material, layout)
        if material.occlusion_map is not None and material.occlusion_strength > 0:
            self.lost.add("An obj has no place for ambient shadows, so that texture is left out.")
        if material.unlit:
            self.lost.add("The glb asks to be shown without light, which an obj cannot ask for.")
        if max(material.emissive) > 1:
            self.lost.add("What glows brighter than white glows white in an obj.")

    def _coloured(self, material: Material, layout: Layout) -> Iterator[str]:
        glowing = material.emissive_map if any(material.emissive) else None  # else readers take it for all of the glow
        base, glow = self._fitting(material.base_map, layout), self._fitting(glowing, layout)
        if base is not None:
            yield f"map_Kd {self._file(base, 'diffuse')}"
            if material.alpha is not Alpha.OPAQUE and base.image.getchannel("A").getextrema()[0] != 255:
                yield f"map_d {self._channel(base, 'A', 'opacity')}"
                if material.alpha is Alpha.MASK:
                    self.lost.add("What a texture cuts out of the glb with a sharp edge is see-through in an obj.")
        if glow is not None:
            yield f"map_Ke {self._file(glow, 'emissive')}"

    def _surfaced(self, material: Material, layout: Layout) -> Iterator[str]:
        surface, bumps = self._fitting(material.surface_map, layout), self._fitting(material.normal_map, layout)
        # A factor of nothing leaves nothing of its picture; beside one, readers take it for "as the picture says".
        if surface is not None and material.roughness > 0:
            yield f"map_Pr {self._channel(surface, 'G', 'roughness')}"
        if surface is not None and material.metallic > 0:
            yield f"map_Pm {self._channel(surface, 'B', 'metallic')}"
        if bumps is not None:
            scale = "" if material.normal_scale == 1.0 else f"-bm {material.normal_scale:.6g} "
            yield f"norm {scale}{self._file(bumps, 'normal')}"

    def _fitting(self, texture: Texture | None, layout: Layout) -> Texture | None:
        if texture is None or (texture.uv_set, texture.transform) == layout:
            return texture
        self.lost.add("An obj has one set of texture coordinates, so textures that lie on another one are left out.")
        return None

    def _file(self, texture: Texture, what: str) -> str:
        key = (id(texture.image), "")
        if key not in self._written:
            self._written[key] = self._saved(self._originals.sheet(texture), what)
        return self._written[key]

    def _channel(self, texture: Texture, channel: str, what: str) -> str:
        key = (id(texture.image), channel)
        if key not in self._written:
            grey: Image.Image = texture.image.getchannel(channel)
            self._written[key] = self._saved(png(grey), what)
        return self._written[key]

    def _saved(self, sheet: Sheet, what: str) -> str:
        stem = self._free_stems.unlike(f"{self.path.stem}_{what}")
        path = self.path.with_name(f"{stem}.{sheet.extension}")
        path.write_bytes(sheet.data)
        self.files.append(path)
        return path.name


def layout_of(material: Material) -> Layout:
    """Return the layout that a material's most important texture has."""
    first = next(iter(_worn(material)), None)
    return (0, UNMOVED) if first is None else (first.uv_set, first.transform)


def _worn(material: Material) -> list[Texture]:
    """The textures of a material that an OBJ can have, the most important one first."""
    order = (material.base_map, material.normal_map, material.surface_map, material.emissive_map)
    return [texture for texture in order if texture is not None]


def _srgb(colour: tuple[float, ...]) -> str:
    """A linear colour as it is written here, which `adapters.preview.mtl` reads back."""
    return " ".join(f"{min(max(part, 0.0), 1.0) ** (1 / 2.2):.6g}" for part in colour)
