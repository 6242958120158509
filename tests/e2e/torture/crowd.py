"""People who go on asking: each deed of the plan is done on its platform, and noted so that it can be judged later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from tests.e2e.torture.books import MAKING, Asked
from tests.e2e.torture.plan import Act, Deed
from tests.e2e.torture.world import Known, World

log = logging.getLogger(__name__)

_Thing = TypeVar("_Thing")

MOST_OPEN = 14
"""With so many tasks open nobody asks for more: what is asked has to come to its end when the time is over."""

TIERS = ("Gen-2.5-Low", "Gen-2.5-Extreme-Low", "Gen-2.5-Minimum", "Gen-2.5-Medium")
"""Tiers whose small models are made in moments. With one alone, any lost answer would throw doubt on all others."""

FACES = 500

THINGS = ("bell", "pot", "boat", "lamp", "chair", "cup", "horn", "box", "jug", "key")

DEED_WITHIN_S = 8.0

FORM_BUTTONS = {
    Act.VARY: "Variation",
    Act.FORMAT: "Other format",
    Act.RETEXTURE: "Retexture",
    Act.SPLIT: "Split into parts",
}
"""How the label of a button begins behind which a form opens."""

BUTTONS = {
    Act.AGAIN: "Again",
    Act.CANCEL: "Cancel",
    Act.DELETE: "Delete",
    Act.RESEND: "Send it again",
    **FORM_BUTTONS,
}
"""How the label of a button begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A deed that was done, and how to read later what its person saw of it."""

    deed: Deed
    read: Callable[[], Asked]


class Impatient(Exception):
    """There is nothing to do this with just now."""


class People(Protocol):
    """The people of one platform."""

    async def do(self, deed: Deed, note: Callable[[Noted], None]) -> None:
        """Do one thing. It is noted before anybody waits for an answer.

        Raises:
            Impatient: there is nothing to do it with.
        """


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Everybody. `noted` grows with every deed, `skipped` counts what could not be done."""

    world: World
    people: dict[str, People]
    noted: list[Noted] = field(default_factory=list)
    skipped: int = 0

    async def act(self, deeds: Sequence[Deed]) -> None:
        """Do the deeds of a life, each at its moment, none waiting for another."""
        async with asyncio.TaskGroup() as group:
            for deed in deeds:
                group.create_task(self._one(deed), name=f"deed {deed.number}")

    async def _one(self, deed: Deed) -> None:
        await asyncio.sleep(deed.at_s)
        if deed.act in MAKING - {Act.RESEND} and self._is_busy():
            self.skipped += 1
            return
        try:
            async with asyncio.timeout(DEED_WITHIN_S):
                await self.people[deed.platform].do(deed, self.noted.append)
        except Impatient:
            self.skipped += 1
        except TimeoutError:
            log.debug("nobody answered deed=%d", deed.number)

    def _is_busy(self) -> bool:
        return self.world.open_tasks() >= MOST_OPEN


def mark_of(deed: Deed) -> str:
    """Return the word by which what was asked for is known: no other one begins or ends with it."""
    return f"n{deed.number:06d}x"


def words_of(deed: Deed) -> str:
    """Return what a deed asks for."""
    return f"a {THINGS[deed.number % len(THINGS)]} {mark_of(deed)}"


def tier_of(deed: Deed) -> str:
    """Return the tier that a deed asks for."""
    return TIERS[deed.number // 10 % len(TIERS)]


def options_of(deed: Deed) -> str:
    """Return the options of a small model, as people type them."""
    return f"--tier {tier_of(deed)} --faces {FACES}"


def pick(deed: Deed, things: Sequence[_Thing]) -> _Thing:
    """Choose one; the newest are what people are busy with.

    Raises:
        Impatient: there is none.
    """
    if not things:
        raise Impatient
    newest = things[-8:]
    return newest[int(deed.pick * len(newest))]


def owned(world: World, platform: str, user: str, act: Act) -> dict[str, Known]:
    """Return the tasks that a deed can be about: one's own, or for a stranger anybody else's."""
    there = [task for task in world.tasks() if task.platform == platform]
    return {task.id: task for task in there if (task.user == user) != (act is Act.STRANGE)}
