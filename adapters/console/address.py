"""The console's addresses: the name under which a person speaks."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Address, Owner

PLATFORM = "console"

DEFAULT_SPEAKER = "you"

SERVER = "console"
"""The one server there is, so that its settings can be seen and tried at a terminal."""

CHANNEL = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheTerminal:
    """What is vouched for about whoever sits here: the machine is theirs, and there are no roles."""

    async def is_admin(self) -> bool:
        """Whoever can type here can do everything."""
        return True

    async def roles(self) -> frozenset[str]:
        """There are none."""
        return frozenset()


def address_of(speaker: str) -> Address:
    """Return where a speaker is told. There is one terminal, so the name is all there is."""
    return Address(platform=PLATFORM, value=speaker)


def owner_of(speaker: str) -> Owner:
    """Return the speaker as the core knows people."""
    return Owner(platform=PLATFORM, user_id=speaker, server_id=SERVER, channel_id=CHANNEL, standing=AtTheTerminal())
