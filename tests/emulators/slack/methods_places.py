"""The `conversations.*`, `users.*`, `usergroups.*`, `team.*` and `bots.*` methods.

Source: docs.slack.dev, reference/methods.
"""

from __future__ import annotations

from tests.emulators.slack import wire
from tests.emulators.slack.api import Context, method
from tests.emulators.slack.errors import Refused
from tests.emulators.slack.records import Channel, Json, MessageRecord

PAGE, LONGEST_PAGE = 100, 999
TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


@method("conversations.info", "include_locale include_num_members", needed="channel")
async def info(context: Context) -> Json:
    channel = context.channel()
    context.need_in(channel, "read")
    with_members = context.flag("include_num_members")
    return {"channel": wire.channel_json(context.world, channel, with_members=with_members)}


@method("conversations.open", "channel users return_im prevent_creation", scopes="im:write")
async def open_im(context: Context) -> Json:
    if context.text("channel"):
        channel = context.channel()
    else:
        names = [name for name in context.text("users").split(",") if name]
        if not names:
            raise Refused("users_list_not_supplied")
        if len(names) > 1:
            context.world.complain("conversations.open: conversations of several people are not emulated")
            raise Refused("method_not_supported_for_channel_type")
        channel = context.team.im_for(names[0])
    whole = context.flag("return_im")
    return {"channel": wire.channel_json(context.world, channel) if whole else {"id": channel.id}}


@method("conversations.join", needed="channel", scopes="channels:join")
async def join(context: Context) -> Json:
    channel = context.channel()
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    channel.present.add(context.team.bot.id)
    context.world.changed()
    return {"channel": wire.channel_json(context.world, channel)}


@method("conversations.members", "cursor limit", needed="channel")
async def members(context: Context) -> Json:
    channel = context.channel()
    context.need_in(channel, "read")
    return _page(context, "members", sorted(channel.present))


@method("conversations.list", "cursor exclude_archived limit types")
async def list_channels(context: Context) -> Json:
    return _channels(context, lambda channel: channel.kind != "im" or context.team.bot.id in channel.present)


@method("users.conversations", "cursor exclude_archived limit types user")
async def users_conversations(context: Context) -> Json:
    user_id = context.text("user") or context.team.bot.id
    if user_id not in context.team.people:
        raise Refused("user_not_found")
    return _channels(context, lambda channel: user_id in channel.present)


def _channels(context: Context, wanted: object) -> Json:
    kinds = [TYPES.get(name, "") for name in (context.text("types") or "public_channel").split(",")]
    if "" in kinds:
        raise Refused("invalid_types")
    found = []
    for channel in context.team.channels.values():
        seen = channel.kind == "channel" or context.team.bot.id in channel.present
        open_or_all = not (channel.archived and context.flag("exclude_archived"))
        if channel.kind in kinds and seen and open_or_all and callable(wanted) and wanted(channel):
            context.need_in(channel, "read")
            found.append(wire.channel_json(context.world, channel))
    return _page(context, "channels", found)


def _page(context: Context, name: str, entries: list[str] | list[Json]) -> Json:
    limit = min(context.number("limit", PAGE), LONGEST_PAGE)
    start = _start(context)
    rest = start + limit < len(entries)
    cursor = f"next:{start + limit}" if rest else ""
    return {name: entries[start : start + limit], "response_metadata": {"next_cursor": cursor}}


def _start(context: Context) -> int:
    cursor = context.text("cursor")
    number = cursor.removeprefix("next:")
    if cursor and not (cursor.startswith("next:") and number.isdigit()):
        raise Refused("invalid_cursor")
    return int(number or 0)


SPAN = "cursor inclusive include_all_metadata latest limit oldest"


@method("conversations.history", SPAN, needed="channel")
async def history(context: Context) -> Json:
    channel = _readable(context)
    found = [m for m in context.team.recorded if m.channel is channel and m.only_for is None]
    shown = [m for m in found if (not m.is_reply or m.broadcast) and _within(context, m)]
    return _messages(context, shown[::-1])


@method("conversations.replies", SPAN, needed="channel ts")
async def replies(context: Context) -> Json:
    channel = _readable(context)
    root = context.team.find(channel, context.text("ts"))
    if root is None:
        raise Refused("thread_not_found")
    if root.is_reply:
        return _messages(context, [root])
    found = [root, *(m for m in context.team.replies_to(root) if _within(context, m))]
    return _messages(context, found)


def _readable(context: Context) -> Channel:
    channel = context.channel()
    context.need_in(channel, "history")
    if context.team.bot.id not in channel.present:
        raise Refused("not_in_channel")
    return channel


def _within(context: Context, message: MessageRecord) -> bool:
    oldest, latest = _moment(context, "oldest", 0.0), _moment(context, "latest", float("inf"))
    at = float(message.ts)
    return oldest <= at <= latest if context.flag("inclusive") else oldest < at < latest


def _moment(context: Context, name: str, otherwise: float) -> float:
    try:
        return float(context.text(name) or otherwise)
    except ValueError:
        raise Refused(f"invalid_ts_{name}") from None


def _messages(context: Context, messages: list[MessageRecord]) -> Json:
    with_metadata = context.flag("include_all_metadata")
    shown = [wire.message_json(context.world, message, with_metadata=with_metadata) for message in messages]
    page = _page(context, "messages", shown)
    return page | {"has_more": bool(page["response_metadata"]["next_cursor"])}


@method("users.info", "include_locale", needed="user", scopes="users:read")
async def user_info(context: Context) -> Json:
    person = context.team.people.get(context.text("user"))
    if person is None:
        raise Refused("user_not_found")
    return {"user": wire.user_json(person, with_locale=context.flag("include_locale"))}


@method("usergroups.list", "include_count include_disabled include_users", scopes="usergroups:read")
async def user_groups(context: Context) -> Json:
    with_users = context.flag("include_users")
    return {"usergroups": [wire.group_json(one, with_users=with_users) for one in context.team.groups.values()]}


@method("team.info", "team domain", scopes="team:read")
async def team_info(context: Context) -> Json:
    team = context.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}}


@method("bots.info", "bot", scopes="users:read")
async def bot_info(context: Context) -> Json:
    if context.text("bot") not in ("", context.team.bot_id):
        raise Refused("bot_not_found")
    return {"bot": wire.bot_json(context.world, context.team)}
