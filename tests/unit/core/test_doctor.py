"""What `rodin-bot check` says about settings that no platform can be asked about."""

from __future__ import annotations

import pytest

from bot.doctor import check_operators_channel
from bot.news import OperatorChannel
from bot.settings import Settings


async def test_without_an_operators_channel_there_is_nothing_to_look_at() -> None:
    assert await check_operators_channel(Settings(_env_file=None, operator_channel=None)) == ()


@pytest.mark.parametrize("platform", ["discord", "slack"])
async def test_a_channel_on_a_platform_that_is_not_set_up_is_named(platform: str) -> None:
    bare = Settings(
        _env_file=None,
        discord_token=None,
        slack_bot_token=None,
        slack_app_token=None,
        slack_signing_secret=None,
        operator_channel=OperatorChannel(platform=platform, channel="1234567890"),
    )

    (finding,) = await check_operators_channel(bare)

    assert not finding.is_good
    assert finding.what == "OPERATOR_CHANNEL"
    assert finding.found == f"{platform} is not set up, so nobody is told there"
