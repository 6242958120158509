"""What the working loops share: the table, the files, Rodin, and the means to wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.bell import Bell
from bot.controls import Controls
from bot.history import History
from bot.keys import Keyring
from bot.keywarden import Warden
from bot.model import Task, TaskState
from bot.ports import Clock, FileStore, TaskStore, Worker
from bot.schedule import Pace
from bot.showcase import Showcase


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a loop works with, `worker` being the name under which it claims."""

    tasks: TaskStore
    files: FileStore
    controls: Controls
    keyring: Keyring
    warden: Warden
    history: History
    showcase: Showcase
    worker: Worker
    clock: Clock
    bell: Bell
    pace: Pace

    async def claim_due(self, states: Collection[TaskState], room: int) -> Sequence[Task]:
        """Lease up to `room` tasks in these states whose time has come."""
        return await self.tasks.claim_due(states, self.worker, now=self.clock.now(), limit=room)

    async def next_due(self, states: Collection[TaskState]) -> datetime | None:
        """Say when the next task in these states is due."""
        return await self.tasks.next_due(states, now=self.clock.now())
