"""A stage for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.edge.slack.stage import Stage, a_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as made:
        yield made
