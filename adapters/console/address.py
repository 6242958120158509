"""The console's addresses: the name under which a person speaks."""

from __future__ import annotations

from bot.model import Address, Owner

PLATFORM = "console"

DEFAULT_SPEAKER = "you"


def address_of(speaker: str) -> Address:
    """Return where a speaker is told. There is one terminal, so the name is all there is."""
    return Address(platform=PLATFORM, value=speaker)


def owner_of(speaker: str) -> Owner:
    """Return the speaker as the core knows people."""
    return Owner(platform=PLATFORM, user_id=speaker)
