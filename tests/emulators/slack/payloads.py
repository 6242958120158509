"""The payloads that Slack sends to an app: events, slash commands, interactions.

Source: docs.slack.dev, apis/events-api, reference/events, interactivity/implementing-slash-commands,
reference/interaction-payloads.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.emulators.slack import wire
from tests.emulators.slack.delivery import COMMANDS, EVENTS, INTERACTIVE, Delivery
from tests.emulators.slack.records import Channel, FileRecord, Json, MessageRecord, Person, ViewRecord

if TYPE_CHECKING:
    from tests.emulators.slack.workspace import Workspace
    from tests.emulators.slack.world import World

CHANNEL_TYPES = {"channel": "channel", "group": "group", "im": "im"}
SUBSCRIPTIONS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def new_delivery(kind: str, payload: Json, team: Workspace) -> Delivery:
    """Return a payload ready to be sent."""
    return Delivery(kind=kind, payload=payload, team_id=team.id, envelope_id=str(uuid.uuid4()))


def event(world: World, team: Workspace, inner: Json, *, shared: bool = False) -> Delivery:
    """Wrap an event as the Events API does."""
    at_s = world.clock.now_s()
    who = {
        "enterprise_id": None,
        "team_id": team.id,
        "user_id": team.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    payload: Json = {
        "token": world.verification_token,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": None,
        "api_app_id": world.app_id,
        "event": {"event_ts": world.new_ts(), **inner},
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(at_s),
        "authorizations": [who],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{uuid.uuid4().hex}",
    }
    return new_delivery(EVENTS, payload, team)


def message_event(world: World, message: MessageRecord) -> Json:
    """Return the `message` event of a posted message."""
    body = wire.message_json(world, message, with_metadata=True)
    if message.files and not message.author.is_bot:
        body["subtype"] = "file_share"
    return body | _where(message.channel) | {"event_ts": message.ts}


def _where(channel: Channel) -> Json:
    return {"channel": channel.id, "channel_type": CHANNEL_TYPES[channel.kind]}


def changed_event(world: World, message: MessageRecord) -> Json:
    """Return the `message_changed` event of an edited message."""
    body = wire.message_json(world, message, with_metadata=True)
    ts = message.edited_ts or message.ts
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": body,
        "ts": ts,
        **_where(message.channel),
    }


def mention_event(world: World, message: MessageRecord) -> Json:
    """Return the `app_mention` event of a message."""
    body = wire.message_json(world, message)
    return body | {"type": "app_mention", "channel": message.channel.id, "event_ts": message.ts}


def file_shared_event(file: FileRecord, message: MessageRecord) -> Json:
    """Return the `file_shared` event, which carries nothing but ids."""
    return {
        "type": "file_shared",
        "file_id": file.id,
        "user_id": file.owner.id,
        "file": {"id": file.id},
        "channel_id": message.channel.id,
        "event_ts": message.ts,
    }


def link_shared_event(team: Workspace, message: MessageRecord, links: list[str]) -> Json:
    """Return the `link_shared` event of a message with addresses of the app's domains."""
    body: Json = {
        "type": "link_shared",
        "channel": message.channel.id,
        "is_bot_user_member": team.bot.id in message.channel.present,
        "user": message.author.id,
        "message_ts": message.ts,
        "unfurl_id": f"{message.channel.id}.{message.ts}.{uuid.uuid4().hex}",
        "source": "conversations_history",
        "links": [{"domain": urlsplit(link).hostname, "url": link} for link in links],
        "event_ts": message.ts,
    }
    return body | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def home_opened_event(world: World, person: Person, channel: Channel, *, tab: str) -> Json:
    """Return the `app_home_opened` event."""
    body: Json = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": tab}
    view = world.homes.get(person.id)
    return body | ({"view": wire.view_json(world, view)} if view is not None and tab == "home" else {})


def command(world: World, team: Workspace, person: Person, channel: Channel, *, words: tuple[str, str]) -> Json:
    """Return a slash command; `words` are the command and the text after it."""
    names = {"im": "directmessage", "group": "privategroup"}
    return {
        **world.settings_of(),
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": names.get(channel.kind, channel.name),
        "user_id": person.id,
        "user_name": person.handle,
        "command": words[0],
        "text": words[1],
        "is_enterprise_install": "false",
    }


def command_delivery(team: Workspace, payload: Json) -> Delivery:
    """Return a slash command ready to be sent."""
    return new_delivery(COMMANDS, payload, team)


def interaction(world: World, team: Workspace, person: Person, kind: str, **fields: object) -> Delivery:
    """Return an interaction of a kind with its own fields, ready to be sent."""
    payload: Json = {
        "type": kind,
        **world.settings_of(),
        "team": {"id": team.id, "domain": team.domain},
        "user": {"id": person.id, "username": person.handle, "name": person.handle, "team_id": team.id},
        "enterprise": None,
        "is_enterprise_install": False,
        **fields,
    }
    return new_delivery(INTERACTIVE, payload, team)


def channel_name(channel: Channel) -> Json:
    """Return a channel as interactions name it."""
    names = {"im": "directmessage", "group": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}


def message_place(world: World, message: MessageRecord) -> Json:
    """Return the fields that say in which message something was clicked; an ephemeral one is not shown."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    body: Json = {"container": container, "channel": channel_name(message.channel), "state": {"values": {}}}
    if message.only_for is None:
        body["message"] = wire.message_json(world, message)
    return body


def view_place(world: World, view: ViewRecord) -> Json:
    """Return the fields that say in which view something was clicked."""
    return {"container": {"type": "view", "view_id": view.id}, "view": wire.view_json(world, view)}
