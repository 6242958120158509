"""One task of each server is the first, and says where words and pictures go."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.limits import Limits, QueueFull, Scope
from bot.ports import TaskStore
from tests.factories import NOON, a_task, after, an_owner

ADA, BEN = an_owner("ada"), an_owner("ben")


async def test_the_first_task_of_a_server_is_marked_and_later_ones_are_not(store: TaskStore) -> None:
    first = await store.add(a_task(owner=ADA, is_first=True))
    second = await store.add(a_task(owner=BEN, is_first=True))

    assert [first.is_first, second.is_first] == [True, False]
    assert [(await store.load(task.id)).is_first for task in (first, second)] == [True, False]


async def test_outside_a_server_each_person_has_a_first_task(store: TaskStore) -> None:
    alone = [replace(person, server_id=None) for person in (ADA, BEN, ADA)]

    written = [await store.add(a_task(owner=owner, is_first=True)) for owner in alone]

    assert [task.is_first for task in written] == [True, True, False]


async def test_other_servers_and_other_platforms_have_their_own(store: TaskStore) -> None:
    others = [replace(ADA, server_id="other"), replace(ADA, platform="slack"), replace(ADA, server_id=None)]
    await store.add(a_task(owner=ADA, is_first=True))

    written = [await store.add(a_task(owner=owner, is_first=True)) for owner in others]

    assert all(task.is_first for task in written)


async def test_a_task_that_was_refused_leaves_the_next_one_to_be_the_first(store: TaskStore) -> None:
    with pytest.raises(QueueFull):
        await store.add(a_task(owner=ADA, is_first=True), within=Limits(since=NOON, waiting={Scope.PERSON: 0}))

    written = await store.add(a_task(owner=ADA, is_first=True))

    assert written.is_first


async def test_a_task_that_says_nothing_takes_nothing(store: TaskStore) -> None:
    await store.add(a_task(owner=ADA))

    assert (await store.add(a_task(owner=ADA, is_first=True))).is_first


async def test_of_several_at_once_one_is_the_first(store: TaskStore) -> None:
    written = await asyncio.gather(*(store.add(a_task(owner=ADA, is_first=True)) for _ in range(6)))

    assert [task.is_first for task in written].count(True) == 1


async def test_when_the_first_was_written_is_known_to_everybody_there(store: TaskStore) -> None:
    before = await store.first_at(BEN)
    await store.add(a_task(owner=ADA, is_first=True, created_at=after(hours=1)))
    await store.add(a_task(owner=ADA, is_first=True, created_at=after(hours=2)))

    assert before is None
    assert await store.first_at(BEN) == after(hours=1)
    assert await store.first_at(replace(ADA, server_id=None)) is None


async def test_a_task_stays_the_first_whatever_becomes_of_it(store: TaskStore) -> None:
    task = await store.add(a_task(owner=ADA, is_first=True))

    await store.save(task.revise(muted=True), expected_revision=task.revision)

    assert (await store.load(task.id)).is_first


async def test_a_person_who_is_forgotten_is_told_again_and_servers_are_not(store: TaskStore) -> None:
    alone = replace(ADA, server_id=None)
    for owner in (alone, ADA, replace(alone, user_id="ben")):
        await store.add(a_task(owner=owner, is_first=True))

    await store.forget_first(ADA)
    await store.forget_first(ADA)

    assert await store.first_at(alone) is None
    assert await store.first_at(ADA) is not None
    assert await store.first_at(replace(alone, user_id="ben")) is not None
    assert (await store.add(a_task(owner=alone, is_first=True))).is_first
