"""What the stand-ins' own tests begin with.

They are no part of the quick run, which is about the bot; they only help to judge it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulators.slack import Channel, Member, Team
from tests.emulators.slack.fixtures import slack, team

__all__ = ["slack", "team"]

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def general(team: Team) -> Channel:
    return team.channel("general")


@pytest.fixture
def ann(team: Team) -> Member:
    return team.member("Ann")
