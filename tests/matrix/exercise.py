"""Exercises one cell: the fault, what came of it, and that the bot goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bot.model import Task
from tests.matrix.cells import Cell
from tests.matrix.faults import OURS
from tests.matrix.machine import Machine

PRICE = Decimal("0.5")

HEALS_S = 7300.0
"""An hour by which a clock was put back is made up for in two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a person saw from the moment of asking on, the task it made, and how often each part of it was told."""

    words: str
    task: Task | None
    tellings: Mapping[str, int]


class Scene(Protocol):
    """A person in front of a bot."""

    machine: Machine

    async def prepare(self, row: str) -> None:
        """Bring about what a call needs that is to fail."""

    async def provoke(self, row: str) -> Seen:
        """Do what leads to that call, and wait until all is over."""


async def exercise(scene: Scene, cell: Cell) -> None:
    """Let a fault strike, and compare with what the table says; then see that the bot goes on.

    Where the model came all the same it has gone on already: what had failed was done after it. Elsewhere, and where
    our own machine was in trouble, the next model is made.
    """
    machine = scene.machine
    machine.trouble.over()
    await machine.trouble.quiet()
    await scene.prepare(cell.row.call)
    before = machine.charged
    machine.trouble.plan(cell.row.call, cell.fault, times=cell.row.strikes(cell.fault))

    seen = await scene.provoke(cell.row.call)

    assert machine.trouble.met[cell.row.call, cell.fault], "the fault struck nothing"
    assert cell.outcome.said in " ".join(seen.words.split()), seen.words
    assert (seen.task.state.value if seen.task else "-") == cell.outcome.state, seen.words
    assert machine.charged - before == cell.outcome.charged, seen.words
    is_made = cell.outcome.state == "ready"
    assert set(seen.tellings.values()) <= ({1} if is_made else {0, 1}), seen.tellings
    machine.trouble.over()
    await machine.trouble.quiet()
    machine.world.turn(HEALS_S)
    if not is_made or cell.fault in OURS:
        await assert_goes_on(scene)


async def assert_goes_on(scene: Scene) -> None:
    """Have a model made as if nothing had been."""
    before = scene.machine.charged
    seen = await scene.provoke("next")
    assert "Your model is ready" in seen.words, seen.words
    assert scene.machine.charged - before == PRICE
    assert set(seen.tellings.values()) == {1}, seen.tellings
