"""The loop that tells threads what they have not seen yet."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import Platform
from bot.errors import AddressGone, NoSuchTask, PlatformBusy, PlatformError, StorageError
from bot.model import Address, Task
from bot.outage import Outage
from bot.ports import Clock, TaskStore, Worker
from bot.update import Update
from bot.view import Viewer

log = logging.getLogger(__name__)

TROUBLE_S = 15.0
"""How long a thread rests after the platform failed for a reason it did not name; doubles each time."""

TROUBLE_MAX_S = 600.0
"""The longest rest: a thread is told in the end, but a platform that always fails is not kept busy."""

OUTAGE_TELLINGS = 3
"""So many tellings in a row that a platform did not take are an outage."""

TELL_WITHIN_S = 300.0
"""How long one telling may take, uploads included. What takes longer is told again under the same key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncerParts:
    """What the announcer works with; `platforms` by name."""

    tasks: TaskStore
    viewer: Viewer
    platforms: Mapping[str, Platform]
    worker: Worker
    clock: Clock


class Announcer:
    """Shows each task's newest revision; what happened in between collapses. Then notes what was seen.

    A kill between telling and noting repeats the telling, under the same key, which platforms make harmless.
    Trouble with one thread, of whatever kind, rests that thread and no other.
    """

    def __init__(self, parts: AnnouncerParts) -> None:
        self._parts = parts
        self._postponed: dict[str, datetime] = {}
        self._troubles: Counter[str] = Counter()
        self._busy: Counter[str] = Counter()
        self._outages = {name: Outage(log, back="people are told again platform=%s") for name in parts.platforms}

    async def claim(self, room: int) -> Sequence[Task]:
        """Lease tasks with something untold on the platforms of this process."""
        p = self._parts
        return await p.tasks.claim_untold(p.worker, platforms=list(p.platforms), now=p.clock.now(), limit=room)

    async def next_due(self) -> datetime | None:
        """Say when a thread that rests may be told again."""
        now = self._parts.clock.now()
        self._postponed = {task_id: due for task_id, due in self._postponed.items() if due > now}
        return min(self._postponed.values(), default=None)

    async def work(self, task: Task) -> None:
        """Tell one thread about one task."""
        try:
            await self._tell(task)
        except PlatformBusy as error:
            self._note_busy(task, error)
            await self._rest(task, error.retry_after_s or TROUBLE_S)
        except (PlatformError, TimeoutError) as error:
            log.warning("telling failed task=%s error=%r", task.id, error)
            await self._rest(task, self._trouble_s(task))
        except StorageError:
            raise
        except Exception:
            log.exception("telling broke task=%s", task.id)
            await self._rest(task, self._trouble_s(task))
        else:
            self._troubles.pop(task.id, None)
            self._busy.pop(task.address.platform, None)
            self._outages[task.address.platform].end(task.address.platform)

    def _note_busy(self, task: Task, error: PlatformBusy) -> None:
        """Say once that a platform takes nothing; a rate limit of one thread is no outage."""
        name = task.address.platform
        self._busy[name] += 1
        if self._busy[name] >= OUTAGE_TELLINGS:
            self._outages[name].begin(logging.WARNING, "nobody can be told, waiting platform=%s error=%s", name, error)

    async def _tell(self, task: Task) -> None:
        """Show the task as it stands, say how it ended, and note what the thread has seen."""
        p = self._parts
        if task.told < 0 and task.owner.is_forgotten:  # there is nothing yet that would have to be taken back
            await p.tasks.mark_told(task.id, revision=task.revision, address=task.address)
            return
        platform = p.platforms[task.address.platform]
        update = await p.viewer.update(task)
        address = task.address
        try:
            async with asyncio.timeout(TELL_WITHIN_S):
                if task.is_ending_told:
                    address = await self._amend(platform, task, update)
                    seen = task.revision
                else:
                    address = await self._show(platform, task, update)
                    seen = told_with(task)
        except AddressGone as error:
            log.warning("thread gone, telling ends task=%s error=%s", task.id, error)
            seen = task.revision
        await p.tasks.mark_told(task.id, revision=seen, address=address)
        if not task.has_ended:
            await self._rest(task, platform.capabilities.edit_spacing_s)

    async def _amend(self, platform: Platform, task: Task, update: Update) -> Address:
        """Change what was said about an end that is told; nobody is disturbed with it.

        The status message is left as it is, unless it must not keep the words that it shows.
        """
        address = task.address
        if update.words_gone:
            address = await platform.show(address, update, key=telling_key(task.id, task.revision, "show"))
        if task.muted:
            return address
        return await platform.amend(address, update, key=telling_key(task.id, task.revision, "amend"))

    async def _show(self, platform: Platform, task: Task, update: Update) -> Address:
        key = telling_key(task.id, task.revision, "show")
        address = await platform.show(task.address, update, key=key)
        if update.ending and not task.muted:
            return await self._say(platform, task, update, address)
        return address

    async def _say(self, platform: Platform, task: Task, update: Update, address: Address) -> Address:
        if address != task.address:
            # A thread that was just made must be found again when saying fails.
            await self._parts.tasks.mark_told(task.id, revision=told_with(task) - 1, address=address)
        return await platform.say(address, update, key=telling_key(task.id, told_with(task), "say"))

    def _trouble_s(self, task: Task) -> float:
        self._troubles[task.id] += 1
        return min(TROUBLE_MAX_S, TROUBLE_S * float(2 ** min(self._troubles[task.id] - 1, 10)))

    async def _rest(self, task: Task, seconds: float) -> None:
        until = self._parts.clock.now() + timedelta(seconds=seconds)
        self._postponed[task.id] = until
        try:
            await self._parts.tasks.postpone_telling(task.id, until=until)
        except NoSuchTask:
            log.debug("task gone while telling task=%s", task.id)


def told_with(task: Task) -> int:
    """Return the revision that a thread has seen once it was shown a task whose ending it did not know.

    An ending is said under the key of the revision that ended the task, whatever has joined it by then: else a kill
    between saying and noting, and a picture in that moment, would say it twice. What joined is amended next, since
    a platform that knew the key has left it out.
    """
    return task.revision if task.ended_revision is None else task.ended_revision


def telling_key(task_id: str, revision: int, what: str) -> str:
    """Return the mark of one telling: 16 hex characters, the same for every repeat (Discord's nonce holds 25).

    `what` keeps the status message and the ending of one revision apart: a platform that remembers keys would take
    the second for a repeat of the first.
    """
    return hashlib.sha256(f"{task_id}/{revision}/{what}".encode()).hexdigest()[:16]
