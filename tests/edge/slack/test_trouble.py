"""Rate limits, lost answers, broken sockets, wrong tokens: everything is told once, in the end."""

from __future__ import annotations

import asyncio
import logging

import pytest

from adapters.slack.platform import SlackOptions, SlackPlatform, SlackSupplies
from bot.errors import OperatorMistake, PlatformError
from tests.edge.slack.stage import QUICK, Stage, kind_of
from tests.fakes.clock import HandClock
from tests.fakes.files import MemoryFileStore
from tests.fakes.outbox import MemorySendLog
from tests.unit.core.house import House


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_status_whose_answer_was_lost_is_there_once(stage: Stage, when: str) -> None:
    stage.slack.fail("chat.postMessage", status=500, when=when)
    await stage.ann.command(stage.general, "/rodin a brass owl")
    await stage.accepted()

    await stage.tell()
    await stage.house.tell(after_s=60)

    assert kind_of(stage.root()) == "status"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_result_whose_answer_was_lost_is_there_once(stage: Stage, when: str) -> None:
    await stage.asked()
    stage.slack.fail("chat.postMessage", status=500, when=when)

    await stage.make()
    await stage.house.tell(after_s=60)

    assert stage.result()
    assert await stage.shared("base.glb")


@pytest.mark.parametrize("when", ["before", "after"])
async def test_files_whose_sharing_was_lost_are_there_once(stage: Stage, when: str) -> None:
    await stage.a_model()
    stage.slack.fail("files.completeUploadExternal", status=500, when=when)

    await stage.picture()
    if when == "after":
        await stage.shared("turntable.gif")
    await stage.house.tell(after_s=60)

    await stage.shared("turntable.gif")
    assert stage.result()


async def test_a_connection_that_breaks_in_mid_air_leaves_one_result(stage: Stage) -> None:
    await stage.asked()
    hold = stage.slack.hold("chat.postMessage", when="after")
    making = asyncio.create_task(stage.make())
    await hold.arrived()

    hold.drop()
    await making
    await stage.restart()
    await stage.house.tell(after_s=60)

    assert stage.result()
    assert stage.root()


async def test_a_token_that_dies_meanwhile_is_waited_for_and_nothing_is_lost(stage: Stage) -> None:
    await stage.asked()
    stage.slack.fail("chat.update", error="token_revoked")
    await stage.house.send()

    await stage.tell()
    await stage.house.tell(after_s=90)

    assert "Rodin has it" in stage.root().text


async def test_where_files_cannot_be_uploaded_the_result_is_told_all_the_same(stage: Stage) -> None:
    await stage.asked()
    stage.slack.fail("upload_url", status=500, times=1000)

    await stage.make("base.glb", "render.png")
    await stage.house.tell(after_s=60)
    await stage.picture()
    await stage.house.tell(after_s=60)

    assert "ready" in stage.result().text
    assert (await stage.tasks())[0].told == (await stage.tasks())[0].revision


async def test_where_nobody_may_look_telling_twice_beats_not_telling(stage: Stage) -> None:
    await stage.asked()
    stage.team.scopes.remove("channels:history")
    stage.slack.fail("chat.postMessage", status=500, when="after")

    await stage.make()
    await stage.house.tell(after_s=60)

    assert [kind_of(one) for one in stage.replies()].count("result") == 2


async def test_the_looking_takes_one_request(stage: Stage) -> None:
    await stage.asked()
    stage.slack.fail("chat.postMessage", status=500, when="after")

    await stage.make()
    await stage.house.tell(after_s=60)

    assert len(stage.slack.calls("conversations.replies")) == 1


async def test_a_rate_limit_is_kept_to_and_the_status_is_shown_afterwards(stage: Stage) -> None:
    await stage.asked()
    stage.slack.fail("chat.update", status=429, retry_after_s=30)
    await stage.house.send()

    await stage.tell()
    await stage.house.tell(after_s=5)
    tried = len(stage.slack.calls("chat.update"))

    assert tried == 1


async def test_a_short_rate_limit_is_waited_out_at_once(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", status=429, retry_after_s=0)

    await stage.asked()

    assert kind_of(stage.root()) == "status"


async def test_a_socket_that_is_refreshed_loses_nothing(stage: Stage) -> None:
    before = stage.slack.outbox.socket.opened
    asking = asyncio.create_task(stage.ann.write(stage.general, "<@bot> a tin robot"))
    await stage.slack.until(lambda: stage.slack.deliveries)
    await stage.slack.disconnect_socket("refresh_requested")

    answer = await asking
    await stage.slack.until(lambda: stage.slack.outbox.socket.opened > before)

    assert answer.acknowledged
    await stage.ann.write(stage.general, "<@bot> a clay fox")
    await stage.accepted(2)


async def test_a_socket_that_breaks_is_opened_anew_and_missed_events_come_again(stage: Stage) -> None:
    before = stage.slack.outbox.socket.opened
    stage.slack.cut_sockets()

    await stage.ann.write(stage.general, "<@bot> a tin robot")
    await stage.slack.until(lambda: stage.slack.outbox.socket.opened > before)

    assert (await stage.accepted()).request.prompt == "a tin robot"


async def reachable(stage: Stage) -> None:
    """Wait until the bot says that it hears Slack: Slack has the connection a moment before the bot knows."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await stage.platform.ping()
            except PlatformError:
                await asyncio.sleep(0.01)


async def test_slack_out_of_reach_at_the_start_is_tried_on_and_logged_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.platform.stop()
    caplog.set_level(logging.WARNING, logger="adapters.slack")
    stage.slack.fail("auth.test", status=503)
    stage.slack.fail("apps.connections.open", status=503, times=3)
    before = stage.slack.outbox.socket.opened

    starting = asyncio.create_task(stage.begin())
    await stage.slack.until(lambda: stage.slack.outbox.socket.opened > before)
    await starting

    assert len([one for one in caplog.records if "socket" in one.name]) <= 2
    await reachable(stage)


async def test_a_wrong_bot_token_stops_the_start_with_what_to_do(stage: Stage) -> None:
    await stage.platform.stop()
    wrong = SlackOptions(
        api_url=stage.slack.api_url, bot_token="xoxb-wrong", app_token=stage.slack.world.app_token, patience=QUICK
    )

    with pytest.raises(OperatorMistake, match="SLACK_BOT_TOKEN"):
        await a_platform(wrong).start(House().intake)


async def test_a_wrong_app_token_stops_the_start_with_what_to_do(stage: Stage) -> None:
    wrong = SlackOptions(
        api_url=stage.slack.api_url, bot_token=stage.team.bot_token, app_token="xapp-wrong", patience=QUICK
    )

    with pytest.raises(OperatorMistake, match="SLACK_APP_TOKEN"):
        await a_platform(wrong).start(House().intake)


def test_half_a_set_up_is_refused_with_what_is_missing() -> None:
    with pytest.raises(OperatorMistake, match="SLACK_APP_TOKEN"):
        a_platform(SlackOptions(bot_token="xoxb-alone"))


async def test_ping_says_when_slack_cannot_reach_us(stage: Stage) -> None:
    await stage.platform.ping()
    await stage.platform.stop()

    with pytest.raises(PlatformError):
        await stage.platform.ping()


async def test_the_watch_ends_with_the_platform(stage: Stage) -> None:
    watching = asyncio.create_task(stage.platform.watch())

    await stage.platform.stop()

    await asyncio.wait_for(watching, 5)


async def test_an_app_token_that_is_revoked_ends_the_watch_with_what_to_do(stage: Stage) -> None:
    watching = asyncio.create_task(stage.platform.watch())
    stage.slack.fail("apps.connections.open", error="invalid_auth", times=100)

    stage.slack.cut_sockets()

    with pytest.raises(OperatorMistake, match="SLACK_APP_TOKEN"):
        await asyncio.wait_for(watching, 5)


async def test_no_token_reaches_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    await stage.a_model("base.glb", "render.png", line="a very secret owl")

    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert stage.team.bot_token not in logged
    assert stage.slack.world.app_token not in logged
    assert "a very secret owl" not in logged


async def test_it_stops_while_slack_does_not_answer(stage: Stage) -> None:
    hold = stage.slack.hold("conversations.info", when="before")
    await stage.ann.command(stage.general, "/rodin a brass owl")
    await hold.arrived()

    async with asyncio.timeout(8):
        await stage.platform.stop()

    hold.drop()


def a_platform(options: SlackOptions) -> SlackPlatform:
    supplies = SlackSupplies(files=MemoryFileStore(), sends=MemorySendLog(), clock=HandClock())
    return SlackPlatform(options, supplies)
