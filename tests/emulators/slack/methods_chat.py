"""The `chat.*`, `reactions.*` and `assistant.*` methods.

Source: docs.slack.dev, reference/methods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp

from tests.emulators.slack import limits, wire
from tests.emulators.slack.api import Context, method
from tests.emulators.slack.errors import Refused
from tests.emulators.slack.records import AssistantStatus, Channel, Json, MessageRecord, Version
from tests.emulators.slack.text import links_in

if TYPE_CHECKING:
    from tests.emulators.slack.workspace import Workspace

SENT = (
    "text attachments blocks thread_ts markdown_text metadata as_user link_names parse mrkdwn "
    "username icon_emoji icon_url"
)
PICTURE_TYPES = ("image/png", "image/jpeg", "image/gif")  # of a slack_file; docs.slack.dev, image block
FETCH_S = 3.0


def check_contents(arguments: Json, *, longest: int) -> None:
    """Refuse text, blocks and metadata that Slack refuses in a message."""
    if len(str(arguments.get("text") or "")) > longest:
        raise Refused("msg_too_long")
    if arguments.get("markdown_text") and (arguments.get("blocks") or arguments.get("text")):
        raise Refused("markdown_text_conflict")
    if problems := limits.metadata_problems(arguments.get("metadata")):
        raise Refused("metadata_too_large" if "bytes" in problems[0] else "invalid_metadata_format", *problems)
    check_blocks(arguments.get("blocks") or [])


def check_blocks(blocks: Any) -> None:
    """Refuse blocks that Slack refuses in a message."""
    problems = limits.message_problems(blocks)
    if problems and problems[-1].startswith("blocks:") and "in all" in problems[-1]:
        raise Refused("msg_blocks_too_long", *problems)
    if problems:
        raise Refused("invalid_blocks", *problems)


async def check_pictures(team: Workspace, blocks: Any) -> None:
    """Refuse pictures that Slack cannot fetch: an address on this machine that answers no picture, an unready file."""
    for node in limits.nodes_of(blocks):
        if node.get("type") == "image" or "hero_image" in node:
            if source := node.get("slack_file"):
                _check_slack_file(team, source)
            if address := node.get("image_url"):
                await _check_address(address)


def _check_slack_file(team: Workspace, source: Json) -> None:
    for file in team.files.values():
        usable = file.processed and not file.deleted and file.media_type in PICTURE_TYPES
        if usable and file.is_meant_by(source):
            return
    raise Refused("invalid_blocks", "invalid slack file [json-pointer:/blocks]")


async def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        raise Refused("invalid_blocks", "image_url is no address")
    if parts.hostname not in ("127.0.0.1", "localhost"):
        return
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=FETCH_S)) as session,
            session.get(address) as reply,
        ):
            fine = reply.status == 200 and reply.content_type.startswith("image/")
    except (aiohttp.ClientError, TimeoutError):
        fine = False
    if not fine:
        raise Refused("invalid_blocks", "downloading image failed [json-pointer:/blocks]")


def check_place(context: Context, channel: Channel) -> None:
    """Refuse to post where the bot may not."""
    team = context.team
    if team.bot.id not in channel.present and "chat:write.public" not in team.scopes:
        raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("is_archived")
    if channel.read_only:
        raise Refused("restricted_action")
    if channel.thread_only and not context.text("thread_ts"):
        raise Refused("restricted_action_thread_only_channel")


def thread_of(team: Workspace, channel: Channel, ts: str) -> str | None:
    """Return the root that a new reply belongs to."""
    if not ts:
        return None
    root = team.find(channel, ts)
    if root is None:
        raise Refused("thread_not_found")
    if root.is_reply:
        raise Refused("cannot_reply_to_message")
    return root.ts


async def compose(context: Context, channel: Channel) -> MessageRecord:
    """Return the message that a call describes, checked but not yet posted."""
    arguments, team = context.arguments, context.team
    check_contents(arguments, longest=limits.POSTED_TEXT)
    if not any(arguments.get(name) for name in ("text", "blocks", "attachments", "markdown_text")):
        raise Refused("no_text")
    if any(arguments.get(name) for name in ("username", "icon_emoji", "icon_url")):
        context.need("chat:write.customize")
    await check_pictures(team, arguments.get("blocks") or [])
    return MessageRecord(
        ts=context.world.new_ts(),
        channel=channel,
        author=team.bot,
        text=context.text("text") or context.text("markdown_text"),
        blocks=wire.with_ids(arguments.get("blocks") or []),
        attachments=list(arguments.get("attachments") or []),
        thread_ts=thread_of(team, channel, context.text("thread_ts")),
        metadata=arguments.get("metadata") or None,
        parse_names=context.flag("link_names") or context.text("parse") == "full",
    )


@method("chat.postMessage", f"{SENT} reply_broadcast unfurl_links unfurl_media", needed="channel", scopes="chat:write")
async def post_message(context: Context) -> Json:
    channel = context.channel()
    check_place(context, channel)
    message = await compose(context, channel)
    message.broadcast = context.flag("reply_broadcast") and message.is_reply
    context.team.add(message)
    context.world.statuses.pop((channel.id, message.thread_ts or ""), None)
    context.outbox.tell_message(context.team, message)
    body = wire.message_json(context.world, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": body}


@method("chat.postEphemeral", SENT, needed="channel user", scopes="chat:write")
async def post_ephemeral(context: Context) -> Json:
    channel = context.channel()
    check_place(context, channel)
    person = context.team.people.get(context.text("user"))
    if person is None or person.id not in channel.present:
        raise Refused("user_not_in_channel")
    message = await compose(context, channel)
    message.only_for = person.id
    context.team.add(message)
    return {"message_ts": message.ts}


def own_message(context: Context, *, ts: str = "ts", error: str = "cant_update_message") -> MessageRecord:
    """Return the bot's own message that a call names; ephemeral ones are never found."""
    message = context.team.find(context.channel(), context.text(ts))
    if message is None or message.tombstone:
        raise Refused("message_not_found")
    if not message.author.is_bot:
        raise Refused(error)
    return message


@method(
    "chat.update",
    "text attachments blocks markdown_text metadata as_user file_ids link_names parse reply_broadcast",
    needed="channel ts",
    scopes="chat:write",
)
async def update(context: Context) -> Json:
    message = own_message(context)
    if message.channel.archived:
        raise Refused("is_inactive")
    arguments = context.arguments
    check_contents(arguments, longest=limits.UPDATED_TEXT)
    if not any(arguments.get(name) for name in ("text", "blocks", "attachments", "markdown_text", "metadata")):
        raise Refused("no_text")
    await check_pictures(context.team, arguments.get("blocks") or [])
    revise(context, message)
    body = wire.message_json(context.world, message, with_metadata=True)
    return {"channel": message.channel.id, "ts": message.ts, "text": message.text, "message": body}


def revise(context: Context, message: MessageRecord) -> None:
    """Change a message as `chat.update` says: text without blocks removes the blocks."""
    arguments = context.arguments
    message.past.append(Version(text=message.text, blocks=tuple(message.blocks)))
    if any(arguments.get(name) for name in ("text", "blocks", "attachments", "markdown_text")):
        message.text = context.text("text") or context.text("markdown_text")
        message.blocks = wire.with_ids(arguments.get("blocks") or [])
        message.edited_ts, message.edited_mark = context.world.new_ts(), not arguments.get("blocks")
    if "attachments" in arguments:
        message.attachments = list(arguments["attachments"] or [])
    if "metadata" in arguments:
        message.metadata = arguments["metadata"] or None
    context.world.changed()
    context.outbox.tell_change(context.team, message)


@method("chat.delete", "as_user", needed="channel ts", scopes="chat:write")
async def delete(context: Context) -> Json:
    message = own_message(context, error="cant_delete_message")
    context.team.delete(message)
    return {"channel": message.channel.id, "ts": message.ts}


@method("chat.getPermalink", needed="channel message_ts")
async def permalink(context: Context) -> Json:
    channel = context.channel()
    message = context.team.find(channel, context.text("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    place = f"{context.world.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {"channel": channel.id, "permalink": place + thread}


@method(
    "chat.unfurl",
    "channel ts source unfurl_id unfurls metadata user_auth_blocks user_auth_message user_auth_required user_auth_url",
    scopes="links:write",
)
async def unfurl(context: Context) -> Json:
    unfurls = context.arguments.get("unfurls")
    if not isinstance(unfurls, dict) or not unfurls:
        raise Refused("missing_unfurls")
    message = _unfurled_message(context)
    linked = links_in(message.text)
    for address, content in unfurls.items():
        if not isinstance(content, dict):
            raise Refused("cannot_parse_attachment")
        if address not in linked:
            raise Refused("cannot_unfurl_message")
        check_blocks(content.get("blocks") or [])
        await check_pictures(context.team, content.get("blocks") or [])
    message.unfurls |= unfurls
    context.world.changed()
    return {}


def _unfurled_message(context: Context) -> MessageRecord:
    if context.text("unfurl_id") and context.text("source"):
        channel_id, seconds, micros, _ = [*context.text("unfurl_id").split("."), "", "", ""][:4]
        ts = f"{seconds}.{micros}"
    else:
        channel_id, ts = context.text("channel"), context.text("ts")
    channel = context.team.channels.get(channel_id)
    if channel is None:
        raise Refused("cannot_find_channel")
    message = context.team.find(channel, ts)
    if message is None:
        raise Refused("cannot_find_message")
    return message


def _reacted(context: Context) -> tuple[MessageRecord, list[str]]:
    message = context.team.find(context.channel(), context.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    return message, message.reactions.setdefault(context.text("name"), [])


@method("reactions.add", needed="channel name timestamp", scopes="reactions:write")
async def add_reaction(context: Context) -> Json:
    _, people = _reacted(context)
    if context.team.bot.id in people:
        raise Refused("already_reacted")
    people.append(context.team.bot.id)
    context.world.changed()
    return {}


@method("reactions.remove", "file file_comment", needed="channel name timestamp", scopes="reactions:write")
async def remove_reaction(context: Context) -> Json:
    message, people = _reacted(context)
    if context.team.bot.id not in people:
        raise Refused("no_reaction")
    people.remove(context.team.bot.id)
    message.reactions = {name: users for name, users in message.reactions.items() if users}
    context.world.changed()
    return {}


@method(
    "assistant.threads.setStatus",
    "status loading_messages icon_emoji icon_url username",
    needed="channel_id thread_ts",
    scopes="chat:write",
)
async def set_status(context: Context) -> Json:
    channel = context.channel("channel_id")
    if "status" not in context.arguments:
        raise Refused("invalid_arguments", "missing required field: status")
    root = thread_of(context.team, channel, context.text("thread_ts"))
    messages = tuple(context.arguments.get("loading_messages") or ())
    if len(messages) > limits.LOADING_MESSAGES:
        raise Refused("invalid_arguments", "at most 10 loading_messages")
    status = AssistantStatus(text=context.text("status"), loading_messages=messages, set_s=context.world.clock.now_s())
    context.world.statuses[(channel.id, root or "")] = status
    context.world.changed()
    return {}
