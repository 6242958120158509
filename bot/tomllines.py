"""Finds the lines on which the keys of a TOML text stand; the standard library's reader tells none."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Keys = tuple[str, ...]


def lines_of(text: str) -> dict[Keys, int]:
    """Return the line, counted from 1, on which each key of a readable text begins, tables first to last."""
    found: dict[Keys, int] = {}
    table: Keys = ()
    for line, values, is_header in _statements(text):
        if is_header:
            table = _path(values)
            for depth in range(1, len(table) + 1):
                found.setdefault(table[:depth], line)
            continue
        for keys in _keys(values):
            found.setdefault((*table, *keys), line)
    return found


def _statements(text: str) -> Iterator[tuple[int, dict[str, Any], bool]]:
    """Yield what stands in a text: its first line, what it reads as by itself, whether it is the head of a table.

    What is not whole yet, as a list over several lines, is read on to its end.
    """
    rows = text.split("\n")
    begin = 0
    for end in range(1, len(rows) + 1):
        statement = "\n".join(rows[begin:end]) + "\n"
        try:
            values = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        yield begin + 1, values, statement.lstrip().startswith("[")
        begin = end


def _path(values: Mapping[str, Any]) -> Keys:
    """Return the names in the head of a table, as they read by themselves: one in the other."""
    ((name, inner),) = values.items()
    return (name, *_path(inner)) if isinstance(inner, dict) and inner else (name,)


def _keys(values: Mapping[str, Any], above: Keys = ()) -> Iterator[Keys]:
    for name, value in values.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _keys(value, (*above, name))
