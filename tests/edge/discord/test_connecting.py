"""Starting, syncing commands, checking the installation, stopping."""

from __future__ import annotations

import asyncio
import logging

import pytest

from adapters.discord.checks import check_channel, check_discord
from adapters.discord.client import DiscordOptions
from adapters.discord.platform import DiscordPlatform, DiscordSupplies
from bot.checkup import Finding
from bot.errors import OperatorMistake, PlatformBusy, PlatformError
from tests.edge.discord.stage import Stage
from tests.emulators.discord import DiscordStandIn, discord_stand_in
from tests.factories import a_task
from tests.fakes.clock import HandClock
from tests.fakes.files import MemoryFileStore
from tests.fakes.outbox import MemoryAnswerStore, MemorySendLog
from tests.unit.core.house import House


def a_platform(api_url: str, *, token: str = "no.such.token", guilds: tuple[int, ...] = ()) -> DiscordPlatform:
    supplies = DiscordSupplies(
        files=MemoryFileStore(), sends=MemorySendLog(), answers=MemoryAnswerStore(), clock=HandClock()
    )
    return DiscordPlatform(DiscordOptions(token=token, api_url=api_url, guild_ids=guilds), supplies)


def options_of(discord: DiscordStandIn, **changes: object) -> DiscordOptions:
    return DiscordOptions(**{"token": discord.token, "api_url": discord.api_url, **changes})


def named(findings: tuple[Finding, ...], word: str) -> Finding:
    return next(finding for finding in findings if word in finding.what)


async def test_commands_are_told_to_discord_only_when_they_differ(stage: Stage):
    await stage.restart()
    await stage.restart()

    assert stage.discord.command_writes == 1


async def test_with_server_ids_commands_exist_there_alone(stage: Stage):
    await stage.platform.stop()
    stage.platform = a_platform(stage.discord.api_url, token=stage.discord.token, guilds=(stage.server.id,))
    await stage.platform.start(stage.house.intake)

    assert {one["name"] for one in stage.discord.commands(stage.server)} == {"rodin", "Make 3D model"}
    assert stage.discord.commands() == []


async def test_a_failed_sync_is_loud_and_the_bot_still_starts(stage: Stage, caplog: pytest.LogCaptureFixture):
    await stage.platform.stop()
    stage.discord.fail("GET", "/applications/*/commands", status=403, code=50001)
    stage.platform = a_platform(stage.discord.api_url, token=stage.discord.token)

    with caplog.at_level(logging.ERROR):
        await stage.platform.start(stage.house.intake)

    assert stage.platform.is_ready
    assert "commands not synced" in caplog.text
    assert stage.platform.sync_problem


async def test_a_wrong_token_is_the_operators_to_repair():
    async with discord_stand_in() as discord:
        platform = a_platform(discord.api_url, token="wrong.token.here")

        with pytest.raises(OperatorMistake, match="Copy the token anew"):
            await platform.start(House().intake)

        await platform.stop()


async def test_an_unreachable_discord_does_not_stop_the_process(unused_tcp_port: int):
    platform = a_platform(f"http://127.0.0.1:{unused_tcp_port}/api/v10")

    await platform.start(House().intake)

    with pytest.raises(PlatformError):
        await platform.ping()
    async with asyncio.timeout(2):
        await platform.stop()


async def test_nothing_can_be_told_while_discord_is_unreachable(unused_tcp_port: int):
    house = House()
    platform = a_platform(f"http://127.0.0.1:{unused_tcp_port}/api/v10")
    await platform.start(house.intake)
    update = await house.viewer.update(a_task())
    address = a_task().address

    with pytest.raises(PlatformError):
        await platform.show(address, update, key="k")

    await platform.stop()


async def test_ready_means_connected(stage: Stage):
    await stage.platform.ping()
    await stage.platform.stop()

    with pytest.raises(PlatformError):
        await stage.platform.ping()


async def test_a_token_that_is_reset_while_running_ends_the_watch_with_what_to_do(stage: Stage):
    watching = asyncio.create_task(stage.platform.watch(), name="watch")
    for session in stage.discord.world.gateway.connected:
        assert session.connection is not None
        session.connection.hang_up(4004)

    with pytest.raises(OperatorMistake, match="Copy the token anew"):
        await watching


async def test_a_stop_ends_the_watch_in_peace(stage: Stage):
    watching = asyncio.create_task(stage.platform.watch(), name="watch")
    await asyncio.sleep(0)

    await stage.platform.stop()

    await watching


async def test_a_good_installation_passes_every_check(stage: Stage):
    findings = await check_discord(options_of(stage.discord))

    assert [finding for finding in findings if not finding.is_good] == []
    assert {finding.what for finding in findings} >= {"Discord token", "Discord gateway", "Discord commands"}


async def test_the_operators_channel_is_good_where_the_bot_sees_it(stage: Stage):
    finding = await check_channel(options_of(stage.discord), str(stage.general.id))

    assert finding.is_good, finding


async def test_an_operators_channel_that_is_none_or_hidden_is_named(stage: Stage):
    stage.server.everyone_may_not("view_channel")
    channels = ("1234567890", str(stage.general.id))

    findings = [await check_channel(options_of(stage.discord), channel) for channel in channels]

    assert [(finding.what, finding.is_good) for finding in findings] == [("OPERATOR_CHANNEL", False)] * 2
    assert "Discord does not show the channel 1234567890" in findings[0].found


async def test_a_missing_right_is_named_with_what_to_do(stage: Stage):
    stage.server.everyone_may_not("attach_files")

    findings = await check_discord(options_of(stage.discord))

    finding = named(findings, "Rights in Makers")
    assert not finding.is_good
    assert "Attach Files" in finding.found
    assert "https://discord.com/oauth2/authorize" in finding.advice


async def test_commands_that_discord_does_not_know_are_found():
    async with discord_stand_in() as discord:
        findings = await check_discord(options_of(discord))

        assert not named(findings, "Discord commands").is_good
        assert not named(findings, "Discord servers").is_good


async def test_a_wrong_token_is_found_and_never_shown():
    async with discord_stand_in() as discord:
        [finding] = await check_discord(options_of(discord, token="very.secret.token"))

        assert not finding.is_good
        assert "very.secret.token" not in repr(finding)


async def test_an_unreachable_discord_is_found(unused_tcp_port: int):
    url = f"http://127.0.0.1:{unused_tcp_port}/api/v10"

    [finding] = await check_discord(DiscordOptions(token="a.b.c", api_url=url))

    assert not finding.is_good
    assert url in finding.advice


async def test_busy_says_when_to_come_back(unused_tcp_port: int):
    house = House()
    platform = a_platform(f"http://127.0.0.1:{unused_tcp_port}/api/v10")
    await platform.start(house.intake)
    update = await house.viewer.update(a_task())
    address = a_task().address.__class__(platform="discord", value="kind=here&channel=1&user=2&since=3")

    with pytest.raises(PlatformBusy) as caught:
        await platform.show(address, update, key="k")

    assert caught.value.retry_after_s
    await platform.stop()


async def test_a_server_without_the_bot_holds_up_no_other_ones_commands(stage: Stage):
    elsewhere = stage.discord.guild("Elsewhere", bot=False)
    await stage.platform.stop()
    guilds = (elsewhere.id, stage.server.id)
    stage.platform = a_platform(stage.discord.api_url, token=stage.discord.token, guilds=guilds)

    await stage.platform.start(stage.house.intake)

    assert stage.discord.commands(stage.server)
    assert str(elsewhere.id) in (stage.platform.sync_problem or "")


async def test_commands_of_servers_are_not_told_again_either(stage: Stage):
    for _ in range(2):
        await stage.platform.stop()
        stage.platform = a_platform(stage.discord.api_url, token=stage.discord.token, guilds=(stage.server.id,))
        await stage.platform.start(stage.house.intake)

    assert stage.discord.command_writes == 3  # everywhere, then nowhere, then in the server


async def test_the_check_looks_at_each_server_that_has_commands_of_its_own(stage: Stage):
    findings = await check_discord(options_of(stage.discord, guild_ids=(stage.server.id,)))

    assert not named(findings, f"Discord commands in server {stage.server.id}").is_good


async def test_a_discord_that_comes_back_is_connected_to_and_the_outage_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("adapters.discord.platform.RETRY_S", (0.01,))
    async with discord_stand_in() as discord:
        discord.fail("GET", "/users/@me", status=503, times=3)
        platform = a_platform(discord.api_url, token=discord.token)

        await platform.start(House().intake)
        await discord.connected()

        assert caplog.text.count("no connection to discord") == 1
        await platform.stop()


async def test_an_attempt_that_hangs_is_given_up_for_another_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.discord.platform.RETRY_S", (0.01,))
    monkeypatch.setattr("adapters.discord.platform.CONNECT_WITHIN_S", 0.3)
    async with discord_stand_in() as discord:
        held = discord.hold("GET", "/users/@me")
        platform = a_platform(discord.api_url, token=discord.token)

        await platform.start(House().intake)
        held.drop()
        await discord.connected()

        await platform.stop()
