"""What Slack has to know of the app: its manifest, with exactly the scopes and events that the code needs.

Source: docs.slack.dev, App manifest reference (fields), Scopes (names).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from adapters.slack.home import NEW_MODEL

MAKE_MODEL = "make_model"
"""The callback of the message shortcut *Make 3D model*."""

COMMAND = "/rodin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One right of the app: `why` ends in no full stop, `needed_by` names the methods and events that want it."""

    name: str
    why: str
    needed_by: tuple[str, ...]


SCOPES = (
    Scope(name="app_mentions:read", why="to hear when it is mentioned", needed_by=("app_mention",)),
    Scope(
        name="channels:history",
        why="to find its own messages again after a crash instead of posting them twice",
        needed_by=("conversations.history", "conversations.replies"),
    ),
    Scope(
        name="channels:read",
        why="to say that it has to be invited before anything is charged, and to see who reads along",
        needed_by=("conversations.info", "users.conversations"),
    ),
    Scope(
        name="chat:write",
        why="to show progress and the finished model",
        needed_by=("chat.postMessage", "chat.update", "chat.postEphemeral"),
    ),
    Scope(name="commands", why=f"for {COMMAND} and the shortcuts", needed_by=("command", "shortcut")),
    Scope(
        name="files:read",
        why="to fetch the pictures that people give it, and to see when a picture of its own can be shown",
        needed_by=("files.info", "file_download"),
    ),
    Scope(
        name="files:write",
        why="to bring the picture and the model into the thread, and to take them out again",
        needed_by=("files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"),
    ),
    Scope(
        name="groups:history",
        why="for what channels:history is, in private channels",
        needed_by=("conversations.history", "conversations.replies"),
    ),
    Scope(
        name="groups:read",
        why="for what channels:read is, in private channels",
        needed_by=("conversations.info", "users.conversations"),
    ),
    Scope(
        name="im:history",
        why="to hear what is written to it directly",
        needed_by=("message.im", "conversations.history", "conversations.replies"),
    ),
    Scope(name="im:read", why="to see that a conversation is a direct one", needed_by=("conversations.info",)),
    Scope(
        name="im:write",
        why="to write directly where it cannot post in the channel",
        needed_by=("conversations.open",),
    ),
    Scope(
        name="mpim:read",
        why="for what channels:read is, in group conversations",
        needed_by=("conversations.info", "users.conversations"),
    ),
    Scope(
        name="usergroups:read",
        why="to know who is in a user group that an admin has allowed something",
        needed_by=("usergroups.list",),
    ),
    Scope(
        name="users:read",
        why="to see who manages the workspace, its settings and its money",
        needed_by=("users.info",),
    ),
)
"""Everything the app asks for; nothing else."""

LINK_SCOPES = (
    Scope(name="links:read", why="to hear of links to its own pages", needed_by=("link_shared",)),
    Scope(name="links:write", why="to show a preview of them", needed_by=("chat.unfurl",)),
)
"""Only where the app has pages, at PUBLIC_URL."""

EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")
LINK_EVENTS = ("link_shared",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestOptions:
    """The settings that the manifest depends on."""

    public_url: str | None = None
    uses_http: bool = False
    is_distributed: bool = False


def scope_names(*, has_links: bool) -> tuple[str, ...]:
    """Return the names of the scopes, sorted."""
    scopes = (*SCOPES, *LINK_SCOPES) if has_links else SCOPES
    return tuple(sorted(scope.name for scope in scopes))


def manifest_yaml(options: ManifestOptions) -> str:
    """Return what `rodin-bot manifest slack` prints: the manifest, and every scope with its reason as comments."""
    scopes = (*SCOPES, *LINK_SCOPES) if has_pages(options) else SCOPES
    width = max(len(scope.name) for scope in scopes)
    lines = [
        "# The manifest of your Slack app: https://api.slack.com/apps, Create New App, From a manifest.",
        "# It asks for these scopes and no others:",
        *(f"#   {scope.name:<{width}}  {scope.why}" for scope in sorted(scopes, key=lambda one: one.name)),
    ]
    return "\n".join([*lines, *_yaml(manifest(options))]) + "\n"


def manifest(options: ManifestOptions) -> dict[str, Any]:
    """Return the manifest."""
    url = _events_url(options)
    features: dict[str, Any] = {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "Rodin Bot", "always_online": True},
        "shortcuts": [
            {
                "name": "Make 3D model",
                "type": "message",
                "callback_id": MAKE_MODEL,
                "description": "Makes a 3D model of the pictures in a message",
            },
            {
                "name": "New 3D model",
                "type": "global",
                "callback_id": NEW_MODEL,
                "description": "Opens the form for a new 3D model",
            },
        ],
        "slash_commands": [
            {
                "command": COMMAND,
                **({"url": url} if url else {}),
                "description": "Makes a 3D model from words or pictures",
                "usage_hint": "a brass teapot --preset print",
                "should_escape": True,
            }
        ],
    }
    if has_pages(options):
        features["unfurl_domains"] = [urlsplit(options.public_url or "").hostname]
    return {
        "display_information": {
            "name": "Rodin Bot",
            "description": "Words and pictures become 3D models, made by Hyper3D Rodin",
            "background_color": "#1d1c1d",
        },
        "features": features,
        "oauth_config": _oauth(options),
        "settings": _settings(options, url),
    }


def has_pages(options: ManifestOptions) -> bool:
    """Whether links to our pages can be shown: Slack only knows hosts with a name of several parts."""
    host = urlsplit(options.public_url or "").hostname or ""
    return "." in host.strip(".") and not host.replace(".", "").isdigit()


def _oauth(options: ManifestOptions) -> Mapping[str, Any]:
    scopes = {"scopes": {"bot": list(scope_names(has_links=has_pages(options)))}}
    if options.is_distributed and options.public_url:
        return {"redirect_urls": [f"{options.public_url}/slack/oauth_redirect"], **scopes}
    return scopes


def _settings(options: ManifestOptions, url: str) -> Mapping[str, Any]:
    events = (*EVENTS, *LINK_EVENTS) if has_pages(options) else EVENTS
    address = {"request_url": url} if url else {}
    return {
        "event_subscriptions": {**address, "bot_events": sorted(events)},
        "interactivity": {"is_enabled": True, **address},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not options.uses_http,
        "token_rotation_enabled": False,
    }


def _events_url(options: ManifestOptions) -> str:
    if not options.uses_http:
        return ""
    return f"{options.public_url or 'https://YOUR-PUBLIC-URL'}/slack/events"


def _yaml(value: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Write mappings of mappings, lists of scalars or mappings, and scalars, which are the same in JSON and YAML."""
    for name, entry in value.items():
        if isinstance(entry, Mapping):
            yield f"{indent}{name}:"
            yield from _yaml(entry, indent + "  ")
        elif isinstance(entry, list):
            yield f"{indent}{name}:"
            for one in entry:
                rows = list(_yaml(one, "")) if isinstance(one, Mapping) else [_scalar(one)]
                yield f"{indent}  - {rows[0]}"
                yield from (f"{indent}    {row}" for row in rows[1:])
        else:
            yield f"{indent}{name}: {_scalar(entry)}"


def _scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
