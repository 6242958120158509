"""Slack's payloads as our types: the one place that reads foreign JSON. Pure.

Source: docs.slack.dev, Slash commands, Events API, Interactivity (shapes); Formatting message text (escapes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.address import event_of_interaction, event_of_message, is_direct, owner_of
from bot.model import Owner

Json = Mapping[str, Any]

ENTITY = re.compile(r"<([^<>\n]*)>")

WRITTEN_SUBTYPES = frozenset({"file_share", "thread_broadcast"})
"""Subtypes of messages that a person has just written, besides none at all; the others are edits, joins, bots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, where, and how to answer. `thread` is the root of the thread where it happened, empty outside of one;
    `message` is the message itself, empty where only one person sees it.

    `moment` is when, in Slack's seconds, where the payload says so. `response_url` and `trigger` are bearer
    capabilities and live for minutes.
    """

    team: str
    user: str
    channel: str
    event: str
    enterprise: str = ""
    name: str = ""
    thread: str = ""
    message: str = ""
    moment: str = ""
    response_url: str = ""
    trigger: str = ""

    @property
    def owner(self) -> Owner:
        """The person as the core knows people."""
        return owner_of(team=self.team, user=self.user, channel=self.channel)

    @property
    def is_direct(self) -> bool:
        """Whether it happened in a direct conversation."""
        return is_direct(self.channel)

    def __repr__(self) -> str:
        """Keep the capabilities out of logs."""
        return f"Asking(team={self.team!r}, user={self.user!r}, channel={self.channel!r}, event={self.event!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    """A file that somebody shared. `is_hidden`: Slack Connect shows only the id until `files.info` is asked."""

    id: str
    url: str = ""
    media_type: str = ""
    size_bytes: int = 0
    is_hidden: bool = False

    @property
    def may_be_picture(self) -> bool:
        """Whether it could be a picture; the bytes decide."""
        return self.is_hidden or not self.media_type or self.media_type.startswith("image/")

    def __repr__(self) -> str:
        """Keep the address out of logs."""
        return f"SharedFile(id={self.id!r}, media_type={self.media_type!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message that somebody wrote, as plain words, with its files. `markup` is its text as Slack sent it."""

    words: str
    files: tuple[SharedFile, ...]
    markup: str = ""


def asking_of_command(body: Json) -> Asking:
    """Read a slash command."""
    return Asking(
        team=_text(body, "team_id"),
        enterprise=_text(body, "enterprise_id"),
        user=_text(body, "user_id"),
        name=_text(body, "user_name"),
        channel=_text(body, "channel_id"),
        event=event_of_interaction(_text(body, "trigger_id")),
        response_url=_text(body, "response_url"),
        trigger=_text(body, "trigger_id"),
    )


def asking_of_interaction(body: Json) -> Asking:
    """Read a shortcut, a click or a submitted form."""
    message = _object(body, "message")
    container = _object(body, "container")
    view = _object(body, "view")
    handle = f"view {_text(view, 'id')}" if body.get("type") == "view_submission" else _text(body, "trigger_id")
    return Asking(
        team=_text(_object(body, "team"), "id") or _text(_object(body, "user"), "team_id"),
        enterprise=_text(_object(body, "enterprise"), "id"),
        user=_text(_object(body, "user"), "id"),
        name=_text(_object(body, "user"), "username") or _text(_object(body, "user"), "name"),
        channel=_text(_object(body, "channel"), "id") or _text(container, "channel_id"),
        event=event_of_interaction(handle),
        thread=_text(message, "thread_ts") or _text(container, "thread_ts"),
        message="" if container.get("is_ephemeral") else _text(message, "ts"),
        response_url=_text(body, "response_url"),
        trigger=_text(body, "trigger_id"),
    )


def asking_of_event(body: Json) -> Asking:
    """Read an event about a message or a person."""
    event = _object(body, "event")
    team, ts = _text(body, "team_id"), _text(event, "ts") or _text(event, "event_ts")
    channel = _text(event, "channel")
    return Asking(
        team=team,
        enterprise=_text(body, "enterprise_id"),
        user=_text(event, "user"),
        channel=channel,
        event=event_of_message(team, channel, ts),
        thread=_text(event, "thread_ts"),
        message=_text(event, "ts"),
        moment=ts,
    )


def is_written_by_person(event: Json) -> bool:
    """Whether an event is a message that a person has just written: no bot's (ours least of all), no edit."""
    subtype = event.get("subtype")
    is_new = subtype is None or _text(event, "subtype") in WRITTEN_SUBTYPES
    return not event.get("bot_id") and is_new and bool(event.get("user"))


def written_of(message: Json, *, bots: Sequence[str] = ()) -> Written:
    """Read what a message says and holds; mentions of `bots` are left out."""
    text = _text(message, "text")
    return Written(words=plain_words(text, bots=bots), files=files_of(message), markup=text)


def files_of(holder: Json) -> tuple[SharedFile, ...]:
    """Read the files of a message, or of a form's field."""
    return tuple(shared_file(file) for file in _objects(holder, "files") if file.get("id"))


def shared_file(file: Json) -> SharedFile:
    """Read a file object."""
    size = file.get("size")
    return SharedFile(
        id=_text(file, "id"),
        url=_text(file, "url_private_download") or _text(file, "url_private"),
        media_type=_text(file, "mimetype"),
        size_bytes=size if isinstance(size, int) else 0,
        is_hidden=file.get("file_access") == "check_file_info",
    )


def bots_of(body: Json) -> tuple[str, ...]:
    """Return the users that are this app, as an event names them."""
    return tuple(_text(one, "user_id") for one in _objects(body, "authorizations") if one.get("is_bot"))


def plain_words(text: str, *, bots: Sequence[str] = ()) -> str:
    """Return what a person typed: without Slack's markup and escapes, and without mentions of `bots`."""
    words = ENTITY.sub(lambda found: _spoken(found[1], bots), text)
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _spoken(entity: str, bots: Sequence[str]) -> str:
    target, _, label = entity.partition("|")
    if target.startswith("@"):
        return "" if target[1:] in bots else f"@{label or target[1:]}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    return label or target


def _text(source: Json, name: str) -> str:
    value = source.get(name)
    return value if isinstance(value, str) else ""


def _object(source: Json, name: str) -> Json:
    value = source.get(name)
    return value if isinstance(value, Mapping) else {}


def _objects(source: Json, name: str) -> tuple[Json, ...]:
    value = source.get(name)
    return tuple(one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else ()
