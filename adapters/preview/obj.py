"""Wavefront OBJ: text with faces of any number of corners."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from adapters.preview.arrays import Bytes, Flags, Floats, Longs, Singles
from adapters.preview.mtl import Library, read_mtl
from adapters.preview.pictures import Pictures
from adapters.preview.solid import CLAY, MOST_TRIANGLES, Solid, Surface, Unreadable, bounds
from bot.looks import MeshFacts

_MOST_BYTES = 512 * 2**20
_MOST_CORNERS = 64  # of one face
_MOST_PARTS = 1000  # with more it counts as one: crumbs are no parts


@dataclass(slots=True)
class _Text:
    """The lines of an OBJ by kind. `seats` are (first face, material name), `objects` (first face, name), in order."""

    points: list[bytes] = field(default_factory=list)
    uvs: list[bytes] = field(default_factory=list)
    normals: list[bytes] = field(default_factory=list)
    faces: list[bytes] = field(default_factory=list)
    seats: list[tuple[int, str]] = field(default_factory=list)
    libraries: list[str] = field(default_factory=list)
    objects: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    points: Singles
    colours: Bytes | None
    uvs: Singles
    normals: Singles


@dataclass(frozen=True, slots=True, kw_only=True)
class _Triangles:
    """Corners as (point, uv, normal) numbers, -1 for none, (3 m, 3); `faces` tells each triangle's face, (m,)."""

    corners: Longs
    faces: Longs
    quads: int


def read_obj(path: Path, pictures: Pictures) -> Solid:
    """Read an OBJ and what lies beside it.

    Raises:
        Unreadable: with what is wrong with it.
    """
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise Unreadable(f"The OBJ is larger than {_MOST_BYTES // 2**20} MiB.")
    text = _sorted_lines(path.read_bytes())
    tables = _tables(text)
    triangles = _triangles(text.faces, tables)
    library = read_mtl(path, text.libraries, pictures)
    surfaces = _surfaces(text, tables, triangles, library)
    low, high = bounds(surfaces)
    facts = MeshFacts(
        triangles=len(triangles.faces),
        quads=triangles.quads,
        vertices=len(tables.points),
        parts=max(len(text.objects), 1),
        materials=len(library.materials),
        textures=library.textures,
        size=(high[0] - low[0], high[1] - low[1], high[2] - low[2]),
    )
    return Solid(facts=facts, surfaces=surfaces, notes=library.notes, parts=tuple(name for _, name in _objects(text)))


def _sorted_lines(data: bytes) -> _Text:
    if b"\0" in data[:65_536]:
        raise Unreadable("The file is not the text that an OBJ should be.")
    text = _Text()
    counts = (text.points, text.uvs, text.normals)
    if b"\\" in data:
        data = data.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    data = data.replace(b"\t", b" ")
    for line in data.splitlines():
        key, _, rest = line.strip().partition(b" ")
        if key == b"v":
            text.points.append(rest)
        elif key == b"f":
            text.faces.append(_absolute(rest, counts) if b"-" in rest else rest)
        elif key == b"vt":
            text.uvs.append(rest)
        elif key == b"vn":
            text.normals.append(rest)
        elif key == b"usemtl":
            text.seats.append((len(text.faces), rest.strip().decode("utf-8", "replace")))
        elif key == b"mtllib":
            text.libraries.append(rest.strip().decode("utf-8", "replace"))
        elif key == b"o":
            text.objects.append((len(text.faces), rest.strip().decode("utf-8", "replace")))
    if not text.points or not text.faces:
        raise Unreadable("The OBJ has no faces.")
    return text


def _absolute(rest: bytes, tables: tuple[list[bytes], list[bytes], list[bytes]]) -> bytes:
    """A face whose corners count backwards from the newest lines, counted from the first instead."""
    try:
        corners = [
            b"/".join(
                b"%d" % (int(part) if int(part) > 0 else len(table) + 1 + int(part)) if part else b""
                for part, table in zip(corner.split(b"/"), tables, strict=False)
            )
            for corner in rest.split()
        ]
    except ValueError as error:
        raise Unreadable(f"The OBJ has a face that cannot be read: {_shown(rest)}.") from error
    return b" ".join(corners)


def _shown(line: bytes) -> str:
    return repr(line[:60].decode("utf-8", "replace"))


def _tables(text: _Text) -> _Tables:
    rows = _rows(text.points, "v", (3, 4, 6, 7))
    colours = None
    if rows.shape[1] >= 6:
        colours = np.full((len(rows), 4), 255, dtype=np.uint8)
        # Colours at vertices are written in sRGB.
        colours[:, :3] = np.round(np.clip(rows[:, -3:], 0.0, 1.0) ** 2.2 * 255)
    uvs = _rows(text.uvs, "vt", (1, 2, 3))
    flipped = np.zeros((len(uvs), 2), dtype=np.float32)
    flipped[:, 0] = uvs[:, 0]
    # OBJ counts v from the picture's lower edge.
    flipped[:, 1] = 1.0 - (uvs[:, 1] if uvs.shape[1] > 1 else 0.0)
    normals = _rows(text.normals, "vn", (3,))
    lengths = np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)
    return _Tables(
        points=rows[:, :3].astype(np.float32),
        colours=colours,
        uvs=flipped,
        normals=(normals / lengths).astype(np.float32),
    )


def _rows(lines: list[bytes], key: str, widths: tuple[int, ...]) -> Floats:
    if not lines:
        return np.zeros((0, widths[-1]))
    width = len(lines[0].split())
    try:
        rows = np.array(b" ".join(lines).split(), dtype=np.float64).reshape(len(lines), -1)
    except ValueError as error:
        raise Unreadable(
            f"The OBJ's lines that start with {key} do not hold as many numbers as they should."
        ) from error
    if width not in widths or rows.shape[1] != width:
        raise Unreadable(f"The OBJ's lines that start with {key} hold {width} numbers, which is none of {widths}.")
    if not np.isfinite(rows).all() or float(np.abs(rows).max()) > 1e12:
        raise Unreadable(f"The OBJ's lines that start with {key} hold numbers that are not finite.")
    return rows


def _triangles(faces: list[bytes], tables: _Tables) -> _Triangles:
    counts = np.array([len(face.split()) for face in faces], dtype=np.int64)
    if counts.min() < 3 or counts.max() > _MOST_CORNERS:
        raise Unreadable(
            f"The OBJ has a face of {counts.min()} or {counts.max()} corners; 3 to {_MOST_CORNERS} are read."
        )
    total = int((counts - 2).sum())
    if total > MOST_TRIANGLES:
        raise Unreadable(f"The model has {total:,} triangles; more than {MOST_TRIANGLES:,} are not drawn here.")
    corners = _corners(b" ".join(faces))
    for column, (name, length) in enumerate(
        (("points", len(tables.points)), ("texture coordinates", len(tables.uvs)), ("normals", len(tables.normals)))
    ):
        if corners[:, column].max() >= length or corners[:, column].min() < (0 if column == 0 else -1):
            raise Unreadable(f"The OBJ's faces join {name} that do not exist.")
    corners = _without_folds(corners, counts, tables.points)
    fan, owner = _fans(counts)
    order = np.argsort(owner, kind="stable")
    return _Triangles(corners=corners[fan[order].ravel()], faces=owner[order], quads=int((counts == 4).sum()))


def _corners(joined: bytes) -> Longs:
    """Every corner as (point, uv, normal) numbers from 0; -1 for none."""
    tokens = joined.count(b"/")
    words = joined.split()
    double = joined.count(b"//")
    columns: list[int]
    if tokens == 0:
        columns = [0]
    elif double == 0 and tokens == len(words) == len(joined.translate(None, b"0123456789").split()):
        columns = [0, 1]
    elif double == 0 and tokens == 2 * len(words):
        columns = [0, 1, 2]
    elif double == len(words) and tokens == 2 * len(words):
        columns = [0, 2]
    else:
        return _mixed(words)
    try:
        numbers = np.array(joined.replace(b"/", b" ").split(), dtype=np.int64).reshape(len(words), -1)
    except ValueError:
        return _mixed(words)
    if numbers.shape[1] != len(columns):
        return _mixed(words)
    corners = np.full((len(words), 3), -1, dtype=np.int64)
    corners[:, columns] = numbers - 1
    return corners


def _mixed(words: list[bytes]) -> Longs:
    """Corners written in different ways in one file, read one by one."""
    try:
        rows = [[int(part or 0) - 1 for part in (*word.split(b"/"), b"", b"")[:3]] for word in words]
        return np.array(rows, dtype=np.int64)
    except (ValueError, OverflowError) as error:
        raise Unreadable("The OBJ has faces whose corners cannot be read.") from error


def _without_folds(corners: Longs, counts: Longs, points: Singles) -> Longs:
    """Corners so that a fan stays inside each quad: one that caves in at its second or fourth begins at its second."""
    quads = (np.cumsum(counts) - counts)[counts == 4, None] + np.arange(4)
    a, b, c, d = (points[corners[quads[:, column], 0]].astype(np.float64) for column in range(4))
    here = (np.cross(b - a, c - a) * np.cross(c - a, d - a)).sum(axis=1)
    other = (np.cross(c - b, d - b) * np.cross(d - b, a - b)).sum(axis=1)
    folded = quads[(here < 0.0) & (other > here)]
    corners[folded] = corners[np.roll(folded, -1, axis=1)]
    return corners


def _fans(counts: Longs) -> tuple[Longs, Longs]:
    """Triangles as places in the list of corners, (m, 3), and the face each comes from, (m,)."""
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    fans, owners = [], []
    for count in np.unique(counts):
        own = np.flatnonzero(counts == count)
        steps = np.stack([np.zeros(count - 2, np.int64), np.arange(1, count - 1), np.arange(2, count)], axis=-1)
        fans.append((starts[own][:, None, None] + steps).reshape(-1, 3))
        owners.append(np.repeat(own, count - 2))
    return np.concatenate(fans), np.concatenate(owners)


def _objects(text: _Text) -> list[tuple[int, str]]:
    """The parts of a model as (first face, name); what comes before the first one has no name."""
    return [(0, ""), *text.objects] if len(text.objects) <= _MOST_PARTS else [(0, "")]


def _surfaces(text: _Text, tables: _Tables, triangles: _Triangles, library: Library) -> tuple[Surface, ...]:
    """One surface for each material that faces of a part wear."""
    seats = [(0, ""), *text.seats]
    names = sorted({name for _, name in seats})
    worn = np.array([names.index(name) for _, name in seats])[_last_before(seats, triangles.faces)]
    keys = _last_before(_objects(text), triangles.faces) * len(names) + worn
    order = np.argsort(keys, kind="stable")
    found, starts = np.unique(keys[order], return_index=True)
    corners = triangles.corners.reshape(-1, 3, 3)
    surfaces = []
    for key, own in zip(found.tolist(), np.split(order, starts[1:]), strict=True):
        part, number = divmod(key, len(names))
        surface = _surface(corners[own].reshape(-1, 3), tables, library, names[number])
        surfaces.append(replace(surface, part=part))
    return tuple(surfaces)


def _last_before(seats: list[tuple[int, str]], faces: Longs) -> Longs:
    """For each face the last of these that begins at it or before."""
    return np.searchsorted(np.array([first for first, _ in seats]), faces, side="right") - 1


def _surface(corners: Longs, tables: _Tables, library: Library, name: str) -> Surface:
    """Corners that agree in point, texture coordinates and normal become one vertex."""
    spans = (len(tables.uvs) + 1, len(tables.normals) + 1)
    keys = (corners[:, 0] * spans[0] + corners[:, 1] + 1) * spans[1] + corners[:, 2] + 1
    _, first, places = np.unique(keys, return_index=True, return_inverse=True)
    points, uvs, normals = corners[first].T
    has_normals = len(tables.normals) > 0 and bool((normals >= 0).any())
    has_uvs = len(tables.uvs) > 0 and bool((uvs >= 0).any())
    surface = Surface(
        points=tables.points[points],
        corners=places.reshape(-1, 3).astype(np.uint32),
        normals=tables.normals[normals] if has_normals else None,
        uvs=(tables.uvs[uvs] if has_uvs else None, None),
        colours=None if tables.colours is None else tables.colours[points],
        material=library.materials.get(name, CLAY),
    )
    return _straightened(surface, normals < 0) if has_normals else surface


def _straightened(surface: Surface, lacking: Flags) -> Surface:
    """The surface with normals for the vertices that lack one: those of their faces, so that the others keep theirs."""
    if surface.normals is None or not lacking.any():
        return surface
    a, b, c = surface.points[surface.corners].astype(np.float64).transpose(1, 0, 2)
    sums = np.zeros((len(surface.points), 3))
    np.add.at(sums, surface.corners.ravel(), np.repeat(np.cross(b - a, c - a), 3, axis=0))
    made = sums[lacking] / np.maximum(np.linalg.norm(sums[lacking], axis=1, keepdims=True), 1e-30)
    normals = surface.normals.copy()
    normals[lacking] = made.astype(np.float32)
    return replace(surface, normals=normals)
