"""Processes that are killed at any step, and what is left of them."""

from __future__ import annotations

import inspect
from typing import Any

from bot.model import Task, TaskState
from tests.factories import a_worker
from tests.unit.core.house import House, Ports, Rules, World

FOR_EVER = 10**9
"""More breaths than any process takes."""

PORTS = ("tasks", "files", "rodin", "platform", "previewer", "converter")


class Killed(BaseException):
    """The process is no more. Nothing in the code under test may catch it."""


class Fate:
    """Lets a process take so many breaths, one before and one after each call to the outside."""

    def __init__(self, breaths: int) -> None:
        self.left = breaths

    def breathe(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1


class Mortal:
    """A port as a process reaches it that may be killed at any moment."""

    def __init__(self, port: Any, fate: Fate) -> None:
        self._port = port
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*arguments: Any, **more: Any) -> Any:
            self._fate.breathe()
            answer = await found(*arguments, **more)
            self._fate.breathe()
            return answer

        return call


def ports_of(world: World, fate: Fate, **more: Any) -> Ports:
    """Return the ports to a world as a process reaches them that has so many breaths."""
    return Ports(**{name: Mortal(getattr(world, name), fate) for name in PORTS}, **more)


def a_process(world: World, number: int, *, breaths: int = FOR_EVER, is_exclusive: bool = True) -> House:
    """Return a process that is killed after so many breaths."""
    rules = Rules(is_exclusive=is_exclusive, worker=a_worker(f"process-{number}", seconds=30))
    return House(world, rules, ports_of(world, Fate(breaths)))


async def live(house: House) -> None:
    """Go on until everything has ended and is told."""
    for _ in range(12):
        house.clock.turn(seconds=31)
        for loop in house.loops.values():
            await house.turn(loop)
        house.rodin.finish()


def results_in(world: World) -> set[str]:
    """Return the keys of all result files that are there."""
    return {key for key in world.files.held if key.startswith("tasks/")}


def endings_of(world: World, task: Task) -> list[TaskState]:
    """Return the endings of a task that its thread has read."""
    return [seen.update.state for seen in world.platform.said if seen.update.task_id == task.id]
