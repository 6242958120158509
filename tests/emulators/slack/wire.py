"""The stand-in's records as Slack writes them in JSON: in answers, events and interactions.

Source: docs.slack.dev, reference/objects (message, file, user, channel, view).
"""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.emulators.slack.records import Channel, FileRecord, Json, MessageRecord, Person, UserGroup, ViewRecord

if TYPE_CHECKING:
    from tests.emulators.slack.workspace import Workspace
    from tests.emulators.slack.world import World


def with_ids(blocks: list[Json]) -> list[Json]:
    """Return blocks with the block and action ids that Slack fills in where an app gave none."""
    return [_with_ids(block, f"b{number}") for number, block in enumerate(blocks)]


def _with_ids(block: Json, name: str) -> Json:
    filled = {**block, "block_id": block.get("block_id") or name}
    if isinstance(elements := block.get("elements"), list) and block.get("type") != "rich_text":
        filled["elements"] = [_acting(element, f"{name}a{number}") for number, element in enumerate(elements)]
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            filled[key] = _acting(block[key], f"{name}{key}")
    return filled


def _acting(element: Any, name: str) -> Any:
    if not isinstance(element, dict) or element.get("type") in ("image", "mrkdwn", "plain_text", "card"):
        return element
    return {**element, "action_id": element.get("action_id") or name}


def message_json(world: World, message: MessageRecord, *, with_metadata: bool = False) -> Json:
    """Return a message as history and events carry it."""
    author = message.author
    body: Json = {
        "type": "message",
        "user": author.id,
        "ts": message.ts,
        "text": message.text,
        "team": message.channel.team_id,
        "blocks": message.blocks,
    }
    if message.tombstone:
        return body | {"subtype": "tombstone", "text": "This message was deleted.", "blocks": [], "hidden": True}
    if author.is_bot:
        team = world.teams[message.channel.team_id]
        body |= {"bot_id": team.bot_id, "app_id": world.app_id, "bot_profile": bot_json(world, team)}
    body |= _additions(world, message)
    if with_metadata and message.metadata:
        body["metadata"] = message.metadata
    return body


def _additions(world: World, message: MessageRecord) -> Json:
    found: Json = {}
    if message.client_msg_id:
        found["client_msg_id"] = message.client_msg_id
    if message.files:
        found |= {"files": [file_json(world, one, as_hidden=one.hidden) for one in message.files], "upload": True}
    attachments = [*message.attachments, *message.unfurls.values()]
    if attachments:
        found["attachments"] = attachments
    if message.edited_ts and message.edited_mark:
        found["edited"] = {"user": message.author.id, "ts": message.edited_ts}
    if message.thread_ts:
        found["thread_ts"] = message.thread_ts
    if message.is_reply:
        found["parent_user_id"] = _parent_author(world, message)
    if message.broadcast:
        found["subtype"] = "thread_broadcast"
    replies = world.teams[message.channel.team_id].replies_to(message)
    if replies:
        found |= {"reply_count": len(replies), "latest_reply": replies[-1].ts, "thread_ts": message.ts}
    if message.reactions:
        found["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
        ]
    return found


def _parent_author(world: World, message: MessageRecord) -> str:
    root = world.teams[message.channel.team_id].find(message.channel, message.thread_ts or "")
    return root.author.id if root is not None else ""


def file_json(world: World, file: FileRecord, *, as_hidden: bool = False, with_shares: bool = False) -> Json:
    """Return a file; `as_hidden` is all that an event says of one in a Slack Connect channel."""
    if as_hidden:
        return {"id": file.id, "created": 0, "timestamp": 0, "mode": "file_access", "file_access": "check_file_info"}
    media_type = file.media_type if file.processed else ""
    path = f"{world.base_url}/files-pri/{file.team_id}-{file.id}"
    name = quote(file.name)
    body: Json = {
        "id": file.id,
        "created": int(file.created_s),
        "timestamp": int(file.created_s),
        "name": file.name,
        "title": file.title,
        "mimetype": media_type,
        "filetype": file.name.rpartition(".")[2].lower() if media_type else "",
        "user": file.owner.id,
        "user_team": file.team_id,
        "size": len(file.content or b""),
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.shares),
        "alt_txt": file.alt_text,
        "url_private": f"{path}/{name}",
        "url_private_download": f"{path}/download/{name}",
        "permalink": f"{world.base_url}/files/{file.owner.id}/{file.id}/{name}",
        "file_access": "visible",
    }
    return body | (_shares(file) if with_shares else {})


def _shares(file: FileRecord) -> Json:
    shares: Json = {}
    kinds = {"channel": "channels", "group": "groups", "im": "ims"}
    lists: dict[str, list[str]] = {name: [] for name in kinds.values()}
    for message in file.shares:
        channel = message.channel
        place = shares.setdefault("public" if channel.kind == "channel" else "private", {})
        entry = {
            "ts": message.ts,
            "channel_name": channel.name,
            "team_id": channel.team_id,
            "share_user_id": message.author.id,
        }
        if message.thread_ts:
            entry["thread_ts"] = message.thread_ts
        place.setdefault(channel.id, []).append(entry)
        lists[kinds[channel.kind]].append(channel.id)
    return {"shares": shares, **lists}


def media_type_of(name: str) -> str:
    """Return the media type that Slack reads from a file's name."""
    if name.lower().endswith(".webp"):
        return "image/webp"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def user_json(person: Person, *, with_locale: bool) -> Json:
    """Return a user as `users.info` does."""
    body: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.handle,
        "real_name": person.name,
        "deleted": False,
        "is_admin": person.admin,
        "is_owner": person.owner,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "tz": "Europe/London",
        "tz_offset": 0,
        "profile": {"real_name": person.name, "display_name": person.name, "team": person.team_id},
    }
    if person.enterprise:
        body["enterprise_user"] = {"enterprise_id": person.enterprise, "teams": [*person.workspaces]}
    return body | ({"locale": person.locale} if with_locale else {})


def group_json(group: UserGroup, *, with_users: bool) -> Json:
    """Return a user group as `usergroups.list` does."""
    body: Json = {
        "id": group.id,
        "team_id": group.team_id,
        "is_usergroup": True,
        "name": group.handle.capitalize(),
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 1_700_000_000,
        "date_update": 1_700_000_000,
        "date_delete": 0,
        "auto_type": None,
        "user_count": len(group.people),
    }
    return body | ({"users": sorted(group.people)} if with_users else {})


def channel_json(world: World, channel: Channel, *, with_members: bool = False) -> Json:
    """Return a conversation as `conversations.info` does."""
    team = world.teams[channel.team_id]
    body: Json = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": False,
        "is_private": channel.kind != "channel",
        "is_archived": channel.archived,
        "is_ext_shared": channel.connect,
        "is_shared": channel.connect,
        "is_org_shared": False,
        "context_team_id": channel.team_id,
    }
    if channel.kind == "im":
        body["user"] = next(iter(channel.present - {team.bot.id}), "")
    else:
        body |= {"name": channel.name, "name_normalized": channel.name, "is_member": team.bot.id in channel.present}
    return body | ({"num_members": len(channel.present)} if with_members else {})


def bot_json(world: World, team: Workspace) -> Json:
    """Return the bot as `bots.info` and a message's `bot_profile` do."""
    return {
        "id": team.bot_id,
        "app_id": world.app_id,
        "user_id": team.bot.id,
        "name": world.settings.name,
        "deleted": not team.installed,
        "updated": 1_700_000_000,
        "icons": {},
        "team_id": team.id,
    }


def view_json(world: World, view: ViewRecord) -> Json:
    """Return a view as answers and interactions carry it."""
    team = world.teams[view.team_id]
    defaults: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
    }
    facts: Json = {
        "id": view.id,
        "team_id": view.team_id,
        "app_id": world.app_id,
        "app_installed_team_id": view.team_id,
        "bot_id": team.bot_id,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": view.state},
    }
    return {**defaults, **view.body, **facts}
