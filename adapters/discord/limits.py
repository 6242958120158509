"""What Discord takes, and the one place where words are escaped and cut to fit.

Source of the numbers: Discord developer docs, Message, Embed Limits, Components, Channel, Uploading Files (2026).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

CONTENT = 2000
EMBED_TITLE = 256
EMBED_DESCRIPTION = 4096
EMBED_TOTAL = 6000
THREAD_NAME = 100
ALT_TEXT = 1024
BUTTON_LABEL = 80
BUTTONS = 25
FORM_TITLE = 45
FIELD_LABEL = 45
FIELD_HINT = 100
LINK = 512
CHOICE_NAME = 100
CHOICES = 25
OPTIONS_OF_COMMAND = 25
DESCRIPTION_OF_COMMAND = 100
ATTACHMENTS = 10
NONCE = 25

FILE_BYTES = 10 * 1024 * 1024
"""One file, in a server without boosts and in direct messages."""

REQUEST_BYTES = 25 * 1024 * 1024
"""A whole request, multipart framing included."""

FRAMING_BYTES = 64 * 1024
"""What we keep free of that for JSON and boundaries."""

ELLIPSIS = "…"

_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)

_STEERING = re.compile(
    r"""
      [\\`*_~|<>\[\]@]        # markup, mentions, custom emoji, masked links
    | ^[ ]*[#+-]             # headings, lists and small print begin a line
    | :(?=//)                # addresses that would become links
    | \.(?=[a-z]{2,}/)       # invitations are recognised without a scheme
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
"""What Discord gives a meaning to. A backslash before ASCII punctuation takes it away and is not shown itself."""


def size_of(words: str) -> int:
    """Return the length as Discord's clients count it: in UTF-16 units, where an emoji takes two or more."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def plain(words: str, limit: int) -> str:
    """Return words for a place without markup (a thread's name, a button, a footer), cut to fit."""
    return _cut(clusters(_printable(words)), limit)


def escaped(words: str, limit: int) -> str:
    """Return words that mean nothing to Discord (no markup, link or mention), cut to fit, never inside an escape."""
    shown = _printable(words)
    guarded = {found.end() - 1 for found in _STEERING.finditer(shown)}
    return _cut(_guarded(shown, guarded), limit)


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
    return is_part or (piece.endswith(_JOINER) and not char.isascii()) or unicodedata.category(char).startswith("M")


def _printable(words: str) -> str:
    """Take out what steers a screen: control characters, direction marks, halves of surrogate pairs."""
    return "".join(" " if _steers(char) else char for char in words)


def _steers(char: str) -> bool:
    if char in {"\n", _JOINER} or ord(char) in _TAGS:
        return False
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _guarded(words: str, at: Collection[int]) -> Iterator[str]:
    """Give the words in pieces, with a backslash before some characters: ASCII, which always begins a piece."""
    position = 0
    for piece in clusters(words):
        yield f"\\{piece}" if position in at else piece
        position += len(piece)


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
