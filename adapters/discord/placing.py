"""Chooses where a next version is told: in the thread of the one before, where that is for the same eyes."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import discord

from adapters.discord.address import (
    Kind,
    Spot,
    is_at_home,
    parse_address,
    spot_in_thread,
    spot_of_interaction,
)
from adapters.discord.trouble import translated
from bot.circles import Circle, Told, told
from bot.errors import AddressGone, PlatformError
from bot.model import Address, Owner

log = logging.getLogger(__name__)

Asking = discord.Interaction[Any]


async def spot_of_version(interaction: Asking, parent: Address) -> Spot:
    """Return where the next version of a task is told that is not asked for in private: see `bot.circles.told`."""
    here, there = spot_of_interaction(interaction, is_private=False), _spot_of(parent)
    if not is_at_home(interaction):
        return here
    guild = interaction.client.get_guild(interaction.guild_id or 0)
    if there is None or there.kind is Kind.PRIVATE:
        return _across(interaction, here, there)
    if there.home == interaction.channel_id:
        return here
    if guild is None or there.guild != guild.id:
        return _across(interaction, here, there)
    return await _within(guild, interaction, here, there)


def owner_at(owner: Owner, spot: Spot) -> Owner:
    """Return who asks, for whom a task counts as asked for where it is told, unless that is for their eyes alone."""
    return owner if spot.kind is Kind.PRIVATE else replace(owner, channel_id=str(spot.channel))


def _across(interaction: Asking, here: Spot, there: Spot | None) -> Spot:
    """Choose between places with nobody in common but the asker: servers, direct conversations, private answers."""
    is_direct = there is not None and there.guild is None and there.kind is Kind.HERE
    is_own = there is not None and there.user == interaction.user.id and (is_direct or there.kind is Kind.PRIVATE)
    circle = Circle.SELF if is_own else Circle.OUTER
    near = Circle.SELF if interaction.guild_id is None else _circle(interaction.channel)
    way = told(near, circle, is_reachable=is_direct and is_own)
    if way is Told.THERE and there is not None:
        return replace(here, kind=Kind.HERE, channel=there.home, guild=None, thread=None, answer="", lacks=(), named=())
    return here if way is Told.HERE else spot_of_interaction(interaction, is_private=True)


async def _within(guild: discord.Guild, interaction: Asking, here: Spot, there: Spot) -> Spot:
    """Choose between two places of one server."""
    near, thread = interaction.channel, await _thread(guild, interaction.client, there)
    far = thread or guild.get_channel(there.channel)
    theirs = None if thread is None else _reached(interaction, here, thread)
    is_same = _base(near) is not None and _base(near) == _base(far) and not (_is_closed(near) or _is_closed(far))
    way = told(_circle(near), _circle(far), is_same=is_same, is_reachable=theirs is not None)
    if way is Told.THERE and theirs is not None:
        return theirs
    return here if way is Told.HERE else spot_of_interaction(interaction, is_private=True)


def _reached(interaction: Asking, here: Spot, thread: discord.Thread) -> Spot | None:
    """Return the place in a thread, if it is open, the asker can read it and the bot can post in it."""
    user, guild = interaction.user, thread.guild
    if thread.locked or thread.parent is None or thread.is_private() or not isinstance(user, discord.Member):
        return None
    if not thread.permissions_for(user).view_channel:
        return None
    spot = spot_in_thread(here, thread, thread.permissions_for(guild.me))
    return spot if spot.kind is Kind.HERE else None


async def _thread(guild: discord.Guild, client: discord.Client, there: Spot) -> discord.Thread | None:
    """Return the thread where a task is told; one that rests is not remembered here, so Discord is asked."""
    if there.thread is None:
        return None
    if (known := guild.get_thread(there.thread)) is not None:
        return known
    try:
        with translated():
            found = await client.fetch_channel(there.thread)
    except PlatformError as error:
        log.info("thread not found, told elsewhere thread=%d reason=%s", there.thread, error)
        return None
    return found if isinstance(found, discord.Thread) else None


def _circle(channel: object) -> Circle:
    """Return who reads along in a channel or thread of a server."""
    base = channel.parent if isinstance(channel, discord.Thread) else channel
    if not isinstance(base, discord.abc.GuildChannel):
        return Circle.OUTER
    everybody = base.permissions_for(base.guild.default_role)
    return Circle.OPEN if everybody.view_channel and not _is_closed(channel) else Circle.CLOSED


def _is_closed(channel: object) -> bool:
    return isinstance(channel, discord.Thread) and channel.is_private()


def _base(channel: object) -> int | None:
    """Return the channel whose people read a channel or thread."""
    return channel.parent_id if isinstance(channel, discord.Thread) else getattr(channel, "id", None)


def _spot_of(parent: Address) -> Spot | None:
    try:
        return parse_address(parent)
    except AddressGone:
        return None
