"""What people ask about their own data and, as admins, about a server's settings. Acknowledged before it comes here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import discord

from adapters.discord import limits, words
from adapters.discord.address import owner_of
from adapters.discord.asked import Asked
from adapters.discord.drafts import ActButton, Draft, Handout
from adapters.discord.render import privacy_draft, sentence_draft, settings_draft
from bot import words_chat, words_policy
from bot.chat import Intake
from bot.policy import Grant, all_rights

FORGET_ID = "rodin:forget_me"
"""Of the button that confirms."""

Asking = discord.Interaction[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affairs:
    """Translates between Discord and the core, where no model is asked for."""

    intake: Intake

    async def privacy(self, interaction: Asking) -> Draft:
        """Say what goes where, and for how long it is kept."""
        return privacy_draft(await self.intake.privacy(owner_of(interaction)))

    async def export(self, interaction: Asking) -> Draft:
        """Hand out everything that is kept of the person, to them alone."""
        export = await self.intake.export(owner_of(interaction))
        if len(export.data) > interaction.filesize_limit:
            return sentence_draft(words.export_too_large(len(export.data)))
        return Draft(content=words_chat.exported(), handouts=(Handout(name=export.name, data=export.data),))

    async def forget_me(self, interaction: Asking) -> Draft:
        """Remove everything that is kept of the person: they have said so twice."""
        return sentence_draft(await self.intake.forget_me(owner_of(interaction)))

    async def settings(self, interaction: Asking) -> Draft:
        """Show who may do what in the server, and with which key models are made."""
        return settings_draft(await self.intake.settings(owner_of(interaction)))

    async def allow(self, interaction: Asking, asked: Asked) -> Draft:
        """Let the named roles and people do something; nobody, and it is for admins only."""
        right, grant = str(asked.options.get("right", "")), _grant(asked, interaction.guild_id)
        return sentence_draft(await self.intake.allow(owner_of(interaction), right, grant))

    async def reset(self, interaction: Asking, asked: Asked) -> Draft:
        """Let a right be as it is unasked."""
        right = str(asked.options.get("right", ""))
        return sentence_draft(await self.intake.reset_right(owner_of(interaction), right))

    async def set_key(self, interaction: Asking, key: str) -> Draft:
        """Have the server's models made with a key of its own."""
        return sentence_draft(await self.intake.set_key(owner_of(interaction), key))

    async def remove_key(self, interaction: Asking) -> Draft:
        """Forget the server's own key."""
        return sentence_draft(await self.intake.remove_key(owner_of(interaction)))


def suggested_rights(typed: str) -> tuple[tuple[str, str], ...]:
    """Return the rights that hold what was typed so far, each with what is shown for it."""
    word = typed.strip().lower()
    told = ((str(right), f"{right} · {words_policy.about(right)}") for right in all_rights())
    return tuple(islice(((name, said) for name, said in told if word in said.lower()), limits.CHOICES))


def _grant(asked: Asked, guild: int | None) -> Grant:
    """Read to whom a right is given; the role that everybody has, Discord calls by the server's own id."""
    roles = {one.id for one in asked.named if isinstance(one, discord.Role)}
    people = {one.id for one in asked.named if not isinstance(one, discord.Role)}
    return Grant(
        everyone=bool(asked.options.get("everyone")) or guild in roles,
        roles=frozenset(map(str, roles - {guild})),
        people=frozenset(map(str, people)),
    )


def forget_draft() -> Draft:
    """Ask the person once more; nothing is removed before they press the button."""
    button = ActButton(label=words_chat.forget_me_label(), custom_id=FORGET_ID)
    return Draft(content=words_chat.forget_me_first(), buttons=(button,))
