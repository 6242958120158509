"""A wish as it came from Discord, before anything of it is fetched or understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.catalog import MOST_PICTURES
from bot.questions import Filled

NUMBERED_NAMES = tuple(f"image{number}" for number in range(1, MOST_PICTURES + 1))
PICTURE_NAMES = ("image", *NUMBERED_NAMES)
"""What options of commands that take a picture are called, in the order in which the pictures count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Filled):
    """What somebody filled in, its pictures still attachments."""

    attachments: Sequence[discord.Attachment] = ()
    is_private: bool = False


def asked_with(values: Mapping[str, Any]) -> Asked:
    """Return the wish that the options of a command express; whatever is no part of it is an option of Rodin's."""
    given = {name: value for name, value in values.items() if value is not None}
    pictures = tuple(given.pop(name) for name in PICTURE_NAMES if name in given)
    return Asked(
        prompt=given.pop("prompt", "") or given.pop("instruction", ""),
        is_private=given.pop("private", False),
        keeps_pictures=given.pop("keep_pictures", False),
        typed=given.pop("more", ""),
        attachments=pictures,
        options=given,
    )
