"""What a finished request was asked with, so that the next version can start from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.errors import BadRequest
from bot.model import Request
from bot.options import OPTIONS_BY_NAME, OptionKind
from bot.reading import find_option
from bot.rules import TEXTURE_OPTIONS
from bot.tiers import QUAD, RAW, TIERS

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
    names = [*BASIC, *(["mesh", "faces"] if tier.faces else []), *sorted(tier.options - {"quality", "seed"})]
    found: dict[str, str | int | float | bool] = {} if request.preset is None else {"preset": request.preset}
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
