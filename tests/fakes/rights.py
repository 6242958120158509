"""The rules of servers in memory."""

from __future__ import annotations

from bot.keys import Server
from bot.policy import Grant, Right


class MemoryRights:
    """Rules in a dict; `reads` counts how often somebody looked."""

    def __init__(self) -> None:
        self.held: dict[Server, dict[Right, Grant]] = {}
        self.reads = 0

    async def rules_of(self, server: Server) -> dict[Right, Grant]:
        self.reads += 1
        return dict(self.held.get(server, {}))

    async def allow(self, server: Server, right: Right, grant: Grant) -> None:
        self.held.setdefault(server, {})[right] = grant

    async def reset(self, server: Server, right: Right) -> bool:
        return self.held.get(server, {}).pop(right, None) is not None
