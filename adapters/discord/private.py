"""Tells one person alone: through the answer to their command while Discord lets it, then by direct message.

Where the bot was only brought along by a person, Discord takes at most five messages after a command, and edits of
the first answer; a task uses one of the five. The way to answer lives for 15 minutes in the answer store.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context

from adapters.discord.address import Spot, event_of
from adapters.discord.buttons import view_of
from adapters.discord.drafts import Draft
from adapters.discord.posting import Poster, Target, mentions_of
from adapters.discord.trouble import Refused, Why, translated
from bot.outbox import AnswerStore

log = logging.getLogger(__name__)

ANSWER_LIVES = timedelta(minutes=14, seconds=30)
"""Half a minute less than Discord says, so that no call begins that ends too late.

Source: Discord developer docs, Receiving and Responding: interaction tokens are valid for 15 minutes.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateLine:
    """Answers one person, by the token of their interaction."""

    poster: Poster
    answers: AnswerStore

    async def keep(self, interaction: discord.Interaction[Any]) -> None:
        """Remember how to answer an interaction, for as long as Discord lets us.

        Raises:
            DatabaseBusy: it may be repeated.
        """
        until = self.poster.clock.now() + ANSWER_LIVES
        await self.answers.keep(event_of(interaction), interaction.token, until=until)

    async def show(self, spot: Spot, draft: Draft) -> bool:
        """Let the first answer show how a task stands; False when it can no longer be changed.

        Raises:
            PlatformBusy.
        """
        webhook = await self._webhook(spot)
        if webhook is None:
            return False
        try:
            with translated():
                await _edit_first_answer(webhook, draft)
        except Refused as error:
            log.info("private answer not to be changed any more why=%s", error.why)
            return False
        return True

    async def say(self, spot: Spot, draft: Draft, *, key: str) -> Spot:
        """Say how a task ended: beside the first answer, else by direct message.

        Raises:
            Refused: neither is possible. PlatformBusy.
        """
        webhook = await self._webhook(spot)
        if webhook is not None:
            try:
                return replace(spot, result=await self._follow_up(webhook, draft, key=key))
            except Refused as error:
                if error.why is Why.TOO_LARGE:
                    raise
                log.info("private answer over, writing directly instead why=%s", error.why)
        return await self.write(spot, draft, key=f"{key}:dm")

    async def write(self, spot: Spot, draft: Draft, *, key: str) -> Spot:
        """Say it by direct message.

        Raises:
            Refused: the person takes none from us. PlatformBusy.
        """
        direct = await self.poster.open_dm(spot.user)
        posted = await self.poster.post(Target(channel=direct, since=spot.since), draft, key=key)
        return replace(spot, dm=direct, result=int(posted.message))

    async def amend(self, spot: Spot, draft: Draft) -> None:
        """Let what was said about the end say something else, where Discord still lets us.

        Raises:
            Refused, PlatformBusy.
        """
        if spot.result is None:
            return
        if spot.dm is not None:
            await self.poster.replace_files(Target(channel=spot.dm, since=spot.since), spot.result, draft)
            return
        webhook = await self._webhook(spot)
        if webhook is None:
            log.info("private answer over, left as it was")
            return
        with translated():
            there = (await webhook.fetch_message(spot.result)).attachments
        async with self.poster.parcels.completed(draft, there) as (told, attached):
            with translated():
                await webhook.edit_message(
                    spot.result,
                    content=told.content or None,
                    embeds=_embeds(told),
                    view=view_of(told.buttons),
                    attachments=attached,
                    allowed_mentions=mentions_of(told),
                )

    async def _follow_up(self, webhook: discord.Webhook, draft: Draft, *, key: str) -> int:
        """Post beside the first answer. Nobody can look there for an earlier try; telling twice beats not telling."""
        options: dict[str, Any] = {}
        if (view := view_of(draft.buttons)) is not None:
            options["view"] = view

        async def send() -> str:
            async with self.poster.parcels.packed(draft) as (told, files):
                with translated():
                    message = await webhook.send(
                        content=told.content or discord.utils.MISSING,
                        embeds=_embeds(told),
                        files=files,
                        ephemeral=True,
                        allowed_mentions=mentions_of(draft),
                        wait=True,
                        **options,
                    )
            return str(message.id)

        async def find() -> str | None:
            return None

        return int((await self.poster.once(key, send, find)).message)

    async def _webhook(self, spot: Spot) -> discord.Webhook | None:
        """Return the way to answer while it lives."""
        token = await self.answers.load(spot.answer, now=self.poster.clock.now()) if spot.answer else None
        client = self.poster.client()
        if token is None or client.application_id is None:
            return None
        way: Any = {"id": client.application_id, "type": discord.WebhookType.application.value, "token": token}
        return discord.Webhook.from_state(data=way, state=client._connection)


async def _edit_first_answer(webhook: discord.Webhook, draft: Draft) -> None:
    """Let the answer that acknowledged the interaction say something else, as discord.py does while it holds it."""
    frame = handle_message_parameters(
        content=draft.content or None,
        embeds=_embeds(draft),
        view=view_of(draft.buttons),
        allowed_mentions=discord.AllowedMentions.none(),
    )
    with frame as parameters:
        await async_context.get().edit_original_interaction_response(
            webhook.id,
            webhook.token or "",
            session=webhook.session,
            proxy=webhook.proxy,
            proxy_auth=webhook.proxy_auth,
            payload=parameters.payload,
            multipart=parameters.multipart,
            files=parameters.files,
        )


def _embeds(draft: Draft) -> list[discord.Embed]:
    return [draft.embed] if draft.embed is not None else []
