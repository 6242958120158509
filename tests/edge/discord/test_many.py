"""Twenty tasks at once while Discord is in trouble: what happens to one disturbs no other."""

from __future__ import annotations

import logging

import pytest

from bot.model import TaskState
from tests.edge.discord.stage import Stage

pytestmark = pytest.mark.slow

TASKS = 20


async def test_nineteen_of_twenty_end_well_while_one_thread_is_deleted(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    async def at_once(self: object, shard_id: int | None, *, initial: bool = False) -> None:
        return None

    monkeypatch.setattr("discord.Client.before_identify_hook", at_once)
    for number in range(TASKS):
        answer = await stage.ask(prompt=f"owl {number}")
        await answer.shows("Task")
    for _ in range(3):
        await stage.tell()
    stage.server.delete(stage.discord.threads(stage.general)[7])
    stage.discord.fail("PATCH", "/channels/*/messages/*", status=429, retry_after_s=0.01, times=5)
    stage.discord.fail("POST", "/channels/*/messages", status=503, times=3)
    stage.discord.drop_gateway(resumable=False)

    for _ in range(TASKS):
        await stage.make()

    await stage.house.until_over(turns=10)
    tasks = await stage.tasks()
    threads = stage.discord.threads(stage.general)
    results = [one for thread in threads for one in stage.discord.messages(thread) if "· result" in one.text]
    assert [task.state for task in tasks] == [TaskState.READY] * TASKS
    assert len(threads) == len(results) == TASKS - 1
    assert {one.channel.id for one in results} == {thread.id for thread in threads}
    assert all("Your model is ready" in stage.status(thread).text for thread in threads)


async def test_no_token_is_ever_logged(stage: Stage, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        await stage.restart()
        answer = await stage.ask(prompt="an owl", private=True)
        await stage.discord.until(lambda: stage.house.world.tasks._rows)
        await stage.tell()
        await stage.make()
        listed = await stage.ann.command(stage.general, "rodin list")
        await listed.shows("an owl")

    assert stage.discord.token not in caplog.text
    assert answer.interaction.token not in caplog.text
    assert listed.interaction.token not in caplog.text
