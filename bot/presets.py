"""Presets: good sets of values under one plain word. Whatever a person chooses besides wins over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.tiers import QUAD, RAW

GLB_BYTES_PER_TRIANGLE = 60
"""A fair guess: half a vertex of 32 to 48 bytes with its seams, and three 4-byte indices, per triangle."""

GLB_TEXTURE_BYTES = 4_000_000
"""A fair guess for the four 2K JPEG textures of a PBR material."""

STL_BYTES_PER_TRIANGLE = 50
"""Exact for binary STL: a normal, three corners, two spare bytes."""

CHAT_FILE_BYTES = 10 * 1024 * 1024
"""What a chat takes as a file without extras. Source: Discord developer docs, Uploading Files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One plain word for a set of values.

    `values` go by option name; `offers` names options worth asking about beside it. `summary` is at most 100
    characters long, because menus take no more.
    """

    name: str
    summary: str
    values: Mapping[str, str | int | bool]
    offers: tuple[str, ...] = ()


_ALL: tuple[Preset, ...] = (
    Preset(
        name="draft",
        summary="A quick look at an idea: few triangles, simple textures",
        values={
            "tier": "Gen-2.5-Extreme-Low",
            "format": "glb",
            "mesh": RAW,
            "faces": 20_000,
            "material": "PBR",
            "texture": "low",
        },
    ),
    Preset(
        name="standard",
        summary="A good everyday model that fits into the chat",
        values={
            "tier": "Gen-2.5-Medium",
            "format": "glb",
            "mesh": RAW,
            "faces": 60_000,
            "material": "PBR",
            "texture": "medium",
        },
        offers=("format",),
    ),
    Preset(
        name="detailed",
        summary="More shape and finer textures, still small enough for the chat",
        values={
            "tier": "Gen-2.5-High",
            "format": "glb",
            "mesh": RAW,
            "faces": 90_000,
            "material": "PBR",
            "texture": "high",
        },
        offers=("format", "delight"),
    ),
    Preset(
        name="print",
        summary="For 3D printing: one dense STL without textures, ready for a slicer to check",
        values={"tier": "Gen-2.5-High", "format": "stl", "mesh": RAW, "faces": 200_000, "material": "None"},
        offers=("symmetry", "bbox"),
    ),
    Preset(
        name="game",
        summary="For a game engine: FBX with 10,000 quads and PBR textures; add a pose for figures",
        values={
            "tier": "Gen-2.5-High",
            "format": "fbx",
            "mesh": QUAD,
            "faces": 10_000,
            "material": "PBR",
            "texture": "high",
            "delight": True,  # engines light the scene themselves, so light baked into textures is wrong twice
        },
        offers=("pose", "faces", "bake"),
    ),
    Preset(
        name="hero",
        summary="The best there is, at twice the price: half a million triangles",
        values={
            "tier": "Gen-2.5-Extreme-High",
            "format": "glb",
            "mesh": RAW,
            "faces": 500_000,
            "material": "PBR",
            "texture": "high",
        },
        offers=("micro", "texture", "highpack"),
    ),
)

PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in _ALL}
"""Every preset by its name, cheapest and quickest first."""
