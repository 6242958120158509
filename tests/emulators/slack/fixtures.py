"""A workspace for tests that need no more of the bot than a part; the conftest of a folder takes it over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.emulators.slack.stand_in import Slack, Team, slack_stand_in

__all__ = ["slack", "team"]


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """The stand-in with its sample manifest."""
    async with slack_stand_in() as opened:
        yield opened


@pytest.fixture
def team(slack: Slack) -> Team:
    """A workspace with the app in it."""
    return slack.workspace("Makers")
