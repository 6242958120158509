"""Which addresses attachments may be fetched from: Discord's own, and nothing that only looks like them."""

from __future__ import annotations

from adapters.addresses import is_vendors

FILE_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""Where Discord keeps what people upload. Source: Discord developer docs, Reference, Signed Attachment CDN URLs."""


def is_discords(url: str, *, api_url: str) -> bool:
    """Say whether Discord gives files out at an address: its hosts, or wherever the operator says Discord is."""
    return is_vendors(url, api_url=api_url, is_host=lambda host, _api: host in FILE_HOSTS)
