"""Messages by the bot's own token. Source: Discord docs, Message Resource; Channel Resource."""

from __future__ import annotations

from tests.emulators.discord import access, errors, messages, shapes, threads
from tests.emulators.discord.model import Channel, Flag, Json, Kind, Message
from tests.emulators.discord.permissions import Permission
from tests.emulators.discord.routing import NOTHING, Answered, Call, route
from tests.emulators.discord.world import World, snowflake

# "The past few minutes", as the documentation of `enforce_nonce` puts it.
NONCE_LIFE_S = 300.0


def send(call: Call) -> Answered:
    world, channel = call.world, access.seen_channel(call.world, call.id("channel_id"))
    access.may_send(world, channel, with_files=bool(call.request.files))
    messages.check_sizes(channel, call.request.files, call.request.size_bytes)
    if known := _same_nonce(world, channel, call.body):
        return 200, shapes.message(world, known)
    made = messages.create(world, channel, world.bot, _allowed_body(world, channel, call.body), call.request.files)
    if made.flags & Flag.EPHEMERAL:
        raise errors.invalid("flags", "Ephemeral messages answer interactions.", code="INVALID_FLAGS")
    made.nonce = str(call.body["nonce"]) if call.body.get("nonce") is not None else None
    made.reference = _reference(world, channel, call.body)
    made.type = 19 if made.reference else 0
    messages.mention(world, made, call.body.get("allowed_mentions"))
    if made.nonce is not None:
        world.nonces[channel.id, made.nonce] = (made, world.clock.now_s())
    messages.post(world, made)
    return 200, shapes.message(world, made)


def _same_nonce(world: World, channel: Channel, body: Json) -> Message | None:
    if body.get("nonce") is None or not body.get("enforce_nonce"):
        return None
    known, at_s = world.nonces.get((channel.id, str(body["nonce"])), (None, 0.0))
    return known if world.clock.now_s() - at_s < NONCE_LIFE_S else None


def _allowed_body(world: World, channel: Channel, body: Json) -> Json:
    """Without the right to embed links, embeds are left out silently; what is left may then be empty."""
    if access.rights(world, channel) & Permission.EMBED_LINKS:
        return body
    return {name: value for name, value in body.items() if name != "embeds"}


def _reference(world: World, channel: Channel, body: Json) -> Json | None:
    asked = body.get("message_reference")
    if not asked:
        return None
    if not access.rights(world, channel) & Permission.READ_MESSAGE_HISTORY:
        raise errors.Refusal(400, 160002, "Cannot reply without permission to read message history")
    target = snowflake(asked.get("message_id"), "message_reference.message_id")
    if target not in channel.messages:
        if asked.get("fail_if_not_exists", True):
            raise errors.invalid("message_reference", "Unknown message", code="REPLIES_UNKNOWN_MESSAGE")
        return None
    made = {"type": 0, "message_id": str(target), "channel_id": str(channel.id)}
    return made | ({"guild_id": str(channel.guild.id)} if channel.guild else {})


def read(call: Call) -> Answered:
    channel = access.seen_channel(call.world, call.id("channel_id"))
    access.need(call.world, channel, Permission.READ_MESSAGE_HISTORY)
    return 200, shapes.message(call.world, call.world.find_message(channel, call.id("message_id")))


def history(call: Call) -> Answered:
    """The newest first; a bot that may not read history gets an empty list."""
    world, channel = call.world, access.seen_channel(call.world, call.id("channel_id"))
    query = {name: snowflake(value, name) for name, value in call.request.query.items()}
    limit = query.pop("limit", 50)
    if not 1 <= limit <= 100:
        raise errors.invalid("limit", "int value should be between 1 and 100.", code="NUMBER_TYPE_MAX")
    if len(query) > 1:
        raise errors.invalid("before", "before, after and around exclude each other.")
    if not access.rights(world, channel) & Permission.READ_MESSAGE_HISTORY:
        return 200, []
    found = sorted((each for each in channel.messages.values() if not each.ephemeral), key=lambda each: each.id)
    return 200, [shapes.message(world, each) for each in reversed(_window(found, query, limit))]


def _window(found: list[Message], query: dict[str, int], limit: int) -> list[Message]:
    if "after" in query:
        return [each for each in found if each.id > query["after"]][:limit]
    if "around" in query:
        older = [each for each in found if each.id < query["around"]][-(limit // 2) :]
        newer = [each for each in found if each.id >= query["around"]][: limit - len(older)]
        return older + newer
    return [each for each in found if each.id < query.get("before", 2**64)][-limit:]


def edit(call: Call) -> Answered:
    world, channel = call.world, access.seen_channel(call.world, call.id("channel_id"))
    message = world.find_message(channel, call.id("message_id"))
    if message.author is not world.bot:
        raise errors.Refusal(403, 50005, "Cannot edit a message authored by another user")
    access.unarchived(channel)
    if call.request.files:
        access.need(world, channel, Permission.ATTACH_FILES)
    messages.check_sizes(channel, call.request.files, call.request.size_bytes)
    messages.edit(world, message, _allowed_body(world, channel, call.body), call.request.files)
    messages.tell(world, "MESSAGE_UPDATE", message)
    return 200, shapes.message(world, message)


def remove(call: Call) -> Answered:
    world, channel = call.world, access.seen_channel(call.world, call.id("channel_id"))
    message = world.find_message(channel, call.id("message_id"))
    if message.author is not world.bot:
        access.need(world, channel, Permission.MANAGE_MESSAGES)
    access.unarchived(channel)
    messages.delete(world, message)
    return NOTHING


def type_there(call: Call) -> Answered:
    channel = access.seen_channel(call.world, call.id("channel_id"))
    access.may_send(call.world, channel, with_files=False)
    call.world.typing.append(channel)
    call.world.changed()
    return NOTHING


def thread_from_message(call: Call) -> Answered:
    world, channel = call.world, access.seen_channel(call.world, call.id("channel_id"))
    if channel.guild is None or channel.is_thread:
        raise errors.wrong_channel_type()
    access.need(world, channel, Permission.CREATE_PUBLIC_THREADS)
    message = world.find_message(channel, call.id("message_id"))
    return 201, shapes.channel(world, threads.start_from_message(world, message, call.body, world.bot))


def thread(call: Call) -> Answered:
    """Start a thread without a message, or a forum post with its first one."""
    world, channel = call.world, access.seen_channel(call.world, call.id("channel_id"))
    if channel.guild is None or channel.is_thread:
        raise errors.wrong_channel_type()
    if channel.kind is Kind.FORUM:
        return _forum_post(call, channel)
    wanted = (
        Permission.CREATE_PUBLIC_THREADS
        if call.body.get("type") == Kind.PUBLIC_THREAD
        else Permission.CREATE_PRIVATE_THREADS
    )
    access.need(world, channel, wanted)
    return 201, shapes.channel(world, threads.start(world, channel, call.body, world.bot))


def _forum_post(call: Call, forum: Channel) -> Answered:
    world = call.world
    access.need(world, forum, Permission.SEND_MESSAGES)
    if not call.body.get("message"):
        raise errors.invalid("message", "This field is required", code="BASE_TYPE_REQUIRED")
    messages.check_sizes(forum, call.request.files, call.request.size_bytes)
    body = _allowed_body(world, forum, call.body["message"])
    draft = messages.create(world, forum, world.bot, body, call.request.files)
    made = threads.start(world, forum, call.body, world.bot)
    # The first message of a post has the post's own id.
    draft.id, draft.channel = made.id, made
    messages.mention(world, draft, body.get("allowed_mentions"))
    messages.post(world, draft)
    return 201, shapes.channel(world, made) | {"message": shapes.message(world, draft)}


ROUTES = (
    route("POST", "/channels/{channel_id}/messages", send),
    route("GET", "/channels/{channel_id}/messages", history, query="limit before after around"),
    route("GET", "/channels/{channel_id}/messages/{message_id}", read),
    route("PATCH", "/channels/{channel_id}/messages/{message_id}", edit),
    route("DELETE", "/channels/{channel_id}/messages/{message_id}", remove),
    route("POST", "/channels/{channel_id}/messages/{message_id}/threads", thread_from_message),
    route("POST", "/channels/{channel_id}/threads", thread, query="use_nested_fields"),
    route("POST", "/channels/{channel_id}/typing", type_there),
)
