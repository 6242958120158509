"""What Discord vouches for about a person: whether they manage the server, and which roles they have there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord

from bot.model import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A standing that came along with what the person did, so nothing has to be asked."""

    manages: bool = False
    role_ids: frozenset[str] = frozenset()

    async def is_admin(self) -> bool:
        """Whether the person may manage the server, as its owner may."""
        return self.manages

    async def roles(self) -> frozenset[str]:
        """Return the ids of the person's roles; that of everybody is the server's own."""
        return self.role_ids


def standing_of(source: discord.Interaction[Any] | discord.Message) -> Standing:
    """Return what Discord said of a person along with an interaction or a message; nothing outside a server.

    With an interaction Discord names the rights itself; a message's author has those of their roles. Of roles that are
    not known here (the bot is not in the server) none counts.
    """
    person = source.author if isinstance(source, discord.Message) else source.user
    if not isinstance(person, discord.Member):
        return Vouched()
    rights = person.guild_permissions if isinstance(source, discord.Message) else source.permissions
    return Vouched(
        manages=rights.administrator or rights.manage_guild,
        role_ids=frozenset(str(role.id) for role in person.roles),
    )
