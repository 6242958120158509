"""Rodin's tiers as data: what each one is for, what it costs, what it can be asked for.

Sources, unless a value says otherwise: docs.hyper3d.ai (Rodin Gen-2.5, features, 2026) and the older
developer.hyper3d.ai (Rodin Generation, Gen-2, Gen-2.5). Where the two differ, the narrower reading stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from math import log

RAW = "Raw"
"""Triangles, as Rodin spells it in `mesh_mode`."""

QUAD = "Quad"
"""Four-sided faces, as Rodin spells it in `mesh_mode`."""

FORMATS = ("glb", "fbx", "obj", "stl", "usdz")
"""What `geometry_file_format` may be; one per task."""

QUALITIES = ("high", "medium", "low", "extra-low")
"""Rodin's words for face counts, most faces first."""


class Family(StrEnum):
    """Tiers that share their fields and ranges."""

    GEN_1 = "Gen-1/1.5"
    GEN_2 = "Gen-2"
    GEN_2_5 = "Gen-2.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceRange:
    """How many faces may be asked for; both ends count."""

    least: int
    most: int

    def __contains__(self, faces: int) -> bool:
        """Whether so many faces may be asked for."""
        return self.least <= faces <= self.most

    def nearest(self, faces: int) -> int:
        """Return the count in the range that is nearest to `faces`."""
        return min(max(faces, self.least), self.most)

    def __str__(self) -> str:
        """Show the range as people write it."""
        return f"{self.least:,} to {self.most:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One of Rodin's tiers; `name` is Rodin's spelling.

    `credits` is the price without extras. `duration` is typical from submission to the end, without queueing;
    `duration_source` says where it is from, `is_estimate` that no document states it. `faces` and `default_faces`
    go by mesh mode and are empty where the tier decides for itself. `options` names the members of
    `bot.options.OPTIONS` that have an effect. `defaults` holds the fields of `Request` that are sent when nobody
    chose, because Rodin's own defaults have moved before. `sure_formats` are those that no source doubts.
    """

    name: str
    family: Family
    purpose: str
    credits: Decimal = Decimal("0.5")
    duration: timedelta
    duration_source: str
    is_estimate: bool
    formats: tuple[str, ...] = FORMATS
    sure_formats: tuple[str, ...] = FORMATS
    mesh_mode: str
    faces: Mapping[str, FaceRange]
    default_faces: Mapping[str, int]
    options: frozenset[str]
    defaults: Mapping[str, str | bool] = field(default_factory=dict)
    has_creative: bool = False
    is_offered: bool = True


QUALITY_FACES: Mapping[tuple[Family, str], Mapping[str, int]] = {
    (Family.GEN_1, QUAD): {"high": 50_000, "medium": 18_000, "low": 8_000, "extra-low": 4_000},
    (Family.GEN_2, RAW): {"high": 500_000, "medium": 150_000, "low": 20_000, "extra-low": 2_000},
    (Family.GEN_2, QUAD): {"high": 50_000, "medium": 18_000, "low": 8_000, "extra-low": 4_000},
    (Family.GEN_2_5, RAW): {"high": 1_000_000, "medium": 500_000, "low": 60_000, "extra-low": 20_000},
    (Family.GEN_2_5, QUAD): {"high": 50_000, "medium": 18_000, "low": 8_000, "extra-low": 4_000},
}
"""The faces behind Rodin's `quality` words. Gen-1 with Raw is missing: there `quality` is fixed at medium."""


def nearest_quality(family: Family, mesh_mode: str, faces: int) -> str:
    """Return the `quality` word whose face count is nearest to `faces`, by ratio.

    Rodin ignores the word while it follows `quality_override`; now and then it does not follow it (2 of 50 meshes
    of one public report), and then the nearest word does the least harm.
    """
    counts = QUALITY_FACES.get((family, mesh_mode))
    if counts is None:
        return "medium"
    return min(counts, key=lambda word: abs(log(counts[word] / faces)))


_GEN_1_FACES = {RAW: FaceRange(least=2_000, most=200_000), QUAD: FaceRange(least=2_000, most=200_000)}
_QUADS = FaceRange(least=1_000, most=200_000)  # the newer page says from 500
_FACES = {RAW: FaceRange(least=500, most=1_000_000), QUAD: _QUADS}
_HIGH_FACES = {RAW: FaceRange(least=20_000, most=2_000_000), QUAD: _QUADS}  # the newer page says from 500

_EVERYWHERE = frozenset({"preset", "tier", "format", "material", "seed", "pose", "bbox", "render", "alpha"})
_MESH = frozenset({"mesh", "faces", "quality"})
_GEN_1_OPTIONS = _EVERYWHERE | _MESH | {"highpack", "condition", "simplify", "smooth"}
_GEN_2_OPTIONS = _EVERYWHERE | _MESH | {"highpack", "hd"}
_GEN_2_5_OPTIONS = (
    _EVERYWHERE
    | _MESH
    | {"highpack", "hd", "uhd", "delight", "texture", "mode", "labels", "symmetry", "bake", "soft", "detail"}
)


def _gen_2_5_defaults(texture_mode: str, **more: bool) -> Mapping[str, str | bool]:
    """Return what is sent to a Gen-2.5 tier unasked: Rodin's documented defaults.

    `texture_mode` has none ("by tier"), so the texture is as fine as the mesh, and never the step that costs more.
    """
    return {
        "hd_texture": False,
        "uhd_texture": False,
        "texture_delight": False,
        "quad_normal": False,
        "texture_mode": texture_mode,
        **more,
    }


_ALL: tuple[Tier, ...] = (
    Tier(
        name="Gen-2.5-Extreme-Low",
        family=Family.GEN_2_5,
        purpose="Quick, simple things",
        duration=timedelta(seconds=45),
        duration_source="our estimate; Rodin advertises about 4 s for the geometry alone",
        is_estimate=True,
        # The old page restricts the formats of this fast tier without naming them; two public clients agree on glb.
        sure_formats=("glb",),
        mesh_mode=RAW,
        faces=_FACES,
        default_faces={RAW: 20_000, QUAD: 8_000},
        options=_GEN_2_5_OPTIONS,
        defaults=_gen_2_5_defaults("extreme-low"),
    ),
    Tier(
        name="Gen-2.5-Low",
        family=Family.GEN_2_5,
        purpose="Clean assets and small hard-surface props",
        duration=timedelta(seconds=60),
        duration_source="our estimate, the middle of 30 to 90 s expected by a team with real runs (2026)",
        is_estimate=True,
        mesh_mode=RAW,
        faces=_FACES,
        default_faces={RAW: 40_000, QUAD: 18_000},
        options=_GEN_2_5_OPTIONS,
        defaults=_gen_2_5_defaults("low"),
    ),
    Tier(
        name="Gen-2.5-Medium",
        family=Family.GEN_2_5,
        purpose="Most things; the everyday choice",
        duration=timedelta(seconds=100),
        duration_source="our estimate, after one public report of 98 s for a default picture job (June 2026)",
        is_estimate=True,
        mesh_mode=RAW,
        faces=_FACES,
        default_faces={RAW: 60_000, QUAD: 18_000},
        options=_GEN_2_5_OPTIONS,
        defaults=_gen_2_5_defaults("medium"),
        has_creative=True,
    ),
    Tier(
        name="Gen-2.5-High",
        family=Family.GEN_2_5,
        purpose="High quality; Rodin's own recommendation",
        duration=timedelta(seconds=150),
        duration_source="our estimate; not documented",
        is_estimate=True,
        mesh_mode=RAW,
        faces=_HIGH_FACES,
        default_faces={RAW: 90_000, QUAD: 18_000},
        options=_GEN_2_5_OPTIONS,
        defaults=_gen_2_5_defaults("high"),
        has_creative=True,
    ),
    Tier(
        name="Gen-2.5-Extreme-High",
        family=Family.GEN_2_5,
        purpose="The finest detail; comes with a second, denser mesh",
        credits=Decimal("1.0"),
        duration=timedelta(seconds=240),
        duration_source="our estimate; Rodin advertises about 80 s for the geometry alone",
        is_estimate=True,
        mesh_mode=RAW,
        faces=_HIGH_FACES,
        default_faces={RAW: 500_000, QUAD: 50_000},
        options=_GEN_2_5_OPTIONS | {"micro"},
        defaults=_gen_2_5_defaults("high", is_micro=False),
        has_creative=True,
    ),
    Tier(
        name="Gen-2",
        family=Family.GEN_2,
        purpose="The generation before, for quads and an older look",
        duration=timedelta(seconds=90),
        duration_source="developer.hyper3d.ai, Rodin Gen-2",
        is_estimate=False,
        mesh_mode=QUAD,
        faces=_FACES,
        default_faces={RAW: 150_000, QUAD: 18_000},
        options=_GEN_2_OPTIONS,
        defaults={"hd_texture": False},
    ),
    Tier(
        name="Regular",
        family=Family.GEN_1,
        purpose="Everyday models of the first generation",
        duration=timedelta(seconds=70),
        duration_source="developer.hyper3d.ai, Rodin Generation",
        is_estimate=False,
        mesh_mode=QUAD,
        faces=_GEN_1_FACES,
        default_faces={RAW: 50_000, QUAD: 18_000},
        options=_GEN_1_OPTIONS,
    ),
    Tier(
        name="Detail",
        family=Family.GEN_1,
        purpose="First generation with more detail",
        duration=timedelta(seconds=90),
        duration_source="our estimate; the document says longer than Regular's 70 s",
        is_estimate=True,
        mesh_mode=QUAD,
        faces=_GEN_1_FACES,
        default_faces={RAW: 50_000, QUAD: 18_000},
        options=_GEN_1_OPTIONS,
    ),
    Tier(
        name="Smooth",
        family=Family.GEN_1,
        purpose="First generation with cleaner, sharper surfaces",
        duration=timedelta(seconds=90),
        duration_source="our estimate; the document says longer than Regular's 70 s",
        is_estimate=True,
        mesh_mode=QUAD,
        faces=_GEN_1_FACES,
        default_faces={RAW: 50_000, QUAD: 18_000},
        options=_GEN_1_OPTIONS,
    ),
    Tier(
        name="Sketch",
        family=Family.GEN_1,
        purpose="A fast low-poly draft",
        duration=timedelta(seconds=20),
        duration_source="developer.hyper3d.ai, Rodin Generation",
        is_estimate=False,
        formats=("glb",),
        sure_formats=("glb",),
        mesh_mode=RAW,
        faces={},  # quality is fixed at medium, quality_override is ignored
        default_faces={},
        options=_EVERYWHERE | {"condition"},
    ),
    Tier(
        name="Gen-2.5-Minimum",
        family=Family.GEN_2_5,
        purpose="The smallest and fastest",
        duration=timedelta(seconds=30),
        duration_source="our estimate; not documented",
        is_estimate=True,
        sure_formats=("glb",),
        mesh_mode=RAW,
        faces=_FACES,
        default_faces={RAW: 10_000, QUAD: 4_000},
        options=_GEN_2_5_OPTIONS - {"highpack"},
        defaults=_gen_2_5_defaults("extreme-low"),
        is_offered=False,  # named on the features page, missing from the request's own page
    ),
)

TIERS: Mapping[str, Tier] = {tier.name: tier for tier in _ALL}
"""Every tier by Rodin's spelling, in the order in which they are worth offering."""

BETTER: Mapping[str, str] = {
    "Sketch": "Regular",
    "Regular": "Detail",
    "Detail": "Gen-2",
    "Smooth": "Gen-2",
    "Gen-2": "Gen-2.5-High",
    "Gen-2.5-Minimum": "Gen-2.5-Extreme-Low",
    "Gen-2.5-Extreme-Low": "Gen-2.5-Low",
    "Gen-2.5-Low": "Gen-2.5-Medium",
    "Gen-2.5-Medium": "Gen-2.5-High",
    "Gen-2.5-High": "Gen-2.5-Extreme-High",
}
"""The next tier up; the finest one has none. Within a family it is Rodin's own order, between families our choice."""

CHEAPEST = min(tier.credits for tier in TIERS.values())
"""With less than this nothing can be made."""
