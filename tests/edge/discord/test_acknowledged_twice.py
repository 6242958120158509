"""Discord took the acknowledgement and a 502 came back: discord.py repeats it, and is told that it was taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import copy_context

import pytest
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from tests.edge.discord.stage import Stage, started
from tests.emulators.discord import Answer
from tests.matrix.world import World

CALLBACK = "/interactions/*/*/callback"
PAUSE_S = 1.0
"""As long as discord.py waits before it repeats a call for the first time."""


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Rule the loop's timers, so that discord.py's pauses cost nothing."""
    world = World()
    with world.ruling(asyncio.get_running_loop()):
        yield world


@pytest.fixture
async def crowd(stage: Stage) -> AsyncIterator[Stage]:
    """Connect a second gateway process to the same server and the same database.

    discord.py has one queue for calls about an interaction in each process, so the second one has its own.
    """
    context = copy_context()
    context.run(async_context.set, AsyncWebhookAdapter())
    coming = started(stage.discord, stage.house, stage.sends, stage.answers, stage.intake)
    second = await asyncio.create_task(coming, context=context)
    yield stage
    await second.stop()


def statuses(stage: Stage) -> list[int | None]:
    """Return what was said to each try to acknowledge, in order."""
    return [request.status for request in stage.sent() if request.path.endswith("/callback")]


async def ask(stage: Stage, world: World, *, of: int) -> Answer:
    """Ask for a model; let discord.py's pauses pass after so many failed tries."""
    answer = await stage.ann.command(stage.general, "rodin generate", prompt="an owl")
    await stage.discord.until(lambda: statuses(stage).count(502) == of)
    await asyncio.sleep(0.02)  # the answers are read, so that the pauses have begun
    world.turn(PAUSE_S, waits=True)
    return answer


async def test_the_person_is_answered_and_one_task_is_made(stage: Stage, world: World) -> None:
    stage.discord.fail("POST", CALLBACK, status=502, is_taken=True)

    answer = await ask(stage, world, of=1)
    await answer.shows("Task")

    assert statuses(stage) == [502, 400]
    assert len(await stage.tasks()) == 1


async def test_a_second_process_that_was_refused_at_once_leaves_it_to_the_first(crowd: Stage, world: World) -> None:
    crowd.discord.fail("POST", CALLBACK, status=502, is_taken=True)

    answer = await ask(crowd, world, of=1)
    await answer.shows("Task")

    assert statuses(crowd) == [502, 400, 400]
    assert len(await crowd.tasks()) == 1
    assert len([one for one in crowd.sent() if one.path.endswith("/@original")]) == 1


async def test_two_processes_that_both_think_it_theirs_make_one_task(crowd: Stage, world: World) -> None:
    crowd.discord.fail("POST", CALLBACK, status=502, times=2)

    answer = await ask(crowd, world, of=2)
    await crowd.discord.until(lambda: len([one for one in crowd.sent() if one.path.endswith("/@original")]) == 2)

    assert sorted(status for status in statuses(crowd) if status) == [200, 400, 502, 502]
    assert "Task" in answer.text
    assert len(await crowd.tasks()) == 1
