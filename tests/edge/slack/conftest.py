"""A stage for every test, and a workspace for those of a part alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.edge.slack.stage import Stage, a_stage
from tests.emulators.slack.fixtures import slack, team

__all__ = ["slack", "stage", "team"]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as made:
        yield made
