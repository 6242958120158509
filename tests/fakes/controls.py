"""The operator's switches in memory, beside a table of tasks in memory."""

from __future__ import annotations

from datetime import datetime

from bot.controls import Block, BlockKind, Pause
from tests.fakes.memory_store import MemoryTaskStore


class MemoryControls:
    """Keeps its switches in the store, whose claims obey them."""

    def __init__(self, store: MemoryTaskStore) -> None:
        self._store = store

    async def pause(self, word: str = "", *, now: datetime) -> int:
        self._store.pause = Pause(word=word, since=now)
        return self._store.touch_waiting()

    async def resume(self) -> int:
        was, self._store.pause = self._store.pause, None
        return self._store.touch_waiting() if was else 0

    async def paused(self) -> Pause | None:
        return self._store.pause

    async def block(self, kind: BlockKind, value: str, *, now: datetime) -> bool:
        is_new = (kind, value) not in self._store.blocks
        self._store.blocks.setdefault((kind, value), Block(kind=kind, value=value, since=now))
        return is_new

    async def unblock(self, kind: BlockKind, value: str) -> bool:
        return self._store.blocks.pop((kind, value), None) is not None

    async def blocks(self) -> tuple[Block, ...]:
        return tuple(self._store.blocks[key] for key in sorted(self._store.blocks))


class MemoryMarks:
    """Small things by name."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    async def exchange(self, name: str, value: str, *, now: datetime) -> str | None:
        before = self.held.get(name)
        self.held[name] = value
        return before
