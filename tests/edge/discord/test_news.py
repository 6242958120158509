"""News for the operator, in their channel: once each, and nobody is pinged."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import AddressGone, PlatformBusy
from tests.edge.discord.stage import Stage

SENTENCE = "Rodin's balance is below 20 credits. @everyone *look*"
KEY = "0123456789abcdef"


async def notify(stage: Stage, key: str = KEY) -> None:
    await stage.platform.notify(str(stage.general.id), SENTENCE, key=key)


async def test_news_are_posted_as_they_are_and_ping_nobody(stage: Stage):
    await notify(stage)

    [said] = stage.discord.messages(stage.general)
    assert said.content.startswith("Rodin's balance is below 20 credits. \\@everyone \\*look\\*\n")
    assert said.pings == ()


async def test_the_same_news_twice_are_one_message_and_other_news_another(stage: Stage):
    await notify(stage)
    await notify(stage)
    await notify(stage, key="fedcba9876543210")

    assert len(stage.discord.messages(stage.general)) == 2


async def test_news_whose_answer_was_lost_are_found_again(stage: Stage):
    held = stage.discord.hold("POST", "/channels/*/messages", when="after")
    telling = notify(stage)

    async def drop() -> None:
        await held
        held.drop()
        stage.discord.advance(600)  # the nonce is forgotten

    with pytest.raises(PlatformBusy):
        await asyncio.gather(telling, drop())
    await notify(stage)

    assert len(stage.discord.messages(stage.general)) == 1


async def test_a_channel_that_is_gone_or_closed_to_us_or_none_is_said_to_be(stage: Stage):
    stage.server.deny(stage.general, stage.discord.bot, "send_messages")

    with pytest.raises(AddressGone):
        await notify(stage)
    stage.server.delete(stage.general)
    with pytest.raises(AddressGone):
        await notify(stage)
    with pytest.raises(AddressGone):
        await stage.platform.notify("general", SENTENCE, key=KEY)


async def test_without_a_connection_news_wait(stage: Stage):
    await stage.platform.stop()

    with pytest.raises(PlatformBusy):
        await notify(stage)
