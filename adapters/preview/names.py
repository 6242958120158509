"""Names of parts, materials and files as OBJ and MTL can hold them: one word each, none twice."""

from __future__ import annotations

from collections.abc import Collection

_LONGEST = 80


def one_word(name: str) -> str:
    """Return a name without blanks and without what does not show; it may be empty."""
    shown = "".join(char if char.isprintable() else " " for char in name)
    return "_".join(shown.split())[:_LONGEST]


def plain_word(name: str) -> str:
    """Return a name of letters, digits and `_.-` in ASCII, as every program takes it for a file; never empty."""
    word = "".join(char if char.isascii() and (char.isalnum() or char in "_.-") else "_" for char in one_word(name))
    return word.strip("_.-") or "model"


def unlike(name: str, taken: Collection[str]) -> str:
    """Return a name that is not among those taken, numbered if need be; case does not tell names apart."""
    folded = {other.casefold() for other in taken}
    number, free = 1, name
    while free.casefold() in folded:
        number += 1
        free = f"{name}_{number}"
    return free
