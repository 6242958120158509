"""The state of this Discord and who is told about its changes."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import mimetypes
import secrets
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import Image, UnidentifiedImageError

from tests.emulators.discord import errors, shapes
from tests.emulators.discord.clock import Clock
from tests.emulators.discord.model import (
    Attachment,
    Channel,
    Guild,
    Json,
    Kind,
    Membership,
    Message,
    Role,
    Upload,
    User,
)
from tests.emulators.discord.permissions import EVERYONE
from tests.secrecy import learn

if TYPE_CHECKING:
    from tests.emulators.discord.commands import Registry
    from tests.emulators.discord.gateway import Gateway
    from tests.emulators.discord.interactions import Interaction
    from tests.emulators.discord.requests import Request

T = TypeVar("T")
# The bot's own id is the application's too, as with every app made since 2016, and begins its token.
BOT_ID = 1_100_000_000_000_000_001
TOKEN = f"{base64.urlsafe_b64encode(str(BOT_ID).encode()).decode().rstrip('=')}.stand-in.of-the-bot"
# For what is asked about things that are not in this Discord, such as a file or the test's own list.
LOOK_AGAIN_S = 0.05


class World:
    """Everything there is. Handlers change it in one go between two awaits; `changed()` wakes those who wait."""

    gateway: Gateway
    commands: Registry

    def __init__(self, *, app_name: str) -> None:
        self.clock = Clock()
        self.origin = ""
        self.cdn_secret = secrets.token_bytes(16)
        self.message_content_granted = False
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        self.interactions: dict[str, Interaction] = {}
        self.nonces: dict[tuple[int, str], tuple[Message, float]] = {}
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        self.typing: list[Channel] = []
        self.patience_s = 3.0
        self._waiting: set[asyncio.Future[None]] = set()
        self.token = TOKEN
        learn(TOKEN)
        self.bot = User(id=BOT_ID, name=app_name, bot=True)
        self.users[BOT_ID] = self.bot

    def add_user(self, name: str, *, bot: bool = False, locale: str = "en-US") -> User:
        """Make an account."""
        made = User(id=self.clock.new_id(), name=name, bot=bot, locale=locale)
        self.users[made.id] = made
        return made

    def add_guild(self, name: str, *, premium_tier: int = 0, locale: str = "en-US") -> Guild:
        """Make a server that belongs to nobody in particular, with Discord's usual rights for everyone."""
        made = Guild(id=self.clock.new_id(), name=name, premium_tier=premium_tier, locale=locale)
        made.roles[made.id] = Role(id=made.id, name="@everyone", permissions=EVERYONE)
        made.owner_id = self.add_user(f"Owner of {name}").id
        self.guilds[made.id] = made
        self.add_member(made, self.users[made.owner_id])
        return made

    def add_member(self, guild: Guild, user: User, *, roles: Iterable[int] = ()) -> Membership:
        """Let somebody into a server."""
        made = Membership(user=user, joined_at=self.clock.stamp(), roles=set(roles))
        guild.members[user.id] = made
        return made

    def add_channel(self, guild: Guild, name: str, kind: Kind = Kind.TEXT) -> Channel:
        """Make a channel and tell the bot."""
        made = Channel(id=self.clock.new_id(), kind=kind, name=name, guild=guild)
        guild.channels[made.id] = self.channels[made.id] = made
        self.tell_guild("CHANNEL_CREATE", guild, shapes.channel(self, made))
        return made

    def direct_channel(self, *people: User) -> Channel:
        """The direct channel between these people, made at first use."""
        for known in self.channels.values():
            if known.kind is Kind.DM and set(known.recipients) == set(people):
                return known
        made = Channel(id=self.clock.new_id(), kind=Kind.DM, recipients=people)
        self.channels[made.id] = made
        return made

    def has_bot(self, guild: Guild | None) -> bool:
        """Whether the bot is a member there."""
        return guild is not None and self.bot.id in guild.members

    def find_message(self, channel: Channel, message_id: int) -> Message:
        """A message that the bot can address by its own token: there, and not ephemeral."""
        found = channel.messages.get(message_id)
        if found is None or found.ephemeral:
            raise errors.unknown("Message")
        return found

    def store(self, upload: Upload, channel: Channel, *, ephemeral: bool = False) -> Attachment:
        """Keep a file on the CDN. The type is guessed from the name, as Discord does; the bytes are not looked at."""
        made = Attachment(
            id=self.clock.new_id(),
            filename=upload.filename,
            content=upload.content,
            content_type=mimetypes.guess_type(upload.filename)[0] or "application/octet-stream",
            description=upload.description,
            size_px=_size_px(upload.content),
            channel_id=channel.id,
            ephemeral=ephemeral,
        )
        self.attachments[made.id] = made
        return made

    def tell_guild(self, event: str, guild: Guild, payload: Json) -> None:
        """Send an event about a server to the bot's shard for it, if the bot is there."""
        if self.has_bot(guild):
            self.gateway.dispatch(event, payload, guild_id=guild.id)
        self.changed()

    def tell_channel(self, event: str, channel: Channel, payload: Json) -> None:
        """Send an event about something in a channel to the bot, if the bot can see it."""
        if channel.guild is not None:
            self.tell_guild(event, channel.guild, payload)
        elif self.bot in channel.recipients:
            self.gateway.dispatch(event, payload, guild_id=None)
        self.changed()

    def complain(self, what: str) -> None:
        """Write down something that no real Discord would have understood. It fails the test at its end."""
        self.complaints.append(what)
        self.changed()

    def changed(self) -> None:
        """Wake everybody who waits for something to become true."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, asked: Callable[[], T], *, timeout_s: float) -> T:
        """Wait until the answer is truthy, looking again at each change here and every so often; return that answer.

        Raises:
            TimeoutError: it did not become true in time.
        """
        async with asyncio.timeout(timeout_s):
            while not (answer := asked()):
                await self._next_change()
        return answer

    async def _next_change(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait({waiter}, timeout=LOOK_AGAIN_S)
        finally:
            self._waiting.discard(waiter)


def _size_px(content: bytes) -> tuple[int, int] | None:
    with (
        contextlib.suppress(
            UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning
        ),
        Image.open(BytesIO(content)) as picture,
    ):
        return picture.size
    return None


def snowflake(value: Any, field: str) -> int:
    """Read an id from a body: digits, as text or number.

    Raises:
        Refusal: it is neither.
    """
    if isinstance(value, bool) or not str(value).isdigit():
        raise errors.invalid(field, f'Value "{value}" is not snowflake.', code="NUMBER_TYPE_COERCE")
    return int(value)
