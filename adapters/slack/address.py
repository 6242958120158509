"""Slack's addresses: the only place that makes and reads its ids."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bot.errors import AddressGone
from bot.model import ALONE, Address, Owner

PLATFORM = "slack"

GONE = "gone"
"""In place of a message's timestamp: somebody deleted the message, and it is not posted again."""

PERSON_PREFIXES = ("U", "W")
"""A user id in place of a channel's: the direct conversation with that person, not opened yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where one task is told, and what stands there already. Messages go by their timestamp, as Slack has it.

    `root` is the message that the thread hangs on: a person's own, or ours, which is then the status as well. `since`
    is a moment in seconds before which no message of the task can stand. `uploads` are the files that we have brought
    into Slack for it. `name` is how the person is called, where the thread is not under their own message; `notes`
    names what the status message has to explain (see `words.NOTES`).
    """

    team: str
    channel: str
    user: str
    since: str
    enterprise: str = ""
    name: str = ""
    root: str = ""
    status: str = ""
    result: str = ""
    uploads: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_unopened(self) -> bool:
        """Whether it is a direct conversation that has no id of its own yet."""
        return self.channel.startswith(PERSON_PREFIXES)

    def address(self) -> Address:
        """Write the spot down for the core."""
        values = {field.name: _written(getattr(self, field.name)) for field in fields(self)}
        readers = ALONE if self.is_unopened or is_direct(self.channel) else ""
        place = f"{readers}{self.team}:{self.channel}:{self.root}" if self.root else ""
        return Address(platform=PLATFORM, value=urlencode({n: v for n, v in values.items() if v}), place=place)


def parse_address(address: Address) -> Spot:
    """Read a spot back.

    Raises:
        AddressGone: it was not written by this version or an earlier one.
    """
    words: dict[str, Any] = dict(parse_qsl(address.value))
    for name in _TUPLES & words.keys():
        words[name] = tuple(words[name].split())
    try:
        return Spot(**words)
    except TypeError as error:
        raise AddressGone("this is no address of Slack") from error


def is_direct(channel: str) -> bool:
    """Say whether a conversation is a direct one with one person, by how Slack begins its id."""
    return channel.startswith("D")


def owner_of(*, team: str, user: str, channel: str) -> Owner:
    """Return who asks, as the core knows people."""
    return Owner(platform=PLATFORM, user_id=user, server_id=team or None, channel_id=channel or None)


def event_of_message(team: str, channel: str, ts: str) -> str:
    """Name what a message asks for. Retried events, and a second event about the same message, have the same name."""
    return f"{PLATFORM}:{team}:{channel}:{ts}"


def event_of_interaction(handle: str) -> str:
    """Name a command, click or form by what Slack gives each only once. Trigger ids are capabilities: only a digest."""
    return f"{PLATFORM}:{hashlib.sha256(handle.encode()).hexdigest()[:32]}"


_TUPLES = frozenset({"uploads", "notes"})


def _written(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)
