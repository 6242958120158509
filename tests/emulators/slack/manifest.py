"""What an app may do and is told, as its manifest says; the bot's own manifest fits in here.

Source: docs.slack.dev, reference/app-manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EVERY_SCOPE = tuple(
    """
    app_mentions:read assistant:write channels:history channels:join channels:read chat:write commands files:read
    files:write groups:history groups:read im:history im:read im:write links:read links:write mpim:history mpim:read
    reactions:write team:read usergroups:read users:read
    """.split()  # noqa: SIM905 - a list of words is read more easily so
)
EVERY_EVENT = tuple(
    """
    app_home_opened app_mention app_uninstalled file_shared link_shared message.channels message.groups message.im
    message.mpim tokens_revoked
    """.split()  # noqa: SIM905 - as above
)

SAMPLE_MANIFEST: Mapping[str, Any] = {
    "display_information": {"name": "Rodin Bot"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "rodin", "always_online": True},
        "slash_commands": [{"command": "/rodin", "description": "Make a 3D model", "should_escape": False}],
        "shortcuts": [
            {"name": "Make 3D model", "type": "message", "callback_id": "make_model", "description": "From this"},
            {"name": "New 3D model", "type": "global", "callback_id": "new_model", "description": "Open the form"},
        ],
        "unfurl_domains": ["models.example"],
    },
    "oauth_config": {"scopes": {"bot": EVERY_SCOPE}},
    "settings": {
        "event_subscriptions": {"bot_events": EVERY_EVENT},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand:
    """A registered slash command."""

    command: str
    should_escape: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A registered shortcut; `kind` is `message` or `global`."""

    name: str
    kind: str
    callback_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """The parts of a manifest that change what Slack does."""

    name: str
    bot_name: str
    commands: tuple[SlashCommand, ...]
    shortcuts: tuple[Shortcut, ...]
    scopes: tuple[str, ...]
    events: frozenset[str]
    unfurl_domains: tuple[str, ...]
    redirect_urls: tuple[str, ...]
    home_tab: bool
    messages_tab: bool
    interactivity: bool


def read_manifest(manifest: Mapping[str, Any]) -> AppSettings:
    """Read a manifest, parsed from its YAML or JSON."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    oauth, home = manifest.get("oauth_config", {}), features.get("app_home", {})
    return AppSettings(
        name=manifest["display_information"]["name"],
        bot_name=features.get("bot_user", {}).get("display_name", "bot"),
        commands=tuple(
            SlashCommand(command=entry["command"], should_escape=entry.get("should_escape", False))
            for entry in features.get("slash_commands", ())
        ),
        shortcuts=tuple(
            Shortcut(name=entry["name"], kind=entry["type"], callback_id=entry["callback_id"])
            for entry in features.get("shortcuts", ())
        ),
        scopes=tuple(oauth.get("scopes", {}).get("bot", ())),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
        unfurl_domains=tuple(features.get("unfurl_domains", ())),
        redirect_urls=tuple(oauth.get("redirect_urls", ())),
        home_tab=home.get("home_tab_enabled", False),
        messages_tab=home.get("messages_tab_enabled", False),
        interactivity=settings.get("interactivity", {}).get("is_enabled", False),
    )
