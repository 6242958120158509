"""The work that a command or click asks for, guarded: whatever happens, there is a sentence to answer with.

And there is an end to how much is in hand at once, so that a crowd is told to come back instead of waiting unheard.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar

from bot import text, words_chat
from bot.errors import PlatformError, StorageError, UserMistake
from bot.outage import Outage

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

MOST_AT_ONCE = 100
"""Commands of one platform in hand at once. At fifty a second, as docs/load.md shows, the last waits two seconds."""

MOST_OF_ONE = 20
"""Commands of one person in hand at once, so that nobody takes every place; far more than anybody can type."""


async def worked(work: Callable[[], Awaitable[Answer | None]], *, said: Callable[[str], Answer]) -> Answer | None:
    """Do the work and return its answer, or the sentence that says why it cannot be done.

    `said` makes an answer of a sentence. Nothing is raised; what broke is logged.
    """
    try:
        return await work()
    except UserMistake as mistake:
        return said(str(mistake))
    except (StorageError, PlatformError) as error:
        log.warning("command failed error=%r", error)
    except Exception:
        log.exception("command broke")
    return said(text.trouble())


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How much of what people ask one platform has in hand: so much of everybody, so much of each person."""

    most: int = MOST_AT_ONCE
    most_of_one: int = MOST_OF_ONE
    _taken: Counter[Hashable] = field(default_factory=Counter)
    _crowd: Outage = field(default_factory=lambda: Outage(log, back="commands are taken again"))

    async def worked(
        self, work: Callable[[], Awaitable[Answer | None]], *, said: Callable[[str], Answer], who: Hashable
    ) -> Answer | None:
        """Do the work as `worked` does, if there is a place; else say at once that there is none.

        `who` is the person who asks. They have been acknowledged already: what comes here is only late, never unheard.
        """
        if self._taken.total() >= self.most:
            self._crowd.begin(logging.WARNING, "too many commands at once, refusing in_hand=%d", self.most)
            return said(words_chat.too_many_at_once())
        if self._taken[who] >= self.most_of_one:
            return said(words_chat.too_many_of_yours(self.most_of_one))
        if self._taken.total() < self.most // 2:  # not at the very edge, where it would be said again and again
            self._crowd.end()
        self._taken[who] += 1
        try:
            return await worked(work, said=said)
        finally:
            self._leave(who)

    def _leave(self, who: Hashable) -> None:
        self._taken[who] -= 1
        if not self._taken[who]:
            del self._taken[who]
