"""Where a next version is told that is asked for by command: in its parent's thread, and never before other eyes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.model import Task
from tests.edge.discord.stage import Stage
from tests.emulators.discord import Answer, Channel


async def a_model(stage: Stage, where: Channel, **options: Any) -> Task:
    """Have a model made somewhere, told to its end."""
    await stage.ask(where=where, prompt="a brass owl", **options)
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 1)
    await stage.tell()
    await stage.make()
    return (await stage.tasks())[0]


async def better(stage: Stage, where: Channel, model: Task) -> tuple[Task, Answer]:
    """Ask for the next tier up; return the task, told once, and the answer."""
    answer = await stage.ann.command(where, "rodin better", task=model.id)
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 2)
    await stage.tell()
    await answer.shows("Task")
    return await stage.newest(), answer


def told_in(stage: Stage, where: Channel, task: Task) -> list[str]:
    """What everybody there reads about a task."""
    return [m.text for m in stage.discord.messages(where) if f"Task {task.id}" in m.text and not m.ephemeral]


def closed_room(stage: Stage) -> Channel:
    """Make a channel that only Ann and the bot see."""
    room = stage.server.text_channel("secret")
    stage.server.allow(room, stage.ann, "view_channel", "send_messages")
    stage.server.allow(room, stage.discord.bot, "view_channel", "send_messages", "send_messages_in_threads")
    stage.server.deny(room, None, "view_channel")
    return room


async def test_a_command_in_the_channel_makes_its_version_in_the_models_thread(stage: Stage):
    model = await a_model(stage, stage.general)
    thread = stage.thread()

    task, answer = await better(stage, stage.general, model)
    await stage.make()

    shown = await answer.shows("Follow it in")
    assert f"<#{thread.id}>" in shown.text
    assert stage.thread() == thread
    assert len(told_in(stage, thread, task)) == 2
    assert task.address.place == str(thread.id)
    assert told_in(stage, stage.general, task) == []


async def test_a_thread_that_rests_is_woken_by_its_next_version(stage: Stage):
    model = await a_model(stage, stage.general)
    stage.server.archive(stage.thread())

    task, _ = await better(stage, stage.general, model)

    assert told_in(stage, stage.thread(), task)


@pytest.mark.parametrize("is_gone", ["deleted", "locked", "closed to the bot"])
async def test_without_the_models_thread_a_version_begins_one_of_its_own(stage: Stage, is_gone: str):
    model = await a_model(stage, stage.general)
    thread = stage.thread()
    match is_gone:
        case "deleted":
            stage.server.delete(thread)
        case "locked":
            stage.server.archive(thread, locked=True)
        case _:
            stage.server.deny(stage.general, stage.discord.bot, "send_messages_in_threads")

    task, _ = await better(stage, stage.general, model)

    if is_gone == "closed to the bot":
        assert told_in(stage, stage.general, task)
    else:
        [own] = [one for one in stage.discord.threads(stage.general) if one != thread]
        assert told_in(stage, own, task)


async def test_a_version_of_a_version_begins_its_own_thread_too_when_theirs_is_gone(stage: Stage):
    model = await a_model(stage, stage.general)
    thread = stage.thread()
    child, _ = await better(stage, thread, model)
    stage.server.delete(thread)
    stage.house.clock.turn(seconds=1)

    answer = await stage.ann.command(stage.general, "rodin variation", task=child.id, prompt="a copper owl")
    await answer.shows("Task")
    await stage.tell()

    assert told_in(stage, stage.thread(), await stage.newest(of=3))


async def test_asked_for_in_another_open_channel_it_is_told_in_its_parents_thread(stage: Stage):
    other = stage.server.text_channel("other")
    model = await a_model(stage, stage.general)

    task, _ = await better(stage, other, model)

    assert told_in(stage, stage.thread(), task)
    assert stage.discord.messages(other) == []
    assert task.owner.channel_id == str(stage.general.id)


async def test_a_closed_channels_model_goes_on_in_its_thread_wherever_it_is_asked_for(stage: Stage):
    room = closed_room(stage)
    model = await a_model(stage, room)
    [thread] = stage.discord.threads(room)

    task, _ = await better(stage, stage.general, model)

    assert told_in(stage, thread, task)
    assert stage.discord.messages(stage.general) == []
    assert task.owner.channel_id == str(room.id)


@pytest.mark.parametrize(
    "is_gone", ["the asker is shut out", "the bot is shut out", "deleted thread", "deleted channel"]
)
async def test_a_closed_channels_model_is_never_shown_in_another_one(stage: Stage, is_gone: str):
    room = closed_room(stage)
    model = await a_model(stage, room)
    [thread] = stage.discord.threads(room)
    match is_gone:
        case "the asker is shut out":
            stage.server.deny(room, stage.ann, "view_channel")
        case "the bot is shut out":
            stage.server.deny(room, stage.discord.bot, "view_channel")
        case "deleted thread":
            stage.server.delete(thread)
        case _:
            stage.server.delete(room)

    task, answer = await better(stage, stage.general, model)

    assert (await answer.shows("Only you see this")).ephemeral
    assert told_in(stage, stage.general, task) == []
    assert task.address.place == ""


async def test_what_is_asked_for_in_a_closed_channel_stays_there(stage: Stage):
    room = closed_room(stage)
    model = await a_model(stage, stage.general)

    task, _ = await better(stage, room, model)

    [thread] = stage.discord.threads(room)
    assert told_in(stage, thread, task)
    assert told_in(stage, stage.thread(), task) == []


async def test_what_is_asked_for_directly_stays_between_the_two(stage: Stage):
    model = await a_model(stage, stage.general)

    task, _ = await better(stage, stage.ann.direct, model)

    assert told_in(stage, stage.ann.direct, task)
    assert told_in(stage, stage.thread(), task) == []


async def test_a_direct_conversations_model_is_never_shown_in_a_channel(stage: Stage):
    model = await a_model(stage, stage.ann.direct)

    task, answer = await better(stage, stage.general, model)

    assert told_in(stage, stage.ann.direct, task)
    assert stage.discord.messages(stage.general) == []
    assert f"/channels/@me/{stage.ann.direct.id}" in (await answer.shows("Follow it in")).text


async def test_a_version_of_a_private_model_is_private(stage: Stage):
    model = await a_model(stage, stage.general, private=True)

    task, answer = await better(stage, stage.general, model)

    assert (await answer.shows("Only you see this")).ephemeral
    assert told_in(stage, stage.general, task) == []


async def test_a_model_of_another_server_is_not_shown_in_this_one(stage: Stage):
    elsewhere = stage.discord.guild("Others")
    elsewhere.member("Ann")
    model = await a_model(stage, elsewhere.text_channel("workshop"))

    task, answer = await better(stage, stage.general, model)

    assert (await answer.shows("Only you see this")).ephemeral
    assert told_in(stage, stage.general, task) == []
