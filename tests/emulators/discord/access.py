"""What the bot may do with its own token, and what Discord answers when it may not."""

from __future__ import annotations

from tests.emulators.discord import errors
from tests.emulators.discord.model import Channel, Guild, Kind, User
from tests.emulators.discord.permissions import DIRECT, Permission, computed
from tests.emulators.discord.world import World


def rights(world: World, channel: Channel) -> int:
    """The bot's rights in a channel; none where it is not."""
    if channel.guild is None:
        return int(DIRECT) if world.bot in channel.recipients else 0
    if not world.has_bot(channel.guild):
        return 0
    return computed(channel.guild, world.bot.id, channel)


def seen_channel(world: World, channel_id: int) -> Channel:
    """A channel that exists and that the bot can see.

    Raises:
        Refusal: 10003 when it is gone, 50001 when the bot cannot see it or was removed from the server.
    """
    found = world.channels.get(channel_id)
    if found is None or found.deleted:
        raise errors.unknown("Channel")
    if not rights(world, found) & Permission.VIEW_CHANNEL:
        raise errors.missing_access()
    return found


def seen_guild(world: World, guild_id: int) -> Guild:
    """A server that the bot is in.

    Raises:
        Refusal: 10004 otherwise; Discord does not tell servers apart that it does not show.
    """
    found = world.guilds.get(guild_id)
    if found is None or not world.has_bot(found):
        raise errors.unknown("Guild")
    return found


def need(world: World, channel: Channel, wanted: Permission) -> None:
    """Insist on rights in a channel that the bot sees.

    Raises:
        Refusal: 50013.
    """
    if rights(world, channel) & wanted != wanted:
        raise errors.missing_permissions()


def may_send(world: World, channel: Channel, *, with_files: bool) -> None:
    """Insist on the rights to post here.

    Raises:
        Refusal: 50013 for a right, 50007 for a person who takes no direct messages, 50008 where nobody can post,
            160005 in a locked thread.
    """
    if channel.guild is None:
        if not all(_takes_messages(world, each) for each in channel.recipients if each is not world.bot):
            raise errors.Refusal(403, 50007, "Cannot send messages to this user")
        return
    if channel.kind is Kind.FORUM:
        raise errors.Refusal(400, 50008, "Cannot send messages in a non-text channel")
    need(world, channel, Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES)
    if with_files:
        need(world, channel, Permission.ATTACH_FILES)
    if channel.locked and not rights(world, channel) & Permission.MANAGE_THREADS:
        raise errors.Refusal(403, 160005, "Thread is locked")


def _takes_messages(world: World, person: User) -> bool:
    """Not when they blocked it, nor when they share no server with the bot and have not installed it."""
    shared = any(world.has_bot(each) and person.id in each.members for each in world.guilds.values())
    return not person.dms_blocked and (shared or person.installed)


def unarchived(channel: Channel) -> None:
    """Insist that a thread is open, as edits need.

    Raises:
        Refusal: 50083.
    """
    if channel.archived:
        raise errors.Refusal(400, 50083, "Thread is archived")
