"""A Rodin for each file, and a scene for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import Rodin, simulator
from tests.e2e.slack.scene import Scene, a_scene
from tests.e2e.stage import a_deaf_rodin


@pytest.fixture(scope="module")
def rodin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rodin]:
    """Give a simulator slow enough to be caught at every step: a model takes two seconds. Each test has its own key."""
    with simulator(tmp_path_factory.mktemp("rodin"), speed=20, parallel=20, balance=100_000) as process:
        yield process


@pytest.fixture
async def scene(rodin: Rodin, tmp_path: Path) -> AsyncIterator[Scene]:
    async with a_scene(tmp_path, rodin) as made:
        yield made
    rodin.break_with("")


@pytest.fixture
def deaf() -> Iterator[str]:
    with a_deaf_rodin() as address:
        yield address
