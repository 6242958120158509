"""What a message is to look like, before it is one: made by `render`, sent by `posting`."""

from __future__ import annotations

from dataclasses import dataclass, field

import discord

from bot.parcel import Enclosure
from bot.update import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkButton:
    """Opens an address in the browser."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceButton:
    """Does something about a task; `cost` says for how much, such as "0.5 credits", where it is not free."""

    choice: Choice
    task_id: str
    cost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActButton:
    """Does something about no task, by its own id: it cannot be undone, so it looks dangerous."""

    label: str
    custom_id: str


Button = LinkButton | ChoiceButton | ActButton


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """A small file that was made for this very answer. For one person's eyes."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One message. `mark` is a line in it that no other of our messages has; `pings` the one person it notifies.

    `enclosures` are files of a model, `handouts` others that only answers to one person have.
    """

    mark: str = ""
    content: str = ""
    embed: discord.Embed | None = None
    buttons: tuple[Button, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    handouts: tuple[Handout, ...] = ()
    pings: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a place lets us show. `notes` are sentences to add; `limit_bytes` holds for one file."""

    has_embeds: bool = True
    has_files: bool = True
    limit_bytes: int
    notes: tuple[str, ...] = ()
