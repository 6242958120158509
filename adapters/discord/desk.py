"""What each command, button, form and mention asks of the core. Everything is acknowledged before it comes here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord import entries, limits, words
from adapters.discord.address import (
    Kind,
    Spot,
    event_of,
    owner_of,
    parse_address,
    spot_of_interaction,
    spot_of_message,
)
from adapters.discord.affairs import Affairs
from adapters.discord.asked import Asked
from adapters.discord.buttons import form_of
from adapters.discord.drafts import Draft, Stage
from adapters.discord.pictures import AttachmentReader, pictures_among
from adapters.discord.placing import owner_at, spot_of_version
from adapters.discord.private import PrivateLine
from adapters.discord.render import answer_draft, links_draft, list_draft, sentence_draft, tree_draft
from bot import text, words_chat, words_privacy
from bot.catalog import MOST_PICTURES
from bot.chat import Filter, FormatOffer, Intake, Suggestion, Wish
from bot.errors import NotFound, StorageError, UserMistake
from bot.model import Address, Owner, Task
from bot.trees import trees_of
from bot.update import Choice

log = logging.getLogger(__name__)

FORM_WITHIN_S = 0.8
"""How long a form waits for what the core knows: prices of formats, who is an admin. Without it the answer says it."""

Asking = discord.Interaction[Any]

Ask = Callable[[Owner, Address, str], Awaitable[Task]]
"""Asks the core for a task that comes after another one: for whom, told where, by which event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Translates between Discord and the core."""

    intake: Intake
    private: PrivateLine
    reader: AttachmentReader

    @property
    def affairs(self) -> Affairs:
        """What is about no model."""
        return Affairs(intake=self.intake)

    async def generate(self, interaction: Asking, asked: Asked) -> Draft | None:
        """Ask for a model."""
        spot = spot_of_interaction(interaction, is_private=asked.is_private)
        wish = await self._wish(asked)
        await self._keep(interaction, spot)
        task = await self.intake.generate(wish, owner_of(interaction), spot.address(), event=event_of(interaction))
        return _accepted(task, spot)

    async def from_message(self, interaction: Asking, message: discord.Message) -> Draft | None:
        """Ask for a model of the pictures in a message."""
        pictures = pictures_among(message.attachments)
        if not pictures:
            raise UserMistake(words_chat.no_pictures(words.HOW_TO_START))
        draft = await self.generate(interaction, Asked(attachments=pictures[:MOST_PICTURES]))
        if draft is None or len(pictures) <= MOST_PICTURES:
            return draft
        return Draft(content=f"{draft.content}\n{words_chat.too_many_pictures(len(pictures))}")

    async def resend(self, interaction: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask again for what failed or stayed unclear."""
        return await self._next(interaction, task_id, asked, lambda o, a, e: self.intake.resend(task_id, o, a, event=e))

    async def again(self, interaction: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the same with another seed."""
        return await self._next(interaction, task_id, asked, lambda o, a, e: self.intake.again(task_id, o, a, event=e))

    async def better(self, interaction: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the same in the next tier up."""
        return await self._next(interaction, task_id, asked, lambda o, a, e: self.intake.better(task_id, o, a, event=e))

    async def variation(self, interaction: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the next version."""
        wish = await self._wish(asked)
        return await self._next(
            interaction, task_id, asked, lambda o, a, e: self.intake.variation(task_id, wish, o, a, event=e)
        )

    async def other_format(self, interaction: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the same in another file format."""
        wanted = str(asked.options.get("format", ""))
        return await self._next(
            interaction, task_id, asked, lambda o, a, e: self.intake.other_format(task_id, wanted, o, a, event=e)
        )

    async def retexture(self, interaction: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for a new texture over the model."""
        wish = await self._wish(asked)
        return await self._next(
            interaction, task_id, asked, lambda o, a, e: self.intake.retexture(task_id, wish, o, a, event=e)
        )

    async def split(self, interaction: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the model in parts."""
        wish = await self._wish(asked)
        return await self._next(
            interaction, task_id, asked, lambda o, a, e: self.intake.split(task_id, wish, o, a, event=e)
        )

    async def status(self, interaction: Asking, task_id: str) -> Draft | None:
        """Say how a task stands."""
        update = await self.intake.status(task_id, owner_of(interaction))
        return answer_draft(update, Stage(has_files=False, limit_bytes=0))

    async def show(self, interaction: Asking, task_id: str) -> Draft | None:
        """Show a task with all it has: the picture, the model, links."""
        update = await self.intake.status(task_id, owner_of(interaction))
        return answer_draft(update, Stage(limit_bytes=interaction.filesize_limit))

    async def list(self, interaction: Asking, asked: Asked) -> Draft | None:
        """List the newest tasks that fit, the person's own unless they say else; as trees when that was asked."""
        owner = owner_of(interaction)
        found = await self.intake.tasks(owner, only=_filter(asked.options))
        if not found and (asked.options.keys() & entries.FILTERS):
            return sentence_draft(words_privacy.nothing_found())
        if asked.options.get(entries.TREE.name):
            return tree_draft(await trees_of(self.intake, owner, found))
        return list_draft(found)

    async def cancel(self, interaction: Asking, task_id: str) -> Draft | None:
        """Call a task off."""
        return sentence_draft(await self.intake.cancel(task_id, owner_of(interaction)))

    async def delete(self, interaction: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Remove a finished task's files; its words and pictures too when that was asked."""
        forget = bool(asked.options.get(entries.FORGET.name))
        return sentence_draft(await self.intake.delete(task_id, owner_of(interaction), forget=forget))

    async def links(self, interaction: Asking, task_id: str) -> Draft | None:
        """Hand out short-lived links."""
        return links_draft(await self.intake.fresh_links(task_id, owner_of(interaction)))

    async def usage(self, interaction: Asking) -> Draft | None:
        """Say what the person has used."""
        return sentence_draft(await self.intake.usage(owner_of(interaction)))

    async def balance(self, interaction: Asking) -> Draft | None:
        """Say how many credits are left, to those who may know."""
        return sentence_draft(await self.intake.balance(owner_of(interaction)))

    async def suggestions(self, interaction: Asking, typed: str, need: Choice | None) -> tuple[Suggestion, ...]:
        """Return the person's tasks that fit what was typed so far, and that `need` can be done to."""
        return await self.intake.suggestions(owner_of(interaction), typed, need=need, limit=limits.CHOICES)

    async def form_behind(self, interaction: Asking, act: str, task_id: str) -> discord.ui.Modal | None:
        """Return the form that a click opens; None where the click itself says everything. Raises nothing."""
        offers = await self.offers(interaction, task_id) if act == Choice.FORMAT else ()
        return form_of(act, task_id, offers)

    async def offers(self, interaction: Asking, task_id: str) -> tuple[FormatOffer, ...]:
        """Return the formats that a model can be had in, as far as they can be told at once; else none.

        A form has to be the very first answer, so it does not wait for a database that is busy.
        """
        try:
            async with asyncio.timeout(FORM_WITHIN_S):
                return await self.intake.formats_of(task_id, owner_of(interaction))
        except UserMistake:  # said in words when the form is sent in
            return ()
        except (StorageError, TimeoutError) as error:
            log.info("formats not told task=%s error=%r", task_id, error)
            return ()

    async def check_admin(self, interaction: Asking) -> None:
        """Refuse a form to whoever does not manage the server; what cannot be told at once is when it is sent in.

        Raises:
            UserMistake: they do not, or it is none.
        """
        try:
            async with asyncio.timeout(FORM_WITHIN_S):
                await self.intake.check_admin(owner_of(interaction))
        except (StorageError, TimeoutError) as error:
            log.info("admin not told interaction=%d error=%r", interaction.id, error)

    async def follow(self, message: discord.Message, written: str, rights: discord.Permissions) -> Draft | None:
        """Make the next version of the model that lives in a thread; None when its own messages answer."""
        spot = spot_of_message(message, rights)
        wish = await self._wish_of(message, written)
        try:
            await self.intake.follow(wish, owner_of(message), spot.address(), event=event_of(message))
        except NotFound:
            return sentence_draft(words.not_ours())
        return None

    async def from_dm(self, message: discord.Message) -> Draft | None:
        """Make a model of a direct message; None when its own messages answer."""
        wish = await self._wish_of(message, message.content)
        owner: Owner = owner_of(message)
        await self.intake.generate(wish, owner, spot_of_message(message, None).address(), event=event_of(message))
        return None

    async def _wish_of(self, message: discord.Message, written: str) -> Wish:
        pictures = pictures_among(message.attachments)[:MOST_PICTURES]
        return await self._wish(Asked(typed=written, attachments=pictures))

    async def _wish(self, asked: Asked) -> Wish:
        """Read the pictures, and the options that were typed."""
        return asked.wish(await self.reader.read(asked.attachments))

    async def _next(self, interaction: Asking, task_id: str, asked: Asked, ask: Ask) -> Draft | None:
        """Ask for what comes after an earlier task: told in its thread, where that is for the same eyes.

        A click under an answer for one person's eyes stays there.
        """
        message, owner = interaction.message, owner_of(interaction)
        if asked.is_private or (message is not None and message.flags.ephemeral):
            spot = spot_of_interaction(interaction, is_private=True)
        else:
            spot = await spot_of_version(interaction, await self.intake.address_of(task_id, owner))
        await self._keep(interaction, spot)
        return _accepted(await ask(owner_at(owner, spot), spot.address(), event_of(interaction)), spot)

    async def _keep(self, interaction: Asking, spot: Spot) -> None:
        if spot.kind is Kind.PRIVATE:
            await self.private.keep(interaction)


def _accepted(task: Task, spot: Spot) -> Draft | None:
    """Say that a task is written down and where it is told; a private one is shown in this very answer.

    It may be one that an earlier click made, told where that one was.
    """
    told = parse_address(task.address)
    if told.kind is Kind.PRIVATE:
        return None if told.since == spot.since else sentence_draft(text.accepted(task))
    return sentence_draft(text.accepted(task), markup=words.follow_it(told.link))


def _filter(options: Mapping[str, Any]) -> Filter:
    """Read which tasks a list is to show."""
    return Filter(
        channel=bool(options.get("channel")),
        failed=bool(options.get("failed")),
        everybody=bool(options.get("everybody")),
        words=str(options.get("words", "")),
    )
