"""Checks the fields of `POST /rodin` and works out what they ask for.

Sources: developer.hyper3d.ai and docs.hyper3d.ai, API specification, Rodin generation, Gen-2, Gen-2.5. What happens
to values outside the documented ones is not documented; the simulator refuses them with `INVALID_REQUEST` and the
field's name.
"""

import random
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from adapters.rodin.simulator import rules
from adapters.rodin.simulator.fields import Fields
from adapters.rodin.simulator.models import ModelSpec
from adapters.rodin.simulator.orders import Order
from adapters.rodin.simulator.refusals import Refused, invalid
from adapters.rodin.simulator.rules import Family, Tier

#: Words of a prompt, hyphens inside kept.
_WORD: Final = re.compile(r"[\w-]+")

_GEN_1_ONLY: Final = ("condition_mode", "mesh_simplify", "mesh_smooth", "use_hyper")
_NEWER_ONLY: Final = ("hd_texture",)
_GEN_2_5_ONLY: Final = (
    "uhd_texture", "texture_delight", "texture_mode", "geometry_instruct_mode", "is_symmetric", "quad_normal",
    "soft", "detail_level", "is_micro",
)  # fmt: skip
_PICTURES_ONLY: Final = ("use_original_alpha",)
_NOT_FOR_SKETCH: Final = ("geometry_file_format", "mesh_mode", "quality", "quality_override", "material", "addons")
_PLAIN_SWITCHES: Final = (
    "TAPose", "mesh_simplify", "mesh_smooth", "use_hyper", "hd_texture", "texture_delight", "quad_normal", "soft",
    "is_micro",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """Every field of /rodin that changes the result, read and in range, before the tier's own rules."""

    tier_name: str
    file_format: str
    mesh_mode: str
    quality: str | None
    faces: int | None
    material: str
    seed: int | None
    bbox: tuple[int, int, int] | None
    addons: frozenset[str]
    keep_alpha: bool
    preview_render: bool
    uhd_texture: bool
    texture_mode: str

    @property
    def tier(self) -> Tier:
        return rules.TIERS[self.tier_name]


def read_prompt(fields: Fields, *, required: bool) -> str:
    """The prompt, trimmed; empty when there is none.

    Raises:
        Refused: missing though required, too long, or a word that the stand-in's moderation does not let through.
    """
    prompt = (fields.text("prompt", longest=rules.LONGEST_PROMPT) or "").strip()
    if required and not prompt:
        raise invalid("prompt", "is required when there are no images")
    if rules.FORBIDDEN_WORDS.intersection(_WORD.findall(prompt.lower())):
        raise Refused("IMAGE_CONTENT_VIOLATION")
    return prompt


def read_generation(fields: Fields, *, pictures: tuple[bytes, ...], dice: random.Random) -> Order:
    """What a submission to /rodin asks for; `pictures` are its images, checked already.

    Raises:
        ArrayNotJson: `image_label`, `bbox_condition` or `addons` is no JSON text.
        Refused: any other problem; the message names the field.
    """
    prompt = read_prompt(fields, required=not pictures)
    options = _forced(_read_options(fields))
    _check_others(fields, picture_count=len(pictures))
    return Order(
        route="rodin",
        item=f"Rodin {options.tier_name}",
        tier=options.tier_name,
        price=_price(options),
        seconds=_seconds(options, dice),
        spec=_spec(options, prompt=prompt or written_prompt(len(pictures)), pictures=pictures, dice=dice),
        picture_count=len(pictures),
        ignored=_ignored(fields, options, has_pictures=bool(pictures)),
        unknown=fields.unknown(),
    )


def written_prompt(picture_count: int) -> str:
    """The prompt that Rodin writes from pictures when there is none; ours only counts them."""
    return "an object seen in one picture" if picture_count == 1 else f"an object seen in {picture_count} pictures"


def _read_options(fields: Fields) -> _Options:
    tier_name = fields.choice("tier", rules.TIERS, default=rules.DEFAULT_TIER)
    family = rules.TIERS[tier_name].family
    newest = family is Family.GEN_2_5
    mesh_mode = fields.choice("mesh_mode", rules.MESH_MODES, default="Raw" if newest else "Quad")
    quality = fields.choice("quality", rules.QUALITIES, default="")
    return _Options(
        tier_name=tier_name,
        file_format=fields.choice("geometry_file_format", rules.FORMATS, default="glb"),
        mesh_mode=mesh_mode,
        quality=quality or None,
        faces=fields.whole("quality_override", _face_limits(tier_name, mesh_mode)),
        material=fields.choice("material", rules.MATERIALS_GEN_2_5 if newest else rules.MATERIALS, default="PBR"),
        seed=fields.whole("seed", rules.SEEDS),
        bbox=_read_bbox(fields),
        addons=_read_addons(fields),
        keep_alpha=fields.switch("use_original_alpha"),
        preview_render=fields.switch("preview_render"),
        uhd_texture=fields.switch("uhd_texture") and newest,
        texture_mode=_read_texture_mode(fields, newest=newest),
    )


def _face_limits(tier_name: str, mesh_mode: str) -> tuple[int, int]:
    tier = rules.TIERS[tier_name]
    if tier_name == rules.SKETCH:  # ignored there, so any count passes
        return (0, 10_000_000)
    return tier.raw_faces if mesh_mode == "Raw" else tier.quad_faces


def _read_texture_mode(fields: Fields, *, newest: bool) -> str:
    mode = fields.choice("texture_mode", rules.TEXTURE_MODES, default="")
    return mode if newest else ""


def _read_bbox(fields: Fields) -> tuple[int, int, int] | None:
    edges = fields.array("bbox_condition")
    if not edges:
        return None
    low, high = rules.BBOX_EDGE
    whole = [edge for edge in edges if isinstance(edge, int) and not isinstance(edge, bool) and low <= edge <= high]
    if len(edges) != 3 or len(whole) != 3:
        raise invalid("bbox_condition", f"must be three whole numbers from {low} to {high}")
    return whole[0], whole[1], whole[2]


def _read_addons(fields: Fields) -> frozenset[str]:
    addons = fields.array("addons")
    if any(addon != rules.HIGH_PACK for addon in addons):
        raise invalid("addons", f'may hold only "{rules.HIGH_PACK}"')
    return frozenset({rules.HIGH_PACK} if addons else ())


def _forced(options: _Options) -> _Options:
    """The values that stand after the tier's own rules. Source: developer.hyper3d.ai, Rodin generation.

    That Sketch is always PBR stood in the rules of 2025; newer ones do not say otherwise.
    """
    if options.tier_name == rules.SKETCH:
        return replace(
            options,
            file_format="glb",
            mesh_mode="Raw",
            quality="medium",
            faces=None,
            material="PBR",
            addons=frozenset(),
        )
    if options.tier.family is Family.GEN_1 and options.mesh_mode == "Raw":
        return replace(options, quality="medium", addons=frozenset())
    return options


def _check_others(fields: Fields, *, picture_count: int) -> None:
    """Check the fields that change nothing about the stand-in's models, and the labels."""
    for name in _PLAIN_SWITCHES:
        fields.switch(name)
    fields.number("detail_level")
    fields.choice("condition_mode", rules.CONDITION_MODES, default="concat")
    fields.choice("geometry_instruct_mode", rules.INSTRUCT_MODES, default="creative")
    fields.choice("is_symmetric", rules.SYMMETRIES, default="unknown")
    labels = fields.array("image_label")
    if not all(isinstance(label, str) and label in rules.IMAGE_LABELS for label in labels):
        raise invalid("image_label", f"each entry must be one of {', '.join(sorted(rules.IMAGE_LABELS))}")
    if len(labels) > picture_count:
        raise Refused("IMAGE_LABEL_LENGTH_TOO_LONG")


def _price(options: _Options) -> Decimal:
    price = options.tier.credits
    if options.texture_mode == "extreme-high":
        price += rules.TEXTURE_MODE_EXTRA
    if rules.HIGH_PACK in options.addons:
        price += rules.HIGH_PACK_EXTRA
    return price


def _seconds(options: _Options, dice: random.Random) -> float:
    pace = rules.UNTEXTURED_PACE if options.material == "None" else 1.0
    return options.tier.seconds * pace * dice.uniform(1 - rules.SPREAD, 1 + rules.SPREAD)


def _faces(options: _Options) -> int:
    if options.faces is not None:
        return options.faces
    # Gen-2 with Raw has another default than all others.
    usual = "high" if (options.tier.family, options.mesh_mode) == (Family.GEN_2, "Raw") else "medium"
    return rules.QUALITY_FACES[options.tier.family, options.mesh_mode][options.quality or usual]


def _texture_px(options: _Options) -> int:
    if options.tier_name == rules.SKETCH:
        return 1024
    four_k = options.uhd_texture or rules.HIGH_PACK in options.addons or options.texture_mode == "extreme-high"
    return rules.texture_px(_faces(options), four_k=four_k)


def _spec(options: _Options, *, prompt: str, pictures: tuple[bytes, ...], dice: random.Random) -> ModelSpec:
    return ModelSpec(
        prompt=prompt,
        seed=dice.randint(*rules.SEEDS) if options.seed is None else options.seed,
        faces=_faces(options),
        mesh_mode=options.mesh_mode,
        file_format=options.file_format,
        material=options.material,
        texture_px=_texture_px(options),
        pictures=pictures,
        keep_alpha=options.keep_alpha,
        bbox=options.bbox,
        preview_render=options.preview_render,
        high_poly=options.tier_name == rules.EXTREME_HIGH,
    )


def _ignored(fields: Fields, options: _Options, *, has_pictures: bool) -> tuple[str, ...]:
    """Fields that were sent, are known, and mean nothing to this tier."""
    family = options.tier.family
    useless: tuple[str, ...] = () if has_pictures else _PICTURES_ONLY
    useless += () if family is Family.GEN_1 else _GEN_1_ONLY
    useless += () if family is Family.GEN_2_5 else _GEN_2_5_ONLY
    useless += _NEWER_ONLY if family is Family.GEN_1 else ()
    useless += _NOT_FOR_SKETCH if options.tier_name == rules.SKETCH else ()
    useless += ("is_micro",) if options.tier_name != rules.EXTREME_HIGH else ()
    return tuple(sorted({name for name in useless if fields.was_sent(name)}))
