"""Threads and forum posts. Source: Discord docs, Threads; Channel Resource (Start Thread ...)."""

from __future__ import annotations

from tests.emulators.discord import errors, shapes
from tests.emulators.discord.model import Channel, Flag, Json, Kind, Message, User
from tests.emulators.discord.world import World


def start_from_message(world: World, message: Message, body: Json, owner: User) -> Channel:
    """Open a thread under a message; it takes the message's id.

    Raises:
        Refusal: 160004 when there is one already, 50024 where threads cannot be.
    """
    if message.channel.kind is not Kind.TEXT:
        raise errors.wrong_channel_type()
    if message.flags & Flag.HAS_THREAD:
        raise errors.Refusal(400, 160004, "A thread has already been created for this message")
    made = _made(world, message.channel, body, owner, message.id)
    message.thread = made
    message.flags |= Flag.HAS_THREAD
    _opened(world, made)
    world.tell_channel("MESSAGE_UPDATE", message.channel, shapes.message_event(world, message))
    return made


def start(world: World, parent: Channel, body: Json, owner: User) -> Channel:
    """Open a thread that hangs on no message: a private one unless it says otherwise, or a forum post.

    Raises:
        Refusal: 50024 where threads cannot be.
    """
    if parent.kind not in (Kind.TEXT, Kind.FORUM):
        raise errors.wrong_channel_type()
    made = _made(world, parent, body, owner, world.clock.new_id())
    if parent.kind is Kind.TEXT:
        made.kind = Kind(body.get("type") or Kind.PRIVATE_THREAD)
    _opened(world, made)
    return made


def _made(world: World, parent: Channel, body: Json, owner: User, thread_id: int) -> Channel:
    made = Channel(
        id=thread_id,
        kind=Kind.PUBLIC_THREAD,
        name=body["name"],
        guild=parent.guild,
        parent=parent,
        owner_id=owner.id,
        auto_archive_minutes=body.get("auto_archive_duration") or 1440,
        archive_stamp=world.clock.stamp(),
        slowmode_s=body.get("rate_limit_per_user") or 0,
        tags=tuple(int(each) for each in body.get("applied_tags") or []),
    )
    assert parent.guild is not None
    parent.guild.channels[made.id] = world.channels[made.id] = made
    return made


def _opened(world: World, made: Channel) -> None:
    world.tell_channel("THREAD_CREATE", made, shapes.channel(world, made) | {"newly_created": True})


def delete(world: World, channel: Channel) -> None:
    """Take a thread or a channel away, with the threads in it, and tell the bot."""
    assert channel.guild is not None
    for inner in [each for each in channel.guild.channels.values() if each.parent is channel]:
        delete(world, inner)
    payload = shapes.channel(world, channel)
    channel.deleted = True
    del channel.guild.channels[channel.id]
    if channel.is_thread:
        payload = {name: payload[name] for name in ("id", "guild_id", "parent_id", "type")}
    world.tell_guild("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel.guild, payload)
