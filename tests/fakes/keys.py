"""The keys of servers in memory, beside a table of tasks in memory; and a ring of scripted Rodins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.keys import OPERATOR, Kept, KeyShut, KeyState, KeyStore, Server, StopOrder
from bot.model import Hold, Task
from bot.ports import Clock, Generator
from tests.fakes.generator import ScriptedGenerator
from tests.fakes.memory_store import MemoryTaskStore
from tests.secrecy import learn


class MemoryKeyStore:
    """Keeps what is stopped, and what was erased, in the store, whose claims and writes obey them."""

    def __init__(self, store: MemoryTaskStore) -> None:
        self._store = store
        self._servers: dict[Server, str] = {}
        self._states: dict[str, KeyState] = {}
        self.secrets: dict[str, str] = {}
        self.can_keep = True
        store.kept_keys = set()

    async def keep(self, server: Server, secret: str, *, now: datetime) -> Kept:
        key_id = hashlib.sha256(secret.encode()).hexdigest()[:12]
        self.secrets[key_id] = secret
        learn(secret)
        self._mirror()
        self._servers[server] = key_id
        await self.resume(key_id)
        self._states[key_id] = replace(self._state(key_id), refused=0, looks=0)

        def moved(task: Task) -> Task | None:
            is_here = (task.owner.platform, task.owner.server_id) == (server.platform, server.server_id)
            return task.revise(key_id=key_id, hold=None) if is_here and task.key_id != key_id else None

        return Kept(key_id=key_id, moved=self._store.change_waiting(moved))

    async def remove(self, server: Server) -> str | None:
        return self._servers.pop(server, None)

    async def erase_unused(self) -> tuple[str, ...]:
        bound = set(self._servers.values())
        gone = [one for one in sorted(self.secrets) if one not in bound and not self._store.needs_key(one)]
        for key_id in gone:
            del self.secrets[key_id]
            self._states[key_id] = replace(self._state(key_id), stopped=None, since=None, refused=0)
        self._mirror()
        return tuple(gone)

    async def key_of(self, server: Server) -> str | None:
        return self._servers.get(server)

    async def secret_of(self, key_id: str) -> str:
        if key_id not in self.secrets:
            raise KeyShut(f"key {key_id} was removed")
        return self.secrets[key_id]

    async def state(self, key_id: str | None) -> KeyState:
        return self._state(key_id or OPERATOR)

    async def states(self) -> tuple[KeyState, ...]:
        found = [self._state(name) for name in sorted({*self._states, *self._servers.values()})]
        return tuple(one for one in found if one.servers or one.stopped is not None or one.id == OPERATOR)

    async def count_refusal(self, key_id: str | None, *, now: datetime) -> int:
        state = self._state(key_id or OPERATOR)
        self._states[state.id] = replace(state, refused=state.refused + 1)
        return state.refused + 1

    async def forget_refusals(self, key_id: str | None) -> None:
        state = self._state(key_id or OPERATOR)
        if state.refused or state.looks:
            self._states[state.id] = replace(state, refused=0, looks=0)

    async def stop(self, key_id: str | None, order: StopOrder) -> bool:
        state = self._state(key_id or OPERATOR)
        if state.stopped is not None:
            return False
        self._states[state.id] = replace(
            state, stopped=order.why, since=order.now, needs=order.needs, look_at=order.look_at
        )
        self._mirror()
        self._store.change_waiting(lambda task: task.revise(hold=Hold.KEY) if task.key_id == key_id else None)
        return True

    async def look_later(self, key_id: str | None, at: datetime) -> None:
        state = self._state(key_id or OPERATOR)
        self._states[state.id] = replace(state, look_at=at, looks=state.looks + 1)

    async def resume(self, key_id: str | None, *, refused: int = 0) -> bool:
        state = self._state(key_id or OPERATOR)
        if state.stopped is None:
            return False
        self._states[state.id] = replace(state, stopped=None, since=None, refused=refused)
        self._mirror()
        self._store.change_waiting(lambda task: task.revise(hold=None) if task.key_id == key_id else None)
        return True

    def _state(self, name: str) -> KeyState:
        using = sorted((one.platform, one.server_id) for one, key_id in self._servers.items() if key_id == name)
        servers = tuple(Server(platform=platform, server_id=server_id) for platform, server_id in using)
        return replace(self._states.get(name, KeyState(id=name)), servers=servers)

    def _mirror(self) -> None:
        stopped = [name for name, state in self._states.items() if state.stopped is not None]
        self._store.stopped_keys = {None if name == OPERATOR else name for name in stopped}
        self._store.kept_keys = set(self.secrets)


@dataclass(slots=True, kw_only=True)
class ScriptedKeyring:
    """The operator's Rodin, and one more for each other key, with a wallet and tasks of its own, made when it is met.

    Keys are told apart by their secrets; `of` goes through the store, as the real one does. `wrap` is put around each.
    """

    operator: Generator
    keys: KeyStore
    clock: Clock
    others: dict[str, ScriptedGenerator] = field(default_factory=dict)
    wrap: Callable[[Generator], Generator] = lambda rodin: rodin

    async def of(self, key_id: str | None) -> Generator:
        return self.operator if key_id is None else self.trying(await self.keys.secret_of(key_id))

    def trying(self, secret: str) -> Generator:
        return self.wrap(self.rodin_of(secret))

    def rodin_of(self, secret: str) -> ScriptedGenerator:
        """Return what is scripted for a key."""
        return self.others.setdefault(secret, ScriptedGenerator(clock=self.clock, name=secret))
