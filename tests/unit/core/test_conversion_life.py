"""Lives of conversions, killed at every step: each ends once, is told, is whole or not there, and costs nothing."""

from __future__ import annotations

from bot.model import FileRole, Task, TaskState
from tests.factories import an_address, an_owner
from tests.unit.core.house import House, World
from tests.unit.core.lives import Killed, a_process, endings_of, live, results_in


async def a_life(breaths: int, *, calls_off: bool = False) -> tuple[World, Task, bool]:
    """Convert a model in a process that is killed on the way, and go on in another; say if it was killed."""
    world = World()
    house = House(world)
    old = await house.a_model()
    await live(house)
    where = (an_owner(), an_address("channel-1"))
    was_killed = False
    try:
        first = a_process(world, 1, breaths=breaths)
        task = await first.intake.other_format(old.id, "obj", *where, event="click")
        if calls_off:
            await first.intake.cancel(task.id, an_owner())
        await live(first)
    except Killed:
        was_killed = True
    await world.tasks.clear_leases()
    second = a_process(world, 2)
    task = await second.intake.other_format(old.id, "obj", *where, event="click")
    await live(second)
    return world, await world.tasks.load(task.id), was_killed


async def test_killed_at_any_step_a_model_is_converted_once_and_for_free() -> None:
    breaths, was_killed = 0, True

    while was_killed:
        world, task, was_killed = await a_life(breaths)
        assert task.state is TaskState.READY, breaths
        assert len(world.rodin.ledger) == 1, breaths  # the model itself
        assert endings_of(world, task) == [TaskState.READY], breaths
        assert task.told == task.revision, breaths
        stored = {key for key in results_in(world) if key.startswith(f"tasks/{task.id}/")}
        assert {file.key for file in task.files} == stored, breaths
        assert {FileRole.MODEL, FileRole.BUNDLE, FileRole.STILL} <= {file.role for file in task.files}, breaths
        assert len(await world.tasks.tasks_of(an_owner(), limit=9)) == 2, breaths
        breaths += 1

    assert breaths > 30


async def test_killed_at_any_step_while_it_is_called_off_a_conversion_ends_once() -> None:
    breaths, was_killed, outcomes = 0, True, set()

    while was_killed:
        world, task, was_killed = await a_life(breaths, calls_off=True)
        outcomes.add(task.state)
        assert endings_of(world, task) == [task.state], breaths
        if task.state is TaskState.CANCELLED:
            assert not [key for key in results_in(world) if key.startswith(f"tasks/{task.id}/")], breaths
        breaths += 1

    assert outcomes == {TaskState.READY, TaskState.CANCELLED}
