"""Which addresses belong to Slack: for files with the workspace's token, for uploads, and for answers."""

from __future__ import annotations

from adapters.addresses import is_vendors

HOSTS = ("slack.com", "slack-files.com")
"""Where Slack keeps files and takes answers, with all that is under these names. Source: docs.slack.dev, file object;
Handling user interaction, response_url."""


def is_slacks(url: str, *, api_url: str) -> bool:
    """Say whether an address is Slack's: its hosts, or wherever the operator has said Slack is, as GovSlack."""
    return is_vendors(url, api_url=api_url, is_host=_is_below)


def _is_below(host: str, api_host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in (*HOSTS, api_host))
