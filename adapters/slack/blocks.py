"""Block Kit's parts, each within its limits. People's own words go in as plain text, where nothing is markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.slack import limits
from bot.cutting import joined, plain
from bot.labels import WebLink

Json = dict[str, Any]

LINK_PREFIX = "link:"
"""How the ids of buttons begin that open an address."""


def plain_text(words: str, limit: int) -> Json:
    """Return text without any markup."""
    return {"type": "plain_text", "text": plain(words, limit) or " ", "emoji": False}


def markup(words: str) -> Json:
    """Return text whose markup is our own. Nothing in it becomes a link or a mention by itself."""
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def header(words: str) -> Json:
    """Return a heading."""
    return {"type": "header", "text": plain_text(words, limits.HEADER)}


def paragraph(lines: Sequence[str]) -> Json:
    """Return lines of plain text."""
    return {"type": "section", "text": plain_text(joined(lines, limits.SECTION), limits.SECTION)}


def marked_paragraph(words: str) -> Json:
    """Return a paragraph of our own markup, which is short enough already."""
    return {"type": "section", "text": markup(words)}


def preformatted(lines: Sequence[str]) -> Json:
    """Return lines as they are, in letters of one width."""
    words = plain(joined(lines, limits.SECTION), limits.SECTION) or " "
    shown = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words}]}
    return {"type": "rich_text", "elements": [shown]}


def footnote(lines: Sequence[str]) -> Json:
    """Return small print."""
    words = joined(lines, limits.CONTEXT)
    return {"type": "context", "elements": [plain_text(words, limits.CONTEXT)]}


def picture(file_id: str, alt: str) -> Json:
    """Return a picture that lies in Slack."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": plain(alt, limits.ALT_TEXT)}


def buttons(elements: Sequence[Json]) -> Json:
    """Return a row of buttons."""
    return {"type": "actions", "elements": list(elements[: limits.BUTTONS])}


def button(label: str, *, action: str, value: str = "", style: str = "") -> Json:
    """Return a button; `action` must differ from the others in its row."""
    made: Json = {"type": "button", "text": plain_text(label, limits.BUTTON_TEXT), "action_id": action}
    if value:
        made["value"] = value
    return {**made, "style": style} if style else made


def web_link(link: WebLink) -> Json:
    """Return a button that opens one of a task's links. Slack tells us of the click all the same."""
    return {**button(link.label, action=f"{LINK_PREFIX}{link.way}"), "url": link.url}
