"""Answers interactions: acknowledges first, always, then works, then says what came of it, to that person alone."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import discord

from adapters.discord import words
from adapters.discord.buttons import view_of
from adapters.discord.drafts import Draft
from adapters.discord.enclosures import Parcels
from adapters.discord.render import sentence_draft
from adapters.discord.tries import may_be_taken, tries
from adapters.discord.trouble import Refused, Why, translated
from bot.answering import Places
from bot.errors import PlatformError, StorageError

log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[Draft | None]]
"""Does what was asked and returns the answer; None when the answer is shown by other means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """Keeps Discord's three seconds, whatever the work takes."""

    parcels: Parcels
    places: Places = field(default_factory=Places)

    async def answer(self, interaction: discord.Interaction[Any], work: Work) -> None:
        """Acknowledge, then work, then answer. Nothing is raised."""
        if not await self._acknowledged(interaction):
            return
        draft = await self.places.worked(work, said=sentence_draft, who=interaction.user.id)
        if draft is not None:
            await self.send(interaction, draft)

    async def open(self, interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
        """Open a form, which is the acknowledgement itself: Discord allows no form after one. Nothing is raised."""
        try:
            with translated():
                await interaction.response.send_modal(form)
        except PlatformError as error:
            log.warning("form not opened interaction=%d error=%s", interaction.id, error)

    async def send(self, interaction: discord.Interaction[Any], draft: Draft) -> None:
        """Put the answer in place of "thinking"."""
        try:
            async with self.parcels.packed(draft) as (told, files):
                with translated():
                    await interaction.edit_original_response(
                        content=told.content or None,
                        embeds=[told.embed] if told.embed is not None else [],
                        attachments=files,
                        view=view_of(told.buttons),
                        allowed_mentions=discord.AllowedMentions.none(),
                    )
        except (PlatformError, StorageError) as error:
            log.warning("answer not delivered interaction=%d error=%s", interaction.id, error)

    async def _acknowledged(self, interaction: discord.Interaction[Any]) -> bool:
        """Take the interaction; False when it is not ours to work on.

        What another process has acknowledged is its to do. Where Discord did not take our word, the person has been
        told that the bot does not respond: working on it all the same could charge them twice. Where discord.py had to
        say it again, "acknowledged already" means our own first word: the person sees "thinking" and waits for us. If
        it was another process's after all, both work on one interaction, which makes one task.
        """
        with tries() as made:
            try:
                with translated():
                    await interaction.response.defer(ephemeral=True, thinking=True)
            except Refused as error:
                return self._is_ours(interaction, error, made)
            except PlatformError as error:
                log.warning("acknowledgement lost interaction=%d error=%s", interaction.id, error)
                await self.send(interaction, sentence_draft(words.too_late()))
                return False
        return True

    def _is_ours(self, interaction: discord.Interaction[Any], error: Refused, made: list[int]) -> bool:
        """Say whether a refused acknowledgement stands all the same, because an earlier try of it was taken."""
        if error.why is Why.ANSWERED and any(map(may_be_taken, made)):
            log.info("interaction taken by an earlier try interaction=%d", interaction.id)
            return True
        level = logging.INFO if error.why is Why.ANSWERED else logging.WARNING
        log.log(level, "interaction not taken interaction=%d why=%s", interaction.id, error)
        return False
