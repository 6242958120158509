"""The tree of a glTF scene: where each mesh stands in the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adapters.preview.arrays import Floats
from adapters.preview.entries import Entry
from adapters.preview.solid import Unreadable

_DEEPEST = 512
_IDENTITY = tuple(np.eye(4).ravel().tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A mesh in the world, by its place in the scene's order; `skin` is None without a rig."""

    number: int
    name: str
    mesh: int
    matrix: Floats  # 4 x 4, for columns
    skin: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """All placed meshes, and every node's world matrix by its number, for rigs."""

    placed: tuple[Placed, ...]
    matrices: dict[int, Floats]


def staged(document: Entry) -> Stage:
    """Walk the default scene; without scenes, every node that is nobody's child.

    Raises:
        Unreadable: a node is reached twice, or the tree is too deep.
    """
    placed: list[Placed] = []
    matrices: dict[int, Floats] = {}
    waiting = [(number, np.eye(4), 0) for number in reversed(_roots(document))]
    while waiting:
        number, above, depth = waiting.pop()
        node = document.item("nodes", number)
        if number in matrices:
            raise Unreadable(f"{node.where} hangs from two places: the scene is no tree.")
        if depth > _DEEPEST:
            raise Unreadable(f"The scene's nodes are nested more than {_DEEPEST} deep.")
        matrices[number] = matrix = above @ _local(node)
        if "mesh" in node:
            skin = node.integer("skin") if "skin" in node else None
            name = node.text("name", "")
            placed.append(Placed(number=len(placed), name=name, mesh=node.integer("mesh"), matrix=matrix, skin=skin))
        children = node.integers("children", most=100_000)
        waiting += [(child, matrix, depth + 1) for child in reversed(children)]
    return Stage(placed=tuple(placed), matrices=matrices)


def _roots(document: Entry) -> list[int]:
    if "scenes" in document:
        return document.item("scenes", document.integer("scene", 0)).integers("nodes", most=100_000)
    nodes = document.items("nodes", most=100_000)
    children = {child for node in nodes for child in node.integers("children", most=100_000)}
    return [number for number in range(len(nodes)) if number not in children]


def _local(node: Entry) -> Floats:
    """A node's own matrix. Source: Khronos glTF 2.0 specification, 3.5.3 Transformations."""
    if "matrix" in node:
        return np.array(node.numbers("matrix", _IDENTITY)).reshape(4, 4).T
    x, y, z, w = node.numbers("rotation", (0.0, 0.0, 0.0, 1.0))
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, :3] *= node.numbers("scale", (1.0, 1.0, 1.0))
    matrix[:3, 3] = node.numbers("translation", (0.0, 0.0, 0.0))
    return matrix
