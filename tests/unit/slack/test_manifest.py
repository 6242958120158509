"""The manifest holds documented fields only, and no scope or event that no code path needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import adapters.slack
from adapters.slack.manifest import (
    EVENTS,
    LINK_EVENTS,
    LINK_SCOPES,
    SCOPES,
    ManifestOptions,
    manifest,
    manifest_yaml,
    scope_names,
)
from tests.emulators.slack.api import METHODS
from tests.emulators.slack.outbox import EVENT_SCOPES

SOURCES = "\n".join(path.read_text() for path in Path(adapters.slack.__file__).parent.glob("*.py"))
CALLED = frozenset(
    re.findall(r'"((?:chat|files|conversations|views|users|usergroups|auth|apps)\.[A-Za-z0-9_.]+)"', SOURCES)
) & set(METHODS)

OPTIONS = (
    ManifestOptions(),
    ManifestOptions(public_url="https://models.example.org", uses_http=True),
    ManifestOptions(public_url="https://models.example.org", uses_http=True, is_distributed=True),
)

DOCUMENTED = {
    "display_information": {"name", "description", "long_description", "background_color"},
    "features": {"app_home", "bot_user", "shortcuts", "slash_commands", "unfurl_domains", "assistant_view"},
    "oauth_config": {"redirect_urls", "scopes", "token_management_enabled"},
    "settings": {
        "allowed_ip_address_ranges",
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
        "hermes_app_type",
        "function_runtime",
    },
}
"""Source: docs.slack.dev, App manifest reference."""


@pytest.mark.parametrize("options", OPTIONS)
def test_what_is_printed_reads_back_as_the_manifest(options: ManifestOptions) -> None:
    assert yaml.safe_load(manifest_yaml(options)) == manifest(options)


@pytest.mark.parametrize("options", OPTIONS)
def test_every_field_is_documented(options: ManifestOptions) -> None:
    made = manifest(options)

    assert made.keys() == DOCUMENTED.keys()
    for name, fields in DOCUMENTED.items():
        assert made[name].keys() <= fields


def test_lengths_are_within_what_slack_takes() -> None:
    made = manifest(OPTIONS[-1])

    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["bot_user"]["display_name"]) <= 80
    for shortcut in made["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


def test_each_scope_is_needed_by_something_that_the_code_does() -> None:
    heard = {*EVENTS, *LINK_EVENTS, "command", "shortcut", "file_download"}

    for scope in (*SCOPES, *LINK_SCOPES):
        assert set(scope.needed_by) <= heard | CALLED, scope.name


def test_each_event_and_method_has_the_scopes_that_it_needs() -> None:
    held = set(scope_names(has_links=True))

    for event in (*EVENTS, *LINK_EVENTS):
        assert EVENT_SCOPES.get(event, "chat:write") in held
    for name in CALLED:
        assert set(METHODS[name].scopes) <= held, name


def test_no_scope_is_there_that_nobody_named_a_reason_for() -> None:
    named = {scope.name for scope in (*SCOPES, *LINK_SCOPES)}

    assert set(manifest(OPTIONS[1])["oauth_config"]["scopes"]["bot"]) == named
    assert all(scope.why and scope.needed_by for scope in (*SCOPES, *LINK_SCOPES))


def test_links_are_asked_for_only_where_there_are_pages_that_slack_can_name() -> None:
    without = manifest(ManifestOptions(public_url="http://127.0.0.1:8080"))

    assert "unfurl_domains" not in without["features"]
    assert "links:read" not in without["oauth_config"]["scopes"]["bot"]
