"""What a member may do where, computed as Discord documents it.

Source: Discord docs, Permissions, "Permission Hierarchy", "Permission Overwrites", "Implicit Permissions".
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag

from tests.emulators.discord.model import Channel, Guild


class Permission(IntFlag):
    """The rights that matter to a bot like ours, with Discord's bits."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50


ALL = sum(Permission)
EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_EXTERNAL_APPS
)
# In a direct message everybody may do what can be done there.
DIRECT = EVERYONE


def named(names: Iterable[str]) -> int:
    """Turn names as discord.py writes them (`embed_links`) into bits."""
    return sum({Permission[name.upper()] for name in names})


def computed(guild: Guild, user_id: int, channel: Channel | None = None) -> int:
    """What a member of a server may do, there or in one of its channels. A thread has its parent's overwrites."""
    everyone = guild.roles[guild.id]
    held = [guild.roles[role_id] for role_id in guild.members[user_id].roles]
    bits = everyone.permissions
    for role in held:
        bits |= role.permissions
    if guild.owner_id == user_id or bits & Permission.ADMINISTRATOR:
        return ALL
    if channel is None:
        return bits
    home = channel.parent or channel
    bits = _overwritten(bits, home, guild.id, {role.id for role in held}, user_id)
    return _implied(bits, channel)


def _overwritten(bits: int, channel: Channel, everyone_id: int, role_ids: set[int], user_id: int) -> int:
    for layer in ({everyone_id}, role_ids, {user_id}):
        rules = [rule for rule in channel.overwrites.values() if rule.target_id in layer]
        for rule in rules:
            bits &= ~rule.deny
        for rule in rules:
            bits |= rule.allow
    return bits


def _implied(bits: int, channel: Channel) -> int:
    if not bits & Permission.VIEW_CHANNEL:
        return 0
    if not channel.is_thread and not bits & Permission.SEND_MESSAGES:
        bits &= ~(Permission.MENTION_EVERYONE | Permission.ATTACH_FILES | Permission.EMBED_LINKS)
    return bits
