"""Which tasks were made from which."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.model import BangRequest, Task, TaskState, TextureRequest
from bot.ports import TaskStore
from tests.factories import NOON, a_picture, a_task, after
from tests.fakes.task_stores import added, ids


def a_child(parent: Task, **changes: object) -> Task:
    return replace(a_task(), parent_id=parent.id, **changes)


async def test_what_was_made_from_some_tasks_comes_oldest_first(store: TaskStore) -> None:
    first, other, stranger = await added(store, a_task(), a_task(), a_task())
    young, old, middle = await added(
        store,
        a_child(first, created_at=after(seconds=9)),
        a_child(first, created_at=NOON),
        a_child(other, created_at=after(seconds=5)),
    )
    await added(store, a_child(stranger), a_child(old))

    assert await store.children([first.id, other.id], limit=9) == (old, middle, young)


async def test_no_more_children_than_asked_for(store: TaskStore) -> None:
    (parent,) = await added(store, a_task())
    oldest, _ = await added(store, a_child(parent), a_child(parent, created_at=after(seconds=1)))

    assert ids(await store.children([parent.id], limit=1)) == [oldest.id]


async def test_whoever_has_no_children_and_nobody_at_all_give_none(store: TaskStore) -> None:
    (childless,) = await added(store, a_task())

    assert await store.children([childless.id], limit=9) == ()
    assert await store.children([], limit=9) == ()


async def test_a_new_texture_and_a_split_come_back_as_they_were(store: TaskStore) -> None:
    texture = TextureRequest(
        model_name="base.glb",
        model_key="tasks/one/base.glb",
        subject="an owl ☃",
        prompt="moss",
        pictures=(a_picture(),),
        has_own_picture=True,
        seed=7,
        hd_texture=True,
    )
    split = BangRequest(
        asset_id="uuid-1",
        asset_until=datetime(2026, 3, 9, 11, tzinfo=UTC),
        model_name="base.glb",
        model_key="tasks/one/base.glb",
        pictures=(a_picture(),),
        instruction="wheels apart",
        strength=12,
    )

    tasks = await added(store, a_task(request=texture), a_task(request=split, state=TaskState.READY))

    assert [await store.load(task.id) for task in tasks] == list(tasks)


async def test_times_of_textures_splits_and_tiers_are_kept_apart(store: TaskStore) -> None:
    texture = a_task(request=TextureRequest(model_name="m.glb", seed=1), state=TaskState.READY)
    split = a_task(request=BangRequest(asset_id="a"), state=TaskState.READY, ended_at=after(seconds=31))
    await added(store, texture, split, a_task(state=TaskState.READY))

    assert len(await store.durations(texture.request.product, limit=9)) == 1
    assert [span.total_seconds() for span in await store.durations(split.request.product, limit=9)] == [30]
