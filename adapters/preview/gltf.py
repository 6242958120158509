"""A GLB as a solid."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from adapters.preview.accessors import Accessors, as_floats
from adapters.preview.arrays import Bytes, Corners, Floats, Numbers, Singles
from adapters.preview.container import Container, open_glb
from adapters.preview.draco import unpacked
from adapters.preview.entries import Entry
from adapters.preview.materials import Materials, image_bytes
from adapters.preview.nodes import Placed, Stage, staged
from adapters.preview.pictures import Pictures, header
from adapters.preview.rigs import posed
from adapters.preview.solid import MOST_TRIANGLES, Solid, Surface, Unreadable
from bot.looks import MeshFacts

# Modes of primitives; points and lines are left out. Source: Khronos glTF 2.0 specification, 3.7.2.1 Overview.
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_MOST_PRIMITIVES = 20_000
_DRACO = "KHR_draco_mesh_compression"
_TOO_MANY = "The model has {:,} triangles; more than {:,} are not drawn here."


def read_glb(path: Path, pictures: Pictures) -> Solid:
    """Read a GLB. One with too many triangles to draw has facts and a note, and no surfaces.

    Raises:
        Unreadable: with what is wrong with it, or what it needs.
    """
    container = open_glb(path)
    reader = _Reader(container, pictures)
    facts = reader.facts()
    if facts.triangles > MOST_TRIANGLES:
        return Solid(facts=facts, notes=(_TOO_MANY.format(facts.triangles, MOST_TRIANGLES),))
    surfaces = tuple(reader.surfaces())
    if not surfaces:
        raise Unreadable("The GLB has no triangles.")
    notes = ("Lines and points in it are left out.",) if reader.left_out else ()
    return Solid(facts=facts, surfaces=surfaces, notes=notes, parts=reader.parts)


class _Reader:
    def __init__(self, container: Container, pictures: Pictures) -> None:
        self._document = container.document
        self._accessors = Accessors(container)
        self._stage: Stage = staged(self._document)
        self._materials = Materials(self._document, self._accessors, pictures)
        self.left_out = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the placed meshes, in the scene's order."""
        return tuple(placed.name for placed in self._stage.placed)

    def _primitives(self) -> Iterator[tuple[Placed, Entry]]:
        """Every primitive made of triangles, once for each place it stands in."""
        for placed in self._stage.placed:
            for primitive in self._document.item("meshes", placed.mesh).items("primitives", most=_MOST_PRIMITIVES):
                if _mode(primitive) in (_TRIANGLES, _STRIP, _FAN):
                    yield placed, primitive
                else:
                    self.left_out = True

    def facts(self) -> MeshFacts:
        """What the JSON says, after its bounds were checked; no geometry is decoded."""
        triangles = vertices = 0
        low, high = np.full(3, np.inf), np.full(3, -np.inf)
        for number, (placed, primitive) in enumerate(self._primitives()):
            if number >= _MOST_PRIMITIVES:
                raise Unreadable(f"The GLB draws more than {_MOST_PRIMITIVES:,} pieces.")
            position = primitive.entry("attributes").integer("POSITION")
            count = self._counted(position, primitive)
            corners = self._accessors.count(primitive.integer("indices")) if "indices" in primitive else count
            triangles, vertices = triangles + _triangle_count(corners, _mode(primitive)), vertices + count
            box = _box(self._document.item("accessors", position), placed.matrix)
            low, high = np.minimum(low, box.min(axis=0)), np.maximum(high, box.max(axis=0))
        size = tuple(np.maximum(high - low, 0.0).tolist()) if triangles else (0.0, 0.0, 0.0)
        return MeshFacts(
            triangles=triangles,
            quads=0,
            vertices=vertices,
            parts=len(self._stage.placed),
            materials=self._document.length("materials", most=100_000),
            textures=tuple(self._texture_sizes()),
            size=(size[0], size[1], size[2]),
        )

    def _counted(self, position: int, primitive: Entry) -> int:
        """How many vertices a primitive has; a count without data behind it counts for nothing."""
        count = self._accessors.count(position)
        stored = "bufferView" in self._document.item("accessors", position)
        if not stored and (primitive.extension(_DRACO) is None or count > 3 * MOST_TRIANGLES):
            raise Unreadable(f"{primitive.where} has no positions, though it claims {count:,}.")
        return count

    def _texture_sizes(self) -> Iterator[tuple[int, int]]:
        for number in range(self._document.length("images", most=1000)):
            yield header(image_bytes(self._document, self._accessors, number), f"images[{number}]").size

    def surfaces(self) -> Iterator[Surface]:
        """Every primitive as a surface in the world."""
        decoded: dict[str, tuple[dict[str, Numbers], Corners]] = {}
        for placed, primitive in self._primitives():
            if primitive.where not in decoded:
                decoded[primitive.where] = self._arrays(primitive)
            arrays, corners = decoded[primitive.where]
            if len(corners):
                yield self._surface(placed, primitive, arrays, corners)

    def _arrays(self, primitive: Entry) -> tuple[dict[str, Numbers], Corners]:
        attributes = primitive.entry("attributes")
        packed = primitive.extension(_DRACO)
        if packed is not None:
            arrays, flat = unpacked(self._accessors.view(packed.integer("bufferView"))[0], packed, _WIDTHS)
        else:
            wanted = [name for name in _WIDTHS if name in attributes]
            arrays = {name: self._accessors.raw(attributes.integer(name), *_WIDTHS[name]) for name in wanted}
            count = len(arrays["POSITION"])
            flat = self._indices(primitive) if "indices" in primitive else np.arange(count)
        for name in arrays:
            arrays[name] = self._checked(attributes, name, arrays)
        if len(flat) and int(flat.max()) >= len(arrays["POSITION"]):
            raise Unreadable(f"{primitive.where} joins vertices that do not exist.")
        return arrays, _triangles(flat.astype(np.uint32), _mode(primitive))

    def _indices(self, primitive: Entry) -> Numbers:
        indices = self._accessors.raw(primitive.integer("indices"), 1).reshape(-1)
        if not np.issubdtype(indices.dtype, np.unsignedinteger):
            raise Unreadable(f"{primitive.where} counts its vertices in numbers that can be negative or broken.")
        return indices

    def _checked(self, attributes: Entry, name: str, arrays: dict[str, Numbers]) -> Numbers:
        """One attribute as real numbers, as long as the positions, and finite."""
        values = arrays[name]
        if len(values) != len(arrays["POSITION"]) or values.shape[1] not in _WIDTHS[name]:
            raise Unreadable(f"{attributes.where}: {name} does not fit POSITION.")
        if name.startswith("JOINTS"):
            return values
        singles = as_floats(self._document.item("accessors", attributes.integer(name)), values)
        if not np.isfinite(singles).all() or (len(singles) and float(np.abs(singles).max()) > 1e12):
            raise Unreadable(f"{attributes.where}: {name} holds numbers that are not finite.")
        return singles

    def _surface(self, placed: Placed, primitive: Entry, arrays: dict[str, Numbers], corners: Corners) -> Surface:
        points, normals = arrays["POSITION"].astype(np.float64), arrays.get("NORMAL")
        straight = None if normals is None else normals.astype(np.float64)
        if placed.skin is not None and "JOINTS_0" in arrays and "WEIGHTS_0" in arrays:
            skin = self._document.item("skins", placed.skin)
            points, straight = posed((points, straight), arrays, self._joints(skin))
        else:
            points = points @ placed.matrix[:3, :3].T + placed.matrix[:3, 3]
            straight = None if straight is None else straight @ np.linalg.pinv(placed.matrix[:3, :3])
            if np.linalg.det(placed.matrix[:3, :3]) < 0:
                corners = np.ascontiguousarray(corners[:, ::-1])
        return Surface(
            part=placed.number,
            points=_world(points),
            corners=corners,
            normals=None if straight is None else _unit(straight),
            uvs=(_pairs(arrays, "TEXCOORD_0"), _pairs(arrays, "TEXCOORD_1")),
            colours=_colours(arrays.get("COLOR_0")),
            material=self._materials.of(primitive),
        )

    def _joints(self, skin: Entry) -> Floats:
        """Each joint's matrix from the resting pose to the world."""
        joints = skin.integers("joints", most=10_000)
        if any(joint not in self._stage.matrices for joint in joints):
            raise Unreadable(f"{skin.where} is moved by nodes that are not in the scene.")
        worlds = np.array([self._stage.matrices[joint] for joint in joints]).reshape(-1, 4, 4)
        if "inverseBindMatrices" not in skin:
            return worlds
        inverse = self._accessors.floats(skin.integer("inverseBindMatrices"), 16)
        if len(inverse) < len(worlds):
            raise Unreadable(f"{skin.where} has fewer matrices than joints.")
        bound: Floats = worlds @ inverse[: len(worlds)].astype(np.float64).reshape(-1, 4, 4).transpose(0, 2, 1)
        return bound


_WIDTHS: dict[str, tuple[int, ...]] = {
    "POSITION": (3,),
    "NORMAL": (3,),
    "TEXCOORD_0": (2,),
    "TEXCOORD_1": (2,),
    "COLOR_0": (3, 4),
    "JOINTS_0": (4,),
    "WEIGHTS_0": (4,),
}


def _mode(primitive: Entry) -> int:
    """How a primitive joins its vertices; Draco's decoder gives triangles whatever they were packed as."""
    mode = primitive.integer("mode", _TRIANGLES)
    return _TRIANGLES if mode == _STRIP and primitive.extension(_DRACO) is not None else mode


def _triangle_count(corners: int, mode: int) -> int:
    return corners // 3 if mode == _TRIANGLES else max(corners - 2, 0)


def _triangles(flat: Corners, mode: int) -> Corners:
    """Corners in one row as triangles, (m, 3); every second one of a strip turns the other way round."""
    count = _triangle_count(len(flat), mode)
    if mode == _TRIANGLES:
        return flat[: 3 * count].reshape(-1, 3)
    numbers = np.arange(count)
    odd = numbers % 2 if mode == _STRIP else np.zeros_like(numbers)
    first = numbers if mode == _STRIP else np.zeros_like(numbers)
    cut: Corners = flat[np.stack([first, numbers + 1 + odd, numbers + 2 - odd], axis=-1)]
    return cut


def _box(accessor: Entry, matrix: Floats) -> Floats:
    """The eight corners of a POSITION accessor's box, in the world."""
    low, high = accessor.numbers("min", (0.0, 0.0, 0.0)), accessor.numbers("max", (0.0, 0.0, 0.0))
    corners = np.array(list(itertools.product(*zip(low, high, strict=True))))
    moved: Floats = corners @ matrix[:3, :3].T + matrix[:3, 3]
    return moved


def _world(points: Floats) -> Singles:
    if not np.isfinite(points).all() or float(np.abs(points).max()) > 1e15:
        raise Unreadable("The GLB places vertices at infinity.")
    return points.astype(np.float32)


def _unit(vectors: Floats) -> Singles:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Singles = (vectors / np.maximum(lengths, 1e-20)).astype(np.float32)
    return unit


def _pairs(arrays: dict[str, Numbers], name: str) -> Singles | None:
    return arrays[name].astype(np.float32) if name in arrays else None


def _colours(values: Numbers | None) -> Bytes | None:
    if values is None:
        return None
    colours = np.full((len(values), 4), 255, dtype=np.uint8)
    colours[:, : values.shape[1]] = np.round(np.clip(values.astype(np.float32), 0.0, 1.0) * 255)
    return colours
