"""What Slack takes, and the one place where words are escaped for it.

Source of the numbers: docs.slack.dev, reference/block-kit and reference/methods (2026); the whole message: seen to be
refused from about 13,000 characters of blocks on (slackapi/bolt-js, issue 2509).
"""

from __future__ import annotations

import json
from typing import Any

from bot.cutting import clusters, cut, printable, size_of

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
LINK_IN_TEXT = 1000
"""Ours: so long may an address in a sentence be, which has to leave room for the sentence."""

ALT_TEXT = 2000
UPLOAD_ALT_TEXT = 1000
OPTION_TEXT = 75
"""The words of an entry in a menu, and what stands below them."""

OPTIONS = 100
VIEW_TITLE = 24
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
PLACEHOLDER = 150
HINT = 2000

FILE_BYTES = 64 * 1024 * 1024
"""The largest file that we upload. Slack takes more; what is larger than this nobody wants in a thread."""

PARCEL_BYTES = 128 * 1024 * 1024
PARCEL_FILES = 10

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""All that Slack gives a meaning to in text. Source: docs.slack.dev, Formatting message text."""


def escaped(words: str, limit: int) -> str:
    """Return words that hold no mention and no link, cut to fit, never inside an escape."""
    return cut(("".join(_ESCAPES.get(char, char) for char in piece) for piece in clusters(printable(words))), limit)


def weight(blocks: Any) -> int:
    """Return how much of the whole message blocks take."""
    return size_of(json.dumps(blocks, ensure_ascii=False))
