"""Draco's compressed meshes, through Google's decoder.

Source: Khronos, KHR_draco_mesh_compression.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from adapters.preview.arrays import Numbers
from adapters.preview.entries import Entry
from adapters.preview.solid import MOST_TRIANGLES, Unreadable


def unpacked(data: memoryview, packed: Entry, wanted: Collection[str]) -> tuple[dict[str, Numbers], Numbers]:
    """The wanted attributes by glTF's names, as stored, and the corners in one row.

    Raises:
        Unreadable: the decoder refuses it, or it lacks what the extension names.
    """
    import DracoPy  # noqa: PLC0415 - 8 MB that nearly no model needs

    try:
        mesh = DracoPy.decode(bytes(data))
    except Exception as error:  # the decoder raises many kinds; all mean the same
        raise Unreadable("The GLB's Draco data cannot be decoded.") from error
    stored = {attribute["unique_id"]: np.asarray(attribute["data"]) for attribute in mesh.attributes}
    names = packed.entry("attributes")
    arrays: dict[str, Numbers] = {}
    for name in set(names.keys()).intersection(wanted):
        values = stored.get(names.integer(name))
        if values is None:
            raise Unreadable(f"The GLB's Draco data has no {name[:40]}.")
        arrays[name] = values.reshape(len(values), -1)
    faces = np.asarray(mesh.faces)
    if "POSITION" not in arrays or faces.size > 3 * MOST_TRIANGLES:
        raise Unreadable("The GLB's Draco data is no mesh that can be drawn.")
    return arrays, faces.reshape(-1).astype(np.uint32)
