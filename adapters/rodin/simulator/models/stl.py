"""Writing binary STL."""

import struct
from pathlib import Path

import numpy as np

from .skins import Model

_FACE = np.dtype([("normal", "<3f4"), ("corners", "<9f4"), ("attributes", "<u2")])


def write_stl(model: Model, path: Path) -> None:
    """Write all parts as one soup of triangles, which is all STL knows."""
    corners = np.concatenate([mesh.points[mesh.triangles()] for mesh in model.meshes])
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), np.float32(1e-12))
    faces = np.zeros(len(corners), dtype=_FACE)
    faces["normal"] = normals
    faces["corners"] = corners.reshape(-1, 9)
    with path.open("wb") as out:
        # The header must not begin with "solid": readers take that for the text form.
        out.write(b"Rodin Bot simulator".ljust(80, b"\0") + struct.pack("<I", len(faces)))
        out.write(faces.tobytes())
