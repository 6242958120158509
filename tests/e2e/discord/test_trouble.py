"""Trouble in the middle of twenty tasks: each of the others ends well, and everything is charged once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.e2e.discord.scene import MESSAGES, PROGRESS, RESULT, Scene, a_scene
from tests.e2e.harness import Rodin, simulator
from tests.e2e.stage import PATIENCE_S, READY
from tests.emulators.discord import Channel

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

TWENTY = 20
EDITS = "/channels/{channel_id}/messages/{message_id}"
ALL_WITHIN_S = 120.0


@pytest.fixture(scope="module")
def rodin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rodin]:
    """Give a quick simulator with much room."""
    with simulator(tmp_path_factory.mktemp("rodin"), speed=50, parallel=20, balance=100_000) as process:
        yield process


@pytest.fixture
async def scene(rodin: Rodin, tmp_path: Path) -> AsyncIterator[Scene]:
    async with a_scene(tmp_path, rodin, RODIN_MAX_PARALLEL="10") as made:
        yield made


async def ask_for(scene: Scene, count: int, *, where: Channel | None = None) -> list[str]:
    """Ask for that many models, one after the other; return the prompts once every one is written down."""
    place = where or scene.general
    prompts = [f"{place.name} {number} {scene.prompt}" for number in range(count)]
    before = len(scene.home.states())
    for prompt in prompts:
        await (await scene.ask(prompt, where=place)).acknowledged()
    await scene.until(lambda: len(scene.home.states()) == before + count)
    return prompts


async def all_told(scene: Scene) -> None:
    """Wait until every task has ended and its ending is told."""

    def untold() -> bool:
        return bool(scene.home.rows("id", "ended_revision IS NULL OR told < ended_revision"))

    await scene.discord.until(lambda: not untold(), timeout_s=ALL_WITHIN_S)


def assert_ended_well(scene: Scene, thread: Channel) -> None:
    """One status that says so, one result with the model."""
    [status], [result] = scene.marked(thread, PROGRESS), scene.marked(thread, RESULT)
    assert READY in status.text, scene.discord.transcript()
    assert READY in result.text, scene.discord.transcript()
    assert any(name.endswith(".glb") for name in result.files), scene.discord.transcript()


def told_in(scene: Scene, threads: list[Channel]) -> list[int]:
    """Return the places among these threads where Ann was notified, once for each time."""
    return [message.channel.id for message in scene.ann.notifications if message.channel in threads]


def assert_charged_once(scene: Scene, prompts: list[str]) -> None:
    taken = Counter(prompt for prompt in scene.rodin.prompts() if scene.prompt in prompt)
    assert taken == Counter(prompts)


def identifies(scene: Scene) -> int:
    return sum(line.startswith("identify") for line in scene.discord.gateway_log)


def resumes(scene: Scene) -> int:
    return sum(line.startswith("resume shard") for line in scene.discord.gateway_log)


async def lose_the_gateway(scene: Scene) -> None:
    """Cut the connection three ways, each once the last one is mended."""
    scene.discord.drop_gateway(resumable=True)
    await scene.until(lambda: resumes(scene) == 1)
    scene.discord.ask_to_reconnect()
    await scene.until(lambda: resumes(scene) == 2)
    scene.discord.drop_gateway(resumable=False)
    await scene.until(lambda: identifies(scene) == 2)


async def test_of_twenty_tasks_in_trouble_the_deleted_one_is_kept_and_the_others_end_well(scene: Scene) -> None:
    async with scene.bot():
        prompts = await ask_for(scene, TWENTY)
        threads = await scene.until(lambda: len(found := scene.threads()) == TWENTY and found)
        assert threads
        [*others, gone] = threads
        [status] = await scene.until(lambda: scene.marked(gone, PROGRESS))

        scene.server.delete(gone)
        scene.discord.fail("POST", MESSAGES, status=429, retry_after_s=0.3, times=4)
        scene.discord.fail("PATCH", EDITS, status=429, retry_after_s=0.3, times=4)
        scene.discord.fail("POST", MESSAGES, status=500, times=3)
        scene.discord.fail("PATCH", EDITS, status=502, times=3)
        await lose_the_gateway(scene)
        await all_told(scene)

        assert {request.status for request in scene.discord.requests} >= {429, 500, 502}
        assert scene.home.states() == ["ready"] * TWENTY
        assert_charged_once(scene, prompts)
        for thread in others:
            assert_ended_well(scene, thread)
        assert sorted(told_in(scene, others)) == sorted(thread.id for thread in others)
        [task_id] = re.findall(r"Task (\w+) · progress", status.text)
        answer = await scene.ann.command(scene.general, "rodin show", task=task_id)
        shown = await answer.shows(READY, timeout_s=PATIENCE_S)
        assert any(name.endswith(".glb") for name in shown.files)


async def test_thrown_out_of_one_server_the_bot_goes_on_in_the_other(scene: Scene) -> None:
    elsewhere = scene.discord.guild("Printers")
    benches = elsewhere.text_channel("benches")
    elsewhere.member("Ann")
    async with scene.bot():
        lost = await ask_for(scene, 4, where=benches)
        kept = await ask_for(scene, 4)
        await scene.until(lambda: len(scene.discord.threads(benches)) == 4 and len(scene.threads()) == 4)

        elsewhere.kick_bot()
        await all_told(scene)

        assert scene.home.states() == ["ready"] * 8
        assert_charged_once(scene, lost + kept)
        for thread in scene.threads():
            assert_ended_well(scene, thread)
        assert sorted(told_in(scene, scene.threads())) == sorted(thread.id for thread in scene.threads())
