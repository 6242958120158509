"""Forgetting a task says which other versions hold the same, so that no copy of the words is left unsaid."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.chat import Wish
from bot.errors import DatabaseBusy
from bot.looks import Removal
from bot.model import Owner, Task, TaskState
from bot.words_privacy import MOST_NAMED
from tests.factories import a_request, a_task, after, an_owner
from tests.fakes.memory_store import MemoryTaskStore
from tests.fakes.standing import SaidStanding
from tests.unit.core.house import House, World
from tests.unit.core.test_followups import ADA, THREAD
from tests.unit.core.test_forgetting import SECRET_WORDS, kept_of, made

ADMIN = an_owner("admin", standing=SaidStanding(admin=True))


async def forget(house: House, task: Task, who: Owner = ADA) -> str:
    """Forget a task; return what is said about other versions."""
    said = await house.intake.delete(task.id, who, forget=True)
    return said.partition("its links are void.")[2].partition("What it cost")[0].strip()


async def all_over(house: House) -> None:
    """Have everything made that was asked for."""
    while any(not one.has_ended for one in await house.tasks.tasks_of(ADA, limit=99)):
        await house.send()
        house.rodin.finish()
        await house.turn(house.conversions)
        await house.poll()
        await house.collect()


async def test_whoever_forgets_what_the_answers_name_leaves_no_copy_anywhere() -> None:
    house = House()
    old = await made(house, pictures=(b"a face",))
    asker = (ADA, THREAD)
    other = await house.intake.variation(old.id, Wish(prompt="a red one", pictures=(b"moss",)), *asker)
    for_free = await house.intake.other_format(old.id, "obj", *asker)
    red = await house.intake.variation(old.id, Wish(prompt="a red one"), *asker)
    children = [
        await house.intake.again(old.id, *asker),
        await house.intake.better(old.id, *asker),
        await house.intake.other_format(old.id, "fbx", *asker),
        await house.intake.retexture(old.id, Wish(prompt="moss"), *asker),
        await house.intake.split(old.id, Wish(), *asker),
    ]
    holding = [for_free, red, *children]
    await all_over(house)

    said = await forget(house, old)

    assert [one.id for one in holding if one.id not in said] == []
    assert other.id not in said
    for one in holding:
        said = await forget(house, one)
    await house.curate()
    assert said == ""
    rows = await house.tasks.tasks_of(ADA, limit=99)
    assert SECRET_WORDS not in "".join(map(kept_of, rows))
    assert {key.split("/")[1] for key in await house.files.keys("")} == {other.id}


async def test_one_version_is_named_with_what_to_type() -> None:
    house = House()
    old = await made(house)
    young = await house.intake.again(old.id, ADA, THREAD)

    said = await forget(house, old)

    assert said == (
        f"Version {young.id} still holds its words, its pictures or the model itself. To forget that too, use "
        f"delete {young.id} --forget."
    )


async def test_the_earlier_version_is_named_when_the_later_one_is_forgotten() -> None:
    house = House()
    old = a_task(request=a_request(prompt="  My SECRET\ncastle "), state=TaskState.READY)
    young = a_task(request=a_request(prompt="my secret castle"), parent_id=old.id, state=TaskState.FAILED)
    for one in (old, young):
        await house.tasks.add(one)

    assert old.id in await forget(house, young)


async def test_words_that_were_added_to_count_as_the_same_and_others_do_not() -> None:
    house = House()
    old = await made(house)
    more = await house.intake.variation(old.id, Wish(prompt=f"{SECRET_WORDS} in the snow"), ADA, THREAD)
    other = await house.intake.variation(old.id, Wish(prompt="a castle"), ADA, THREAD)

    said = await forget(house, old)

    assert more.id in said
    assert other.id not in said


async def test_what_is_named_after_long_words_is_found_too() -> None:
    house = House()
    long = "a castle " * 40
    old = await house.a_model(prompt=long)
    again = await house.intake.again(old.id, ADA, THREAD)
    await all_over(house)
    moss = await house.intake.retexture(again.id, Wish(prompt="moss"), ADA, THREAD)

    said = await forget(house, old)

    assert again.id in said
    assert moss.id in said


@pytest.mark.parametrize("why", [Removal.DELETED, Removal.EXPIRED])
async def test_a_version_without_files_holds_words_and_no_pictures(why: Removal) -> None:
    house = House()
    old = await made(house, pictures=(b"a face",))
    red = await house.intake.variation(old.id, Wish(prompt="a red one"), ADA, THREAD)
    same = await house.intake.again(old.id, ADA, THREAD)
    for one in (red, same):
        row = await house.now(one)
        gone = replace(row, state=TaskState.READY, ended_at=after(), showing=replace(row.showing, removal=why))
        await house.tasks.save(gone, expected_revision=row.revision)

    said = await forget(house, old)

    assert same.id in said
    assert red.id not in said


async def test_an_admin_learns_of_no_version_that_is_not_theirs_to_see() -> None:
    house = House()
    old = a_task(state=TaskState.READY, address=THREAD)
    alone = a_task(state=TaskState.READY, address=THREAD)
    for one in (old, alone):
        await house.tasks.add(one)
    shown = await house.intake.again(old.id, ADA, THREAD)
    private = await house.intake.again(old.id, ADA, replace(THREAD, place=""), event="in private")

    said = await forget(house, old, ADMIN)

    assert shown.id in said
    assert private.id not in said
    assert "only the person who asked can see" in said
    assert await forget(house, alone, ADMIN) == said[said.index("Versions that only") :]


async def test_of_very_many_versions_some_are_named_and_the_others_counted() -> None:
    house = House()
    old = await made(house)
    for number in range(MOST_NAMED + 5):
        same = a_task(request=old.request, parent_id=old.id, state=TaskState.READY, created_at=after(seconds=number))
        await house.tasks.add(same)

    said = await forget(house, old)

    assert len(re.findall(r"task-\d+", said.partition("To forget")[0])) == MOST_NAMED
    assert "and 5 more" in said


async def test_where_the_versions_cannot_be_read_that_is_said_and_the_task_is_forgotten() -> None:
    world = World(tasks=Childless())
    house = House(world)
    task = await made(house)

    said = await forget(house, task)

    assert said.startswith("Whether other versions still hold its words or pictures could not be looked up now")
    assert SECRET_WORDS not in kept_of(await house.now(task))


class Childless(MemoryTaskStore):
    """A database that fails when it is asked for children."""

    async def children(self, *_: object, **__: object) -> tuple[Task, ...]:
        raise DatabaseBusy("locked")
