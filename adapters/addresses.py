"""Judges addresses that came from outside, before anything is sent there."""

from __future__ import annotations

from collections.abc import Callable

from yarl import URL

IsHost = Callable[[str, str], bool]
"""Says of a host, and of the API's own host, whether the first belongs to the vendor."""


def is_vendors(url: str, *, api_url: str, is_host: IsHost) -> bool:
    """Say whether an address is a vendor's: its hosts by https, or wherever the operator has said that its API is.

    Taken apart as aiohttp does it, so that what is checked is what is asked.
    """
    try:
        link, api = URL(url), URL(api_url)
    except ValueError:
        return False
    is_plain = link.user is None and link.password is None
    if link.scheme not in {"http", "https"} or not link.host or not api.host or not is_plain:
        return False
    if link.origin() == api.origin():
        return True
    return link.scheme == "https" and link.is_default_port() and is_host(link.host, api.host)
