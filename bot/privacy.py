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
from bot.family import descendants, line_to
from bot.forgetting import forget_heirs, forgotten
from bot.limits import Scope
from bot.looks import Removal
from bot.model import Owner, Task
from bot.ownership import can_see, is_own
from bot.ports import Clock, FileStore, TaskStore
from bot.pseudonyms import Pseudonyms
from bot.remnants import holders
from bot.sweeper import clear_all

log = logging.getLogger(__name__)

BATCH = 100
"""Tasks that are read at once while a person is forgotten."""

MOST_LOOKED_AT = 1_000
"""Versions of one family in which the words of a forgotten one are looked for."""


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

    async def forget(self, task: Task, owner: Owner) -> str:
        """Forget one task that has ended, and say which other versions that this person sees hold the same.

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
        return words_privacy.forgotten(bare, await self._left_of(task, owner))

    async def forget_person(self, owner: Owner) -> str:
        """Forget everything that a person has asked for on this platform, and that it was them.

        What they ask for in the meantime is forgotten too.
        """
        if owner.is_forgotten:  # somebody at a terminal goes by such a name
            return words_privacy.person_forgotten(0, running=0, spent_today=Decimal(0))
        now = self.clock.now()
        bare: list[Task] = []
        while found := await self.tasks.tasks_of(owner, limit=BATCH):
            bare += [await attempt(self.tasks, task.id, self._parted) for task in found]
        await self.tasks.forget_first(owner)
        self.bell.ring()
        await self._clear(*bare)  # only now: a file store that does not answer must not keep a row waiting
        log.info("person forgotten platform=%s tasks=%d", owner.platform, len(bare))
        today = await self.tasks.usage(owner, since=day_of(now), alias=self.alias_of(owner))
        running = sum(not task.has_ended for task in bare)
        return words_privacy.person_forgotten(len(bare), running=running, spent_today=today.credits_today)

    def alias_of(self, owner: Owner) -> str:
        """Return under which id the tasks of today stand that this person has had forgotten."""
        return self.pseudonyms.aliases(owner, at=self.clock.now())[Scope.PERSON]

    def _parted(self, row: Task) -> Task:
        """Return a row as nobody's, whose it was today can only be counted."""
        whose = self.pseudonyms.of(row.owner, at=row.created_at)
        return forgotten(row, Removal.PERSON_FORGOTTEN, now=self.clock.now(), owner=whose)

    async def _left_of(self, task: Task, owner: Owner) -> str:
        """Say what of a task that was just forgotten is left in other versions; nothing of those hidden from one."""
        try:
            line = await line_to(self.tasks, task, most=MOST_LOOKED_AT)
            family = await descendants(self.tasks, line, most=MOST_LOOKED_AT)
        except StorageError as error:
            log.warning("versions not looked through task=%s error=%s", task.id, error)
            return words_privacy.versions_unknown(task)
        seen = [one.id for one in holders(task, family) if can_see(one, owner)]
        hidden = "" if is_own(task, owner) else words_privacy.hidden_versions()
        return " ".join(filter(None, (words_privacy.held_by(seen), hidden)))

    async def _clear(self, *bare: Task) -> None:
        """Take away what these tasks left in other rows and in the file store; where it stops, the curator goes on."""
        try:
            for task in bare:
                await forget_heirs(self.tasks, task)
                await clear_all(self.files, task.id)
                log.info("task forgotten task=%s", task.id)
        except StorageError as error:
            log.warning("not all forgotten yet task=%s error=%s", task.id, error)
