"""The loop that tells threads what they have not seen yet."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import AddressGone, NoSuchTask, PlatformBusy, PlatformError
from bot.model import Address, Task
from bot.ports import Clock, Platform, TaskStore, Worker
from bot.view import Viewer

log = logging.getLogger(__name__)

TROUBLE_S = 15.0
"""How long a thread rests after the platform failed for a reason it did not name."""


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
    """

    def __init__(self, parts: AnnouncerParts) -> None:
        self._parts = parts
        self._postponed: dict[str, datetime] = {}

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
        p = self._parts
        platform = p.platforms[task.address.platform]
        try:
            address = await self._tell(platform, task)
        except AddressGone as error:
            log.warning("thread gone, telling ends task=%s error=%s", task.id, error)
            await p.tasks.mark_told(task.id, revision=task.revision, address=task.address)
        except PlatformBusy as error:
            await self._postpone(task, error.retry_after_s or TROUBLE_S)
        except PlatformError as error:
            log.warning("telling failed task=%s error=%s", task.id, error)
            await self._postpone(task, TROUBLE_S)
        else:
            await p.tasks.mark_told(task.id, revision=task.revision, address=address)
            if not task.has_ended:
                await self._postpone(task, platform.capabilities.edit_spacing_s)

    async def _tell(self, platform: Platform, task: Task) -> Address:
        update = await self._parts.viewer.update(task)
        key = telling_key(task.id, task.revision)
        address = await platform.show(task.address, update, key=key)
        if update.ending and not task.muted:
            address = await platform.say(address, update, key=key)
        return address

    async def _postpone(self, task: Task, seconds: float) -> None:
        until = self._parts.clock.now() + timedelta(seconds=seconds)
        self._postponed[task.id] = until
        try:
            await self._parts.tasks.postpone_telling(task.id, until=until)
        except NoSuchTask:
            log.debug("task gone while telling task=%s", task.id)


def telling_key(task_id: str, revision: int) -> str:
    """Return the mark of one telling: 16 hex characters, the same for every repeat (Discord's nonce holds 25)."""
    return hashlib.sha256(f"{task_id}/{revision}".encode()).hexdigest()[:16]
