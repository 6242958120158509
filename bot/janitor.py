"""The loop that forgets: what was posted long ago, and ways to answer privately that have died."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import pause
from bot.errors import StorageError
from bot.outbox import AnswerStore, SendLog
from bot.ports import Clock

log = logging.getLogger(__name__)

EVERY_S = 900.0
"""Dead secrets lie around for a quarter of an hour at most."""

REMEMBERED_FOR = timedelta(days=60)
"""How long a posted message is known. After so long an outage nothing is posted again anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Janitor:
    """Tidies the two small stores of the chat platforms."""

    sends: SendLog
    answers: AnswerStore
    clock: Clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Tidy now and then until told to stop; a database in trouble is tried again next time."""
        while not stopping.is_set():
            try:
                await self.tidy()
            except StorageError as error:
                log.warning("not tidied, trying again error=%s", error)
            await pause(self.clock, EVERY_S, unless=stopping)

    async def tidy(self) -> None:
        """Forget once."""
        now = self.clock.now()
        erased = await self.answers.erase(before=now)
        forgotten = await self.sends.forget(before=now - REMEMBERED_FOR)
        if erased or forgotten:
            log.info("tidied answers=%d sends=%d", erased, forgotten)
