"""What the stand-ins' own tests begin with.

They are no part of the quick run, which is about the bot; they only help to judge it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.emulators.slack import Channel, Member, Slack, Team, slack_stand_in

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with slack_stand_in() as opened:
        yield opened


@pytest.fixture
def team(slack: Slack) -> Team:
    return slack.workspace("Makers")


@pytest.fixture
def general(team: Team) -> Channel:
    return team.channel("general")


@pytest.fixture
def ann(team: Team) -> Member:
    return team.member("Ann")
