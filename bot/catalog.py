"""What may be asked of Rodin, and what it costs: wishes become complete requests here, and nowhere else.

The data stands beside it: `bot.tiers`, `bot.options`, `bot.presets`; typed words are read in `bot.reading`, and
`bot.rules` knows what does not go together. Callers need only this module. `python -m bot.catalog` writes the
contents of `docs/options.md` to standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.conversions import CONVERSION_DURATION, conversion_notes, describe_conversion
from bot.errors import BadRequest, BadSettings
from bot.model import Ask, BangRequest, ConvertRequest, Request
from bot.options import OPTIONS, OPTIONS_BY_NAME, Option, OptionKind
from bot.presets import PRESETS, Preset
from bot.reading import find_option, read_option, read_options, split_command
from bot.remakes import (
    BANG_DURATION,
    REMAKE_CREDITS,
    SPLIT_CHOICES,
    TEXTURE_CHOICES,
    TEXTURE_DURATION,
    describe_remake,
    remake_notes,
)
from bot.rules import (
    LONGEST_PROMPT,
    MOST_PICTURES,
    TEXTURE_OPTIONS,
    Plan,
    faces_of_quality,
    plan_problems,
    prompt_problems,
)
from bot.tiers import FORMATS, QUAD, RAW, TIERS, Tier, nearest_quality

__all__ = [
    "FORMATS",
    "LONGEST_PROMPT",
    "MOST_PICTURES",
    "OPTIONS",
    "OPTIONS_BY_NAME",
    "PRESETS",
    "SPLIT_CHOICES",
    "TEXTURE_CHOICES",
    "TIERS",
    "Option",
    "OptionKind",
    "Preset",
    "Tier",
    "describe",
    "find_option",
    "notes",
    "price",
    "read_default",
    "read_option",
    "resolve",
    "split_command",
    "typical_duration",
]

EXTREME_TEXTURE_CREDITS = Decimal("2.0")
"""On top, for `texture_mode=extreme-high`. Source: docs.hyper3d.ai, Rodin Gen-2.5 (2026)."""

HIGHPACK_CREDITS = Decimal("1.0")
"""At most on top, for HighPack. Source: developer.hyper3d.ai; the new site does not restate it."""

BARE_FACTOR = 0.7
"""How much of the time a model without textures takes: our estimate; the documents only say clearly faster."""

FINE_TEXTURE_FACTOR = 1.5
"""How much longer HighPack or extreme-high textures take: our estimate; nothing is documented."""

_FEWEST_RAW_GEN_2 = 150_000  # developer.hyper3d.ai, Rodin Gen-2, advises no fewer


def resolve(
    prompt: str,
    options: Mapping[str, str | int | float | bool],
    *,
    pictures: int,
    default_tier: str = "Gen-2.5-Medium",
    default_format: str = "glb",
    seed: int,
) -> Request:
    """Check a wish and complete it: everything that applies to the tier is explicit in the request.

    `options` goes by names of `OPTIONS`, values as typed or picked. `seed` (0 to 65535) is used when the person
    chose none. The request's `pictures` are left empty for the caller to add.

    Raises:
        BadRequest: one sentence for each problem, all at once.
        BadSettings: a default is not one of Rodin's; the operator must change it.
    """
    prompt = prompt.strip()
    reading = read_options(options)
    problems = [*prompt_problems(prompt, pictures), *reading.problems]
    defaults = {"tier": read_default("tier", default_tier), "format": read_default("format", default_format)}
    plan = _plan(reading.values, defaults, pictures)
    if not reading.unread & {"tier", "preset"}:  # else the other sentences would be about the wrong tier
        problems.extend(plan_problems(plan))
    if problems:
        raise BadRequest(*problems)
    return _request(plan, prompt, seed)


def read_default(name: str, value: str) -> str:
    """Return an operator's default for an option in Rodin's spelling.

    Raises:
        BadSettings: the option has no such value.
    """
    try:
        return str(read_option(OPTIONS_BY_NAME[name], value))
    except BadRequest as mistake:
        raise BadSettings(f"DEFAULT_{name.upper()}: {mistake}") from mistake


def price(request: Ask) -> Decimal:
    """Return what the request costs, in credits; with HighPack this is the most it can cost. A conversion is free.

    Face count, mesh and pictures cost nothing. Source: docs.hyper3d.ai, Rodin Gen-2.5.
    """
    if isinstance(request, ConvertRequest):
        return Decimal(0)
    if not isinstance(request, Request):
        return REMAKE_CREDITS
    total = TIERS[request.tier].credits
    if request.texture_mode == "extreme-high":
        total += EXTREME_TEXTURE_CREDITS
    if "HighPack" in request.addons:
        total += HIGHPACK_CREDITS
    return total


def typical_duration(request: Ask) -> timedelta:
    """Return how long Rodin usually takes from submission to the end, without queueing; mostly an estimate."""
    if isinstance(request, ConvertRequest):
        return CONVERSION_DURATION
    if not isinstance(request, Request):
        return BANG_DURATION if isinstance(request, BangRequest) else TEXTURE_DURATION
    duration = TIERS[request.tier].duration
    if request.material == "None":
        duration *= BARE_FACTOR
    if request.texture_mode == "extreme-high" or "HighPack" in request.addons:
        duration *= FINE_TEXTURE_FACTOR
    return duration


def describe(request: Ask) -> str:
    """Return the request in a few words: "Gen-2.5-Medium, glb, 60,000 triangles, PBR, seed 5"."""
    if isinstance(request, ConvertRequest):
        return describe_conversion(request)
    if not isinstance(request, Request):
        return describe_remake(request)
    parts = [request.tier, request.geometry_file_format]
    if request.quality_override is not None:
        parts.append(f"{request.quality_override:,} {'quads' if request.mesh_mode == QUAD else 'triangles'}")
    parts.append("no textures" if request.material == "None" else request.material)
    if request.texture_mode == "extreme-high":
        parts.append("extreme-high textures")
    parts.extend(request.addons)
    if request.ta_pose:
        parts.append("T/A pose")
    parts.append(f"seed {request.seed}")
    if request.pictures:
        parts.append("from 1 picture" if len(request.pictures) == 1 else f"from {len(request.pictures)} pictures")
    return ", ".join(parts)


def notes(request: Ask) -> tuple[str, ...]:
    """Return remarks in plain words about what a person may not expect; none of them is a mistake."""
    if isinstance(request, ConvertRequest):
        return conversion_notes(request)
    if not isinstance(request, Request):
        return remake_notes(request)
    return (*_mesh_notes(request), *_texture_notes(request), *_other_notes(request))


def _plan(chosen: Mapping[str, Any], defaults: Mapping[str, str], pictures: int) -> Plan:
    preset = PRESETS[chosen["preset"]].values if "preset" in chosen else {}
    tier = TIERS[chosen.get("tier", preset.get("tier", defaults["tier"]))]
    values: dict[str, Any] = {**{name: value for name, value in preset.items() if name in tier.options}, **chosen}
    if not tier.faces:
        values["mesh"] = tier.mesh_mode
    values.setdefault("mesh", tier.mesh_mode)
    values.setdefault("format", defaults["format"] if defaults["format"] in tier.formats else tier.formats[0])
    # A bare mesh comes quicker, and an STL file could not hold its textures anyway.
    values.setdefault("material", "None" if values["format"] == "stl" else "PBR")
    if values["material"] == "None":
        values = {name: value for name, value in values.items() if name in chosen or name not in TEXTURE_OPTIONS}
    return Plan(
        pictures=pictures,
        tier=tier,
        chosen=chosen,
        values={**values, "tier": tier.name},
        faces=_faces(tier, values["mesh"], chosen, preset),
    )


def _faces(tier: Tier, mesh: str, chosen: Mapping[str, Any], preset: Mapping[str, Any]) -> int | None:
    """Return the face count: chosen, by chosen quality, the preset's where its mesh is kept, the tier's."""
    if mesh not in tier.faces:
        return None
    if "faces" in chosen:
        return int(chosen["faces"])
    named = faces_of_quality(tier, mesh, chosen.get("quality", ""))
    if named is not None:
        return named
    if preset.get("mesh") == mesh:
        return tier.faces[mesh].nearest(preset["faces"])
    return tier.default_faces[mesh]


def _request(plan: Plan, prompt: str, seed: int) -> Request:
    fields: dict[str, Any] = {**plan.tier.defaults, **_circumstances(plan), "seed": seed}
    idle = {"smooth"} if plan.values["mesh"] == RAW else {"simplify"}
    for name in (plan.tier.options & plan.values.keys()) - idle:
        fields[OPTIONS_BY_NAME[name].field] = plan.values[name]
    fields["addons"] = ("HighPack",) if fields.get("addons") else ()
    fields["mesh_mode"] = plan.values["mesh"]
    fields["quality_override"] = plan.faces
    fields["quality"] = _quality(plan)
    return Request(prompt=prompt, **fields)


def _quality(plan: Plan) -> str:
    """Return the word that is sent beside the face count; Rodin reads it only where it does not follow the count."""
    if plan.faces is None:
        return "medium"
    return nearest_quality(plan.tier.family, plan.values["mesh"], plan.faces)


def _circumstances(plan: Plan) -> dict[str, Any]:
    """Return the defaults that depend on pictures and mesh."""
    fields: dict[str, Any] = {}
    if "mode" in plan.tier.options:
        # Who gives a picture wants it followed; words alone leave the shape open, and creative is Rodin's own
        # default since July 2026 where it has an effect.
        is_free = plan.pictures == 0 and plan.tier.has_creative
        fields["geometry_instruct_mode"] = "creative" if is_free else "faithful"
    if "condition" in plan.tier.options and plan.pictures > 1:
        fields["condition_mode"] = "concat"  # documented default: the pictures are views of one thing
    if "simplify" in plan.tier.options and plan.values["mesh"] == RAW:
        fields["mesh_simplify"] = True  # documented default
    if "smooth" in plan.tier.options and plan.values["mesh"] == QUAD:
        fields["mesh_smooth"] = False  # one page says false, one true: sent, so that it does not matter
    return fields


def _mesh_notes(request: Request) -> Iterator[str]:
    file_format = request.geometry_file_format
    if request.mesh_mode == QUAD and file_format in {"glb", "stl"}:
        yield f"A {file_format} file cannot hold quads, so they arrive as triangles. Ask for fbx or obj to keep them."
    if request.tier == "Gen-2" and request.mesh_mode == RAW and (request.quality_override or 0) < _FEWEST_RAW_GEN_2:
        yield f"Rodin advises at least {_FEWEST_RAW_GEN_2:,} triangles for Gen-2; with fewer, shapes may suffer."
    if file_format not in TIERS[request.tier].sure_formats:
        yield (
            f"Rodin does not say which formats {request.tier} makes besides glb, so it may refuse {file_format}. "
            "Gen-2.5-Low makes it for sure."
        )


def _texture_notes(request: Request) -> Iterator[str]:
    if request.geometry_file_format == "stl" and request.material != "None":
        yield "An stl file holds no colours; textures can only come as separate pictures. Choose glb to see them."
    if request.tier == "Sketch" and request.material != "PBR":
        yield "Sketch may come with PBR textures all the same."
    if request.material == "Hybrid":
        yield "The material Hybrid is new and Rodin does not describe it."
    if request.hd_texture or request.uhd_texture:
        yield "HD and UHD textures may bring artefacts or lose likeness, says Rodin. Leave them out if that happens."
    if "HighPack" in request.addons:
        yield f"HighPack costs up to {HIGHPACK_CREDITS.normalize():f} credit more; Rodin settles how much."


def _other_notes(request: Request) -> Iterator[str]:
    if not TIERS[request.tier].is_offered:
        yield f"{request.tier} is not offered to every account; Rodin may refuse it."
    if request.ta_pose:
        yield "The pose only changes how a figure stands: Rodin picks T or A, and sends no skeleton."
    if request.pictures and request.prompt:
        yield "With pictures the words have little weight."
    if request.detail_level is not None:
        yield "Rodin publishes no range for the detail level, so it may refuse this one."


if __name__ == "__main__":
    from bot.manual import render_options

    sys.stdout.write(render_options())
