"""What does not go together: one function per rule, each yielding sentences that say what would be right.

Sources: docs.hyper3d.ai and developer.hyper3d.ai, the pages named in `bot.tiers`. Rodin answers most of these with
INVALID_REQUEST or quietly does something else; here they are said in words before anything is sent or charged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.options import OPTIONS_BY_NAME
from bot.reading import join_words
from bot.tiers import QUAD, QUALITY_FACES, RAW, TIERS, Family, Tier

LONGEST_PROMPT = 1024
"""Characters. Source: the schema of Deemos's own MCP server; the HTTP documents name no limit."""

MOST_PICTURES = 5
"""Source: docs.hyper3d.ai, Rodin Gen-2.5, `images`."""

TEXTURE_OPTIONS = ("texture", "hd", "uhd", "delight", "bake", "highpack")
"""Options that do nothing where there are no textures."""

_SUGGESTED_TIERS = ("Gen-2.5-Low", "Gen-2.5-Medium", "Gen-2.5-Extreme-High", "Gen-2", "Regular")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A wish on its way to a request.

    `chosen` holds what the person chose, `values` that and everything completed (preset, defaults), both by
    option name. `faces` is None where the tier decides for itself.
    """

    pictures: int
    tier: Tier
    chosen: Mapping[str, Any]
    values: Mapping[str, Any]
    faces: int | None

    def has_on(self, name: str) -> bool:
        """Whether the person chose this option, and not merely switched it off."""
        return self.chosen.get(name, False) is not False


def prompt_problems(prompt: str, pictures: int) -> Iterator[str]:
    """Yield what is wrong with the words and the number of pictures."""
    if not pictures and not any(unicodedata.category(char)[0] not in "CZ" for char in prompt):
        yield "There is nothing to make a model of. Write what it should be, or add a picture."
    if len(prompt) > LONGEST_PROMPT:
        yield (
            f"The text has {len(prompt):,} characters; Rodin takes at most {LONGEST_PROMPT:,}. "
            f"Shorten it by {len(prompt) - LONGEST_PROMPT:,}."
        )
    bad = next((char for char in prompt if _is_unsendable(char)), None)
    if bad is not None:
        yield f"The text contains a control character (U+{ord(bad):04X}). Type it anew without it."
    if pictures > MOST_PICTURES:
        extra = pictures - MOST_PICTURES
        yield f"Rodin takes at most {MOST_PICTURES} pictures; there are {pictures}. Leave {extra} out."


def plan_problems(plan: Plan) -> Iterator[str]:
    """Yield everything about the plan that Rodin would refuse, ignore, or charge for nothing."""
    for rule in _RULES:
        yield from rule(plan)


def _is_unsendable(char: str) -> bool:
    """Whether the character is a control character (other than tab and line ends) or half of a pair."""
    return char not in "\t\n\r" and unicodedata.category(char) in {"Cc", "Cs"}


def _options_without_effect(plan: Plan) -> Iterator[str]:
    idle = [
        name
        for name in plan.chosen
        if name not in plan.tier.options and plan.has_on(name) and not _is_what_happens_anyway(plan, name)
    ]
    if not idle:
        return
    such = _such_as(lambda tier: tier.options.issuperset(idle))
    names, them = join_words(idle, "and"), "it" if len(idle) == 1 else "them"
    what = f"The option {names} has" if len(idle) == 1 else f"The options {names} have"
    otherwise = f" or choose another tier{such}" if such else ""
    yield f"{what} no effect with {plan.tier.name}. Leave {them} out{otherwise}."


def _is_what_happens_anyway(plan: Plan, name: str) -> bool:
    """Sketch always makes triangles of medium quality, so asking for that is no mistake."""
    return not plan.tier.faces and (name, plan.chosen[name]) in {("mesh", RAW), ("quality", "medium")}


def _format_of_tier(plan: Plan) -> Iterator[str]:
    wanted, formats = plan.values["format"], plan.tier.formats
    if wanted not in formats:
        source = "" if "format" in plan.chosen else f" (which the preset {plan.chosen['preset']} asks for)"
        such = _such_as(lambda tier: wanted in tier.formats)
        only = join_words(formats, "and")
        yield f"{plan.tier.name} only makes {only}, not {wanted}{source}. Choose {only} or another tier{such}."


def _material_of_tier(plan: Plan) -> Iterator[str]:
    if plan.values["material"] == "Hybrid" and plan.tier.family is not Family.GEN_2_5:
        yield (
            f"The material Hybrid is for Gen-2.5 tiers, not for {plan.tier.name}. "
            "Choose PBR, Shaded, All or None, or another tier, such as Gen-2.5-Medium."
        )


def _face_count(plan: Plan) -> Iterator[str]:
    mesh = plan.values["mesh"]
    if "faces" not in plan.chosen or mesh not in plan.tier.faces:
        return
    faces, allowed = plan.chosen["faces"], plan.tier.faces[mesh]
    if "quality" in plan.chosen:
        yield "Faces and quality both set the number of faces. Choose one of them."
    if faces not in allowed:
        what = "quads" if mesh == QUAD else "triangles"
        amount = "few" if faces < allowed.least else "many"
        yield (
            f"{plan.tier.name} makes {allowed} {what}; {faces:,} is too {amount}. "
            f"Choose a number in that range, such as {allowed.nearest(faces):,}."
        )


def _raw_of_first_generation(plan: Plan) -> Iterator[str]:
    if plan.tier.family is not Family.GEN_1 or not plan.tier.faces or plan.values["mesh"] != RAW:
        return
    if plan.has_on("highpack"):
        yield f"HighPack does not work with {plan.tier.name} and Raw. Leave it out or choose the mesh Quad."
    if plan.chosen.get("quality", "medium") != "medium":
        yield f"{plan.tier.name} with Raw is always of medium quality. Say how many faces instead, or choose Quad."


def _simplify_and_smooth(plan: Plan) -> Iterator[str]:
    for name, mesh in (("simplify", RAW), ("smooth", QUAD)):
        if name in plan.tier.options and plan.has_on(name) and plan.values["mesh"] != mesh:
            yield f"{_title(name)} works only with the mesh {mesh}. Leave it out or choose {mesh}."


def _creative(plan: Plan) -> Iterator[str]:
    takes_mode = "mode" in plan.tier.options
    if takes_mode and plan.chosen.get("mode") == "creative" and not plan.tier.has_creative:
        names = join_words(name for name, tier in TIERS.items() if tier.has_creative)
        yield f"The mode creative has no effect with {plan.tier.name}. Leave it out or choose {names}."


def _needs_pictures(plan: Plan) -> Iterator[str]:
    if plan.pictures == 0 and plan.has_on("alpha"):
        yield "Alpha keeps a picture's transparency, but there is no picture. Add one or leave alpha out."
    if plan.pictures < 2 and "condition" in plan.chosen and "condition" in plan.tier.options:
        yield f"Condition is for two or more pictures; there {_count(plan.pictures)}. Add pictures or leave it out."


def _labels(plan: Plan) -> Iterator[str]:
    labels = plan.chosen.get("labels")
    if labels is None or len(labels) == plan.pictures or "labels" not in plan.tier.options:
        return
    if plan.pictures == 0:
        yield "Picture labels say what each picture shows, but there is no picture. Add some or leave labels out."
        return
    given = "is 1 label" if len(labels) == 1 else f"are {len(labels)} labels"
    pictures = "1 picture" if plan.pictures == 1 else f"{plan.pictures} pictures"
    yield f"There {given} for {pictures}. Give one label for each picture, in order, and ? where you are not sure."


def _textures_of_nothing(plan: Plan) -> Iterator[str]:
    idle = [name for name in TEXTURE_OPTIONS if plan.has_on(name) and name in plan.tier.options]
    if plan.values["material"] != "None" or not idle:
        return
    titles = [OPTIONS_BY_NAME[name].title for name in idle]
    names, them = join_words(titles, "and"), "it" if len(idle) == 1 else "them"
    verb = "does" if len(idle) == 1 else "do"
    if "material" in plan.chosen or plan.values["format"] != "stl":
        reason = "The material None has no textures"
    else:
        reason = "An stl file holds no textures"
    yield f"{reason}, so {names} {verb} nothing. Leave {them} out or choose a material, such as PBR."


_RULES: tuple[Callable[[Plan], Iterator[str]], ...] = (
    _options_without_effect,
    _format_of_tier,
    _material_of_tier,
    _face_count,
    _raw_of_first_generation,
    _simplify_and_smooth,
    _creative,
    _needs_pictures,
    _labels,
    _textures_of_nothing,
)


def faces_of_quality(tier: Tier, mesh_mode: str, quality: str) -> int | None:
    """Return the face count behind one of Rodin's `quality` words; None where the tier fixes it."""
    return QUALITY_FACES.get((tier.family, mesh_mode), {}).get(quality)


def _such_as(suits: Callable[[Tier], bool]) -> str:
    name = next((name for name in _SUGGESTED_TIERS if suits(TIERS[name])), None)
    return f", such as {name}" if name else ""


def _title(name: str) -> str:
    title = OPTIONS_BY_NAME[name].title
    return title[0].upper() + title[1:]


def _count(pictures: int) -> str:
    return "is one" if pictures == 1 else "is none"
