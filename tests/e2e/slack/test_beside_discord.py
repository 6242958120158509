"""Discord and Slack at once in one process: each hears of its own, and the credits are counted together."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.discord import scene as discord_scene
from tests.e2e.harness import Rodin
from tests.e2e.slack.scene import RESULT, STATUS, Scene, a_scene
from tests.e2e.stage import READY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

PRICE = "0.5"
"""What a small model costs, in credits."""


@pytest.fixture
async def on_discord(rodin: Rodin, tmp_path: Path) -> AsyncIterator[discord_scene.Scene]:
    """Give a scene on Discord in which no bot of its own runs."""
    async with discord_scene.a_scene(tmp_path, rodin) as made:
        yield made


@pytest.fixture
async def on_slack(rodin: Rodin, tmp_path: Path, on_discord: discord_scene.Scene) -> AsyncIterator[Scene]:
    """Give a scene on Slack whose bot is at home on that Discord, too."""
    there = on_discord.home.settings
    chat = {"DISCORD_TOKEN": there["DISCORD_TOKEN"], "DISCORD_API_URL": there["DISCORD_API_URL"]}
    async with a_scene(tmp_path, rodin) as alone:
        made = alone.set(**chat)
        yield made
        on_discord.processes.extend(made.processes)  # it knows other secrets, which must not be in their output


async def test_both_deliver_and_nothing_of_one_is_seen_on_the_other(
    on_slack: Scene, on_discord: discord_scene.Scene
) -> None:
    async with on_slack.bot() as bot:
        await on_discord.connected(bot)
        there = await on_discord.ask(f"{on_discord.prompt} there")
        await there.shows("Task", timeout_s=60)
        here = await on_slack.ask(f"{on_slack.prompt} here")
        await on_slack.until(lambda: here.text)
        foreign, own = (re.findall(r"Task (\w+)", text)[0] for text in (there.text, here.text))

        before = on_slack.ann.ephemerals
        await on_slack.ann.command(on_slack.general, "/rodin list")
        await on_slack.until(lambda: len(on_slack.ann.ephemerals) > len(before))
        listed = on_slack.ann.ephemerals[-1]
        shown = await on_slack.ann.command(on_slack.general, f"/rodin show {foreign}")
        await on_slack.until(lambda: shown.text)
        stolen = await on_discord.ann.command(on_discord.general, "rodin cancel", task=own)
        await stolen.shows("no task", timeout_s=60)
        await on_slack.is_told()
        thread = await on_discord.thread()
        await on_slack.until(lambda: on_discord.marked(thread, discord_scene.RESULT))

        assert own in listed.text
        assert foreign not in listed.text
        assert "no task" in shown.text
        [status], [result] = on_slack.told(STATUS), on_slack.told(RESULT)
        assert READY in status.text
        assert READY in result.text
        assert [one.pings for one in on_slack.told() if one.pings] == [("Ann",)]
        [far] = on_discord.marked(thread, discord_scene.RESULT)
        assert READY in far.text
        assert on_discord.ann.notifications == [far]
        seen_here, seen_there = on_slack.slack.transcript(), on_discord.discord.transcript()
        assert f"{on_discord.prompt} there" not in seen_here
        assert f"{on_slack.prompt} here" not in seen_there
        assert on_slack.home.states() == ["ready", "ready"]


async def test_credits_are_counted_apart_for_each_person_and_together_for_everybody(
    on_slack: Scene, on_discord: discord_scene.Scene
) -> None:
    bob = on_slack.team.member("Bob")
    async with on_slack.bot(USER_DAILY_CREDITS=PRICE, TOTAL_DAILY_CREDITS="1") as bot:
        await on_discord.connected(bot)
        there = await on_discord.ask()
        await there.shows("Task", timeout_s=60)
        too_much = await on_discord.ask("a second bell")
        await too_much.shows("still be spent", timeout_s=60)
        here = await on_slack.ask()
        await on_slack.until(lambda: "Task" in here.text)
        last = await bob.command(on_slack.general, "/rodin a third bell --tier Gen-2.5-Low --faces 500")
        await on_slack.until(lambda: "still be spent" in last.text)

        assert len(on_slack.home.states()) == 2
        await on_slack.all_told()
        assert on_slack.home.states() == ["ready", "ready"]
        assert len([one for one in on_slack.rodin.prompts() if on_slack.prompt in one]) == 2
