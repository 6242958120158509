"""What may be asked of a finished model: a new texture over it, or its parts. The rules of both, and what they cost.

Sources: docs.hyper3d.ai and developer.hyper3d.ai, Generate Texture and BANG.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.errors import BadRequest
from bot.model import BangRequest, TextureRequest
from bot.options import OPTIONS_BY_NAME
from bot.reading import Reading, join_words, read_options, shown
from bot.rules import LONGEST_PROMPT, prompt_problems

REMAKE_CREDITS = Decimal("0.5")
"""Of either. Source: developer.hyper3d.ai, Generate Texture and BANG."""

TEXTURE_DURATION = timedelta(seconds=45)
"""Our estimate; nothing is documented."""

BANG_DURATION = timedelta(seconds=60)
"""Our estimate; nothing is documented."""

LARGEST_TEXTURE_BYTES = 10 * 1024**2
"""Of a model that gets a new texture. Source: developer.hyper3d.ai, Generate Texture: "10 MB"."""

LARGEST_BANG_BYTES = 100 * 1024**2
"""Of a model that is uploaded to be split. No limit is documented; this is the one for the picture beside it."""

LEAST_STRENGTH, MOST_STRENGTH, USUAL_STRENGTH = 2, 12, 5
"""How strongly BANG splits. Source: developer.hyper3d.ai, BANG."""

STRENGTH = "strength"
"""The one choice of a split that a generation does not have."""

TEXTURE_CHOICES = ("format", "material", "seed", "hd", "uhd", "delight")
SPLIT_CHOICES = (STRENGTH, "format", "material", "uhd")

Typed = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The model that is worked on, as a file of ours. `subject` is what it shows, in a few words.

    `key` and `name` are empty for one that only Rodin has in a size that can be sent.
    """

    key: str
    name: str
    subject: str
    file_format: str
    material: str
    is_reduced: bool = False


def resolve_texture(prompt: str, options: Typed, *, source: Source, pictures: int, seed: int) -> TextureRequest:
    """Check a wish for a new texture and complete it. `pictures` counts those that the person gave.

    Raises:
        BadRequest: one sentence for each problem, all at once.
    """
    prompt = prompt.strip()
    reading, problems = _read(options, TEXTURE_CHOICES, "a new texture")
    problems += _texture_problems(prompt, pictures, reading.values)
    if problems:
        raise BadRequest(*problems)
    values = {"format": _textured(source.file_format), "material": _worn(source.material), **reading.values}
    return TextureRequest(
        model_key=source.key,
        model_name=source.name,
        is_reduced=source.is_reduced,
        subject=source.subject,
        prompt=prompt,
        has_own_picture=not pictures,
        seed=values.get("seed", seed),
        geometry_file_format=values["format"],
        material=values["material"],
        resolution="High" if values.get("uhd") else "Basic",
        hd_texture=values.get("hd"),
        texture_delight=values.get("delight"),
    )


def resolve_split(instruction: str, options: Typed, *, source: Source, prompt: str) -> BangRequest:
    """Check a wish to split a model and complete it; `prompt` is what the model was made from.

    Raises:
        BadRequest: one sentence for each problem, all at once.
    """
    instruction = instruction.strip()
    rest = {name: value for name, value in options.items() if name.casefold() != STRENGTH}
    reading, problems = _read(rest, SPLIT_CHOICES, "a split")
    strength = USUAL_STRENGTH
    try:
        strength = read_strength(next((value for name, value in options.items() if name not in rest), strength))
    except BadRequest as mistake:
        problems += mistake.problems
    if instruction:
        problems += prompt_problems(instruction, 1)
    values = {"format": source.file_format, "material": source.material, **reading.values}
    if values["format"] == "stl" and "material" not in reading.values:
        values["material"] = "None"
    elif values["material"] == "Hybrid":
        values["material"] = "PBR"  # BANG knows it not
    if problems:
        raise BadRequest(*problems)
    return BangRequest(
        model_key=source.key,
        model_name=source.name or None,
        is_reduced=source.is_reduced,
        subject=source.subject,
        prompt=prompt[:LONGEST_PROMPT],
        instruction=instruction,
        strength=strength,
        geometry_file_format=values["format"],
        material=values["material"],
        resolution="High" if values.get("uhd") else "Basic",
    )


def read_strength(value: str | float) -> int:
    """Return how strongly to split, 2 to 12.

    Raises:
        BadRequest: it is no such number.
    """
    words = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}(\.0)?", words):
        raise BadRequest(f'Strength must be a whole number from 2 to 12; "{shown(value)}" is not one.')
    strength = int(float(words))
    if not LEAST_STRENGTH <= strength <= MOST_STRENGTH:
        amount = "low" if strength < LEAST_STRENGTH else "high"
        raise BadRequest(f"Strength must be between 2 and 12; {strength} is too {amount}. More gives more parts.")
    return strength


def describe_remake(ask: TextureRequest | BangRequest) -> str:
    """Return a remake in a few words: "New texture, glb, PBR, seed 5"."""
    if isinstance(ask, TextureRequest):
        parts = ["New texture", ask.geometry_file_format, ask.material]
        more = ((ask.hd_texture, "HD"), (ask.texture_delight, "delit"), (True, f"seed {ask.seed}"))
        parts += ["4K", *_named(more)] if ask.resolution == "High" else _named(more)
        return ", ".join([*parts, "after its own picture" if ask.has_own_picture else "after 1 picture"])
    material = "no textures" if ask.material == "None" else ask.material
    return ", ".join(
        [
            f"Split into parts with strength {ask.strength}",
            ask.geometry_file_format,
            material,
            *(["4K"] if ask.resolution == "High" else []),
            *([f"as told: {shown(ask.instruction)}"] if ask.instruction else []),
        ]
    )


def remake_notes(ask: TextureRequest | BangRequest) -> tuple[str, ...]:
    """Return remarks in plain words about what a person may not expect of a remake."""
    return tuple(_notes(ask))


def _notes(ask: TextureRequest | BangRequest) -> Iterator[str]:
    if isinstance(ask, TextureRequest):
        if ask.has_own_picture:
            yield (
                "Rodin wants a picture for a new texture; you gave none, so it gets one of this model beside your "
                "words. A picture of the look that you want says more."
            )
        if ask.is_reduced:
            yield "The model is larger than the 10 MB that Rodin takes here, so its smaller copy gets the texture."
        return
    if ask.asset_id is None and ask.is_reduced:
        yield "The model is larger than can be sent to be split, so its smaller copy is."
    if ask.geometry_file_format == "stl" and ask.material != "None":
        yield "An stl file holds no colours; textures can only come as separate pictures. Choose glb to see them."


def _read(options: Typed, allowed: tuple[str, ...], what: str) -> tuple[Reading, list[str]]:
    """Read the options that make sense here, and say of the others that they do not."""
    reading = read_options(options)
    problems = list(reading.problems)
    strange = [name for name in reading.values if name not in allowed]
    if strange:
        have = "has" if len(strange) == 1 else "have"
        choices = join_words(allowed, "and")
        problems.append(f"{_capital(join_words(strange, 'and'))} {have} no effect on {what}. There are {choices}.")
    return reading, problems


def _texture_problems(prompt: str, pictures: int, values: Mapping[str, Any]) -> Iterator[str]:
    if not prompt and not pictures:
        yield "Say in words or with a picture what the new texture should look like."
    else:
        yield from prompt_problems(prompt, 1)
    if pictures > 1:
        yield f"A new texture is made after one picture; there are {pictures}. Choose the best one."
    if values.get("format") == "stl":
        yield "An stl file holds no textures. Choose another format, such as glb."
    material = values.get("material", "PBR")
    if material not in ("PBR", "Shaded"):
        yield f"A new texture is PBR or Shaded, not {material}."


def _textured(file_format: str) -> str:
    return "glb" if file_format == "stl" else file_format


def _worn(material: str) -> str:
    return "Shaded" if material == "Shaded" else "PBR"


def _named(marks: Iterable[tuple[bool | None, str]]) -> list[str]:
    return [word for is_on, word in marks if is_on]


def _capital(words: str) -> str:
    title = OPTIONS_BY_NAME[words].title if words in OPTIONS_BY_NAME else words
    return title[0].upper() + title[1:]
