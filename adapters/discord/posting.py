"""The one place that sends to Discord's channels: once each, found again after a crash, and in our errors."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord.http import handle_message_parameters

from adapters.discord import limits
from adapters.discord.buttons import view_of
from adapters.discord.drafts import Draft
from adapters.discord.enclosures import Parcels
from adapters.discord.trouble import Refused, Unsent, Why, translated
from bot.outbox import Outgoing, Posted, SendLog, post_once
from bot.ports import Clock

log = logging.getLogger(__name__)

LOOK_BACK = 100
"""How many messages after a task began are searched for our own: one request. Source: Discord, Get Channel Messages."""

ARCHIVE_MINUTES: Final = 1440
"""A thread rests after a day without messages; posting in it wakes it."""

NOT_CONNECTED_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a message goes. `since` is a snowflake that is older than every message of the task."""

    channel: int
    guild: int | None = None
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """Sends, edits and finds our messages. `line` gives the connected client, or None."""

    line: Callable[[], discord.Client | None]
    sends: SendLog
    parcels: Parcels
    clock: Clock

    def client(self) -> discord.Client:
        """Return the connected client.

        Raises:
            PlatformBusy: there is none for now.
        """
        client = self.line()
        if client is None:
            raise Unsent("not connected to Discord", retry_after_s=NOT_CONNECTED_S)
        return client

    async def post(self, target: Target, draft: Draft, *, key: str) -> Posted:
        """Send a message once, whatever happens in between.

        One whose sending had an unknown outcome is looked for among the younger messages of its channel first.

        Raises:
            Refused: Discord surely did not take it. PlatformBusy: try again later.
        """

        async def send() -> str:
            async with self.parcels.packed(draft) as (told, files):
                return str(await self._send(target, told, files, nonce=nonce_of(key)))

        async def find() -> str | None:
            return _as_text(await self.find(target, draft.mark))

        return await self.once(key, send, find)

    async def once(
        self, key: str, send: Callable[[], Awaitable[str]], find: Callable[[], Awaitable[str | None]]
    ) -> Posted:
        """Send something under a key, once."""
        outgoing = Outgoing(key=key, send=send, find=find, unsent=(Refused, Unsent))
        return await post_once(self.sends, outgoing, now=self.clock.now())

    async def edit(self, target: Target, message_id: int, draft: Draft) -> None:
        """Let a message say something else; its attachments stay.

        Raises:
            Refused, PlatformBusy.
        """
        message = self._channel(target).get_partial_message(message_id)
        with translated():
            await message.edit(
                content=draft.content,
                embed=draft.embed,
                view=view_of(draft.buttons),
                allowed_mentions=mentions_of(draft),
            )

    async def replace_files(self, target: Target, message_id: int, draft: Draft) -> None:
        """Let a message say something else and hold just the draft's files; those that it has already are kept."""
        message = self._channel(target).get_partial_message(message_id)
        with translated():
            there = (await message.fetch()).attachments
        async with self.parcels.completed(draft, there) as (told, attached):
            with translated():
                await message.edit(
                    content=told.content,
                    embed=told.embed,
                    view=view_of(told.buttons),
                    attachments=attached,
                    allowed_mentions=mentions_of(told),
                )

    async def open_thread(self, target: Target, message_id: int, *, name: str) -> int:
        """Make the thread of a message, or find it: Discord gives it the message's own id."""
        try:
            with translated():
                await self.client().http.start_thread_with_message(
                    target.channel, message_id, name=name, auto_archive_duration=ARCHIVE_MINUTES
                )
        except Refused as error:
            if error.why is not Why.HAS_THREAD:
                raise
        return message_id

    async def open_post(self, target: Target, draft: Draft, *, name: str, key: str) -> Posted:
        """Make a post in a forum with its first message, which has the post's own id.

        Discord knows no nonce here, so one whose outcome is unknown is looked for among the server's open threads.
        """

        async def send() -> str:
            with translated(), _parameters(draft, name=name) as params:
                made = await self.client().http.start_thread_in_forum(target.channel, params=params)
            return str(made["id"])

        async def find() -> str | None:
            return _as_text(await self._find_post(target, draft.mark))

        return await self.once(key, send, find)

    async def rename(self, thread: int, *, name: str) -> None:
        """Give a thread of ours another name; one that was closed is opened for it."""
        with translated():
            await self.client().http.edit_channel(thread, archived=False, name=name)

    async def wake(self, thread: int) -> None:
        """Open a thread that was closed; only those who manage threads can open a locked one."""
        with translated():
            await self.client().http.edit_channel(thread, archived=False)

    async def open_dm(self, user_id: int) -> int:
        """Return the direct conversation with a person; safe to repeat."""
        with translated():
            return int((await self.client().http.start_private_message(user_id))["id"])

    async def find(self, target: Target, mark: str) -> int | None:
        """Look for our own message with a mark, among those that are younger than the task; None when unreadable."""
        channel = self._channel(target)
        try:
            with translated():
                after = discord.Object(target.since)
                messages = [one async for one in channel.history(limit=LOOK_BACK, after=after, oldest_first=True)]
        except Refused as error:
            log.info("history not readable channel=%d reason=%s", target.channel, error)
            return None
        return next((one.id for one in messages if self._is_ours(one, mark)), None)

    async def _find_post(self, target: Target, mark: str) -> int | None:
        if target.guild is None:
            return None
        try:
            with translated():
                found = await self.client().http.get_active_threads(target.guild)
        except Refused:
            return None
        ours = [
            int(one["id"])
            for one in found["threads"]
            if int(one.get("parent_id") or 0) == target.channel and int(one["id"]) > target.since
        ]
        for thread in sorted(ours)[:LOOK_BACK]:
            post = Target(channel=thread, guild=target.guild, since=target.since)
            if await self.find(post, mark) == thread:
                return thread
        return None

    async def _send(self, target: Target, draft: Draft, files: Sequence[discord.File], *, nonce: str) -> int:
        channel = self._channel(target)
        options: dict[str, Any] = {"embed": draft.embed} if draft.embed is not None else {}
        if (view := view_of(draft.buttons)) is not None:
            options["view"] = view
        with translated():
            message = await channel.send(
                content=draft.content or None,
                files=list(files),
                nonce=nonce,
                allowed_mentions=mentions_of(draft),
                **options,
            )
        return message.id

    def _channel(self, target: Target) -> discord.PartialMessageable:
        return self.client().get_partial_messageable(target.channel, guild_id=target.guild)

    def _is_ours(self, message: discord.Message, mark: str) -> bool:
        user = self.client().user
        if user is None or message.author.id != user.id:
            return False
        feet = {embed.footer.text for embed in message.embeds}
        return mark in feet or message.content.rpartition("\n")[2] == f"-# {mark}"


def _as_text(number: int | None) -> str | None:
    return None if number is None else str(number)


def nonce_of(key: str) -> str:
    """Return Discord's mark of one message: it takes a second one with the same for a repeat, for some minutes."""
    return hashlib.sha256(key.encode()).hexdigest()[: limits.NONCE]


def mentions_of(draft: Draft) -> discord.AllowedMentions:
    """Let a message notify the one person it is for, and nobody else whatever it says.

    An edit notifies nobody, but it has to allow the same: else the message does not mention that person any more.
    Source: Discord developer docs, Edit Message: mentions are reconstructed from scratch by `allowed_mentions`.
    """
    if draft.pings is None:
        return discord.AllowedMentions.none()
    only = [discord.Object(draft.pings)]
    return discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=only)


def _parameters(draft: Draft, *, name: str) -> Any:
    return handle_message_parameters(
        content=draft.content or None,
        embed=draft.embed if draft.embed is not None else discord.utils.MISSING,
        view=view_of(draft.buttons) or discord.utils.MISSING,
        allowed_mentions=discord.AllowedMentions.none(),
        channel_payload={"name": name, "auto_archive_duration": ARCHIVE_MINUTES},
    )
