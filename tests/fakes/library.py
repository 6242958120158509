"""A library of exhibits in memory, and links that are easily read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.exhibit import Exhibit


class FakeLibrary:
    """Keeps `bot.ports.Library` over a dictionary that tests fill and change."""

    def __init__(self, *exhibits: Exhibit) -> None:
        self.exhibits = {exhibit.task_id: exhibit for exhibit in exhibits}
        self.fails: Exception | None = None

    def change(self, task_id: str, **changes: Any) -> None:
        self.exhibits[task_id] = replace(self.exhibits[task_id], **changes)

    async def exhibit(self, task_id: str) -> Exhibit | None:
        if self.fails is not None:
            raise self.fails
        return self.exhibits.get(task_id)


class PlainLinks:
    """Addresses that show what they were made of."""

    def viewer_url(self, task_id: str, generation: int) -> str | None:
        return f"https://pages/{task_id}/{generation}"

    def file_url(self, task_id: str, generation: int, name: str) -> str | None:
        return f"https://pages/{task_id}/{generation}/{name}"
