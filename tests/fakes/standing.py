"""What a platform vouches for, as a test says; it counts what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from bot.errors import PlatformError

Answer = TypeVar("Answer")


@dataclass(slots=True, kw_only=True)
class SaidStanding:
    """A person with these roles, an admin or not; `error` is raised by every question."""

    admin: bool = False
    held: frozenset[str] = frozenset()
    error: PlatformError | None = None
    asked: list[str] = field(default_factory=list)

    async def is_admin(self) -> bool:
        self.asked.append("is_admin")
        return self._answer(self.admin)

    async def roles(self) -> frozenset[str]:
        self.asked.append("roles")
        return self._answer(self.held)

    def _answer(self, answer: Answer) -> Answer:
        if self.error is not None:
            raise self.error
        return answer
