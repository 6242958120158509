"""Repeatable chance: the same words and seed draw the same numbers in every process."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


def digest(*parts: str) -> int:
    """A number of 64 bits that depends on nothing but the words."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(joined).digest()[:8], "big")


class Draws:
    """A stream of choices for one design."""

    def __init__(self, *parts: str) -> None:
        self._random = random.Random(digest(*parts))

    def near(self, value: float, spread: float = 0.15) -> float:
        """A number within a share `spread` of `value`."""
        return value * (1.0 + spread * (2.0 * self._random.random() - 1.0))

    def between(self, low: float, high: float) -> float:
        """A number from an interval."""
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, options: Sequence[_T]) -> _T:
        """One of several."""
        return options[int(self._random.random() * len(options))]

    def chance(self, share: float) -> bool:
        """True in that share of all designs."""
        return self._random.random() < share
