"""How a body becomes a message, and how an edit changes one.

Source: Discord docs, Message Resource (Create Message, Edit Message, Allowed Mentions); Component Reference.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.emulators.discord import errors, shapes
from tests.emulators.discord.commands import file_limit
from tests.emulators.discord.model import Attachment, Channel, Flag, Json, Message, Part, User, numbered, walk
from tests.emulators.discord.permissions import Permission, computed
from tests.emulators.discord.requests import SentFile
from tests.emulators.discord.world import World

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)")
KEPT_FLAGS = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2


def check_sizes(channel: Channel, files: Iterable[SentFile], size_bytes: int) -> None:
    """Refuse a file or a request that is too big for the place it goes to.

    Raises:
        Refusal: 413, 40005.
    """
    if size_bytes > 25 * shapes.MIB or any(each.size > file_limit(channel.guild) for each in files):
        raise errors.too_large()


def create(world: World, channel: Channel, author: User, body: Json, files: tuple[SentFile, ...]) -> Message:
    """Make a message of a checked body; it is not posted yet.

    Raises:
        Refusal: 50006 when there is nothing in it.
    """
    made = Message(id=world.clock.new_id(), channel=channel, author=author, stamp=world.clock.stamp())
    made.flags = int(body.get("flags") or 0) & KEPT_FLAGS
    if (body.get("flags") or 0) & Flag.EPHEMERAL:
        made.flags |= Flag.EPHEMERAL
    made.attachments = _attached(world, made, body, files)
    _fill(made, body)
    if not (made.content.strip() or made.embeds or made.attachments or made.components):
        raise errors.Refusal(400, 50006, "Cannot send an empty message")
    return made


def edit(world: World, message: Message, body: Json, files: tuple[SentFile, ...]) -> None:
    """Change a message as a checked body says; what the body does not name stays.

    Raises:
        Refusal: 50006 when nothing would be left, 50035 for legacy fields in a Components V2 message.
    """
    changed = copy.copy(message)
    changed.attachments = _attached(world, message, body, files)
    flags = int(body.get("flags") or 0)
    changed.flags = message.flags & ~Flag.LOADING
    if "flags" in body:
        changed.flags = (changed.flags & ~Flag.SUPPRESS_EMBEDS) | (flags & (Flag.SUPPRESS_EMBEDS | Flag.COMPONENTS_V2))
    _fill(changed, body)
    if changed.flags & Flag.COMPONENTS_V2 and (changed.content or changed.embeds):
        field = "content" if changed.content else "embeds"
        raise errors.invalid(field, "The field cannot be used with MessageFlags.IS_COMPONENTS_V2.")
    if not (changed.content or changed.embeds or changed.attachments or changed.components):
        raise errors.Refusal(400, 50006, "Cannot send an empty message")
    _apply(world, message, changed)


def _apply(world: World, message: Message, changed: Message) -> None:
    if not message.thinking:
        message.edits.append(message.snapshot())
        message.edited = world.clock.stamp()
    message.content, message.embeds = changed.content, changed.embeds
    message.components, message.attachments = changed.components, changed.attachments
    message.flags = changed.flags


def _fill(message: Message, body: Json) -> None:
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = [{"type": "rich", **each} for each in body["embeds"] or []]
    if "components" in body:
        message.components = numbered(body["components"] or [])
    _check_references(message)


def _check_references(message: Message) -> None:
    """A component that shows a file of this message needs that file."""
    names = {f"attachment://{each.filename}" for each in message.attachments}
    for part in walk(message.components):
        shown = [item.get("media") for item in [part, *(part.get("items") or [])]]
        shown += [part.get("file") if part["type"] == Part.FILE else None]
        for media in shown:
            url = str((media or {}).get("url", ""))
            if url.startswith("attachment://") and url not in names:
                raise errors.invalid(
                    "components", f"Referenced attachment {url} was not found", code="UNFURL_NOT_FOUND"
                )


def _attached(world: World, message: Message, body: Json, files: tuple[SentFile, ...]) -> list[Attachment]:
    """The files of a message after this body: those it keeps by their id, and those that came with it.

    An `attachments` list keeps only what it names; without one nothing goes away.
    """
    listed: list[Mapping[str, Any]] | None = body.get("attachments")
    by_index = {str(each.index): each for each in files}
    kept = {str(each.id): each for each in message.attachments}
    if listed is None:
        listed = [*({"id": each} for each in kept), *({"id": each} for each in by_index)]
    listed = [*listed, *({"id": index} for index in by_index if index not in {str(one.get("id")) for one in listed})]
    made = []
    for number, one in enumerate(listed):
        name = str(one.get("id"))
        if name in kept:
            made.append(kept[name])
        elif name in by_index:
            made.append(_stored(world, message, by_index[name], one))
        else:
            raise errors.invalid(f"attachments.{number}.id", "Attachment not found", code="ATTACHMENT_NOT_FOUND")
    return made


def _stored(world: World, message: Message, file: SentFile, about: Mapping[str, Any]) -> Attachment:
    upload = file.as_upload(about.get("description"))
    kept = world.store(upload, message.channel, ephemeral=bool(message.flags & Flag.EPHEMERAL))
    kept.filename = about.get("filename") or kept.filename
    return kept


def mention(world: World, message: Message, allowed: Mapping[str, Any] | None) -> None:
    """Work out whom the message names and whom that notifies."""
    words = "\n".join(
        [message.content, *(part["content"] for part in walk(message.components) if part["type"] == Part.TEXT)]
    )
    parse = set(allowed.get("parse") or []) if allowed is not None else {"users", "roles", "everyone"}
    listed = allowed or {}
    users = [int(each) for each in _USER.findall(words)]
    users = [each for each in users if "users" in parse or str(each) in map(str, listed.get("users") or [])]
    roles = [int(each) for each in _ROLE.findall(words)]
    roles = [each for each in roles if "roles" in parse or str(each) in map(str, listed.get("roles") or [])]
    replied = _replied(message)
    if replied is not None and (allowed is None or listed.get("replied_user")):
        users.append(replied.id)
    message.mentions = tuple(dict.fromkeys(each for each in users if each in world.users))
    message.role_mentions = tuple(dict.fromkeys(roles))
    everyone = bool(_EVERYONE.search(words)) and "everyone" in parse and _may_mention_everyone(message)
    message.pings = _pinged(world, message, everyone=everyone)


def _replied(message: Message) -> User | None:
    if message.reference is None:
        return None
    found = message.channel.messages.get(int(message.reference["message_id"]))
    return found.author if found else None


def _may_mention_everyone(message: Message) -> bool:
    guild = message.channel.guild
    if guild is None or message.author.id not in guild.members:
        return False
    return bool(computed(guild, message.author.id, message.channel) & Permission.MENTION_EVERYONE)


def _pinged(world: World, message: Message, *, everyone: bool) -> tuple[str, ...]:
    """The names of those it notifies: only people who are there, never oneself, nobody for a silent message."""
    if message.ephemeral or message.flags & Flag.SUPPRESS_NOTIFICATIONS:
        return ()
    guild = message.channel.guild
    there = set(guild.members) if guild else {each.id for each in message.channel.recipients}
    named = [world.users[each].name for each in message.mentions if each in there and each != message.author.id]
    roles = [guild.roles[each].name for each in message.role_mentions if guild and each in guild.roles]
    return (*named, *(f"@{name}" for name in roles), *(("@everyone",) if everyone else ()))


def post(world: World, message: Message) -> None:
    """Put a message where people see it and tell the bot. Posting opens an archived thread again."""
    channel = message.channel
    channel.messages[message.id] = message
    if channel.is_thread and channel.archived:
        channel.archived = False
        world.tell_channel("THREAD_UPDATE", channel, shapes.channel(world, channel))
    tell(world, "MESSAGE_CREATE", message)


def tell(world: World, event: str, message: Message) -> None:
    """Tell the bot about a message, unless only one person sees it."""
    if message.ephemeral:
        world.changed()
    else:
        world.tell_channel(event, message.channel, shapes.message_event(world, message))


def delete(world: World, message: Message) -> None:
    """Take a message away and tell the bot."""
    message.deleted = True
    message.channel.messages.pop(message.id, None)
    payload: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
    if message.channel.guild is not None:
        payload["guild_id"] = str(message.channel.guild.id)
    if message.ephemeral:
        world.changed()
    else:
        world.tell_channel("MESSAGE_DELETE", message.channel, payload)
