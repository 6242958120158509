"""Names of parts, materials and files as OBJ and MTL can hold them: one word each, none twice."""

from __future__ import annotations

_LONGEST = 80


def one_word(name: str) -> str:
    """Return a name without blanks and without what does not show; it may be empty."""
    shown = "".join(char if char.isprintable() else " " for char in name)
    return "_".join(shown.split())[:_LONGEST]


def plain_word(name: str) -> str:
    """Return a name of letters, digits and `_.-` in ASCII, as every program takes it for a file; never empty."""
    word = "".join(char if char.isascii() and (char.isalnum() or char in "_.-") else "_" for char in one_word(name))
    return word.strip("_.-") or "model"


class Names:
    """Gives names out, each once, numbered if need be; case does not tell names apart."""

    def __init__(self) -> None:
        """Begin with none given out."""
        self._numbers: dict[str, int] = {}  # by each name that is taken: the last number behind it

    def unlike(self, name: str) -> str:
        """Return a name that was not given out before."""
        key, free = name.casefold(), name
        number = self._numbers.get(key, 1)
        while free.casefold() in self._numbers:
            number += 1
            free = f"{name}_{number}"
        self._numbers[key] = number
        self._numbers.setdefault(free.casefold(), 1)
        return free
