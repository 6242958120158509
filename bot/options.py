"""Every option a person may choose, as data. Commands, forms, help texts and `docs/options.md` are made from it.

Sources, unless an option says otherwise: docs.hyper3d.ai, Rodin Gen-2.5, and developer.hyper3d.ai, Rodin
Generation. Names of fields are those of `bot.model.Request`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.presets import PRESETS, ShelfNames
from bot.tiers import FORMATS, QUAD, QUALITIES, RAW, TIERS

LONGEST_SUMMARY = 100
"""Characters of an option's description. Source: Discord developer docs, Application Commands."""


class OptionKind(StrEnum):
    """What sort of value an option takes."""

    CHOICE = "choice"
    INTEGER = "integer"
    NUMBER = "number"
    SWITCH = "switch"
    NUMBERS = "numbers"  # a fixed count of whole numbers
    CHOICES = "choices"  # one word for each picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option: `name` is what people type, `field` the field of `Request` that it sets.

    `choices` are offered in menus; `rare` ones are taken when typed. `also` are other spellings of a choice (or
    of a switch's yes, mapped to "yes"), `also_named` other names of the option. `least` and `most` count as
    allowed; a range that depends on the tier is in `bot.tiers`. `label` is what a sentence calls it. Common
    options belong into every menu, the others into a form's second page.
    """

    name: str
    field: str
    kind: OptionKind
    summary: str
    example: str
    label: str = ""
    is_common: bool = False
    choices: Sequence[str] = ()
    rare: tuple[str, ...] = ()
    also: Mapping[str, str] = dataclasses.field(default_factory=dict)
    also_named: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    count: int | None = None

    @property
    def title(self) -> str:
        """What a sentence calls the option."""
        return self.label or self.name


_TIER_SPELLINGS = {
    **{name.removeprefix("Gen-2.5-"): name for name in TIERS if name.startswith("Gen-2.5-")},
    **{name.removeprefix("Gen-"): name for name in TIERS if name.startswith("Gen-")},
    "Gen-2.5": "Gen-2.5-Medium",
    "2.5": "Gen-2.5-Medium",
    "xlow": "Gen-2.5-Extreme-Low",
    "xhigh": "Gen-2.5-Extreme-High",
    "med": "Gen-2.5-Medium",
    "Gen-1": "Regular",
    "Gen-1.5": "Regular",
}

_LABELS = {
    "front": "F",
    "front-left": "FL",
    "front-right": "FR",
    "left": "L",
    "right": "R",
    "back": "B",
    "back-left": "BL",
    "back-right": "BR",
    "rear": "B",
    "up": "U",
    "top": "U",
    "above": "U",
    "down": "D",
    "bottom": "D",
    "below": "D",
    "unknown": "?",
}

OPTIONS: tuple[Option, ...] = (
    Option(
        name="preset",
        field="preset",
        kind=OptionKind.CHOICE,
        summary="A good set of values for one purpose; what you choose besides wins",
        example="print",
        is_common=True,
        choices=ShelfNames(PRESETS),  # operators may have added some since
    ),
    Option(
        name="tier",
        field="tier",
        kind=OptionKind.CHOICE,
        summary="How much work Rodin puts in: finer tiers take longer, Extreme-High costs twice as much",
        example="high",
        is_common=True,
        choices=tuple(name for name, tier in TIERS.items() if tier.is_offered),
        rare=tuple(name for name, tier in TIERS.items() if not tier.is_offered),
        also=_TIER_SPELLINGS,
        also_named=("model",),
    ),
    Option(
        name="format",
        field="geometry_file_format",
        kind=OptionKind.CHOICE,
        summary="The file you get: glb for viewers and the web, fbx or obj for editors, stl for printing",
        example="fbx",
        is_common=True,
        choices=FORMATS,
        also={"gltf": "glb"},
        also_named=("file", "filetype"),
    ),
    Option(
        name="faces",
        field="quality_override",
        kind=OptionKind.INTEGER,
        summary="How many faces to aim for, such as 60k; fewer make a smaller file",
        example="60k",
        is_common=True,
        also_named=("polygons", "polys", "tris", "triangles", "facecount"),
    ),
    Option(
        name="mesh",
        field="mesh_mode",
        kind=OptionKind.CHOICE,
        summary="Raw makes triangles, Quad makes four-sided faces for editing (fbx or obj keep them)",
        example="quad",
        is_common=True,
        choices=(RAW, QUAD),
        also={"triangles": RAW, "triangle": RAW, "tris": RAW, "tri": RAW, "quads": QUAD},
    ),
    Option(
        name="material",
        field="material",
        kind=OptionKind.CHOICE,
        summary="PBR reacts to light, Shaded has its light painted in, All gives both, None is bare and quick",
        example="shaded",
        is_common=True,
        choices=("PBR", "Shaded", "All", "None"),
        rare=("Hybrid",),  # new for Gen-2.5 on docs.hyper3d.ai; not described
        also={"both": "All", "no": "None", "off": "None", "bare": "None"},
        also_named=("materials",),
    ),
    Option(
        name="seed",
        field="seed",
        kind=OptionKind.INTEGER,
        summary="A number from 0 to 65535; the same one tends towards the same model",
        example="42",
        is_common=True,
        least=0,
        most=65_535,
    ),
    Option(
        name="pose",
        field="ta_pose",
        kind=OptionKind.SWITCH,
        summary="Figures stand in a T or A pose, ready for rigging; which of the two is Rodin's choice",
        example="yes",
        is_common=True,
        also={"t": "yes", "a": "yes", "t-pose": "yes", "a-pose": "yes", "ta": "yes", "t/a": "yes"},
        also_named=("tapose", "tpose", "apose"),
    ),
    Option(
        name="texture",
        field="texture_mode",
        kind=OptionKind.CHOICE,
        summary="How fine the textures are (Gen-2.5); extreme-high costs 2 credits more",
        example="high",
        label="texture mode",
        is_common=True,
        choices=("legacy", "extreme-low", "low", "medium", "high", "extreme-high"),
        also={"xlow": "extreme-low", "xhigh": "extreme-high", "med": "medium"},
        also_named=("textures",),
    ),
    Option(
        name="mode",
        field="geometry_instruct_mode",
        kind=OptionKind.CHOICE,
        summary="Faithful keeps to the picture, creative adds its own ideas (Gen-2.5-Medium and finer)",
        example="faithful",
        is_common=True,
        choices=("faithful", "creative"),
        also_named=("instruct",),
    ),
    Option(
        name="symmetry",
        field="is_symmetric",
        kind=OptionKind.CHOICE,
        summary="Whether the two sides of the thing are alike (Gen-2.5)",
        example="symmetric",
        is_common=True,
        choices=("symmetric", "balanced", "asymmetric", "unknown"),
        also={"yes": "symmetric", "on": "symmetric", "no": "asymmetric", "off": "asymmetric"},
        also_named=("symmetric", "symmetrical"),
    ),
    Option(
        name="bbox",
        field="bbox_condition",
        kind=OptionKind.NUMBERS,
        summary="Proportions as width x height x length, such as 100x320x100; only their ratio counts",
        example="100x320x100",
        label="bounding box",
        is_common=True,
        least=1,
        most=2048,
        count=3,
        also_named=("box", "size", "proportions", "boundingbox"),
    ),
    Option(
        name="alpha",
        field="use_original_alpha",
        kind=OptionKind.SWITCH,
        summary="Keep the picture's own transparency instead of Rodin's automatic cut-out",
        example="yes",
        is_common=True,
        also_named=("transparency", "originalalpha"),
    ),
    Option(
        name="labels",
        field="image_label",
        kind=OptionKind.CHOICES,
        summary="What each picture shows, in order: F, B, L, R, FL, FR, BL, BR, U, D or ? (Gen-2.5)",
        example="F,B,L",
        label="picture label",
        is_common=True,
        choices=("F", "FL", "FR", "L", "R", "B", "BL", "BR", "U", "D", "?"),
        also=_LABELS,
        also_named=("label", "views", "view"),
    ),
    Option(
        name="highpack",
        field="addons",
        kind=OptionKind.SWITCH,
        summary="Rodin's HighPack: 4K textures and more detail, for up to 1 credit more",
        example="yes",
        label="HighPack",
        is_common=True,
        also={"HighPack": "yes"},
        also_named=("addon", "addons"),
    ),
    Option(
        name="quality",
        field="quality",
        kind=OptionKind.CHOICE,
        summary="Face count in Rodin's words, instead of faces; the numbers depend on tier and mesh",
        example="low",
        choices=QUALITIES,
        also={"med": "medium", "xlow": "extra-low", "extreme-low": "extra-low"},
    ),
    Option(
        name="hd",
        field="hd_texture",
        kind=OptionKind.SWITCH,
        summary="Sharpen textures afterwards (Gen-2, Gen-2.5); may add artefacts or lose likeness",
        example="yes",
        label="HD",
    ),
    Option(
        name="uhd",
        field="uhd_texture",
        kind=OptionKind.SWITCH,
        summary="Textures in 4K (Gen-2.5); may add artefacts or lose likeness",
        example="yes",
        label="UHD",
        also_named=("4k",),
    ),
    Option(
        name="delight",
        field="texture_delight",
        kind=OptionKind.SWITCH,
        summary="Take painted-in light and shadow out of the textures (Gen-2.5)",
        example="yes",
    ),
    Option(
        name="bake",
        field="quad_normal",
        kind=OptionKind.SWITCH,
        summary="Bake the dense mesh's detail into a normal map of the reduced one (Gen-2.5)",
        example="yes",
        also_named=("normalmap",),
    ),
    Option(
        name="micro",
        field="is_micro",
        kind=OptionKind.SWITCH,
        summary="Detail on the smallest scale (Gen-2.5-Extreme-High only)",
        example="yes",
    ),
    Option(
        name="soft",
        field="soft",
        kind=OptionKind.SWITCH,
        summary="Softer edges (Gen-2.5)",
        example="yes",
    ),
    Option(
        name="detail",
        field="detail_level",
        kind=OptionKind.NUMBER,
        # Named on docs.hyper3d.ai, its type known from client code; no range is published anywhere.
        summary="Rodin's detail level, a number of 0 or more (Gen-2.5); Rodin publishes no range",
        example="1.5",
        least=0,
    ),
    Option(
        name="render",
        field="preview_render",
        kind=OptionKind.SWITCH,
        summary="Ask Rodin for a rendered picture too; it adds a job and may arrive late",
        example="yes",
    ),
    Option(
        name="condition",
        field="condition_mode",
        kind=OptionKind.CHOICE,
        summary="Several pictures (Gen-1): concat takes them as views of one thing, fuse blends things",
        example="fuse",
        choices=("concat", "fuse"),
    ),
    Option(
        name="simplify",
        field="mesh_simplify",
        kind=OptionKind.SWITCH,
        summary="Reduce the triangles (Gen-1 with Raw); on unless switched off",
        example="no",
    ),
    Option(
        name="smooth",
        field="mesh_smooth",
        kind=OptionKind.SWITCH,
        summary="Smooth the quads (Gen-1 with Quad)",
        example="yes",
    ),
)
"""Every option, the most useful first: a menu that is too short takes them from the front."""

OPTIONS_BY_NAME: Mapping[str, Option] = {option.name: option for option in OPTIONS}
