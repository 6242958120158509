"""Rigged meshes in the pose that the file rests in.

Source: Khronos glTF 2.0 specification, 3.7.3 Skins.
"""

from __future__ import annotations

import numpy as np

from adapters.preview.arrays import Floats, Numbers
from adapters.preview.solid import Unreadable


def posed(
    vertices: tuple[Floats, Floats | None], arrays: dict[str, Numbers], joints: Floats
) -> tuple[Floats, Floats | None]:
    """Points and normals moved by their joints.

    `joints` are 4 x 4 matrices from rest to world; the mesh's own node does not count.

    Raises:
        Unreadable: a vertex hangs on a joint that does not exist.
    """
    numbers, weights = arrays["JOINTS_0"].astype(np.int64), arrays["WEIGHTS_0"].astype(np.float32)
    if numbers.size and (numbers.min() < 0 or numbers.max() >= len(joints)):
        raise Unreadable("The GLB's rig hangs vertices on joints that do not exist.")
    # Four influences, one after the other: a quarter of the memory of all at once.
    matrices = np.zeros((len(numbers), 3, 4), dtype=np.float32)
    for influence in range(4):
        matrices += weights[:, influence, None, None] * joints[numbers[:, influence], :3, :].astype(np.float32)
    points, normals = vertices
    moved = np.einsum("nij,nj->ni", matrices[:, :, :3], points) + matrices[:, :, 3]
    turned = None if normals is None else np.einsum("nij,nj->ni", matrices[:, :, :3], normals)
    return moved, turned
