"""What people can do about what is kept of them: read about it, take it along, have it forgotten."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot import words_privacy
from bot.bell import Bell
from bot.budget import day_of
from bot.changes import attempt
from bot.chat import Export
from bot.errors import NotPossible, StorageError
from bot.exhibit import Links
from bot.export import Exporter
from bot.forgetting import forget_heirs, forgotten
from bot.limits import Scope
from bot.looks import Removal
from bot.model import Owner, Task
from bot.ports import Clock, FileStore, TaskStore
from bot.pseudonyms import Pseudonyms
from bot.sweeper import clear_all

log = logging.getLogger(__name__)

BATCH = 100
"""Tasks that are read at once while a person is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyDesk:
    """Answers for what is kept of people; `keep` is how long files are kept.

    Forgetting is written down first, then done: what a kill, or a file store that does not answer, leaves, the curator
    finishes.
    """

    tasks: TaskStore
    files: FileStore
    links: Links | None
    clock: Clock
    bell: Bell
    pseudonyms: Pseudonyms
    keep: timedelta

    def words(self) -> str:
        """Say what goes where, for how long, and who sees it."""
        return words_privacy.privacy(self.keep.days)

    async def export(self, owner: Owner) -> Export:
        """Return everything that is kept of a person."""
        exporter = Exporter(tasks=self.tasks, files=self.files, links=self.links, clock=self.clock)
        return await exporter.export(owner)

    async def forget(self, task: Task) -> str:
        """Forget one task that has ended.

        Raises:
            NotPossible: it still runs, or is forgotten already.
        """
        if not task.has_ended:
            raise NotPossible(words_privacy.not_over_to_forget(task))
        if task.showing.is_forgotten:
            raise NotPossible(words_privacy.forgotten_before(task))
        now = self.clock.now()
        bare = await attempt(self.tasks, task.id, lambda row: forgotten(row, Removal.FORGOTTEN, now=now))
        await self._clear(bare)
        self.bell.ring()
        return words_privacy.forgotten(bare)

    async def forget_person(self, owner: Owner) -> str:
        """Forget everything that a person has asked for on this platform, and that it was them.

        What they ask for in the meantime is forgotten too.
        """
        if owner.is_forgotten:  # somebody at a terminal goes by such a name
            return words_privacy.person_forgotten(0, running=0, spent_today=Decimal(0))
        now = self.clock.now()
        count = running = 0
        while found := await self.tasks.tasks_of(owner, limit=BATCH):
            for task in found:
                bare = await attempt(self.tasks, task.id, self._parted)
                await self._clear(bare)
                count += 1
                running += not bare.has_ended
        await self.tasks.forget_first(owner)
        self.bell.ring()
        log.info("person forgotten platform=%s tasks=%d", owner.platform, count)
        today = await self.tasks.usage(owner, since=day_of(now), alias=self.alias_of(owner))
        return words_privacy.person_forgotten(count, running=running, spent_today=today.credits_today)

    def alias_of(self, owner: Owner) -> str:
        """Return under which id the tasks of today stand that this person has had forgotten."""
        return self.pseudonyms.aliases(owner, at=self.clock.now())[Scope.PERSON]

    def _parted(self, row: Task) -> Task:
        """Return a row as nobody's, whose it was today can only be counted."""
        whose = self.pseudonyms.of(row.owner, at=row.created_at)
        return forgotten(row, Removal.PERSON_FORGOTTEN, now=self.clock.now(), owner=whose)

    async def _clear(self, bare: Task) -> None:
        try:
            await forget_heirs(self.tasks, bare)
            await clear_all(self.files, bare.id)
        except StorageError as error:
            log.warning("not all forgotten yet task=%s error=%s", bare.id, error)
        log.info("task forgotten task=%s", bare.id)
