"""The app's page: what it does, a button to begin, a person's newest tasks and what they have used. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack import blocks, limits, words
from adapters.slack.blocks import Json
from adapters.slack.buttons import choice_buttons
from adapters.slack.render import row_of
from bot import words_chat
from bot.labels import Way, web_links
from bot.update import Update

NEW_MODEL = "new_model"
"""The action of the button that opens the form, and the callback of the shortcut that does."""


def home_view(updates: Sequence[Update], usage: str) -> Json:
    """Return the page."""
    shown: list[Json] = [
        blocks.header("Rodin Bot"),
        blocks.paragraph([words.home_intro()]),
        blocks.buttons([blocks.button("New model", action=NEW_MODEL, style="primary")]),
        blocks.footnote([usage]),
        {"type": "divider"},
    ]
    if not updates:
        shown.append(blocks.paragraph([words_chat.nothing_yet(words.HOW_TO_START)]))
    for update in updates:
        shown += _task(update)
    return {"type": "home", "blocks": shown[: limits.VIEW_BLOCKS]}


def _task(update: Update) -> list[Json]:
    views = [link for link in web_links(update, longest=limits.LINK) if link.way is Way.VIEW]
    row = [*map(blocks.web_link, views), *choice_buttons(update)]
    paragraph = blocks.paragraph([row_of(update), update.headline])
    return [paragraph, blocks.buttons(row)] if row else [paragraph]
