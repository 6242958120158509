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

WHO_NAMES = ("who", *(f"who{number}" for number in range(2, 6)))
"""What options of commands that name a role or a person are called."""

Named = discord.Role | discord.Member | discord.User


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Filled):
    """What somebody filled in, its pictures still attachments; `named` are the roles and people that it is about."""

    attachments: Sequence[discord.Attachment] = ()
    is_private: bool = False
    named: Sequence[Named] = ()


def asked_with(values: Mapping[str, Any]) -> Asked:
    """Return the wish that the options of a command express; whatever is no part of it is an option of Rodin's."""
    given = {name: value for name, value in values.items() if value is not None}
    pictures = tuple(given.pop(name) for name in PICTURE_NAMES if name in given)
    named = tuple(given.pop(name) for name in WHO_NAMES if name in given)
    return Asked(
        prompt=given.pop("prompt", "") or given.pop("instruction", ""),
        is_private=given.pop("private", False),
        keeps_pictures=given.pop("keep_pictures", False),
        typed=given.pop("more", ""),
        attachments=pictures,
        named=named,
        options=given,
    )
