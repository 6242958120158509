"""Reads one submission's fields the way Rodin's server does, refusing by the field's name."""

import json
import math
import re
from collections.abc import Collection
from typing import Final, NoReturn

from adapters.rodin.simulator.forms import Form, Upload
from adapters.rodin.simulator.refusals import ArrayNotJson, Refused, invalid

_WHOLE: Final = re.compile(r"-?[0-9]{1,12}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?([eE][-+]?[0-9]{1,2})?")
_SWITCHES: Final = {"true": True, "false": False}


class Fields:
    """The fields of one form. Remembers which were asked for; the others are unknown to Rodin and ignored."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._asked: set[str] = set()

    def unknown(self) -> tuple[str, ...]:
        """Names in the form that nobody asked for so far, sorted."""
        sent = {*self._form.texts, *(upload.field for upload in self._form.files)}
        return tuple(sorted(sent - self._asked))

    def was_sent(self, name: str) -> bool:
        """Whether the form holds this field at all."""
        return name in self._form.texts or any(upload.field == name for upload in self._form.files)

    def files(self, name: str) -> tuple[Upload, ...]:
        """The file parts of this name, in order.

        Raises:
            Refused: the field holds text (an address, base64), where Rodin wants bytes.
        """
        self._asked.add(name)
        if name in self._form.texts:
            raise invalid(name, "must be a file part with a filename; addresses and base64 are not accepted")
        return tuple(upload for upload in self._form.files if upload.field == name)

    def text(self, name: str, *, longest: int = 1_000) -> str | None:
        """The value of a text field; None when it was not sent.

        Raises:
            Refused: sent more than once, as a file, or too long.
        """
        values = self._texts(name)
        if len(values) > 1:
            raise invalid(name, "must be given once")
        if values and len(values[0]) > longest:
            raise invalid(name, f"{len(values[0])} characters; at most {longest} are accepted")
        return values[0] if values else None

    def choice(self, name: str, allowed: Collection[str], *, default: str) -> str:
        """One of `allowed`, in exactly that spelling."""
        value = self.text(name)
        if value is None:
            return default
        if value not in allowed:
            raise invalid(name, f"{_quoted(value)} is not one of {', '.join(allowed)}")
        return value

    def switch(self, name: str, *, default: bool = False) -> bool:
        """A boolean, written true or false in any case (Python clients send True)."""
        value = self.text(name)
        if value is None:
            return default
        if value.lower() not in _SWITCHES:
            raise invalid(name, f"{_quoted(value)} is neither true nor false")
        return _SWITCHES[value.lower()]

    def whole(self, name: str, limits: tuple[int, int]) -> int | None:
        """A whole number within `limits`, both included."""
        value = self.text(name)
        if value is None:
            return None
        low, high = limits
        if not _WHOLE.fullmatch(value) or not low <= int(value) <= high:
            raise invalid(name, f"{_quoted(value)} is not a whole number from {low} to {high}")
        return int(value)

    def number(self, name: str, *, low: float = -math.inf, high: float = math.inf) -> float | None:
        """A decimal number within the limits, both included."""
        value = self.text(name)
        if value is None:
            return None
        if not _NUMBER.fullmatch(value) or not low <= float(value) <= high:
            raise invalid(name, f"{_quoted(value)} is not a number in its range")
        return float(value)

    def array(self, name: str) -> list[object]:
        """An array field: one part holding JSON text; empty when it was not sent.

        Raises:
            ArrayNotJson: no JSON, or repeated parts, which Rodin's server joins with commas before it parses them.
            Refused: JSON of another kind than an array.
        """
        values = self._texts(name)
        if not values:
            return []
        parsed = parse_like_javascript(",".join(values))
        if not isinstance(parsed, list):
            raise invalid(name, "must be a JSON array")
        return parsed

    def _texts(self, name: str) -> tuple[str, ...]:
        self._asked.add(name)
        if any(upload.field == name for upload in self._form.files):
            raise invalid(name, "must be text, not a file")
        return self._form.texts.get(name, ())


def parse_like_javascript(text: str) -> object:
    """What JavaScript's JSON.parse makes of this text.

    Raises:
        ArrayNotJson: with a sentence like V8's, which is the body of Rodin's HTTP 500.
    """
    try:
        return json.loads(text, parse_constant=_no_constant, parse_int=_parse_int)
    except json.JSONDecodeError as error:
        raise ArrayNotJson(_complaint(text, error.pos)) from error
    except (_NoConstant, RecursionError) as error:  # NaN, endless nesting
        raise ArrayNotJson(_complaint(text, 0)) from error


class _NoConstant(Exception):
    """NaN and Infinity are JSON in Python and not in JavaScript."""


def _parse_int(digits: str) -> int | float:
    """JavaScript has no limit on digits, only on exactness; Python refuses to read thousands of them."""
    return int(digits) if len(digits) < 20 else float(digits)


def _no_constant(_name: str) -> NoReturn:
    raise _NoConstant


def _complaint(text: str, position: int) -> str:
    if position >= len(text):
        return f"SyntaxError: Unexpected end of JSON input, {_quoted(text)} is not valid JSON"
    return f"SyntaxError: Unexpected token '{text[position]}', {_quoted(text)} is not valid JSON"


def _quoted(value: str) -> str:
    return f'"{value}"' if len(value) <= 40 else f'"{value[:40]}…"'


def require_text(body: object, name: str) -> str:
    """The named text of a read call's body.

    Raises:
        Refused: missing, empty or no text.
    """
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str) or not value:
        raise Refused("INVALID_REQUEST", f"{name} is required.")
    return value
