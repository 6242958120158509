"""What the operator is told in a channel of theirs: once, also over kills, and with a reason where it cannot be."""

from __future__ import annotations

import pytest

from bot.errors import AddressGone, PlatformBusy
from tests.edge.slack.stage import Stage

SENTENCE = "Rodin's balance is below 10 credits & falls."


async def test_a_sentence_is_posted_once_for_each_key_and_pings_nobody(stage: Stage) -> None:
    for key in ("balance:10", "balance:10", "balance:5"):
        await stage.platform.notify(stage.general.id, f"<!channel> {SENTENCE}", key=key)

    told = stage.slack.messages(stage.general)
    assert [one.text for one in told] == [f"<!channel> {SENTENCE}"] * 2
    assert [one.pings for one in told] == [(), ()]


async def test_the_workspace_may_be_named_as_well(stage: Stage) -> None:
    await stage.platform.notify(f"{stage.team.id}/{stage.general.id}", SENTENCE, key="a" * 200)

    assert stage.root().text == SENTENCE


async def test_a_restart_does_not_say_it_again(stage: Stage) -> None:
    await stage.platform.notify(stage.general.id, SENTENCE, key="balance:10")
    await stage.restart()

    await stage.platform.notify(stage.general.id, SENTENCE, key="balance:10")

    assert stage.root().text == SENTENCE


async def test_one_whose_answer_was_lost_is_found_again(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", status=500, when="after")
    with pytest.raises(PlatformBusy):
        await stage.platform.notify(stage.general.id, SENTENCE, key="balance:10")

    await stage.platform.notify(stage.general.id, SENTENCE, key="balance:10")

    assert stage.root().text == SENTENCE


@pytest.mark.parametrize("channel", ["C0NOWHERE", "T0ELSEWHERE/C0NOWHERE"])
async def test_a_channel_that_is_not_there_is_said_to_be_so(stage: Stage, channel: str) -> None:
    with pytest.raises(AddressGone, match="channel_not_found"):
        await stage.platform.notify(channel, SENTENCE, key="balance:10")


async def test_a_channel_without_the_bot_is_said_to_be_so(stage: Stage) -> None:
    closed = stage.team.channel("closed", private=True, bot_in=False)

    with pytest.raises(AddressGone):
        await stage.platform.notify(closed.id, SENTENCE, key="balance:10")
