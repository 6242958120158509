"""Foreign JSON, read strictly: every question names the key, the type and the range it expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.preview.solid import Unreadable

_MOST = 2**53  # whole numbers beyond cannot be told apart in JSON


class Entry:
    """One JSON object, and where in the file it stands."""

    __slots__ = ("_fields", "where")

    def __init__(self, fields: object, where: str) -> None:
        if not isinstance(fields, dict):
            raise Unreadable(f"{where} is not a JSON object.")
        self._fields: Mapping[str, Any] = fields
        self.where = where

    def __contains__(self, key: str) -> bool:
        return key in self._fields

    def _wrong(self, key: str, wanted: str) -> Unreadable:
        return Unreadable(f"{self.where or 'The document'}: {key} is not {wanted}.")

    def integer(self, key: str, default: int | None = None, *, high: int = _MOST) -> int:
        """A whole number of 0..high."""
        value = self._fields.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
            raise self._wrong(key, f"a whole number of 0 to {high}")
        return value

    def number(self, key: str, default: float) -> float:
        """A finite number."""
        return self._finite(key, self._fields.get(key, default))

    def numbers(self, key: str, default: tuple[float, ...]) -> tuple[float, ...]:
        """As many finite numbers as the default has."""
        values = self._fields.get(key, default)
        if not isinstance(values, list | tuple) or len(values) != len(default):
            raise self._wrong(key, f"a list of {len(default)} numbers")
        return tuple(self._finite(key, value) for value in values)

    def _finite(self, key: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e30:
            raise self._wrong(key, "a finite number")
        return float(value)

    def text(self, key: str, default: str | None = None) -> str:
        """A string."""
        value = self._fields.get(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, "a text")
        return value

    def flag(self, key: str) -> bool:
        """A truth value, false when absent."""
        value = self._fields.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def keys(self) -> tuple[str, ...]:
        """All keys, in the file's order."""
        return tuple(self._fields)

    def entry(self, key: str) -> Entry:
        """The object under a key."""
        return Entry(self._fields.get(key), f"{self.where}.{key}" if self.where else key)

    def maybe(self, key: str) -> Entry | None:
        """The object under a key, if there is one."""
        return self.entry(key) if key in self._fields else None

    def extension(self, name: str) -> Entry | None:
        """What an extension says here, if it is used."""
        extensions = self.maybe("extensions")
        return extensions.maybe(name) if extensions else None

    def length(self, key: str, *, most: int) -> int:
        """How many items the list under a key has; 0 when absent."""
        return len(self._list(key, most=most))

    def item(self, key: str, number: int) -> Entry:
        """One object of a list."""
        items = self._list(key)
        if number >= len(items):
            raise Unreadable(f"{key}[{number}] is asked for, but there are only {len(items)} {key}.")
        return Entry(items[number], f"{self.where}.{key}[{number}]" if self.where else f"{key}[{number}]")

    def items(self, key: str, *, most: int) -> list[Entry]:
        """All objects of a list; none when absent."""
        return [self.item(key, number) for number in range(self.length(key, most=most))]

    def integers(self, key: str, *, most: int) -> list[int]:
        """A list of whole numbers; none when absent."""
        values = self._list(key, most=most)
        if any(isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST for value in values):
            raise self._wrong(key, "a list of whole numbers")
        return values

    def texts(self, key: str, *, most: int) -> list[str]:
        """A list of strings; none when absent."""
        values = self._list(key, most=most)
        if not all(isinstance(value, str) for value in values):
            raise self._wrong(key, "a list of texts")
        return values

    def _list(self, key: str, *, most: int | None = None) -> list[Any]:
        values = self._fields.get(key, [])
        if not isinstance(values, list):
            raise self._wrong(key, "a list")
        if most is not None and len(values) > most:
            raise Unreadable(f"There are {len(values):,} {key}; at most {most:,} are read.")
        return values
