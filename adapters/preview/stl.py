"""STL, binary and text: a soup of triangles and nothing else."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from adapters.preview.arrays import Floats, Singles
from adapters.preview.solid import MOST_TRIANGLES, Solid, Surface, Unreadable, bounds
from bot.looks import MeshFacts

_HEADER = 84
FACE = np.dtype([("normal", "<3f4"), ("corners", "<9f4"), ("attributes", "<u2")])
_MOST_TEXT = 1024 * 2**20


def read_stl(path: Path) -> Solid:
    """Read an STL; equal points become one vertex.

    Raises:
        Unreadable: with what is wrong with it.
    """
    soup = _soup(path)
    if not len(soup):
        raise Unreadable("The STL has no triangles.")
    if not np.isfinite(soup).all() or float(np.abs(soup).max()) > 1e12:
        raise Unreadable("The STL holds numbers that are not finite.")
    rows = np.ascontiguousarray(soup.reshape(-1, 3) + np.float32(0.0))  # minus zero and zero are one place
    _, first, places = np.unique(rows.view("V12").ravel(), return_index=True, return_inverse=True)
    surface = Surface(points=rows[first], corners=places.reshape(-1, 3).astype(np.uint32))
    low, high = bounds((surface,))
    facts = MeshFacts(
        triangles=len(soup) // 3,
        quads=0,
        vertices=len(first),
        parts=1,
        materials=0,
        textures=(),
        size=(high[0] - low[0], high[1] - low[1], high[2] - low[2]),
    )
    return Solid(facts=facts, surfaces=(surface,))


def _soup(path: Path) -> Singles:
    """The corners of all triangles, (3 m, 3)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEADER)
    count = struct.unpack_from("<I", head, 80)[0] if len(head) == _HEADER else 0
    if len(head) == _HEADER and size == _HEADER + FACE.itemsize * count:
        _check_count(count)
        faces = np.fromfile(path, FACE, offset=_HEADER)
        return np.ascontiguousarray(faces["corners"]).reshape(-1, 3)
    if head.lstrip()[:5].lower() == b"solid":
        return _from_text(path, size)
    raise Unreadable(f"The STL should hold {count:,} triangles, which does not fit its {size:,} bytes.")


def _check_count(count: int) -> None:
    if count > MOST_TRIANGLES:
        raise Unreadable(f"The model has {count:,} triangles; more than {MOST_TRIANGLES:,} are not drawn here.")


def _from_text(path: Path, size: int) -> Singles:
    if size > _MOST_TEXT:
        raise Unreadable(f"The STL is larger than {_MOST_TEXT // 2**20} MiB.")
    with path.open("rb") as file:
        lines = [line.strip()[7:] for line in file if line.lstrip()[:7].lower() in (b"vertex ", b"vertex\t")]
    if len(lines) % 3:
        raise Unreadable("The STL ends in the middle of a triangle.")
    _check_count(len(lines) // 3)
    try:
        corners: Floats = np.array(b" ".join(lines).split(), dtype=np.float64).reshape(len(lines), 3)
    except ValueError as error:
        raise Unreadable("The STL has corners that are not three numbers each.") from error
    return corners.astype(np.float32)
