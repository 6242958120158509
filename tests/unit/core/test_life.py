"""Whole lives of tasks, killed at every step: each ends once, is told, and is paid for once at most."""

from __future__ import annotations

import pytest

from bot.chat import Wish
from bot.looks import Removal
from bot.model import ENDS, FileRole, Task, TaskState
from tests.factories import a_worker, an_address, an_owner
from tests.unit.core.house import House, Rules, World
from tests.unit.core.lives import Killed, a_process, endings_of, live, results_in

OURS = {FileRole.STILL, FileRole.TURNTABLE, FileRole.FRAMES}


async def a_life(breaths: int, *, is_exclusive: bool) -> tuple[World, bool]:
    """Live one task's life in a process that is killed on the way, and the rest in another; say if it was killed."""
    world = World()
    wish = Wish(prompt="an owl", pictures=(b"owl",))
    was_killed = False
    try:
        first = a_process(world, 1, breaths=breaths, is_exclusive=is_exclusive)
        await first.intake.generate(wish, an_owner(), an_address("channel-1"), event="e1")
        await live(first)
    except Killed:
        was_killed = True
    await world.tasks.clear_leases()
    second = a_process(world, 2, is_exclusive=is_exclusive)
    # The platform delivers the event again when nobody has acknowledged it.
    await second.intake.generate(wish, an_owner(), an_address("channel-1"), event="e1")
    await live(second)
    await live(second)
    return world, was_killed


@pytest.mark.parametrize("is_exclusive", [True, False], ids=["exclusive", "shared"])
async def test_killed_at_any_step_a_task_ends_once_and_is_paid_for_once_at_most(is_exclusive: bool) -> None:
    breaths, outcomes = 0, set()
    was_killed = True

    while was_killed:
        world, was_killed = await a_life(breaths, is_exclusive=is_exclusive)
        (task,) = await world.tasks.tasks_of(an_owner(), limit=9)
        outcomes.add(task.state)
        assert task.state in ENDS, breaths
        assert len(world.rodin.ledger) <= 1, breaths
        assert endings_of(world, task) == [task.state], breaths
        assert task.told == task.revision, breaths
        assert world.platform.threads == 1, breaths
        if task.state is TaskState.READY:
            assert {file.key for file in task.files} == results_in(world), breaths
            assert {file.role for file in task.files} >= OURS, breaths
            assert task.showing.is_pictured, breaths
            assert task.files[0].role is FileRole.MODEL, breaths
            assert len(world.rodin.ledger) == 1, breaths
        breaths += 1

    assert breaths > 50
    assert outcomes == {TaskState.READY, TaskState.UNCLEAR}


async def a_finished_model() -> tuple[World, Task]:
    """Return a world with one model that is told, with all its pictures."""
    world = World()
    house = House(world)
    task = await house.a_model()
    await live(house)
    return world, await house.now(task)


async def test_killed_at_any_step_of_a_deletion_the_files_are_all_there_or_all_gone() -> None:
    outcomes, breaths, was_killed = set(), 0, True

    while was_killed:
        was_killed = False
        world, task = await a_finished_model()
        try:
            await a_process(world, 1, breaths=breaths).intake.delete(task.id, an_owner())
        except Killed:
            was_killed = True
        seen = await world.tasks.load(task.id)
        assert seen.files == () or {file.key for file in seen.files} == results_in(world), breaths
        await world.tasks.clear_leases()
        await live(a_process(world, 2))
        row = await world.tasks.load(task.id)
        outcomes.add(row.showing.removal)
        assert {file.key for file in row.files} == results_in(world), breaths
        assert row.showing.generation == (row.showing.removal is not None), breaths
        assert row.told == row.revision, breaths
        assert endings_of(world, task) == [TaskState.READY], breaths
        breaths += 1

    assert breaths > 5
    assert outcomes == {None, Removal.DELETED}


async def test_killed_at_any_step_of_the_cleaning_every_expired_file_goes() -> None:
    breaths, was_killed = 0, True

    while was_killed:
        was_killed = False
        world, task = await a_finished_model()
        world.clock.turn(days=31)
        first = a_process(world, 1, breaths=breaths)
        try:
            await live(first)
        except Killed:
            was_killed = True
        seen = await world.tasks.load(task.id)
        assert seen.files == () or {file.key for file in seen.files} == results_in(world), breaths
        await world.tasks.clear_leases()
        await live(a_process(world, 2))
        row = await world.tasks.load(task.id)
        assert (row.files, row.showing.removal, results_in(world)) == ((), Removal.EXPIRED, set()), breaths
        assert row.showing.generation == 1, breaths
        assert endings_of(world, task) == [TaskState.READY], breaths
        breaths += 7

    assert breaths > 50


async def test_a_killed_submission_that_rodin_took_is_found_again_when_nobody_else_uses_the_key() -> None:
    world = World()
    house = House(world, Rules(is_exclusive=True))
    task = await house.ask()

    world.rodin.lost.append(Killed())
    with pytest.raises(Killed):
        await house.send()
    await world.tasks.clear_leases()

    await live(House(world, Rules(is_exclusive=True, worker=a_worker("second", seconds=30))))

    row = await world.tasks.load(task.id)
    assert row.state is TaskState.READY
    assert len(world.rodin.ledger) == 1


async def test_two_processes_on_one_database_share_the_work_and_send_nothing_twice() -> None:
    world = World()
    houses = [House(world, Rules(parallel=3, worker=a_worker(f"process-{n}", seconds=30))) for n in (1, 2)]
    tasks = [await houses[n % 2].ask(who=f"person-{n % 3}") for n in range(12)]

    for _ in range(12):
        world.clock.turn(seconds=31)
        for house in houses:
            for loop in house.loops.values():
                await house.turn(loop)
        world.rodin.finish()

    assert {(await world.tasks.load(task.id)).state for task in tasks} == {TaskState.READY}
    assert len(world.rodin.ledger) == 12
    assert sorted(seen.update.task_id for seen in world.platform.said) == sorted(task.id for task in tasks)


async def test_the_walk_of_one_task_as_its_thread_sees_it(house: House) -> None:
    task = await house.ask("a brass owl")
    await house.tell(after_s=1)
    await house.send()
    await house.tell(after_s=5)
    await house.poll(after_s=5)
    await house.tell(after_s=5)
    house.rodin.finish()
    await house.poll(after_s=30)
    await house.tell(after_s=5)
    await house.collect()
    await house.tell(after_s=5)

    headlines = [seen.update.headline for seen in house.platform.shown]
    assert headlines == [
        "Next in line.",
        "Rodin has it and will begin soon.",
        "Rodin is done. Fetching the files.",
        "Your model is ready, after 50 s.",
    ]
    await house.curate()
    await house.tell(after_s=5)
    assert len(house.platform.said) == 1
    assert {file.role for file in house.platform.amended[-1].update.files} >= OURS
    ending = house.platform.said[0].update
    assert (ending.title, ending.headline) == ("a brass owl", "Your model is ready, after 50 s.")
    assert "Charged: 0.5 credits." in ending.lines
    assert ending.task_id == task.id
