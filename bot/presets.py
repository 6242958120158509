"""Presets: good sets of values under one plain word. Whatever a person chooses besides wins over them.

`PRESETS` holds those that people can choose. It is ours until an operator's file (`bot.presetfile`) is read, which a
process does once, before it shows or takes anything: `PRESETS.put_up(...)`. Whoever shows presets therefore reads
`PRESETS` when it shows them, and keeps nothing of it at import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from bot.tiers import QUAD, RAW

GLB_BYTES_PER_TRIANGLE = 60
"""A fair guess: half a vertex of 32 to 48 bytes with its seams, and three 4-byte indices, per triangle."""

GLB_TEXTURE_BYTES = 4_000_000
"""A fair guess for the four 2K JPEG textures of a PBR material."""

STL_BYTES_PER_TRIANGLE = 50
"""Exact for binary STL: a normal, three corners, two spare bytes."""

CHAT_FILE_BYTES = 10 * 1024 * 1024
"""What a chat takes as a file without extras. Source: Discord developer docs, Uploading Files."""


PresetValue = str | int | float | bool | tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One plain word for a set of values.

    `values` go by option name; `offers` names options worth asking about beside it. `summary` is at most 100
    characters long, because menus take no more.
    """

    name: str
    summary: str
    values: Mapping[str, PresetValue]
    offers: tuple[str, ...] = ()


OURS: tuple[Preset, ...] = (
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

"""Those that come with the bot, cheapest and quickest first."""


class PresetShelf(Mapping[str, Preset]):
    """The presets that people can choose, by name, in the order in which they are shown."""

    def __init__(self, presets: Iterable[Preset]) -> None:
        self._held: Mapping[str, Preset] = {}
        self.put_up(presets)

    def put_up(self, presets: Iterable[Preset]) -> None:
        """Offer these presets and no others from now on. For the start of a process."""
        self._held = {preset.name: preset for preset in presets}

    def __getitem__(self, name: str) -> Preset:
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


class ShelfNames(Sequence[str]):
    """The names on a shelf, as it stands whenever somebody looks."""

    def __init__(self, shelf: PresetShelf) -> None:
        self._shelf = shelf

    @overload
    def __getitem__(self, position: int) -> str: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[str]: ...

    def __getitem__(self, position: int | slice) -> str | Sequence[str]:
        return tuple(self._shelf)[position]

    def __len__(self) -> int:
        return len(self._shelf)


PRESETS = PresetShelf(OURS)
"""Every preset by its name."""
