"""Discord's addresses: the only place that makes and reads its ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode

import discord

from adapters.discord.standing import standing_of
from bot.errors import AddressGone
from bot.model import Address, Owner

PLATFORM = "discord"

GONE = 0
"""In place of a message id: somebody deleted the message, and it is not posted again."""

NOBODY = 0
"""In place of a person's id: they have asked to be forgotten."""


class Kind(StrEnum):
    """How a task is told. Values are stored: add new ones, never rename."""

    THREAD = "thread"  # a root message in a channel, and a thread made from it
    POST = "post"  # a post of its own in a forum
    HERE = "here"  # messages straight into a channel, a thread or a direct conversation
    PRIVATE = "private"  # only the asker sees it: the answer to the command, then a direct message


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where one task is told, and what stands there already. Numbers are Discord's snowflakes.

    `since` is the event that began it: our messages are younger. `lacks` are the rights that we did not have there,
    `named` those of them that this task's status message names. `answer` is the key of the answer store that holds
    the way to answer privately; `dm` the direct conversation that took its place.
    """

    kind: Kind
    channel: int
    user: int
    since: int
    guild: int | None = None
    thread: int | None = None
    root: int | None = None
    status: int | None = None
    result: int | None = None
    dm: int | None = None
    answer: str = ""
    lacks: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def home(self) -> int:
        """The channel that takes the status and the result."""
        return self.dm or self.thread or self.channel

    @property
    def link(self) -> str:
        """A mention of the place that people can click; it pings nobody. Of a direct conversation its address."""
        return f"<#{self.home}>" if self.guild else f"https://discord.com/channels/@me/{self.home}"

    def address(self) -> Address:
        """Write the spot down for the core."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        words = {name: _written(value) for name, value in values if value not in (None, "", ())}
        place = str(self.thread) if self.thread and self.kind is not Kind.PRIVATE else ""
        return Address(platform=PLATFORM, value=urlencode(words), place=place)


def parse_address(address: Address) -> Spot:
    """Read a spot back.

    Raises:
        AddressGone: it was not written by this version or an earlier one.
    """
    words = dict(parse_qsl(address.value))
    try:
        return Spot(**_read(words))
    except (KeyError, TypeError, ValueError) as error:
        raise AddressGone(f"this is no address of Discord: {address.value!r}") from error


def event_of(source: discord.Interaction[Any] | discord.Message) -> str:
    """Name what happened, so that it makes one task only."""
    return f"{PLATFORM}:{source.id}"


def owner_of(source: discord.Interaction[Any] | discord.Message) -> Owner:
    """Return who asks, as the core knows people, and what Discord vouches for about them.

    A thread counts as the channel that it hangs in: what is asked there is listed and limited with it.
    """
    user = source.author if isinstance(source, discord.Message) else source.user
    guild = source.guild.id if isinstance(source, discord.Message) and source.guild else None
    channel = source.channel.id if isinstance(source, discord.Message) else source.channel_id
    if isinstance(source, discord.Interaction):
        guild = source.guild_id
    if isinstance(source.channel, discord.Thread):
        channel = source.channel.parent_id
    return Owner(
        platform=PLATFORM,
        user_id=str(user.id),
        server_id=str(guild) if guild else None,
        channel_id=str(channel) if channel else None,
        standing=standing_of(source),
    )


def spot_of_interaction(interaction: discord.Interaction[Any], *, is_private: bool) -> Spot:
    """Choose where a task asked for by a command, menu, form or button is told."""
    spot = Spot(
        kind=Kind.PRIVATE,
        channel=interaction.channel_id or 0,
        user=interaction.user.id,
        since=interaction.id,
        guild=interaction.guild_id,
        answer=event_of(interaction),
    )
    if is_private or not is_at_home(interaction):
        return spot
    return _public(spot, interaction.channel, interaction.app_permissions if interaction.guild_id else None)


def spot_of_message(message: discord.Message, rights: discord.Permissions | None) -> Spot:
    """Choose where a task asked for by a message is told: in the conversation where it was written."""
    spot = Spot(
        kind=Kind.HERE,
        channel=message.channel.id,
        user=message.author.id,
        since=message.id,
        guild=message.guild.id if message.guild else None,
        lacks=missing_rights(rights) if rights is not None else (),
    )
    if isinstance(message.channel, discord.Thread):
        return replace(spot, channel=message.channel.parent_id, thread=message.channel.id)
    return spot


SHOWN_RIGHTS = ("embed_links", "attach_files")
THREAD_RIGHTS = ("create_public_threads", "send_messages_in_threads")


def missing_rights(rights: discord.Permissions) -> tuple[str, ...]:
    """Return which of the rights we cannot do without, of those that change what people see, are missing."""
    names = ("view_channel", "send_messages", *THREAD_RIGHTS, *SHOWN_RIGHTS)
    return tuple(name for name in names if not getattr(rights, name))


def spot_in_thread(spot: Spot, thread: discord.Thread, rights: discord.Permissions) -> Spot:
    """Return a place in a thread of the same server instead of another one."""
    return _public(replace(spot, kind=Kind.PRIVATE, lacks=(), named=()), thread, rights)


def _public(spot: Spot, channel: object, rights: discord.Permissions | None) -> Spot:
    lacks = missing_rights(rights) if rights is not None else ()
    speech = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    if {"view_channel", speech} & set(lacks):
        return replace(spot, lacks=(speech,), named=(speech,))
    here = replace(spot, kind=Kind.HERE, answer="", lacks=lacks)
    if isinstance(channel, discord.Thread):
        lacks = _without(lacks, "send_messages", "create_public_threads")
        return replace(here, channel=channel.parent_id, thread=channel.id, lacks=lacks)
    if isinstance(channel, discord.ForumChannel):
        return replace(here, kind=Kind.POST, lacks=_without(lacks, *THREAD_RIGHTS))
    if isinstance(channel, discord.TextChannel):
        return here if set(THREAD_RIGHTS) & set(lacks) else replace(here, kind=Kind.THREAD)
    return replace(here, lacks=_without(lacks, *THREAD_RIGHTS))


def is_at_home(interaction: discord.Interaction[Any]) -> bool:
    """Whether the bot itself is where the command was given: not brought along by a person, nor without its user.

    A server can have authorised our commands and no bot, so what Discord says of the authorisation is not asked.
    """
    if interaction.guild_id:
        return interaction.client.get_guild(interaction.guild_id) is not None
    return interaction.context.dm_channel


def _without(lacks: tuple[str, ...], *names: str) -> tuple[str, ...]:
    return tuple(name for name in lacks if name not in names)


def _written(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


_TUPLES = frozenset({"lacks", "named"})


def _read(words: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": Kind(words["kind"]), "answer": words.get("answer", "")}
    for name, word in words.items():
        if name not in values:
            values[name] = tuple(word.split()) if name in _TUPLES else int(word)
    return values
