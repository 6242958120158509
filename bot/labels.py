"""What stands on the buttons under a task: choices with their prices, and links to the model. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from bot.update import Choice, Update


class Weight(StrEnum):
    """How a button asks to be looked at; each platform has its own colours for it."""

    MAIN = "main"  # what most people want next
    USUAL = "usual"
    GRAVE = "grave"  # it ends something


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a choice is called on its button. Three dots say that a form follows."""

    words: str
    weight: Weight = Weight.USUAL


LABELS: Mapping[Choice, Label] = {
    Choice.AGAIN: Label(words="Again", weight=Weight.MAIN),
    Choice.VARIATION: Label(words="Variation…"),
    Choice.BETTER: Label(words="Better"),
    Choice.FORMAT: Label(words="Other format…"),
    Choice.RETEXTURE: Label(words="Retexture…"),
    Choice.SPLIT: Label(words="Split into parts…"),
    Choice.LINKS: Label(words="Fresh links"),
    Choice.RESEND: Label(words="Send it again", weight=Weight.MAIN),
    Choice.CANCEL: Label(words="Cancel", weight=Weight.GRAVE),
    Choice.DELETE: Label(words="Delete", weight=Weight.GRAVE),
}


def label_of(choice: Choice, cost: str, *, longest: int) -> str:
    """Return what stands on a choice's button: with its price where a click alone spends it and it finds room.

    `cost` is written out, such as "0.5 credits", or empty; `longest` the most characters that a label with a price may
    have. A price that finds no room is in the answer all the same.
    """
    words = LABELS[choice].words
    priced = f"{words} · {cost}"
    return priced if cost and not choice.wants_words and len(priced) <= longest else words


class Way(StrEnum):
    """Where a link under a result leads."""

    VIEW = "view"  # to the page where the model turns
    DOWNLOAD = "download"  # to the model file itself


WAYS: Mapping[Way, str] = {Way.VIEW: "View in 3D", Way.DOWNLOAD: "Download"}
"""What stands on the buttons that open a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLink:
    """A link that may stand behind a button."""

    way: Way
    url: str

    @property
    def label(self) -> str:
        """Return what stands on its button."""
        return WAYS[self.way]


def web_links(update: Update, *, longest: int) -> tuple[WebLink, ...]:
    """Return the links of an update that may stand behind a button, `longest` characters or shorter."""
    wanted = ((Way.VIEW, update.viewer_url), (Way.DOWNLOAD, update.download_url))
    return tuple(WebLink(way=way, url=url) for way, url in wanted if url and is_web_link(url, longest=longest))


def is_web_link(url: str | None, *, longest: int) -> bool:
    """Whether an address is one for a browser, and no longer than the platform takes."""
    return bool(url) and len(url or "") <= longest and urlsplit(url or "").scheme in {"http", "https"}
