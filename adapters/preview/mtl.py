"""Wavefront material files, with the lines for physically based materials.

Source: Exocortex, "Extending Wavefront MTL for Physically-Based Rendering" (Pr, Pm, map_Pr, map_Pm, norm).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from adapters.preview.pictures import Pictures
from adapters.preview.siblings import sibling
from adapters.preview.solid import Alpha, Material, Texture, Unreadable

_MOST_BYTES = 8 * 2**20
_MAPS = {
    "map_kd": "base",
    "map_ke": "emissive",
    "map_pr": "roughness",
    "map_pm": "metallic",
    "norm": "normal",
    "map_d": "opacity",
}
# How many words follow an option of a texture line; -o, -s and -t take up to three numbers.
_OPTIONS = {
    "-blendu": 1,
    "-blendv": 1,
    "-boost": 1,
    "-mm": 2,
    "-texres": 1,
    "-clamp": 1,
    "-bm": 1,
    "-imfchan": 1,
    "-type": 1,
}
_UP_TO_THREE = ("-o", "-s", "-t")


@dataclass(slots=True)
class _Lines:
    """One material while its lines are read; colours as written, in sRGB."""

    numbers: dict[str, tuple[float, ...]] = field(default_factory=dict)
    maps: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """The materials of one or more files by name, the edges of their pictures, and what was missing."""

    materials: dict[str, Material]
    textures: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]


def read_mtl(model: Path, names: list[str], pictures: Pictures) -> Library:
    """Read the material files beside a model; one that is missing is noted, not fatal."""
    notes: list[str] = []
    lines: dict[str, _Lines] = {}
    for name in names:
        path = sibling(model, name)
        if path is None:
            notes.append(f"The material file {name[:80]} is missing.")
        else:
            lines |= _parsed(path)
    shelf = _Shelf(model, pictures, notes)
    materials = {name: _material(name, found, shelf) for name, found in lines.items()}
    return Library(materials=materials, textures=tuple(shelf.sizes.values()), notes=tuple(notes))


def _parsed(path: Path) -> dict[str, _Lines]:
    if path.stat().st_size > _MOST_BYTES:
        raise Unreadable(f"The material file is larger than {_MOST_BYTES // 2**20} MiB.")
    found: dict[str, _Lines] = {}
    current = _Lines()
    for line in path.read_text("utf-8", "replace").splitlines():
        key, _, rest = line.replace("\t", " ").strip().partition(" ")
        key, rest = key.lower(), rest.strip()
        if key == "newmtl":
            current = found.setdefault(rest, _Lines())
        elif key in _MAPS and rest:
            current.maps[_MAPS[key]] = _file_name(rest)
        elif key in ("kd", "ke", "d", "tr", "pr", "pm", "ns"):
            current.numbers[key] = _numbers(rest)
    return found


def _numbers(text: str) -> tuple[float, ...]:
    try:
        values = tuple(float(word) for word in text.split()[:3])
    except ValueError as error:
        raise Unreadable(f"The material file has {text[:40]!r} where numbers belong.") from error
    if not values or not all(-1e6 < value < 1e6 for value in values):
        raise Unreadable(f"The material file has {text[:40]!r} where finite numbers belong.")
    return values


def _file_name(rest: str) -> str:
    """What is left of a texture line after its options; names may hold spaces."""
    words = rest.split(" ")
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option in _UP_TO_THREE:
            taken = 0
            while words and taken < 3 and words[0].lstrip("+-").replace(".", "", 1).isdigit():
                words.pop(0)
                taken += 1
        else:
            del words[: _OPTIONS.get(option, 0)]
    return " ".join(words).strip()


class _Shelf:
    """A model's texture files, each opened once."""

    def __init__(self, model: Path, pictures: Pictures, notes: list[str]) -> None:
        self._model = model
        self._pictures = pictures
        self._notes = notes
        self._images: dict[str, Image.Image | None] = {}
        self.sizes: dict[str, tuple[int, int]] = {}

    def image(self, name: str | None) -> Image.Image | None:
        if name is None:
            return None
        if name not in self._images:
            self._images[name] = self._opened(name)
        return self._images[name]

    def _opened(self, name: str) -> Image.Image | None:
        path = sibling(self._model, name)
        if path is None:
            self._notes.append(f"The texture {name[:80]} is missing.")
            return None
        image, self.sizes[name] = self._pictures.opened_with_size(path, f"The texture {name[:80]}")
        return image


def _material(name: str, lines: _Lines, shelf: _Shelf) -> Material:
    maps, numbers = lines.maps, lines.numbers
    base_map = _with_opacity(shelf.image(maps.get("base")), shelf.image(maps.get("opacity")))
    surface_map = _surface(shelf.image(maps.get("roughness")), shelf.image(maps.get("metallic")))
    opacity = numbers["d"][0] if "d" in numbers else 1.0 - numbers.get("tr", (0.0,))[0]
    emissive = _linear(numbers.get("ke", (1.0,) if "emissive" in maps else (0.0,)))
    return Material(
        name=name,
        base=(*_linear(numbers.get("kd", (1.0,))), min(max(opacity, 0.0), 1.0)),
        metallic=_factor(numbers, "pm", 1.0 if "metallic" in maps else 0.0),
        roughness=_factor(numbers, "pr", 1.0 if "roughness" in maps else _dullness(numbers)),
        emissive=emissive,
        alpha=Alpha.BLEND if opacity < 0.999 or "opacity" in maps else Alpha.OPAQUE,
        base_map=_worn(base_map, None if "opacity" in maps else maps.get("base")),
        surface_map=_worn(surface_map),
        normal_map=_worn(shelf.image(maps.get("normal")), maps.get("normal")),
        emissive_map=_worn(shelf.image(maps.get("emissive")), maps.get("emissive")),
    )


def _factor(numbers: dict[str, tuple[float, ...]], key: str, default: float) -> float:
    # Exporters write Pm 0 or Pr 0 beside a map and mean the map.
    value = numbers.get(key, (default,))[0]
    return default if value == 0.0 and default == 1.0 else min(max(value, 0.0), 1.0)


def _dullness(numbers: dict[str, tuple[float, ...]]) -> float:
    """Roughness from Phong's exponent, as Blender reads it; never quite a mirror."""
    exponent = min(max(numbers.get("ns", (40.0,))[0], 0.0), 1000.0)
    return float(max(1.0 - (exponent / 1000.0) ** 0.5, 0.35))


def _linear(values: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (min(max(value, 0.0), 1.0) ** 2.2 for value in (values if len(values) == 3 else values[:1] * 3))
    return red, green, blue


def _worn(image: Image.Image | None, source: str | None = None) -> Texture | None:
    return None if image is None else Texture(image=image, source=source)


def _with_opacity(base: Image.Image | None, opacity: Image.Image | None) -> Image.Image | None:
    if opacity is None:
        return base
    base = base or Image.new("RGBA", opacity.size, "white")
    worn = base.copy()
    worn.putalpha(_coverage(opacity).resize(base.size))
    return worn


def _coverage(opacity: Image.Image) -> Image.Image:
    """How opaque a picture says things are: by its own transparency if it has some, else by how bright it is."""
    own: Image.Image = opacity.getchannel("A")
    return own if own.getextrema()[0] != 255 else opacity.convert("L")


def _surface(rough: Image.Image | None, metal: Image.Image | None) -> Image.Image | None:
    """Two grey pictures as one in glTF's order; a missing one counts as white and leaves the factor alone."""
    if rough is None and metal is None:
        return None
    first = rough or metal
    size = first.size if first else (1, 1)
    white = Image.new("L", size, 255)
    green = rough.convert("L") if rough else white
    blue = metal.convert("L").resize(size) if metal else white
    return Image.merge("RGBA", (white, green, blue, white))
