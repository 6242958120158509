"""Stops a key with which nothing can be made, tells who has to know, and sends with it again when it works."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from decimal import Decimal

from bot import words_keys
from bot.bell import Bell
from bot.clock import pause
from bot.errors import StorageError, VendorError, VendorRefused
from bot.keys import OPERATOR, Keyring, KeyShut, KeyState, KeyStore, Stop, StopOrder, id_of, next_look, stop_for
from bot.model import RefusalReason, Task
from bot.news import News, news
from bot.ports import Clock
from bot.tiers import CHEAPEST
from bot.watch import Marks

log = logging.getLogger(__name__)

EVERY_S = 60.0
"""Between two turns: looking at stopped keys that are due, erasing those that nobody needs."""

ENOUGH_REFUSALS = 2
"""Tasks in a row that Rodin refuses because of a key, though its balance looks well, until it is stopped."""

GOING = "going"
"""What the database remembers of a key once the operator knows that it works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WardenParts:
    """What the warden works with; the marks remember what the operator was told of each key."""

    keys: KeyStore
    keyring: Keyring
    marks: Marks
    clock: Clock
    bell: Bell


class Warden:
    """Looks after the keys. What it stops is stopped for every process; each may have a warden, they do not meet."""

    def __init__(self, parts: WardenParts) -> None:
        self._parts = parts
        self._noted: dict[str, str] = {}
        self._has_looked = False

    async def run(self, stopping: asyncio.Event) -> None:
        """Take a turn now and then until told to stop."""
        while not stopping.is_set():
            try:
                await self.turn()
            except StorageError as error:
                log.warning("keys not looked after, trying again error=%s", error)
            await pause(self._parts.clock, EVERY_S, unless=stopping)

    async def turn(self) -> None:
        """Look at stopped keys that are due, tell the operator what is new, and erase what nobody needs any more.

        The first turn looks at every stopped key: the operator may have started anew because of one.
        """
        p = self._parts
        for state in await p.keys.states():
            is_due = not self._has_looked or state.look_at is None or state.look_at <= p.clock.now()
            if state.stopped is not None and is_due:
                await self._look(state)
        self._has_looked = True
        await self._report()
        for key_id in await p.keys.erase_unused():
            log.info("key erased key=%s", key_id)

    async def refused(self, task: Task, reason: RefusalReason) -> None:
        """Rodin refused a task: if that is about its key, look whether anything can be made with it at all."""
        p = self._parts
        why = stop_for(reason)
        if why is None:
            await self.served(task.key_id)
            return
        count = await p.keys.count_refusal(task.key_id, now=p.clock.now())
        confirmed = await self._fault(task.key_id, needs=CHEAPEST)
        if confirmed is not None:
            await self._stop(task.key_id, confirmed, needs=CHEAPEST)
        elif count >= ENOUGH_REFUSALS:
            await self._stop(task.key_id, why, needs=task.price if why is Stop.CREDITS else CHEAPEST)

    async def suspect(self, key_id: str | None, reason: RefusalReason) -> None:
        """Rodin refused to tell about a task: stop its key if that is what it is about, and the balance agrees."""
        if stop_for(reason) is None:
            return
        confirmed = await self._fault(key_id, needs=Decimal(0))
        if confirmed is not None:
            await self._stop(key_id, confirmed, needs=CHEAPEST)

    async def shut(self, key_id: str | None) -> None:
        """A key does not open here: nothing can be sent with it."""
        await self._stop(key_id, Stop.SEALED, needs=CHEAPEST)

    async def served(self, key_id: str | None) -> None:
        """Rodin took a task, or refused it for what it was: the key is in order."""
        await self._parts.keys.forget_refusals(key_id)

    async def _look(self, state: KeyState) -> None:
        """Ask whether a stopped key works again."""
        p = self._parts
        key_id = id_of(state)
        try:
            fault = await self._ask(key_id, needs=max(state.needs, CHEAPEST))
        except VendorError as error:
            log.debug("stopped key not looked at key=%s error=%s", state.id, error)
            fault = state.stopped
        if fault is not None:
            await p.keys.look_later(key_id, next_look(p.clock.now(), state.looks + 1))
        elif await p.keys.resume(key_id, refused=min(max(state.refused - 1, 0), 1)):
            log.info("key works again key=%s", state.id)
            p.bell.ring()

    async def _fault(self, key_id: str | None, *, needs: Decimal) -> Stop | None:
        """Say what is wrong with a key by its balance; None also where Rodin does not answer."""
        try:
            return await self._ask(key_id, needs=needs)
        except VendorError as error:
            log.info("key not looked at key=%s error=%s", key_id or OPERATOR, error)
            return None

    async def _ask(self, key_id: str | None, *, needs: Decimal) -> Stop | None:
        """Ask for a key's balance and say what is wrong with it, if anything.

        Raises:
            VendorError: nobody can tell now.
        """
        try:
            generator = await self._parts.keyring.of(key_id)
        except KeyShut:
            return Stop.SEALED
        try:
            balance = await generator.balance()
        except VendorRefused as error:
            why = stop_for(error.reason)
            if why is None:
                raise
            return why
        return Stop.CREDITS if balance < needs else None

    async def _stop(self, key_id: str | None, why: Stop, *, needs: Decimal) -> None:
        p = self._parts
        now = p.clock.now()
        state = await p.keys.state(key_id)
        order = StopOrder(why=why, needs=needs, now=now, look_at=next_look(now, state.looks))
        if not await p.keys.stop(key_id, order):
            return
        log.error("key stopped, its tasks wait key=%s why=%s", state.id, why)
        p.bell.ring()
        await self._report()

    async def _report(self) -> None:
        """Have the operator told of every key that was stopped or resumed since, once over all processes."""
        for state in await self._parts.keys.states():
            stands = state.stopped or GOING
            if self._noted.get(state.id) != stands:
                await self._note(state, stands)

    async def _note(self, state: KeyState, stands: str) -> None:
        """Write down how a key stands, and news of it in the same step, if the operator has not had them."""

        def telling(before: str | None) -> News | None:
            if (before or GOING) == stands:
                return None
            return news(words_keys.told_resumed(state) if stands == GOING else words_keys.told_stopped(state))

        p = self._parts
        await p.marks.exchange(f"key:{state.id}", stands, now=p.clock.now(), telling=telling)
        self._noted[state.id] = stands
