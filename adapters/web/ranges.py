"""Which bytes of a file a request is for. Pure. Source: RFC 9110, sections 13.1 and 14."""

from __future__ import annotations

import re
from dataclasses import dataclass

# One range only: several in one request are ignored, as section 14.2 allows, and the whole file is sent. The digits are
# bounded, so that a number stays one that Python is willing to read.
_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,1000})-([0-9]{0,1000})[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some bytes of a file: `length` of them from `start` on."""

    start: int
    length: int


class NoSuchStretch(Exception):
    """The range that was asked for lies wholly outside the file: 416."""


def parse_range(header: str | None, size: int) -> Stretch | None:
    """Return the bytes a Range header asks for, of a file of `size` bytes; None means all of it.

    A header that cannot be understood is ignored, as section 14.2 asks.

    Raises:
        NoSuchStretch: the range begins behind the end, or asks for the last zero bytes.
    """
    found = _RANGE.fullmatch(header) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return _last(int(last), size)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise NoSuchStretch
    end = min(int(last) + 1, size) if last else size
    return Stretch(start=start, length=end - start)


def _last(count: int, size: int) -> Stretch:
    if count == 0 or size == 0:
        raise NoSuchStretch
    length = min(count, size)
    return Stretch(start=size - length, length=length)
