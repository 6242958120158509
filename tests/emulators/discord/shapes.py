"""Our state as the JSON that Discord sends. Sources: Discord docs, the Resources pages; Interactions, Receiving."""

from __future__ import annotations

import copy
import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.emulators.discord.model import (
    Attachment,
    Channel,
    Flag,
    Guild,
    Json,
    Kind,
    Membership,
    Message,
    Part,
    Role,
    User,
    walk,
)
from tests.emulators.discord.permissions import Permission, computed

if TYPE_CHECKING:
    from tests.emulators.discord.world import World

LINK_LIFE_S = 24 * 3600
MIB = 1024 * 1024
# Source: Discord docs, Reference, Uploading Files; the boost tiers as Discord's help centre lists them.
FILE_LIMIT = {0: 10 * MIB, 1: 10 * MIB, 2: 50 * MIB, 3: 100 * MIB}


def user(one: User) -> Json:
    return {
        "id": str(one.id),
        "username": one.name.lower().replace(" ", "_"),
        "global_name": None if one.bot else one.name,
        "discriminator": "0",
        "avatar": None,
        "bot": one.bot,
        "public_flags": 0,
    }


def member(guild: Guild, one: Membership) -> Json:
    return {
        "user": user(one.user),
        "nick": None,
        "avatar": None,
        "roles": [str(role_id) for role_id in sorted(one.roles)],
        "joined_at": one.joined_at,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }


def role(one: Role, position: int) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": str(int(one.permissions)),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def guild(world: World, one: Guild) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(one.owner_id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [role(each, index) for index, each in enumerate(one.roles.values())],
        "emojis": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": one.premium_tier,
        "premium_subscription_count": 0,
        "preferred_locale": one.locale,
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "stickers": [],
        "premium_progress_bar_enabled": False,
        "safety_alerts_channel_id": None,
    }


def guild_create(world: World, one: Guild) -> Json:
    """A server as the gateway brings it: without the members intent only the bot itself is among the members."""
    mine = one.members[world.bot.id]
    seen = [each for each in one.channels.values() if computed(one, world.bot.id, each) & Permission.VIEW_CHANNEL]
    return guild(world, one) | {
        "joined_at": mine.joined_at,
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "voice_states": [],
        "members": [member(one, mine)],
        "channels": [channel(world, each) for each in one.channels.values() if not each.is_thread],
        "threads": [channel(world, each) for each in seen if each.is_thread and not each.archived],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def channel(world: World, one: Channel) -> Json:
    if one.is_thread:
        return _thread(world, one)
    last = max(one.messages, default=None)
    common: Json = {"id": str(one.id), "type": int(one.kind), "last_message_id": last and str(last), "flags": 0}
    if one.guild is None:
        others = [user(each) for each in one.recipients if each is not world.bot]
        return common | {"recipients": others}
    return common | {
        "guild_id": str(one.guild.id),
        "name": one.name,
        "topic": one.topic,
        "position": list(one.guild.channels).index(one.id),
        "parent_id": None,
        "nsfw": False,
        "rate_limit_per_user": one.slowmode_s,
        "default_auto_archive_duration": 1440,
        "permission_overwrites": [
            {"id": str(rule.target_id), "type": rule.type, "allow": str(int(rule.allow)), "deny": str(int(rule.deny))}
            for rule in one.overwrites.values()
        ],
        **({"available_tags": [], "default_reaction_emoji": None} if one.kind is Kind.FORUM else {}),
        **({"bitrate": 64000, "user_limit": 0, "rtc_region": None} if one.kind is Kind.VOICE else {}),
    }


def _thread(world: World, one: Channel) -> Json:
    assert one.guild is not None
    assert one.parent is not None
    last = max(one.messages, default=None)
    return {
        "id": str(one.id),
        "guild_id": str(one.guild.id),
        "parent_id": str(one.parent.id),
        "owner_id": str(one.owner_id),
        "type": int(one.kind),
        "name": one.name,
        "last_message_id": last and str(last),
        "message_count": len(one.messages),
        "total_message_sent": len(one.messages),
        "member_count": 1,
        "rate_limit_per_user": one.slowmode_s,
        "flags": 0,
        "applied_tags": [str(tag) for tag in one.tags],
        "thread_metadata": {
            "archived": one.archived,
            "auto_archive_duration": one.auto_archive_minutes,
            "archive_timestamp": one.archive_stamp,
            "locked": one.locked,
            "create_timestamp": one.archive_stamp,
        },
        "member": {
            "id": str(one.id),
            "user_id": str(world.bot.id),
            "join_timestamp": one.archive_stamp,
            "flags": 0,
        },
    }


def signature(world: World, attachment: Attachment, expires_hex: str) -> str:
    text = f"{attachment.channel_id}/{attachment.id}/{expires_hex}".encode()
    return hmac.new(world.cdn_secret, text, hashlib.sha256).hexdigest()


def attachment_url(world: World, one: Attachment) -> str:
    """The file's address, signed for a day from now. Source: Discord docs, Reference, Signed Attachment CDN URLs."""
    folder = "ephemeral-attachments" if one.ephemeral else "attachments"
    now = int(world.clock.now_s())
    expires = f"{now + LINK_LIFE_S:x}"
    query = f"ex={expires}&is={now:x}&hm={signature(world, one, expires)}&"
    return f"{world.origin}/cdn/{folder}/{one.channel_id}/{one.id}/{quote(one.filename)}?{query}"


def attachment(world: World, one: Attachment) -> Json:
    url = attachment_url(world, one)
    made: Json = {
        "id": str(one.id),
        "filename": one.filename,
        "size": one.size,
        "url": url,
        "proxy_url": url,
        "content_type": one.content_type,
        "flags": 0,
    }
    if one.description is not None:
        made["description"] = one.description
    if one.size_px:
        made |= {"width": one.size_px[0], "height": one.size_px[1]}
    if one.ephemeral:
        made["ephemeral"] = True
    return made


def message(world: World, one: Message) -> Json:
    """A message as the bot may see it; see `hides_content`."""
    hidden = hides_content(world, one)
    made: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "author": user(one.author),
        "content": "" if hidden else one.content,
        "timestamp": one.stamp,
        "edited_timestamp": one.edited,
        "tts": False,
        "mention_everyone": "@everyone" in one.pings,
        "mentions": [user(world.users[each]) for each in one.mentions],
        "mention_roles": [str(role_id) for role_id in one.role_mentions],
        "attachments": [] if hidden else [attachment(world, each) for each in _listed(one)],
        "embeds": [] if hidden else _media(world, one, copy.deepcopy(one.embeds)),
        "components": [] if hidden else _media(world, one, copy.deepcopy(one.components)),
        "pinned": False,
        "type": one.type,
        "flags": int(one.flags),
    }
    return made | _message_extras(world, one)


def _message_extras(world: World, one: Message) -> Json:
    made: Json = {}
    if one.nonce is not None:
        made["nonce"] = one.nonce
    if one.webhook:
        made |= {"webhook_id": str(one.author.id), "application_id": str(one.author.id)}
    if one.interaction is not None:
        made["interaction_metadata"] = one.interaction
    if one.reference is not None:
        made["message_reference"] = one.reference
        found = one.channel.messages.get(int(one.reference["message_id"]))
        made["referenced_message"] = message(world, found) | {"referenced_message": None} if found else None
    if one.thread is not None and not one.thread.deleted:
        made["thread"] = channel(world, one.thread)
    return made


def hides_content(world: World, one: Message) -> bool:
    """Whether the bot gets this message without its words and files.

    True without the Message Content intent, except for its own messages, direct messages and those that mention it.
    Source: Discord docs, Gateway, Message Content Intent.
    """
    if world.message_content_granted or one.author is world.bot:
        return False
    return one.channel.guild is not None and world.bot.id not in one.mentions


def _listed(one: Message) -> list[Attachment]:
    """The files shown under the message: those that an embed shows are not listed again."""
    text = repr(one.embeds)
    return [each for each in one.attachments if f"attachment://{each.filename}" not in text]


def _media(world: World, one: Message, parts: list[Json]) -> list[Json]:
    """Put the real address in place of `attachment://name`, with what Discord knows about the file."""
    by_name = {f"attachment://{each.filename}": each for each in one.attachments}
    for part in parts:
        for name in ("image", "thumbnail", "video"):
            _resolve(world, part.get(name), by_name)
    for part in walk([each for each in parts if isinstance(each.get("type"), int)]):
        for item in [part, *(part.get("items") or [])]:
            _resolve(world, item.get("media"), by_name)
        if part["type"] == Part.FILE:
            found = by_name.get(part["file"]["url"])
            part.update({"name": found.filename, "size": found.size} if found else {})
            _resolve(world, part["file"], by_name)
    return parts


def _resolve(world: World, item: Json | None, by_name: Mapping[str, Attachment]) -> None:
    if item is None:
        return
    found = by_name.get(str(item.get("url")))
    if found is None:
        item.setdefault("proxy_url", item.get("url"))
        return
    url = attachment_url(world, found)
    item |= {"url": url, "proxy_url": url, "content_type": found.content_type, "attachment_id": str(found.id)}
    width, height = found.size_px or (None, None)
    item |= {"width": width, "height": height}


def message_event(world: World, one: Message) -> Json:
    """A message as MESSAGE_CREATE and MESSAGE_UPDATE carry it: with server and member."""
    made = message(world, one)
    if one.channel.guild is not None:
        made["guild_id"] = str(one.channel.guild.id)
        membership = one.channel.guild.members.get(one.author.id)
        if membership is not None:
            made["member"] = {
                name: value for name, value in member(one.channel.guild, membership).items() if name != "user"
            }
    made["channel_type"] = int(one.channel.kind)
    return made


def application(world: World) -> Json:
    """The app about itself. Flag 19 is the limited Message Content intent, granted in the portal."""
    owner = next((each for each in world.users.values() if not each.bot), world.bot)
    return {
        "id": str(world.bot.id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "bot": user(world.bot),
        "owner": user(owner),
        "summary": "",
        "verify_key": "0" * 64,
        "team": None,
        "flags": application_flags(world),
        "integration_types_config": {"0": {}, "1": {}},
        "approximate_guild_count": sum(world.bot.id in each.members for each in world.guilds.values()),
        "approximate_user_install_count": sum(each.installed for each in world.users.values()),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "tags": [],
    }


def application_flags(world: World) -> int:
    """The flags of the app's settings page."""
    return (1 << 19) if world.message_content_granted else 0


def is_loading(one: Message) -> bool:
    """Whether the message is the loading state of a deferred answer."""
    return bool(one.flags & Flag.LOADING)


def resolved(pairs: Mapping[str, Mapping[int, Json]]) -> dict[str, Any]:
    """A `resolved` object without its empty parts."""
    return {name: {str(key): value for key, value in part.items()} for name, part in pairs.items() if part}
