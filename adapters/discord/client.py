"""Our connection to Discord: what it listens to, and where each event goes."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.affairs import FORGET_ID
from adapters.discord.answering import Answerer, Work
from adapters.discord.asked import Asked
from adapters.discord.buttons import TEMPLATE, TaskButton, act_named
from adapters.discord.commands import commands_of, help_draft
from adapters.discord.desk import Desk
from adapters.discord.drafts import Draft
from adapters.discord.forms import FORM_ID, KEY_ID, is_sent_in, read_form, read_key
from adapters.discord.posting import mentions_of
from adapters.discord.render import sentence_draft
from adapters.discord.sync import sync_commands
from adapters.discord.tries import trace_of_tries
from adapters.discord.trouble import translated
from bot import words_chat
from bot.errors import PlatformError

log = logging.getLogger(__name__)

DEFAULT_API_URL = "https://discord.com/api/v10"

Meant = Callable[[Desk, discord.Interaction[Any]], Awaitable[Draft | None]]

SENT_IN: Mapping[str, Meant] = {
    FORM_ID: lambda d, i: d.generate(i, read_form(i)),
    KEY_ID: lambda d, i: d.affairs.set_key(i, read_key(i)),
}
"""What a form that is about no task does once it is sent in, by its id."""

PRESSED: Mapping[str, Meant] = {FORGET_ID: lambda d, i: d.affairs.forget_me(i)}
"""What a button that is about no task does, by its id."""

FROM_MESSAGES = frozenset({discord.InteractionType.component, discord.InteractionType.modal_submit})

LONGEST_RATE_LIMIT_S = 30.0
"""discord.py waits for shorter limits itself; a longer one gives the turn back to the core. Its own least value."""

GUILDS_S = 0.25
"""How long a pause between servers at the start means that all are known; those that come later do no harm."""

ASKS_FOR_HELP = frozenset({"", "help", "?", "/help", "/rodin", "/rodin help", "rodin help", "hi", "hello", "start"})
"""Direct messages that are no wish for a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordOptions:
    """How to reach Discord. With `guild_ids` commands exist in these servers only, and at once."""

    token: str
    api_url: str = DEFAULT_API_URL
    guild_ids: tuple[int, ...] = ()

    def __repr__(self) -> str:
        """Keep the token out of logs."""
        return f"DiscordOptions(api_url={self.api_url!r}, guild_ids={self.guild_ids})"


def needed_intents() -> discord.Intents:
    """Return what we listen to: servers, and messages for the few that mention us or are written to us directly.

    None of it is privileged: Discord gives the words of just these messages to every bot.
    """
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


def point_at(api_url: str) -> None:
    """Send all of discord.py's requests to an address; it has one for the whole process."""
    Route.BASE = api_url.rstrip("/")


class BotClient(discord.AutoShardedClient):
    """One connection, with as many shards as Discord advises. Keeps no messages and no members."""

    def __init__(self, options: DiscordOptions, desk: Desk, answerer: Answerer) -> None:
        super().__init__(
            intents=needed_intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=LONGEST_RATE_LIMIT_S,
            guild_ready_timeout=GUILDS_S,
            http_trace=trace_of_tries(),
        )
        self._options, self._desk, self._answerer = options, desk, answerer
        self.tree = BotTree(self, answerer)
        for command in commands_of(desk, answerer):
            self.tree.add_command(command)
        self.sync_problem: str | None = None
        self.prepared = asyncio.Event()

    async def setup_hook(self) -> None:
        """Once logged in: know our buttons, and tell Discord our commands."""
        self.add_dynamic_items(TaskButton)
        await self._sync()
        self.prepared.set()

    async def connect(self, *, reconnect: bool = True) -> None:
        """Learn where the gateway is, then stay connected to it."""
        _, gateway = (await self.http.get_bot_gateway())[:2]
        # Where discord.py goes when a session cannot be resumed; it would be Discord's own whatever the API's address.
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        await super().connect(reconnect=reconnect)

    async def clicked(self, interaction: discord.Interaction[Any], act: str, task_id: str) -> None:
        """Do what a button says, or open the form in which the person says the rest."""
        form = await self._desk.form_behind(interaction, act, task_id)
        if form is not None:
            await self._answerer.open(interaction, form)
        else:
            await self._answerer.answer(interaction, lambda: self._acted(interaction, act, task_id, Asked()))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take forms, those opened before a restart too, buttons about no task, and what another version of us left.

        discord.py hands on commands and the buttons about tasks itself.
        """
        if interaction.type not in FROM_MESSAGES:
            return
        custom_id, is_form = interaction.custom_id or "", is_sent_in(interaction)
        about = re.fullmatch(TEMPLATE, custom_id)
        meant = (SENT_IN if is_form else PRESSED).get(custom_id)
        if meant is not None:
            await self._answerer.answer(interaction, lambda: meant(self._desk, interaction))
        elif about is None:
            await self._answerer.answer(interaction, _no_longer)
        elif is_form:
            await self._answerer.answer(interaction, lambda: self._filled_in(interaction, about["act"], about["task"]))

    async def on_message(self, message: discord.Message) -> None:
        """Take direct messages, and those that mention us in words. A reply's silent mention is none."""
        if message.author.bot or message.webhook_id is not None or self.user is None:
            return
        if isinstance(message.channel, discord.DMChannel):
            await self._reply(message, await self._worked(message, lambda: self._written_to(message)))
            return
        if message.guild is None:  # a server that Discord has not told us about yet
            return
        mention = re.compile(rf"<@!?{self.user.id}>")
        if mention.search(message.content):
            written = mention.sub(" ", message.content).strip()
            rights = _rights_in(message)
            draft = await self._worked(message, lambda: self._desk.follow(message, written, rights))
            await self._reply(message, draft)

    async def _worked(self, message: discord.Message, work: Work) -> Draft | None:
        return await self._answerer.places.worked(work, said=sentence_draft, who=message.author.id)

    async def _filled_in(self, interaction: discord.Interaction[Any], act: str, task_id: str) -> Draft | None:
        return await self._acted(interaction, act, task_id, read_form(interaction))

    async def _acted(self, interaction: discord.Interaction[Any], act: str, task_id: str, asked: Asked) -> Draft | None:
        call = act_named(act)
        if call is None:
            return await _no_longer()
        return await call(self._desk, interaction, task_id, asked)

    async def _written_to(self, message: discord.Message) -> Draft | None:
        if not message.attachments and message.content.strip().lower() in ASKS_FOR_HELP:
            return help_draft()
        return await self._desk.from_dm(message)

    async def _reply(self, message: discord.Message, draft: Draft | None) -> None:
        """Answer a message where it was written; nobody is pinged."""
        if draft is None:
            return
        frame: dict[str, Any] = {"embed": draft.embed} if draft.embed is not None else {}
        try:
            with translated():
                await message.reply(
                    content=draft.content or None, mention_author=False, allowed_mentions=mentions_of(draft), **frame
                )
        except PlatformError as error:
            log.info("message not answered channel=%d error=%s", message.channel.id, error)

    async def _sync(self) -> None:
        """Sync commands; a failure is loud, but what is known from before still works."""
        try:
            await sync_commands(self.http, self.application_id or 0, self.tree, self._options.guild_ids)
        except (PlatformError, discord.DiscordException) as error:
            self.sync_problem = str(error)
            log.error(
                "commands not synced, so people may not find them: %s. Run rodin-bot check; start again when it is "
                "repaired",
                error,
            )
        else:
            self.sync_problem = None


class BotTree(app_commands.CommandTree[BotClient]):
    """Answers in words where discord.py itself cannot go on."""

    def __init__(self, client: BotClient, answerer: Answerer) -> None:
        super().__init__(client)
        self._answerer = answerer

    async def on_error(
        self, interaction: discord.Interaction[BotClient], error: app_commands.AppCommandError, /
    ) -> None:
        """Log what is wrong, and say so to a person who still waits."""
        log.warning("command not understood interaction=%d error=%s", interaction.id, error)
        if interaction.type is discord.InteractionType.application_command and not interaction.response.is_done():
            await self._answerer.answer(interaction, _no_longer)


async def _no_longer() -> Draft:
    return sentence_draft(words_chat.no_longer())


def _rights_in(message: discord.Message) -> discord.Permissions:
    """Return our rights where a message was written; all of them where they are not known."""
    me = message.guild.me if message.guild is not None else None
    channel = message.channel
    if me is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return discord.Permissions.all()
    try:
        return channel.permissions_for(me)
    except discord.ClientException:  # a thread whose channel is not known yet
        return discord.Permissions.all()
