"""Writing Wavefront OBJ: every number so that it is read back as the very same one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TextIO

import numpy as np

from adapters.preview.arrays import Floats, Longs, Singles
from adapters.preview.names import Names, one_word
from adapters.preview.solid import CLAY, Alpha, Material, Solid, Surface
from adapters.preview.to_mtl import Palette, layout_of

# Rows turned into text at once: large enough to be quick, small enough to stay cheap on memory.
_ROWS_AT_ONCE = 65_536
# Nine digits name every 32-bit number exactly.
_NUMBER = "%.9g"
# For surfaces without a material in a file where others have one: an OBJ cannot take a material off again.
_PLAIN = Material(name="plain", base=(0.8, 0.8, 0.8, 1.0))


def write_obj(solid: Solid, path: Path, palette: Palette) -> None:
    """Write a model as OBJ; the materials that it wears are added to the palette, whose file it names."""
    wears_any = any(surface.material is not CLAY for surface in solid.surfaces)
    has_colours = any(surface.colours is not None for surface in solid.surfaces)
    if any(_is_seen_through(surface) for surface in solid.surfaces):
        palette.lost.add("The colours of an obj's vertices cannot be see-through, so these are not.")
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("# Rodin Bot: y up, counter-clockwise seen from outside\n")
        if wears_any:
            out.write(f"mtllib {palette.path.name}\n")
        writer = _Writer(out, palette if wears_any else None, has_colours=has_colours)
        names = Names()
        for name, surfaces in parts_of(solid):
            writer.part(names.unlike(one_word(name)), surfaces)


def parts_of(solid: Solid) -> Iterator[tuple[str, list[Surface]]]:
    """Give each part's name, which no other part has, and its surfaces, in the order of the parts."""
    ordered = sorted(solid.surfaces, key=lambda surface: surface.part)
    names = Names()
    for number, surfaces in groupby(ordered, key=lambda surface: surface.part):
        named = solid.parts[number] if number < len(solid.parts) else ""
        yield names.unlike(named.strip() or "model"), list(surfaces)


class _Writer:
    """Counts the lines that faces refer to, over all parts."""

    def __init__(self, out: TextIO, palette: Palette | None, *, has_colours: bool) -> None:
        self._out = out
        self._palette = palette
        self._has_colours = has_colours
        self._first = np.ones(3, dtype=np.int64)  # of points, texture coordinates, normals

    def part(self, name: str, surfaces: list[Surface]) -> None:
        self._out.write(f"o {name}\n")
        for surface in surfaces:
            if self._palette is not None:
                worn = _PLAIN if surface.material is CLAY else surface.material
                self._out.write(f"usemtl {self._palette.name_of(worn)}\n")
            self._surface(surface)

    def _surface(self, surface: Surface) -> None:
        used, corners = np.unique(surface.corners.ravel(), return_inverse=True)
        uvs, normals = _flipped(surface), surface.normals
        if self._palette is not None and uvs is not None:
            self._palette.lay(surface.material, uvs[used])
        tables = (("v", self._rows(surface)), ("vt", uvs), ("vn", None if normals is None else normals.astype(float)))
        columns = [None if rows is None else self._table(key, rows[used])[corners] for key, rows in tables]
        present = [column for column in columns if column is not None]
        corner = "/".join("" if column is None else "%d" for column in columns).rstrip("/")
        faces = np.stack(present, axis=-1).reshape(-1, 3 * len(present))
        self._out.writelines(_text("f" + f" {corner}" * 3 + "\n", faces))

    def _rows(self, surface: Surface) -> Floats:
        """Positions; with colours behind them, in sRGB, if anything in this file has some."""
        points = surface.points.astype(np.float64)
        if not self._has_colours:
            return points
        colours = np.ones((len(points), 3)) if surface.colours is None else surface.colours[:, :3] / 255.0
        return np.concatenate([points, colours ** (1 / 2.2)], axis=1)

    def _table(self, key: str, rows: Floats) -> Longs:
        """Write rows, each once; return the number of each in the file."""
        kind = ("v", "vt", "vn").index(key)
        distinct, places = _distinct(rows)
        self._out.writelines(_text(" ".join([key, *[_NUMBER] * rows.shape[1]]) + "\n", distinct))
        numbers: Longs = places + self._first[kind]
        self._first[kind] += len(distinct)
        return numbers


def _is_seen_through(surface: Surface) -> bool:
    """Whether the colours of the vertices make a surface see-through."""
    is_open = surface.material.alpha is not Alpha.OPAQUE
    return is_open and surface.colours is not None and bool((surface.colours[:, 3] < 255).any())


def _flipped(surface: Surface) -> Floats | None:
    """The texture coordinates as its textures lie, with v counted from the lower edge."""
    uv_set, transform = layout_of(surface.material)
    uvs: Singles | None = surface.uvs[uv_set]
    if uvs is None:
        return None
    matrix = np.array(transform).reshape(3, 3)
    moved: Floats = uvs.astype(np.float64) @ matrix[:2, :2].T + matrix[:2, 2]
    moved[:, 1] = 1.0 - moved[:, 1]
    return moved


def _distinct(rows: Floats) -> tuple[Floats, Longs]:
    """Rows without repetition, in the order of their first appearance, and the number of each old row."""
    plain = np.ascontiguousarray(rows + 0.0)  # minus zero and zero are one
    _, first, numbers = np.unique(
        plain.view(f"V{plain.itemsize * plain.shape[1]}").ravel(), return_index=True, return_inverse=True
    )
    order = np.argsort(first, kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return plain[first[order]], places[numbers].astype(np.int64)


def _text(template: str, rows: Floats | Longs) -> Iterator[str]:
    """Each row through a %-template, many rows to a string."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        block = rows[start : start + _ROWS_AT_ONCE]
        yield (template * len(block)) % tuple(block.ravel().tolist())
