"""The operator's switches in memory, beside a table of tasks in memory."""

from __future__ import annotations

from datetime import datetime

from bot.controls import Block, BlockKind, Pause
from bot.news import LASTS, News
from bot.watch import Telling
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


class MemoryNews:
    """What is still to be told, oldest first."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[datetime, News]] = {}

    async def add(self, item: News, *, now: datetime) -> None:
        self.put(item, now=now)

    async def untold(self, *, now: datetime, limit: int) -> tuple[News, ...]:
        waiting = sorted((since, key) for key, (since, _) in self.held.items() if since > now - LASTS)
        return tuple(self.held[key][1] for _, key in waiting[:limit])

    async def told(self, key: str) -> None:
        self.held.pop(key, None)

    def put(self, item: News, *, now: datetime) -> None:
        self.held = {key: kept for key, kept in self.held.items() if kept[0] > now - LASTS}
        self.held.setdefault(item.key, (now, item))


class MemoryMarks:
    """Small things by name."""

    def __init__(self, news: MemoryNews | None = None) -> None:
        self.held: dict[str, str] = {}
        self.news = news or MemoryNews()

    async def exchange(self, name: str, value: str, *, now: datetime, telling: Telling | None = None) -> str | None:
        before = self.held.get(name)
        self.held[name] = value
        if telling is not None and (item := telling(before)) is not None:
            self.news.put(item, now=now)
        return before

    async def read(self, name: str) -> str | None:
        return self.held.get(name)
