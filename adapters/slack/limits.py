"""What Slack takes, and the one place where words are escaped and cut to fit.

Source of the numbers: docs.slack.dev, reference/block-kit and reference/methods (2026); the whole message: seen to be
refused from about 13,000 characters of blocks on (slackapi/bolt-js, issue 2509).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

TEXT = 3000
"""The text of a message beside its blocks: what notifications and screen readers say. `chat.update` takes 4000."""

SECTION = 3000
HEADER = 150
CONTEXT = 2000
MESSAGE = 12_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
BUTTONS = 25
BUTTON_TEXT = 75
LINK = 3000
ALT_TEXT = 2000
UPLOAD_ALT_TEXT = 1000
OPTION_TEXT = 75
VIEW_TITLE = 24
PLACEHOLDER = 150
HINT = 2000

FILE_BYTES = 64 * 1024 * 1024
"""The largest file that we upload. Slack takes more; what is larger than this nobody wants in a thread."""

PARCEL_BYTES = 128 * 1024 * 1024
PARCEL_FILES = 10

ELLIPSIS = "…"

_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""All that Slack gives a meaning to in text. Source: docs.slack.dev, Formatting message text."""


def size_of(words: str) -> int:
    """Return the length in UTF-16 units, where an emoji takes two or more: never less than Slack counts."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def plain(words: str, limit: int) -> str:
    """Return words for a place without markup (`plain_text`), cut to fit."""
    return _cut(clusters(_printable(words)), limit)


def escaped(words: str, limit: int) -> str:
    """Return words that hold no mention and no link, cut to fit, never inside an escape."""
    return _cut(("".join(_ESCAPES.get(char, char) for char in piece) for piece in clusters(_printable(words))), limit)


def joined(lines: Iterable[str], room: int) -> str:
    """Join whole lines while they fit."""
    kept: list[str] = []
    used = 0
    for line in lines:
        used += size_of(line) + 1
        if used > room - 2:
            return "\n".join([*kept, ELLIPSIS])
        kept.append(line)
    return "\n".join(kept)


def weight(blocks: Any) -> int:
    """Return how much of the whole message blocks take."""
    return size_of(json.dumps(blocks, ensure_ascii=False))


def clusters(words: str) -> Iterator[str]:
    """Give the words in pieces that a person sees as one character: an emoji with all its parts, a letter and accents.

    A simple reading of Unicode's rules (UAX 29): enough that no cut leaves half an emoji.
    """
    piece = ""
    for char in words:
        if piece and not _joins(piece, char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _joins(piece: str, char: str) -> bool:
    """Whether a character belongs to the piece before it."""
    code = ord(char)
    if code in _FLAG_LETTERS:
        return len(piece) == 1 and ord(piece) in _FLAG_LETTERS
    is_part = char in {_JOINER, _EMOJI_STYLE} or code in _SKIN_TONES or code in _TAGS
    return is_part or piece.endswith(_JOINER) or unicodedata.category(char).startswith("M")


def _printable(words: str) -> str:
    """Take out what steers a screen: control characters, direction marks, halves of surrogate pairs."""
    return "".join(" " if _steers(char) else char for char in words)


def _steers(char: str) -> bool:
    if char in {"\n", _JOINER} or ord(char) in _TAGS:
        return False
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _cut(pieces: Iterable[str], limit: int) -> str:
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
