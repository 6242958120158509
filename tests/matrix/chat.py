"""Ann in a chat, with the bot on a machine: what is alike on every platform."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.model import Owner, Task
from tests.matrix.machine import Machine
from tests.matrix.proxy import Proxy

PATIENCE_S = 5.0


@dataclass(kw_only=True)
class ChatScene:
    """A place with one channel and Ann in it. Time passes in `rounds` of `step_s` while she waits."""

    rounds: ClassVar[int]
    step_s: ClassVar[float]

    machine: Machine
    proxy: Proxy

    @property
    def owner(self) -> Owner:
        """Ann, as the bot knows her."""
        raise NotImplementedError

    def parts(self, task_id: str) -> Mapping[str, Sequence[object]]:
        """Return the bot's messages about a task, by what they tell."""
        raise NotImplementedError

    async def tasks(self) -> Sequence[Task]:
        """The newest task of Ann's."""
        return await self.machine.core.tasks.tasks_of(self.owner, limit=1)

    async def until_asked(self) -> None:
        """Wait until what was asked is written down."""
        while not await self.tasks():
            await asyncio.sleep(0.005)

    async def prepare(self, row: str) -> None:
        """Nothing is needed beforehand."""

    async def passing_until(self, is_so: Callable[[], bool]) -> None:
        """Let time pass, timers and all, until something is so."""
        for _ in range(self.rounds):
            if is_so():
                return
            await asyncio.sleep(0.005)
            self.machine.world.turn(self.step_s, waits=True)
        raise AssertionError("it never became so")


async def shortly(is_so: Callable[[], bool]) -> bool:
    """Wait a while in real time, whatever the turned clock says; return whether it became so."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.004)
    return True
