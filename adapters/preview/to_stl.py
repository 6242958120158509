"""Writing binary STL: one soup of triangles, in the model's own axes."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from adapters.preview.solid import Solid
from adapters.preview.stl import FACE

# Must not begin with "solid": readers take that for the text form.
_HEAD = b"Rodin Bot, binary STL, y up"


def write_stl(solid: Solid, path: Path) -> None:
    """Write every triangle with the normal of its face."""
    count = sum(len(surface.corners) for surface in solid.surfaces)
    with path.open("wb") as out:
        out.write(_HEAD.ljust(80, b"\0") + struct.pack("<I", count))
        for surface in solid.surfaces:
            corners = surface.points[surface.corners]
            normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
            normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), np.float32(1e-30))
            faces = np.zeros(len(corners), dtype=FACE)
            faces["normal"] = normals
            faces["corners"] = corners.reshape(-1, 9)
            out.write(faces.tobytes())
