"""Slack over HTTP: only what Slack has signed just now is taken, and one workspace's limits are nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.harness import Rodin
from tests.e2e.slack.scene import EDIT, POST, RESULT, SMALL, STATUS, TURNTABLE, Scene, Way, a_scene
from tests.e2e.stage import READY
from tests.emulators.slack import Call, Channel, Member, Team

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(150),
    # slack_sdk 3.47 hands an app's credentials to aiohttp in a way that aiohttp 3.14 deprecates.
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
]

REST_S = 4.0
"""How long Slack asks to wait: longer than the bot waits in one go, shorter than a test lasts."""


@pytest.fixture
async def scene(rodin: Rodin, tmp_path: Path) -> AsyncIterator[Scene]:
    async with a_scene(tmp_path, rodin, way=Way.HTTP) as made:
        yield made


@pytest.fixture
async def estate(rodin: Rodin, tmp_path: Path) -> AsyncIterator[Scene]:
    """Give a scene in which each workspace has to let the app in."""
    async with a_scene(tmp_path, rodin, way=Way.INSTALLED, RODIN_MAX_PARALLEL="5") as made:
        yield made


async def test_only_what_slack_has_signed_just_now_is_taken_and_what_it_repeats_is_done_once(scene: Scene) -> None:
    async with scene.bot():
        assert await scene.slack.verify_url()
        answer = await scene.ann.write(scene.general, f"<@bot> {scene.prompt} {SMALL}")
        await scene.until(scene.home.states)
        mention = answer.deliveries[0]

        forged = await scene.slack.post_forged(mention, secret="wrong")
        stale = await scene.slack.post_forged(mention, age_s=600)
        replayed = await scene.slack.post_forged(mention)
        retried = await scene.slack.repeat(mention)
        command = await scene.ask(f"{scene.prompt} again")
        await scene.until(lambda: len(scene.home.states()) == 2)
        twice = await scene.slack.post_forged(command.deliveries[0])
        await scene.until(lambda: command.text)

        assert (forged.status, stale.status) == (401, 401)
        assert (replayed.status, twice.status) == (200, 200)
        assert retried.acknowledged
        await scene.all_told()
        assert scene.home.states() == ["ready", "ready"]
        assert scene.charges() == 1
        assert len(scene.told(STATUS)) == len(scene.told(RESULT)) == 2


async def test_killed_while_it_works_the_next_one_hears_slack_at_the_same_address(scene: Scene) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        await scene.in_state("generating")
        await scene.kill(bot)
    lost = await scene.ann.command(scene.general, "/rodin list")

    async with scene.bot():
        await scene.assert_delivered_once()
        assert lost.complaint == '/rodin failed with the error "dispatch_failed"'


async def let_in(estate: Scene, team: Team, member: Member) -> None:
    """Let the app into a workspace."""
    page = await member.install(f"{estate.url}/slack/install")
    assert page.status == 200, page.text


def tries(estate: Scene, method: str, team: Team) -> list[Call]:
    """Return a workspace's calls of a method from the first that was told to wait."""
    calls = estate.slack.calls(method, team=team)
    first = next(number for number, call in enumerate(calls) if call.status == 429)
    return calls[first:]


async def ask_in(estate: Scene, member: Member, channel: Channel) -> None:
    await member.command(channel, f"/rodin {estate.prompt} for {channel.name} {SMALL}")


async def test_one_workspaces_limits_rest_that_workspace_and_no_other(estate: Scene) -> None:
    estate = estate.set(PREVIEWS="turntable")  # it joins by an edit
    makers, printers = estate.team, estate.slack.workspace("Printers", installed=False)
    bea, benches = printers.member("Bea"), printers.channel("benches")
    async with estate.bot():
        await let_in(estate, makers, estate.ann)
        await let_in(estate, printers, bea)
        for method in (POST, EDIT):
            estate.slack.fail(method, team=makers, status=429, retry_after_s=REST_S)

        await ask_in(estate, estate.ann, estate.general)
        await estate.until(lambda: estate.slack.calls(POST, team=makers))
        await ask_in(estate, bea, benches)
        await estate.until(lambda: estate.told(STATUS, team=printers))
        posted_meanwhile = len(estate.slack.calls(POST, team=makers))
        for team in (makers, printers):
            await estate.until(partial(estate.shared, TURNTABLE, team=team))
        await estate.all_told()

        assert posted_meanwhile == 1
        for method in (POST, EDIT):
            refused, next_one = tries(estate, method, makers)[:2]
            assert next_one.at_s - refused.at_s >= REST_S
            assert all(call.status == 200 for call in estate.slack.calls(method, team=printers))
        for team in (makers, printers):
            [status], [result] = estate.told(STATUS, team=team), estate.told(RESULT, team=team)
            assert READY in status.text
            assert READY in result.text
            assert estate.charges(f"{estate.prompt} for {status.channel.name}") == 1


async def test_installations_outlive_a_kill_and_a_removed_one_holds_up_nobody(estate: Scene) -> None:
    printers = estate.slack.workspace("Printers", installed=False)
    bea, benches = printers.member("Bea"), printers.channel("benches")
    async with estate.bot() as bot:
        await let_in(estate, estate.team, estate.ann)
        await let_in(estate, printers, bea)
        await ask_in(estate, estate.ann, estate.general)
        await ask_in(estate, bea, benches)
        await estate.taken()
        printers.uninstall()
        await estate.until(lambda: "app removed" in bot.errors)
        await estate.kill(bot)

    async with estate.bot():
        await estate.until(lambda: estate.shared(".glb"))
        await estate.in_state("ready")

        assert [READY in one.text for one in estate.told(RESULT)] == [True]
        assert estate.told(RESULT, team=printers) == []
