"""Our requests turned into the fields of Rodin's multipart forms: pure.

Text fields are (name, text) pairs in a fixed order. What a request leaves at None or empty is not sent.
Encoding: booleans as `true` and `false`, numbers as decimal text, and arrays as ONE field of JSON text; an array
sent in any other way makes Rodin answer HTTP 500 or ignore it. Source: docs.hyper3d.ai, Rodin Gen-2.5, whose
example sends `[100,320,100]`; real runs reported in public code for `["?"]` and `["HighPack"]`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bot.model import BangRequest, Request, TextureRequest

Fields = tuple[tuple[str, str], ...]
Value = str | bool | int | float | Sequence[str] | Sequence[int] | None

MEDIA_TYPES: Mapping[str, str] = {
    ".glb": "model/gltf-binary",
    ".obj": "model/obj",
    ".stl": "model/stl",
    ".usdz": "model/vnd.usdz+zip",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
}
"""Source: IANA media types. Formats without one, such as FBX, travel as plain bytes."""

PLAIN_BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """One file of a form: bytes that are in memory, or a path that is streamed."""

    field: str
    name: str
    media_type: str
    content: bytes | Path


def request_fields(request: Request) -> Fields:
    """Return the text fields of `POST /rodin`. Rodin's own spelling is `TAPose`."""
    has_pictures = bool(request.pictures)
    return _encoded(
        {
            "prompt": request.prompt or None,
            "tier": request.tier,
            "geometry_file_format": request.geometry_file_format,
            "mesh_mode": request.mesh_mode,
            "quality": request.quality,
            "quality_override": request.quality_override,
            "material": request.material,
            "seed": request.seed,
            "TAPose": request.ta_pose,
            "preview_render": request.preview_render,
            # Only for pictures; said anyway when somebody asked for it, so that Rodin can object.
            "use_original_alpha": request.use_original_alpha or (False if has_pictures else None),
            "addons": request.addons,
            "bbox_condition": request.bbox_condition,
            "image_label": request.image_label,
            "condition_mode": request.condition_mode,
            "mesh_simplify": request.mesh_simplify,
            "mesh_smooth": request.mesh_smooth,
            "hd_texture": request.hd_texture,
            "uhd_texture": request.uhd_texture,
            "texture_delight": request.texture_delight,
            "texture_mode": request.texture_mode,
            "geometry_instruct_mode": request.geometry_instruct_mode,
            "is_symmetric": request.is_symmetric,
            "quad_normal": request.quad_normal,
            "soft": request.soft,
            "detail_level": request.detail_level,
            "is_micro": request.is_micro,
        }
    )


def texture_fields(request: TextureRequest) -> Fields:
    """Return the text fields of `POST /rodin_texture_only`."""
    return _encoded(
        {
            "prompt": request.prompt or None,
            "seed": request.seed,
            "reference_scale": request.reference_scale,
            "geometry_file_format": request.geometry_file_format,
            "material": request.material,
            "resolution": request.resolution,
            "texture_mode": request.texture_mode,
            "hd_texture": request.hd_texture,
            "texture_delight": request.texture_delight,
        }
    )


def bang_fields(request: BangRequest) -> Fields:
    """Return the text fields of `POST /bang`."""
    return _encoded(
        {
            "asset_id": request.asset_id,
            "prompt": request.prompt or None,
            "instruction": request.instruction or None,
            "strength": request.strength,
            "geometry_file_format": request.geometry_file_format,
            "material": request.material,
            "resolution": request.resolution,
        }
    )


def picture_parts(request: Request, pictures: Sequence[bytes]) -> tuple[FilePart, ...]:
    """Return the pictures as repeated `images`, in order: the first drives the material.

    Raises:
        ValueError: there are not as many bytes as pictures.
    """
    return tuple(
        FilePart(field="images", name=picture.name, media_type=picture.media_type, content=data)
        for picture, data in zip(request.pictures, pictures, strict=True)
    )


def image_part(data: bytes) -> FilePart:
    """Return the one `image` of a texture or BANG request.

    Raises:
        ValueError: it is no PNG, JPEG or WebP.
    """
    extension = _picture_extension(data)
    return FilePart(field="image", name=f"image{extension}", media_type=MEDIA_TYPES[extension], content=data)


def model_part(name: str, path: Path) -> FilePart:
    """Return the `model` of a texture or BANG request; `name` has the extension that tells its format."""
    media_type = MEDIA_TYPES.get(Path(name).suffix.casefold(), PLAIN_BYTES)
    return FilePart(field="model", name=name, media_type=media_type, content=path)


def _picture_extension(data: bytes) -> str:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if data.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ".webp"
    raise ValueError("an image for Rodin must be PNG, JPEG or WebP")


def _encoded(values: Mapping[str, Value]) -> Fields:
    return tuple((name, _text(value)) for name, value in values.items() if value is not None and value != ())


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} cannot be sent to Rodin")
        return f"{Decimal(repr(value)):f}"  # never with an exponent
    if isinstance(value, str | int):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
