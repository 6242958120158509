"""Discord as the core sees it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

import aiohttp
import discord

from adapters.discord import limits
from adapters.discord.address import PLATFORM
from adapters.discord.answering import Answerer
from adapters.discord.client import BotClient, DiscordOptions, point_at
from adapters.discord.delivery import Delivery
from adapters.discord.desk import Desk
from adapters.discord.enclosures import Parcels
from adapters.discord.pictures import AttachmentReader
from adapters.discord.posting import Poster
from adapters.discord.private import PrivateLine
from adapters.discord.trouble import UNREADABLE
from bot.bell import set_within
from bot.chat import Capabilities, Intake
from bot.errors import OperatorMistake, PlatformError
from bot.model import Address
from bot.outbox import AnswerStore, SendLog
from bot.ports import Clock, FileStore
from bot.update import Update

__all__ = ["DiscordOptions", "DiscordPlatform", "DiscordSupplies"]

log = logging.getLogger(__name__)

START_PATIENCE_S = 30.0
"""How long `start` waits for a connection before it goes on without one."""

CONNECT_WITHIN_S = 1800.0
"""How long one attempt may take, five seconds for each shard. discord.py calls itself anew for every failed try at the
gateway, which Python stops after about a thousand."""

CLOSE_WITHIN_S = 2.0
"""How long a clean goodbye may take; a clean stop of the process promises ten seconds."""

RETRY_S = (2.0, 5.0, 15.0, 30.0, 60.0)
"""How long to wait before connecting anew; Discord resets a token that identifies a thousand times a day."""

NOT_KNOWN = (
    "Discord does not know DISCORD_TOKEN. Copy the token anew from the page Bot of your application at "
    "https://discord.com/developers/applications (Reset Token) into .env."
)
NOT_ALLOWED = "Discord does not allow this bot the events it listens to: {reason}. Run rodin-bot check."

AUTHENTICATION_FAILED = 4004
"""Source: Discord developer docs, Gateway close event codes."""

FATAL_CLOSES = frozenset({4010, 4011, 4012, 4013, 4014})
"""Codes that no new attempt can help: shards, API version, intents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSupplies:
    """What the core lends us."""

    files: FileStore
    sends: SendLog
    answers: AnswerStore
    clock: Clock


class DiscordPlatform:
    """The `Platform` port over one connection that heals itself. One in a process: discord.py has one API address."""

    name = PLATFORM
    capabilities = Capabilities(
        longest_text=limits.EMBED_DESCRIPTION, largest_upload_bytes=limits.FILE_BYTES, edit_spacing_s=5.0
    )

    def __init__(self, options: DiscordOptions, supplies: DiscordSupplies) -> None:
        self._options = options
        self._supplies = supplies
        self._client: BotClient | None = None
        self._running: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._stopping = asyncio.Event()
        parcels = Parcels(files=supplies.files)
        poster = Poster(line=self._line, sends=supplies.sends, parcels=parcels, clock=supplies.clock)
        self._private = PrivateLine(poster=poster, answers=supplies.answers)
        self._answerer = Answerer(parcels=parcels)
        self._delivery = Delivery(poster=poster, private=self._private, sends=supplies.sends, limit_of=self._limit_of)

    @property
    def is_ready(self) -> bool:
        """Whether every shard is connected."""
        client = self._client
        if client is None or client.is_closed() or not client.is_ready():
            return False
        return not any(shard.is_closed() for shard in client.shards.values())

    @property
    def sync_problem(self) -> str | None:
        """What went wrong when Discord was told the commands; None when it knows them."""
        return self._client.sync_problem if self._client is not None else None

    async def start(self, intake: Intake) -> None:
        """Connect in the background; return when connected, or when that takes long, and keep trying then.

        Raises:
            OperatorMistake: Discord knows no such token, or does not allow what we listen to.
        """
        point_at(self._options.api_url)
        _quieten()
        self._running = asyncio.create_task(self._stay_connected(intake), name="discord-connection")
        try:
            async with asyncio.timeout(START_PATIENCE_S):
                await self._settled.wait()
        except TimeoutError:
            log.warning("discord not reached yet, going on after_s=%.0f", START_PATIENCE_S)
        if self._running.done():
            self._running.result()

    def new_client(self, intake: Intake) -> BotClient:
        """Return a client that nothing has connected yet. What it asks goes to `intake`; tasks are told through it."""
        desk = Desk(intake=intake, private=self._private, reader=AttachmentReader(api_url=self._options.api_url))
        self._client = BotClient(self._options, desk, self._answerer)
        return self._client

    async def ping(self) -> None:
        """Return when every shard is connected, else raise PlatformError: what `/readyz` asks."""
        if not self.is_ready:
            raise PlatformError("not connected to Discord")

    async def watch(self) -> None:
        """Wait until the connection is given up: raise why, or return after `stop`. Needs `start` before."""
        if self._running is None:
            raise RuntimeError("not started")
        await asyncio.shield(self._running)

    async def stop(self) -> None:
        """Stop taking commands and say goodbye, within seconds."""
        self._stopping.set()
        running, self._running = self._running, None
        if self._client is not None:
            await self._close(self._client)
        if running is not None:
            _, late = await asyncio.wait([running], timeout=CLOSE_WITHIN_S)
            for one in late:
                one.cancel()
                await asyncio.wait([one])

    async def show(self, address: Address, update: Update, *, key: str) -> Address:
        """Revise a task's status message, or make it, with its thread; see `bot.chat.Platform`.

        Each of a task's messages has a key of its own that outlives revisions, so `key` is not needed.
        """
        return await self._delivery.show(address, update)

    async def say(self, address: Address, update: Update, *, key: str) -> Address:
        """Post how a task ended, notifying its person; see `bot.chat.Platform`."""
        return await self._delivery.say(address, update)

    async def amend(self, address: Address, update: Update, *, key: str) -> Address:
        """Revise that message quietly; see `bot.chat.Platform`."""
        return await self._delivery.amend(address, update)

    async def notify(self, channel: str, sentence: str, *, key: str) -> None:
        """Post a sentence to a channel of the operator's; see `bot.chat.Platform`."""
        await self._delivery.notify(channel, sentence, key=key)

    async def _stay_connected(self, intake: Intake) -> None:
        """Connect, and connect anew whenever that ends, until stopped."""
        failures = 0
        while not self._stopping.is_set():
            try:
                failures = await self._connected_once(intake, failures)
            except OperatorMistake:
                self._settled.set()
                raise
            if failures:
                self._settled.set()
                await set_within(self._stopping, RETRY_S[min(failures, len(RETRY_S)) - 1])

    async def _connected_once(self, intake: Intake, failures: int) -> int:
        """Hold one connection as long as it lasts; return how many attempts in a row have failed."""
        client = self.new_client(intake)
        deadline = asyncio.timeout(CONNECT_WITHIN_S)
        greeting = asyncio.create_task(self._greet(client, deadline), name="discord-ready")
        try:
            async with deadline, client:
                await client.start(self._options.token)
        except discord.LoginFailure as error:
            raise OperatorMistake(NOT_KNOWN) from error
        except discord.PrivilegedIntentsRequired as error:
            raise OperatorMistake(NOT_ALLOWED.format(reason="a privileged intent is asked for")) from error
        except discord.ConnectionClosed as error:
            _check_close(error)
            return self._note_failure(client, failures, error)
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, *UNREADABLE) as error:
            return self._note_failure(client, failures, error)
        finally:
            greeting.cancel()
        return 0 if self._stopping.is_set() else failures + 1

    async def _greet(self, client: BotClient, deadline: asyncio.Timeout) -> None:
        """Note when a connection is ready; from then on it lasts as long as it can."""
        await _ready(client)
        deadline.reschedule(None)
        log.info("connected to discord servers=%d shards=%s", len(client.guilds), client.shard_count)
        self._settled.set()

    def _note_failure(self, client: BotClient, failures: int, error: Exception) -> int:
        """Say once that there is no connection, not at every attempt."""
        was_ready = client.is_ready()
        if self._stopping.is_set():
            return 0
        if was_ready or failures == 0:
            trace = error if isinstance(error, UNREADABLE) else None
            log.warning("no connection to discord, trying again error=%s", _short(error), exc_info=trace)
        return 1 if was_ready else failures + 1

    async def _close(self, client: BotClient) -> None:
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await client.close()
        except TimeoutError:
            log.warning("discord did not say goodbye in time")
        except AttributeError:  # discord.py cannot close a client that has not begun to log in
            log.debug("closed before it was opened")

    def _line(self) -> discord.Client | None:
        """Return the client while requests can be sent: logged in, whether the gateway is up or not."""
        client = self._client
        if client is None or client.is_closed() or client.user is None:
            return None
        return client

    def _limit_of(self, guild_id: int | None) -> int:
        """Return how large a file a server takes; boosts raise it."""
        guild = self._client.get_guild(guild_id) if self._client is not None and guild_id else None
        return guild.filesize_limit if guild is not None else limits.FILE_BYTES


async def _ready(client: BotClient) -> None:
    """Wait until a client is ready, also one that has not begun to log in."""
    await client.prepared.wait()
    await client.wait_until_ready()


def _check_close(error: discord.ConnectionClosed) -> None:
    if error.code == AUTHENTICATION_FAILED:
        raise OperatorMistake(NOT_KNOWN) from error
    if error.code in FATAL_CLOSES:
        raise OperatorMistake(NOT_ALLOWED.format(reason=f"close code {error.code}")) from error


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _quieten() -> None:
    """Keep discord.py from logging addresses that hold interaction tokens, as it does at DEBUG, and about voice."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    library = logging.getLogger("discord")
    if library.getEffectiveLevel() < logging.INFO:
        library.setLevel(logging.INFO)
