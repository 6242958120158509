"""Several processes on one database: whatever reaches two of them is done and told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.discord.scene import CALLBACK, PROGRESS, RESULT, Scene, a_scene
from tests.e2e.harness import Rodin
from tests.e2e.stage import READY
from tests.emulators.discord import Channel
from tests.fakes.databases import DATABASES, DatabaseUrl

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

SEVERAL = 3


@pytest.fixture(params=DATABASES)
async def crowd(request: pytest.FixtureRequest, rodin: Rodin, tmp_path: Path) -> AsyncIterator[Scene]:
    """Give a scene on each kind of database."""
    url: DatabaseUrl = request.param
    async with url(tmp_path) as database, a_scene(tmp_path, rodin, DATABASE_URL=database, SECRET_KEY="x" * 32) as scene:
        yield scene


async def test_two_gateways_and_a_worker_make_one_task_of_each_command_and_tell_it_once(crowd: Scene) -> None:
    with (
        crowd.process("--role", "worker"),
        crowd.process("--role", "gateway") as first,
        crowd.process("--role", "gateway") as second,
    ):
        await crowd.connected(first, second)
        prompts = [f"{crowd.prompt} {number}" for number in range(SEVERAL)]

        answers = [await crowd.ask(prompt) for prompt in prompts]
        for answer in answers:
            await answer.shows("Task")
        threads = await crowd.until(lambda: len(found := crowd.threads()) == SEVERAL and found)
        assert threads
        await crowd.until(lambda: all(is_drawn(crowd, thread) for thread in threads))

        callbacks = Counter(request.status for request in crowd.discord.requests if request.route == CALLBACK)
        assert callbacks == {200: SEVERAL, 400: SEVERAL}  # both got every command, one of them had it
        assert Counter(prompt for prompt in crowd.rodin.prompts() if crowd.prompt in prompt) == Counter(prompts)
        assert len(crowd.threads()) == SEVERAL
        for thread in threads:
            [status], [result] = crowd.marked(thread, PROGRESS), crowd.marked(thread, RESULT)
            assert READY in status.text
            assert READY in result.text
        assert len(crowd.ann.notifications) == SEVERAL


def is_drawn(scene: Scene, thread: Channel) -> bool:
    """Whether the picture has joined the result in a thread: the last that is told of a task here."""
    return any("still.png" in message.files for message in scene.marked(thread, RESULT))
