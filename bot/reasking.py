"""What an earlier request was asked with, so that the next version can start from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.catalog import PRESETS, resolve
from bot.errors import BadRequest
from bot.model import Request
from bot.options import OPTIONS_BY_NAME, OptionKind
from bot.reading import find_option
from bot.rules import TEXTURE_OPTIONS
from bot.tiers import BETTER, QUAD, RAW, TIERS

ABOUT_PICTURES = frozenset({"labels", "condition", "alpha", "mode"})
"""Options that say something about the pictures of one request, and nothing about another one's."""

BASIC = ("tier", "format", "material")
"""What every tier takes, beside the mesh of those that let people choose it."""

CANCELS: Mapping[str, tuple[str, ...]] = {
    "quality": ("faces",),
    "mesh": ("faces", "simplify", "smooth"),
    "format": ("material", *TEXTURE_OPTIONS),
    "material": TEXTURE_OPTIONS,
}
"""What an earlier choice loses its sense through: a face count of triangles says nothing about quads."""

STARTS_ANEW = frozenset({"tier", "preset"})
"""Another tier or preset brings its own values along."""


def options_of(request: Request) -> dict[str, str | int | float | bool]:
    """Return the options by which `bot.catalog.resolve` makes this request again, whatever the defaults are.

    By option name; the seed, the words and the pictures are left to the caller.
    """
    tier = TIERS[request.tier]
    names = [*BASIC, *(["mesh", "faces"] if tier.faces else []), *sorted(tier.options - {"preset", "quality", "seed"})]
    # An operator may have taken a preset away since; its values are all named here.
    found: dict[str, str | int | float | bool] = {}
    if request.preset is not None and request.preset in PRESETS:
        found["preset"] = request.preset
    for name in dict.fromkeys(names):
        value = _typed(name, getattr(request, OPTIONS_BY_NAME[name].field))
        if value is not None and not _is_idle(name, request):
            found[name] = value
    return found


def next_options(
    request: Request, chosen: Mapping[str, str | int | float | bool], *, same_pictures: bool
) -> dict[str, str | int | float | bool]:
    """Return the options of the next version: the earlier ones with `chosen` on top.

    What a new choice makes senseless is dropped. Names that nobody knows stay in, for the catalogue to refuse.
    """
    meant = {_meant(word) for word in chosen}
    if meant & STARTS_ANEW:
        return dict(chosen)
    dropped = set(meant) | {name for word in meant for name in CANCELS.get(word, ())}
    if not same_pictures:
        dropped |= ABOUT_PICTURES
    return {**{name: value for name, value in options_of(request).items() if name not in dropped}, **chosen}


def chosen_options(
    request: Request, base: Mapping[str, str | int | float | bool]
) -> dict[str, str | int | float | bool]:
    """Return the options that make `request` out of what `base` alone would give, for the same words and pictures."""
    plain = resolve(
        request.prompt or "a model", base, pictures=len(request.pictures), default_tier=request.tier, seed=request.seed
    )
    return {
        name: value
        for name, value in options_of(request).items()
        if name not in base and getattr(plain, field_of(name)) != getattr(request, field_of(name))
    }


def draft_options(request: Request) -> dict[str, str]:
    """Return the fewest options, as people type them, by which this request is made again.

    The tier or the preset is always among them, so that they stand for themselves wherever they are handed in.
    """
    base = {"tier": request.tier, "format": request.geometry_file_format}
    if request.preset is not None and request.preset in PRESETS:
        base = {"preset": request.preset}
    options: dict[str, str | int | float | bool] = dict(base)
    while more := chosen_options(request, options):  # another mesh has another face count unasked, and so on
        options |= more
    return {name: _shown(value) for name, value in options.items()}


def better_request(request: Request) -> Request | None:
    """Return the request in the next tier up, with the same seed; None when there is none.

    What was chosen is kept where that tier knows it; what was only the tier's own default becomes the finer one's.
    """
    name = BETTER.get(request.tier)
    if name is None:
        return None
    tier = TIERS[name]
    base = {"tier": request.tier, "format": request.geometry_file_format, "material": request.material}
    if request.mesh_mode in TIERS[request.tier].faces:
        base["mesh"] = request.mesh_mode
    kept = {word: value for word, value in chosen_options(request, base).items() if word in tier.options}
    if "faces" in kept:
        kept["faces"] = tier.faces[request.mesh_mode].nearest(int(kept["faces"]))
    if request.material == "None" or request.geometry_file_format == "stl":
        kept = {word: value for word, value in kept.items() if word not in TEXTURE_OPTIONS}
    kept.pop("preset", None)
    return _resolved(request, {**base, **kept, "tier": name})


def in_format(request: Request, file_format: str) -> Request:
    """Return the same request, with the same seed, in another file format.

    An STL holds no textures: they go when it is asked for, and come back after it.

    Raises:
        BadRequest: the tier does not make this format.
    """
    options = options_of(request)
    if "stl" in {file_format, request.geometry_file_format}:
        options = {name: value for name, value in options.items() if name not in CANCELS["format"]}
    return _resolved(request, {**options, "format": file_format})


def _resolved(request: Request, options: Mapping[str, str | int | float | bool]) -> Request:
    """Return the request that other options make of the same words, pictures and seed."""
    changed = resolve(request.prompt, options, pictures=len(request.pictures), seed=request.seed)
    return replace(changed, pictures=request.pictures)


def field_of(name: str) -> str:
    """Return the field of a request that an option sets."""
    return OPTIONS_BY_NAME[name].field


def _shown(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _meant(word: str) -> str:
    try:
        return find_option(word).name
    except BadRequest:
        return word


def _typed(name: str, value: Any) -> str | int | float | bool | None:
    """Return a field's value as a person would give it; None for what was not sent."""
    if value is None or value == ():
        return None
    if name == "highpack":
        return True
    match OPTIONS_BY_NAME[name].kind:
        case OptionKind.NUMBERS:
            return "x".join(str(number) for number in value)
        case OptionKind.CHOICES:
            return ",".join(value)
        case _:
            return value if isinstance(value, (bool, int, float)) else str(value)


def _is_idle(name: str, request: Request) -> bool:
    """Say whether a value was only sent along and would be refused as a choice."""
    return (
        (name == "simplify" and request.mesh_mode != RAW)
        or (name == "smooth" and request.mesh_mode != QUAD)
        or (name == "mode" and request.geometry_instruct_mode == "creative" and not TIERS[request.tier].has_creative)
        or (name == "condition" and len(request.pictures) < 2)
        or (name in TEXTURE_OPTIONS and request.material == "None")
    )
