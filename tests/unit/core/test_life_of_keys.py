"""A server's own key that runs out and is filled again, with the process killed at every step in between."""

from __future__ import annotations

from decimal import Decimal

from bot.chat import Wish
from bot.errors import UserMistake, VendorRefused
from bot.keys import KeyStore
from bot.model import ENDS, RefusalReason, TaskState
from tests.factories import a_worker, an_address, an_owner
from tests.unit.core.house import House, Rules, World
from tests.unit.core.lives import FOR_EVER, Fate, Killed, Mortal, ports_of

KEY = "rodin-key-of-the-desk"
ROOT = an_owner("root")


def a_process(world: World, number: int, *, breaths: int = FOR_EVER) -> House:
    """Return a process that is killed after so many breaths; what it knows of keys is on the way as well."""
    fate = Fate(breaths)
    keys: KeyStore = Mortal(world.keys, fate)
    ports = ports_of(world, fate, keys=keys, wrap=lambda rodin: Mortal(rodin, fate))
    return House(world, Rules(worker=a_worker(f"process-{number}", seconds=30)), ports)


async def furnish(house: House) -> None:
    """Set the key and ask for three models; a second process does what the first one had no time for."""
    if not house.world.keys.secrets:
        await house.intake.set_key(ROOT, KEY)
    for number in range(3):
        house.clock.turn(seconds=1)
        try:
            await house.intake.generate(
                Wish(prompt=f"owl {number}"), an_owner(), an_address("channel-1"), event=f"e{number}"
            )
        except UserMistake:  # the key stopped before this one was asked for
            return


async def live(house: House, *, turns: int = 12) -> None:
    for _ in range(turns):
        house.clock.turn(seconds=200)
        for loop in house.loops.values():
            await house.turn(loop, room=1)
        await house.warden.turn()
        house.keyring.rodin_of(KEY).finish()


async def a_life(breaths: int) -> tuple[World, bool]:
    """Live with an empty wallet in a process that is killed on the way, and with a full one in another."""
    world = World()
    empty = House(world).keyring.rodin_of(KEY)
    empty.wallet = Decimal(0)
    empty.errors["submit"].extend(VendorRefused("FUNDS", reason=RefusalReason.CREDITS) for _ in range(9))
    was_killed = False
    try:
        first = a_process(world, 1, breaths=breaths)
        await furnish(first)
        await live(first, turns=3)
    except Killed:
        was_killed = True
    await world.tasks.clear_leases()
    second = a_process(world, 2)
    await furnish(second)
    await live(second, turns=3)
    empty.errors["submit"].clear()
    empty.wallet = Decimal(100)
    house = a_process(world, 3)
    await live(house)
    return world, was_killed


async def test_killed_at_any_step_an_exhausted_key_stops_goes_on_and_nobody_else_pays() -> None:
    breaths, was_killed = 0, True

    while was_killed:
        world, was_killed = await a_life(breaths)
        tasks = await world.tasks.tasks_of(an_owner(), limit=9)
        states = [task.state for task in tasks]
        assert set(states) <= ENDS, breaths
        # One is refused and ends; a kill before the key was looked at may cost one more.
        assert 1 <= states.count(TaskState.FAILED) <= 2, breaths
        assert states.count(TaskState.READY) + states.count(TaskState.UNCLEAR) == len(states) - states.count(
            TaskState.FAILED
        ), breaths
        assert len(world.others[KEY].ledger) == states.count(TaskState.READY), breaths
        assert world.rodin.calls == [], breaths
        assert all(task.key_id is not None for task in tasks), breaths
        assert (await world.keys.state(tasks[0].key_id)).stopped is None, breaths
        breaths += 1

    assert breaths > 30


async def test_killed_at_any_step_of_a_removal_the_key_serves_what_it_began_and_is_erased() -> None:
    breaths, was_killed = 0, True

    while was_killed:
        world = World()
        first = House(world)
        await furnish(first)
        await first.send()
        dying = a_process(world, 2, breaths=breaths)
        try:
            await dying.intake.remove_key(ROOT)
            was_killed = False
        except Killed:
            pass
        await world.tasks.clear_leases()
        after = a_process(world, 3)
        if await world.keys.states():  # whoever saw no answer asks again
            await after.intake.remove_key(ROOT)
        await live(after)

        tasks = await world.tasks.tasks_of(an_owner(), limit=9)
        assert [task.state for task in tasks] == [TaskState.READY] * 3, breaths
        assert world.keys.secrets == {}, breaths
        assert world.rodin.calls == [], breaths
        breaths += 1
