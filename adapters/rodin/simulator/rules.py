"""Rodin's own rules as the simulator knows them: tiers, faces, ranges, labels, prices, times.

Kept apart from the bot's catalogue on purpose. What the bot believes is checked against what stands here, so a
mistake in one of the two shows as a refusal.

Sources: docs.hyper3d.ai and developer.hyper3d.ai, API specification (Rodin generation, Gen-2, Gen-2.5), as of autumn
2026. Where the old and the new documentation give different ranges, the wider one stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Family(StrEnum):
    """Generations of Rodin; defaults and ranges differ between them."""

    GEN_1 = "Gen-1"
    GEN_2 = "Gen-2"
    GEN_2_5 = "Gen-2.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One value of the `tier` field: seconds from submission to the end, credits, wanted faces by mesh mode."""

    family: Family
    seconds: float
    credits: Decimal
    raw_faces: tuple[int, int]
    quad_faces: tuple[int, int]


HALF: Final = Decimal("0.5")
DEFAULT_TIER: Final = "Regular"
SKETCH: Final = "Sketch"

_GEN_1_FACES: Final = (2_000, 200_000)
_GEN_2_5_QUADS: Final = (500, 200_000)


def _gen_1(seconds: float) -> Tier:
    return Tier(family=Family.GEN_1, seconds=seconds, credits=HALF, raw_faces=_GEN_1_FACES, quad_faces=_GEN_1_FACES)


def _gen_2_5(seconds: float, *, most: int = 1_000_000, price: Decimal = HALF) -> Tier:
    return Tier(family=Family.GEN_2_5, seconds=seconds, credits=price, raw_faces=(500, most), quad_faces=_GEN_2_5_QUADS)


#: Times of Sketch, Regular and Gen-2 are documented, the others are between documented and reported ones.
TIERS: Final[Mapping[str, Tier]] = {
    SKETCH: _gen_1(20),
    "Regular": _gen_1(70),
    "Detail": _gen_1(80),
    "Smooth": _gen_1(80),
    "Gen-2": Tier(
        family=Family.GEN_2, seconds=90, credits=HALF, raw_faces=(500, 1_000_000), quad_faces=(1_000, 200_000)
    ),
    "Gen-2.5-Minimum": _gen_2_5(5),
    "Gen-2.5-Extreme-Low": _gen_2_5(15),
    "Gen-2.5-Low": _gen_2_5(45),
    "Gen-2.5-Medium": _gen_2_5(98),
    "Gen-2.5-High": _gen_2_5(120, most=2_000_000),
    "Gen-2.5-Extreme-High": _gen_2_5(180, most=2_000_000, price=Decimal(1)),
}
EXTREME_HIGH: Final = "Gen-2.5-Extreme-High"

_QUADS: Final = {"high": 50_000, "medium": 18_000, "low": 8_000, "extra-low": 4_000}

#: Faces of the `quality` presets. Gen-1 with Raw is fixed at medium.
QUALITY_FACES: Final[Mapping[tuple[Family, str], Mapping[str, int]]] = {
    (Family.GEN_1, "Quad"): _QUADS,
    (Family.GEN_1, "Raw"): dict.fromkeys(_QUADS, _QUADS["medium"]),
    (Family.GEN_2, "Quad"): _QUADS,
    (Family.GEN_2, "Raw"): {"high": 500_000, "medium": 150_000, "low": 20_000, "extra-low": 2_000},
    (Family.GEN_2_5, "Quad"): _QUADS,
    (Family.GEN_2_5, "Raw"): {"high": 1_000_000, "medium": 500_000, "low": 60_000, "extra-low": 20_000},
}

FORMATS: Final = ("glb", "usdz", "fbx", "obj", "stl")
MESH_MODES: Final = ("Raw", "Quad")
QUALITIES: Final = ("high", "medium", "low", "extra-low")
MATERIALS: Final = ("PBR", "Shaded", "All", "None")
MATERIALS_GEN_2_5: Final = (*MATERIALS, "Hybrid")
CONDITION_MODES: Final = ("concat", "fuse")
TEXTURE_MODES: Final = ("legacy", "extreme-low", "low", "medium", "high", "extreme-high")
INSTRUCT_MODES: Final = ("faithful", "creative")
SYMMETRIES: Final = ("symmetric", "balanced", "asymmetric", "unknown")
IMAGE_LABELS: Final = frozenset({"F", "FL", "FR", "L", "R", "B", "BL", "BR", "U", "D", "?"})
RESOLUTIONS: Final = ("Basic", "High")
HIGH_PACK: Final = "HighPack"

MOST_PICTURES: Final = 5
SEEDS: Final = (0, 65_535)
BBOX_EDGE: Final = (1, 2_048)
#: No limit is documented for the API; Deemos' own MCP schema says 1,024, ComfyUI's nodes let 2,500 through.
LONGEST_PROMPT: Final = 2_500

TEXTURE_MODE_EXTRA: Final = Decimal(2)
HIGH_PACK_EXTRA: Final = Decimal(1)
RETEXTURE_PRICE: Final = HALF
BANG_PRICE: Final = HALF
#: Not documented; our guess between Sketch and Regular.
RETEXTURE_SECONDS: Final = 40.0
BANG_SECONDS: Final = 60.0
#: "Clearly faster" without texture; the factor is ours.
UNTEXTURED_PACE: Final = 0.7
#: Bodies of one tier differ by this much around its time.
SPREAD: Final = 0.15

#: Parts into which /bang splits. Source: developer.hyper3d.ai, Bang.
STRENGTHS: Final = (2, 12)
DEFAULT_STRENGTH: Final = 5
MODEL_EXTENSIONS: Final = ("obj", "glb", "stl", "fbx", "usd", "usda", "usdz", "usdc")

#: Official skill 16 MB; the API's own documentation gives no limit.
PICTURE_BYTES: Final = 16 * 1024 * 1024
BANG_PICTURE_BYTES: Final = 100 * 1024 * 1024
RETEXTURE_MODEL_BYTES: Final = 10 * 1024 * 1024
#: Not documented; as large as the largest documented upload.
BANG_MODEL_BYTES: Final = 100 * 1024 * 1024

JOBS: Final = 6
#: API payloads and results stay seven days. Source: docs.hyper3d.ai, data retention policy of 2026-08-03.
RETENTION_DAYS: Final = 7
USAGE_PAGE: Final = 20

#: Words that the stand-in's moderation refuses: tame, few, whole words only. Rodin's own list is unknown.
FORBIDDEN_WORDS: Final = frozenset({"nude", "naked", "topless", "bare-chested", "gore", "gory", "nsfw"})


def texture_px(faces: int, *, four_k: bool = False) -> int:
    """Edge of the square textures.

    Rodin makes at least 2K. The stand-in makes smaller ones for small meshes, so that many models are made quickly.
    """
    if four_k:
        return 4096
    if faces <= 5_000:
        return 512
    return 1024 if faces <= 100_000 else 2048
