"""A GLB made smaller, in the file's own terms: everything that is not a picture or a vertex stays as it was.

First the textures shrink, step by step; only when that is not enough do triangles go.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from adapters.preview.accessors import Accessors
from adapters.preview.arrays import Longs, Numbers
from adapters.preview.container import Container, open_glb
from adapters.preview.draft import Draft, Json
from adapters.preview.formats import read_model
from adapters.preview.materials import image_bytes
from adapters.preview.pictures import header
from adapters.preview.solid import Unreadable
from adapters.preview.thinning import thinned
from bot.looks import Reduction

# Textures go no smaller than the first of these before triangles go, and to the second after.
_EDGES_PX, _LAST_EDGE_PX = (4096, 2048, 1024), 512
# Under this a model is no likeness any more, and a part of one is better left alone.
_FEWEST_TRIANGLES, _FEWEST_IN_PART = 500, 100
_TRIES = 5
_QUALITY = 87
_CHECK_PX = 16
_TRIANGLES = 4


def reduced(model: Path, target: Path, *, limit_bytes: int) -> Reduction:
    """Write a copy of at most `limit_bytes`, giving up as little as that needs.

    Raises:
        Unreadable: the file is broken, or cannot be made that small.
    """
    before = read_model(model, texture_px=_CHECK_PX).facts  # what is broken is refused before it is taken apart
    largest = max((edge for size in before.textures for edge in size), default=0)
    for draft in _drafts(open_glb(model), largest, limit_bytes):
        if draft.size() <= limit_bytes:
            draft.write(target)
            after = read_model(target, texture_px=_CHECK_PX).facts
            return Reduction(
                size_bytes=target.stat().st_size,
                texture_px_before=largest,
                texture_px=max((edge for size in after.textures for edge in size), default=0),
                triangles_before=before.triangles,
                triangles=after.triangles,
            )
    raise Unreadable(f"The model cannot be made as small as {limit_bytes:,} bytes and still look like itself.")


def _drafts(container: Container, largest: int, limit_bytes: int) -> Iterator[Draft]:
    """Ever smaller copies, the best first."""
    yield Draft(container)
    for edge in (largest, *(edge for edge in _EDGES_PX if edge < largest)):
        yield _textured(container, edge)
    for edge in (_EDGES_PX[-1], _LAST_EDGE_PX):
        share = 1.0
        for _ in range(_TRIES):
            draft = _textured(container, min(edge, largest))
            pieces = _pieces(container)
            share = min(share, _share(draft, pieces, share, limit_bytes))
            if share * sum(len(piece.corners) for piece in pieces) < _FEWEST_TRIANGLES:
                break
            _thin(draft, pieces, share)
            yield draft
            share *= 0.8


def _textured(container: Container, edge_px: int) -> Draft:
    """A copy whose textures have at most `edge_px` a side, and are no PNG unless they need one."""
    draft, accessors = Draft(container), Accessors(container)
    for number, image in enumerate(draft.json.get("images", [])):
        old = image_bytes(container.document, accessors, number)
        new, media_type = _smaller(old, f"images[{number}]", edge_px)
        if len(new) < len(old):
            draft.replace_picture(image, new, media_type)
            image.pop("uri", None)
    return draft


def _smaller(data: bytes, what: str, edge_px: int) -> tuple[bytes, str]:
    image = header(data, what)
    kind, is_small = image.format or "PNG", max(image.size) <= edge_px
    if kind == "PNG" and not _is_see_through(image):
        kind = "JPEG"
    elif is_small:
        return data, ""
    image.draft("RGB", (edge_px, edge_px))
    worn = image.convert("RGB" if kind == "JPEG" else "RGBA")
    worn.thumbnail((edge_px, edge_px), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    # Full colour resolution: normal maps are directions, not pictures.
    worn.save(out, kind, **({"quality": _QUALITY, "subsampling": 0} if kind == "JPEG" else {}))
    return out.getvalue(), f"image/{kind.lower()}"


def _is_see_through(image: Image.Image) -> bool:
    if not image.has_transparency_data:
        return False
    low = image.convert("RGBA").getchannel("A").getextrema()[0]
    return not isinstance(low, tuple) and low < 255


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A primitive that can be thinned: where it stands in the JSON, and its arrays as stored."""

    mesh: int
    primitive: int
    arrays: dict[str, Numbers]
    corners: Longs

    @property
    def size_bytes(self) -> int:
        """About how much of the file it takes."""
        width = 4 if len(self.arrays["POSITION"]) >= 65_535 else 2
        return sum(array.nbytes for array in self.arrays.values()) + self.corners.size * width


def _pieces(container: Container) -> list[_Piece]:
    """Every primitive of triangles but packed ones and those that change shape."""
    accessors, found = Accessors(container), []
    for mesh_number, mesh in enumerate(container.json.get("meshes", [])):
        for number, primitive in enumerate(mesh["primitives"]):
            if _may_be_thinned(primitive, container.json["accessors"]):
                piece = _piece(accessors, primitive, (mesh_number, number))
                if len(piece.corners) > _FEWEST_IN_PART:
                    found.append(piece)
    return found


def _may_be_thinned(primitive: Json, accessors: list[Json]) -> bool:
    strange = primitive.get("extensions", {}).keys() - {"KHR_materials_variants"}
    is_plain = primitive.get("mode", _TRIANGLES) == _TRIANGLES and not strange and "targets" not in primitive
    return is_plain and not accessors[primitive["attributes"]["POSITION"]].get("normalized", False)


def _piece(accessors: Accessors, primitive: Json, place: tuple[int, int]) -> _Piece:
    arrays = {name: accessors.raw(number, 1, 2, 3, 4) for name, number in primitive["attributes"].items()}
    count = len(arrays["POSITION"])
    flat = accessors.raw(primitive["indices"], 1).reshape(-1) if "indices" in primitive else np.arange(count)
    corners = flat[: len(flat) // 3 * 3].astype(np.int64).reshape(-1, 3)
    return _Piece(mesh=place[0], primitive=place[1], arrays=arrays, corners=corners)


def _share(draft: Draft, pieces: list[_Piece], share: float, limit_bytes: int) -> float:
    """The share of the triangles that should fit beside everything else."""
    geometry = sum(piece.size_bytes for piece in pieces)
    rest = draft.size() - geometry
    return min(share, 0.97 * (limit_bytes - rest) / geometry) if geometry else 0.0


def _thin(draft: Draft, pieces: list[_Piece], share: float) -> None:
    """Replace each piece by one with that share of its triangles; data that several share is thinned once."""
    done: dict[tuple[Any, ...], Json] = {}
    retired: set[int] = set()
    for piece in pieces:
        primitive = draft.json["meshes"][piece.mesh]["primitives"][piece.primitive]
        old = dict(primitive["attributes"]) | ({"indices": primitive["indices"]} if "indices" in primitive else {})
        key = tuple(sorted(old.items()))
        if key not in done:
            done[key] = _replaced(draft, piece, primitive["attributes"], share)
            retired |= set(old.values())
        primitive |= done[key]
    draft.retire(retired)


def _replaced(draft: Draft, piece: _Piece, attributes: Json, share: float) -> Json:
    accessors = draft.json["accessors"]
    points = piece.arrays["POSITION"].astype(np.float32)
    thin = thinned(points, piece.corners, triangles=max(round(len(piece.corners) * share), _FEWEST_IN_PART))
    new = {
        name: draft.add_attribute(accessors[number], piece.arrays[name][thin.sources])
        for name, number in attributes.items()
        if name != "POSITION"
    }
    new["POSITION"] = draft.add_positions(thin.points)
    return {"attributes": new, "indices": draft.add_corners(thin.corners, len(thin.points))}
