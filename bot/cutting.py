"""Words cut to fit a chat's limits, in pieces that a person sees whole. Pure; what is markup each platform knows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

ELLIPSIS = "…"

_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)


def size_of(words: str) -> int:
    """Return the length in UTF-16 units, as chats' clients count it: an emoji takes two or more."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def plain(words: str, limit: int) -> str:
    """Return words for a place without markup (a heading, a button, an alt text), cut to fit."""
    return cut(clusters(printable(words)), limit)


def cut(pieces: Iterable[str], limit: int) -> str:
    """Join pieces while they fit, and end in an ellipsis when they do not."""
    kept: list[str] = []
    sizes: list[int] = []
    total = 0
    for piece in pieces:
        size = size_of(piece)
        if total + size > limit:
            while kept and total + 1 > limit:
                kept.pop()
                total -= sizes.pop()
            return "".join(kept).rstrip() + ELLIPSIS
        kept.append(piece)
        sizes.append(size)
        total += size
    return "".join(kept)


def joined(lines: Iterable[str], room: int) -> str:
    """Join whole lines while they fit: one that is cut could end inside an escape."""
    kept: list[str] = []
    used = 0
    for line in lines:
        used += size_of(line) + 1
        if used > room - 2:
            return "\n".join([*kept, ELLIPSIS])
        kept.append(line)
    return "\n".join(kept)


def clusters(words: str) -> Iterator[str]:
    """Give the words in pieces that a person sees as one character: an emoji with all its parts, a letter and accents.

    A simple reading of Unicode's rules (UAX 29): enough that no cut leaves half an emoji. ASCII always begins a piece.
    """
    piece = ""
    for char in words:
        if piece and not _joins(piece, char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def printable(words: str) -> str:
    """Take out what steers a screen: control characters, direction marks, halves of surrogate pairs."""
    return "".join(" " if _steers(char) else char for char in words)


def _joins(piece: str, char: str) -> bool:
    """Whether a character belongs to the piece before it."""
    code = ord(char)
    if code in _FLAG_LETTERS:
        return len(piece) == 1 and ord(piece) in _FLAG_LETTERS
    is_part = char in {_JOINER, _EMOJI_STYLE} or code in _SKIN_TONES or code in _TAGS
    return is_part or (piece.endswith(_JOINER) and not char.isascii()) or unicodedata.category(char).startswith("M")


def _steers(char: str) -> bool:
    if char in {"\n", _JOINER} or ord(char) in _TAGS:
        return False
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
