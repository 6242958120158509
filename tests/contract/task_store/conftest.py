"""Runs every test of this folder over each TaskStore: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import TaskStore
from tests.fakes.task_stores import TASK_STORES


@pytest.fixture(params=TASK_STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TaskStore]:
    """An empty store."""
    async with request.param(tmp_path) as opened:
        yield opened
