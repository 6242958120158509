"""Which tasks live in a conversation."""

from __future__ import annotations

from typing import Any

from bot.model import Address, Task, TaskState
from bot.ports import TaskStore
from tests.factories import NOON, a_task, after, an_owner
from tests.fakes.task_stores import added, ids


def at(place: str, *, platform: str = "discord") -> Address:
    return Address(platform=platform, value=f"status message in {place}", place=place)


def a_task_at(place: str, *, platform: str = "discord", **changes: Any) -> Task:
    return a_task(address=at(place, platform=platform), **changes)


async def test_the_tasks_of_a_place_come_newest_first_whoever_asked(store: TaskStore) -> None:
    old, new, middle = await added(
        store,
        a_task_at("thread", created_at=NOON),
        a_task_at("thread", created_at=after(seconds=9), state=TaskState.READY),
        a_task_at("thread", created_at=after(seconds=5), owner=an_owner("ben", platform="discord")),
    )

    assert await store.tasks_at("discord", "thread", limit=9) == (new, middle, old)


async def test_no_more_of_a_place_than_asked_for(store: TaskStore) -> None:
    _, new = await added(store, a_task_at("thread"), a_task_at("thread", created_at=after(seconds=1)))

    assert ids(await store.tasks_at("discord", "thread", limit=1)) == [new.id]


async def test_other_places_and_other_platforms_are_apart(store: TaskStore) -> None:
    (here, *_) = await added(
        store, a_task_at("thread"), a_task_at("thread-2"), a_task_at("Thread"), a_task_at("thread", platform="slack")
    )

    assert ids(await store.tasks_at("discord", "thread", limit=9)) == [here.id]
    assert await store.tasks_at("console", "thread", limit=9) == ()


async def test_the_platform_of_the_address_counts_and_not_that_of_the_person(store: TaskStore) -> None:
    (task,) = await added(store, a_task_at("thread", platform="slack", owner=an_owner(platform="discord")))

    assert ids(await store.tasks_at("slack", "thread", limit=9)) == [task.id]
    assert await store.tasks_at("discord", "thread", limit=9) == ()


async def test_whoever_has_no_place_shares_it_with_nobody(store: TaskStore) -> None:
    await added(store, a_task_at(""), a_task_at(""))

    assert await store.tasks_at("discord", "", limit=9) == ()


async def test_a_task_lives_where_it_was_last_told(store: TaskStore) -> None:
    (task,) = await added(store, a_task_at("channel"))

    await store.mark_told(task.id, revision=0, address=at("thread"))

    (moved,) = await store.tasks_at("discord", "thread", limit=9)
    assert (moved.id, moved.address) == (task.id, at("thread"))
    assert await store.tasks_at("discord", "channel", limit=9) == ()


async def test_an_older_telling_that_comes_late_moves_nothing(store: TaskStore) -> None:
    (task,) = await added(store, a_task_at("thread", revision=5, told=4))

    await store.mark_told(task.id, revision=3, address=at("channel"))

    assert ids(await store.tasks_at("discord", "thread", limit=9)) == [task.id]


async def test_saving_leaves_a_task_in_its_place(store: TaskStore) -> None:
    (task,) = await added(store, a_task_at("channel"))
    await store.mark_told(task.id, revision=0, address=at("thread"))

    await store.save(task.move(TaskState.SUBMITTING, now=NOON), expected_revision=0)

    assert ids(await store.tasks_at("discord", "thread", limit=9)) == [task.id]
