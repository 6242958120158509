"""The keys of servers, as their people meet them: setting one, removing it, and which one a new task is made with."""

from __future__ import annotations

import hmac
import logging
import re
from dataclasses import dataclass, field
from decimal import Decimal

from bot import text, words_keys
from bot.bell import Bell
from bot.callingoff import CallingOff
from bot.errors import KeyStopped, NotPossible, UserMistake, VendorDown, VendorError, VendorRefused
from bot.keys import Keyring, KeyShut, KeyState, KeyStore, Server, Stop, server_of
from bot.model import Owner
from bot.permits import Permits
from bot.ports import Clock, FileStore, TaskStore
from bot.tiers import CHEAPEST

log = logging.getLogger(__name__)

KEY_SHAPE = re.compile(r"[\x21-\x7e]{8,400}", re.ASCII)
"""One word of plain signs: it stands in a header. Rodin's own keys have some forty characters; longer is no key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDesk:
    """Knows which key a server's tasks are made with. `operators_key` is the bot's own."""

    keys: KeyStore
    keyring: Keyring
    tasks: TaskStore
    files: FileStore
    clock: Clock
    bell: Bell
    permits: Permits
    operators_key: str = field(repr=False)

    async def for_task(self, owner: Owner) -> str | None:
        """Return the `key_id` of what somebody asks for now.

        Raises:
            KeyStopped: nothing can be made with it for now; never is another one taken in its place.
        """
        key_id = await self._key_of(owner)
        state = await self.keys.state(key_id)
        if state.stopped is None and key_id is not None:
            state = await self._checked(key_id, state)
        if state.stopped is not None:
            log.info("asked on a stopped key key=%s why=%s", state.id, state.stopped)
            raise KeyStopped(words_keys.refused(state.stopped, is_own=key_id is not None))
        return key_id

    async def set_key(self, owner: Owner, key: str) -> str:
        """Have a server's tasks made with a key of its own; see `bot.chat.Intake`."""
        server = await self.permits.administered(owner)
        secret = key.strip()
        if not self.keys.can_keep:
            raise NotPossible(words_keys.cannot_keep())
        if not KEY_SHAPE.fullmatch(secret):
            raise UserMistake(words_keys.no_key())
        balance = await self._balance_with(secret)
        if hmac.compare_digest(secret, self.operators_key):
            raise NotPossible(words_keys.operators_key())
        kept = await self.keys.keep(server, secret, now=self.clock.now())
        log.info(
            "key set platform=%s server=%s key=%s moved=%d", server.platform, server.server_id, kept.key_id, kept.moved
        )
        await self._erase()
        self.bell.ring()
        return words_keys.is_set(text.as_credits(balance), moved=kept.moved, is_empty=balance < CHEAPEST)

    async def remove_key(self, owner: Owner) -> str:
        """Forget a server's own key; see `bot.chat.Intake`."""
        server = await self.permits.administered(owner)
        key_id = await self.keys.key_of(server)
        if key_id is None:
            raise NotPossible(words_keys.none_to_remove())
        state = await self.keys.state(key_id)
        # First, so that who is killed in between and asks again finds the key still there.
        called_off = await self._call_off(server, key_id) if state.stopped is not None else 0
        await self.keys.remove(server)
        log.info("key removed platform=%s server=%s key=%s", server.platform, server.server_id, key_id)
        await self._erase()
        self.bell.ring()
        return words_keys.is_removed(called_off)

    async def balance(self, owner: Owner) -> str:
        """Say what the account holds of the key that somebody's tasks are made with, or why nobody can tell."""
        key_id = await self._key_of(owner)
        try:
            amount = await (await self.keyring.of(key_id)).balance()
        except VendorRefused as error:
            log.warning("balance refused code=%s reason=%s", error.code, error.reason)
            return text.balance_refused(error.reason, is_own=key_id is not None)
        except VendorError as error:
            log.warning("balance not read error=%s", error)
            if isinstance(error, KeyShut):
                return words_keys.stopped(Stop.SEALED, is_own=True)
            return text.rodin_away() if isinstance(error, VendorDown) else text.balance_unknown()
        return text.balance(amount) if key_id is None else words_keys.own_balance(text.as_credits(amount))

    async def state_of(self, owner: Owner) -> str:
        """Say which key somebody's tasks are made with, and how it stands."""
        key_id = await self._key_of(owner)
        why = (await self.keys.state(key_id)).stopped
        return words_keys.bots_key(why) if key_id is None else words_keys.own_key(why)

    async def _key_of(self, owner: Owner) -> str | None:
        server = server_of(owner)
        return None if server is None else await self.keys.key_of(server)

    async def _checked(self, key_id: str, state: KeyState) -> KeyState:
        """Return how a key stands, with what has not been noticed yet: that it does not open."""
        try:
            await self.keyring.of(key_id)
        except KeyShut:
            return KeyState(id=key_id, stopped=Stop.SEALED, servers=state.servers)
        return state

    async def _balance_with(self, secret: str) -> Decimal:
        """Ask Rodin what a new key holds. Raises UserMistake where it does not take it, or does not answer."""
        try:
            return await self.keyring.trying(secret).balance()
        except VendorRefused as error:
            log.info("key not accepted code=%s reason=%s", error.code, error.reason)
            raise UserMistake(words_keys.not_accepted(error.reason)) from error
        except VendorError as error:
            log.warning("key not checked error=%s", error)
            raise UserMistake(words_keys.not_checked()) from error

    async def _call_off(self, server: Server, key_id: str) -> int:
        """Cancel what waits for a key that is stopped and now gone; return how many tasks."""
        calling = CallingOff(tasks=self.tasks, files=self.files, clock=self.clock)
        return await calling.of(lambda task: task.key_id == key_id and server_of(task.owner) == server)

    async def _erase(self) -> None:
        for key_id in await self.keys.erase_unused():
            log.info("key erased key=%s", key_id)
