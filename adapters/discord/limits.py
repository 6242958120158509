"""What Discord takes, and the one place where words are escaped for it.

Source of the numbers: Discord developer docs, Message, Embed Limits, Components, Channel, Uploading Files (2026).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bot.cutting import clusters, cut, printable, size_of

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

_ADDRESS = re.compile(r"(https?://[^\s()<>]*[^\s()<>.,;])")


def escaped(words: str, limit: int) -> str:
    """Return words that mean nothing to Discord (no markup, link or mention), cut to fit, never inside an escape."""
    shown = printable(words)
    guarded = {found.end() - 1 for found in _STEERING.finditer(shown)}
    return cut(_guarded(shown, guarded), limit)


def linked(words: str, limit: int) -> str:
    """Return a sentence of our own in which addresses stay links, without a preview; people's words never come here."""
    parts = _ADDRESS.split(words)
    shown = "".join(f"<{part}>" if at % 2 else escaped(part, limit) for at, part in enumerate(parts))
    return shown if size_of(shown) <= limit else escaped(words, limit)


def _guarded(words: str, at: Collection[int]) -> Iterator[str]:
    """Give the words in pieces, with a backslash before some characters: ASCII, which always begins a piece."""
    position = 0
    for piece in clusters(words):
        yield f"\\{piece}" if position in at else piece
        position += len(piece)
