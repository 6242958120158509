"""Which addresses a result file may be fetched from.

Links come from outside, so they must not reach into the network that the bot runs in: only public addresses,
over https. The one exception is the simulator: when the API itself is on this machine, so may its files be.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from yarl import URL

from bot.errors import FileRefused

NAT64 = IPv6Network("64:ff9b::/96")
"""Carries an IPv4 address in its last 32 bits. Source: RFC 6052."""


class ForbiddenAddress(OSError):
    """A host name led to an address that files may not come from."""

    def __init__(self) -> None:
        super().__init__("address not allowed")  # always the same words: aiohttp merges equal ones


def is_loopback_host(host: str) -> bool:
    """Whether a URL's host is this machine by its very name: `localhost` or a loopback address."""
    name = host.casefold().removesuffix(".")
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet, also when it is wrapped into an IPv6 one."""
    return all(_is_global(inner) for inner in _unwrapped(ip_address(address.partition("%")[0])))


def check_link(url: URL, *, api_is_local: bool) -> None:
    """Check what the text of a link tells; where its host leads to is checked by `open_socket`.

    Raises:
        FileRefused: another scheme than https (http for this machine, when the API is there, too), user names or
            passwords, no host, or the literal address of something that is not public.
    """
    is_local = is_loopback_host(url.host or "")
    if not url.host or url.user is not None or url.password is not None:
        raise FileRefused("a file link without a plain host")
    if url.scheme != "https" and not (url.scheme == "http" and is_local and api_is_local):
        raise FileRefused(f"a file link of scheme {url.scheme or 'none'} to host {url.host}")
    if is_local and not api_is_local:
        raise FileRefused("a file link to this machine")


def open_socket(address_info: tuple[Any, ...]) -> socket.socket:
    """Make the socket for a connection that is about to be opened, at the last moment before it is.

    Checking here rather than after a look-up of our own leaves no gap in which the answer could change.

    Raises:
        ForbiddenAddress: the address is not public.
    """
    family, kind, protocol, _, address = address_info
    if not is_public(address[0]):
        raise ForbiddenAddress
    return socket.socket(family, kind, protocol)


def _unwrapped(address: IPv4Address | IPv6Address) -> tuple[IPv4Address | IPv6Address, ...]:
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address, address.sixtofour)
    if address.teredo is not None:
        return (address, *address.teredo)
    if address in NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return (address,)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
