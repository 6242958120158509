"""The app's page: what it does, a button to begin, a person's newest tasks and what they have used. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack import blocks, limits, words
from adapters.slack.blocks import Json
from adapters.slack.buttons import LINK_PREFIX, choice_buttons
from adapters.slack.render import is_web_link, row_of
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
        shown.append(blocks.paragraph([words.nothing_yet()]))
    for update in updates:
        shown += _task(update)
    return {"type": "home", "blocks": shown[: limits.VIEW_BLOCKS]}


def _task(update: Update) -> list[Json]:
    row = choice_buttons(update)
    if update.viewer_url and is_web_link(update.viewer_url):
        row.insert(0, blocks.link_button("View in 3D", action=f"{LINK_PREFIX}view", url=update.viewer_url))
    paragraph = blocks.paragraph([row_of(update), update.headline])
    return [paragraph, blocks.buttons(row)] if row else [paragraph]
