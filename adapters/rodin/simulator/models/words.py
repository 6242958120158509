"""Reading a prompt: which shape, which material, which colours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .draws import Draws
from .finishes import COLOURS, MATERIALS, Colour, Finish
from .pieces import Piece
from .vocabulary import BY_WORD, COMMON, FALLBACK_FINISHES, FALLBACK_SHAPES, Shape

# "a teapot on a wooden table" is a teapot, and not a wooden one.
_ASIDE = re.compile(r"\b(?:on|at|beside|near|under|over|above|riding|by|for|against|behind|inside)\b")
# "a robot with a red cap": the words behind these colour a detail.
_DETAIL = re.compile(r"\b(?:with|holding|wearing|having)\b")
# An oak tree is not made of planks.
_GROWING = re.compile(r"\b(?:oak|pine|walnut|mahogany|bamboo)(?=\s+(?:tree|forest))")
_LINKS = re.compile(r"\b(?:in|from|made|of|and)\b|[,.;:!?()]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What to build: the pieces and what each finish named in them is."""

    pieces: tuple[Piece, ...]
    finishes: Mapping[str, Finish]


def design(prompt: str, seed: int) -> Design:
    """Imagine a prompt. The same words and seed give the same design in every process."""
    shape, known = _shape_for(prompt)
    draws = Draws("design", prompt.casefold().strip(), str(seed))
    palette = dict(COMMON) | dict(shape.palette)
    if not known:
        palette |= _dressed(FALLBACK_FINISHES, Draws("look", prompt.casefold().strip()))
    palette |= _asked_for(prompt, palette)
    return Design(pieces=tuple(shape.pieces(draws)), finishes=_varied(palette, draws))


def _shape_for(prompt: str) -> tuple[Shape, bool]:
    for stretch in _stretches(prompt):
        found = [BY_WORD[name] for name in _names(stretch) if name in BY_WORD]
        if found:
            return found[-1], True
    return Draws("shape", prompt.casefold().strip()).pick(FALLBACK_SHAPES), False


def _stretches(prompt: str) -> list[str]:
    """The prompt cut at its linking words, what matters most first."""
    main, *asides = _ASIDE.split(prompt.casefold())
    return [stretch for text in (*_DETAIL.split(main), *asides) for stretch in _LINKS.split(text)]


def _names(text: str) -> list[str]:
    """Every word and pair of words, singular forms included, in the order in which they end."""
    words = re.findall(r"[^\W\d_]+", text)
    names: list[str] = []
    for index, word in enumerate(words):
        for name in (word, *([words[index - 1] + word] if index else [])):
            names += [*_singular(name), name]
    return names


def _singular(word: str) -> list[str]:
    if word.endswith("ves"):
        return [word[:-3] + "f", word[:-3] + "fe", word[:-1]]
    if word.endswith("ies"):
        return [word[:-3] + "y", word[:-1]]
    if word.endswith("s"):
        return [word[:-2], word[:-1]] if word.endswith("es") else [word[:-1]]
    return []


def _dressed(finishes: tuple[Finish, ...], draws: Draws) -> dict[str, Finish]:
    return {"main": draws.pick(finishes), "accent": draws.pick(finishes), "trim": draws.pick(finishes)}


def _asked_for(prompt: str, palette: Mapping[str, Finish]) -> dict[str, Finish]:
    """The finishes that the prompt's own words change."""
    main, *details = _DETAIL.split(_ASIDE.split(prompt.casefold())[0])
    own, extra = _looks(main), _looks(" ".join(details))
    changed: dict[str, Finish] = {}
    if own.materials or own.colours:
        finish = own.materials[0] if own.materials else palette["main"]
        changed["main"] = finish.tinted(own.colours[0]) if own.colours else finish
        changed["trim"] = changed["main"].shaded(0.78)
        if palette["accent"] == palette["main"]:
            changed["accent"] = changed["main"]
    materials, colours = (*own.materials[1:], *extra.materials), (*own.colours[1:], *extra.colours)
    if materials or colours:
        finish = materials[0] if materials else palette["accent"]
        changed["accent"] = finish.tinted(colours[0]) if colours else finish
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looks:
    materials: tuple[Finish, ...]
    colours: tuple[Colour, ...]


def _looks(text: str) -> _Looks:
    words = list(dict.fromkeys(_names(_GROWING.sub(" ", text))))
    return _Looks(
        materials=tuple(MATERIALS[word] for word in words if word in MATERIALS),
        colours=tuple(COLOURS[word] for word in words if word in COLOURS),
    )


def _varied(palette: Mapping[str, Finish], draws: Draws) -> dict[str, Finish]:
    """Every seed's own slight difference in tone."""
    return {name: finish.shaded(draws.between(0.92, 1.06)) for name, finish in palette.items()}
