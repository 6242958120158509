"""Doubt about a submission: adopted only when the charge can be nobody else's, else said plainly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import VendorDown, VendorGarbled
from bot.model import Charge, FailureKind, Task, TaskState, UsageRecord
from bot.settler import names_product
from tests.factories import NOON, a_request, a_submission, a_task, after, an_owner
from tests.unit.core.house import House, Rules, World

SETTLED = timedelta(minutes=6)
"""Long enough after a submission that no charge and no answer is still on its way."""


def a_charge(**changes: Any) -> UsageRecord:
    """Return the charge of a task that was sent at NOON, as an unknown record."""
    record = UsageRecord(task_uuid="strange", time=after(seconds=2), item="Rodin Gen-2.5-Medium", amount=Decimal("0.5"))
    return replace(record, **changes)


async def in_doubt(house: House, **changes: Any) -> Task:
    """Write a row that a process left behind while it was sending it at NOON."""
    task = a_task(**{"state": TaskState.SUBMITTING, "submitted_at": NOON, "revision": 1, **changes})
    await house.tasks.add(task)
    return task


async def settled(house: House, task: Task, *, at: datetime | None = None) -> Task:
    house.clock.moment = at or NOON + SETTLED
    await house.settler.settle(await house.now(task))
    return await house.now(task)


async def test_the_one_unknown_charge_that_fits_is_adopted_when_nobody_else_uses_the_key(exclusive: House) -> None:
    task = await in_doubt(exclusive)
    exclusive.rodin.ledger.append(a_charge())

    row = await settled(exclusive, task)

    assert row.state is TaskState.SUBMITTED
    assert row.submission is not None
    assert (row.submission.uuid, row.submission.subscription_key) == ("strange", None)
    assert row.submission.consumed == Decimal("0.5")


async def test_without_the_operators_word_nothing_is_adopted_and_the_charge_is_mentioned(house: House) -> None:
    task = await in_doubt(house)
    house.rodin.ledger.append(a_charge())

    row = await settled(house, task)

    assert (row.state, row.submission) == (TaskState.UNCLEAR, None)
    assert row.failure is not None
    assert (row.failure.kind, row.failure.charged, row.failure.charge_seen) == (
        FailureKind.LOST_ANSWER,
        Charge.MAYBE,
        True,
    )


@pytest.mark.parametrize(
    ("changes", "is_seen"),
    [
        ({"item": "Rodin Gen-2.5-High"}, True),
        ({"item": "Rodin Gen-2.5-Extreme-Medium"}, True),
        ({"item": ""}, True),
        ({"amount": Decimal("1.5")}, True),
        ({"amount": Decimal(1), "item": "Bang!"}, False),
        ({"time": after(minutes=-2, seconds=-1)}, False),
        ({"time": after(minutes=10, seconds=1)}, False),
        ({"time": None}, True),
    ],
    ids=["other tier", "longer tier", "no tier", "other amount", "other work", "before", "long after", "no moment"],
)
async def test_a_charge_that_does_not_fit_is_never_adopted(
    exclusive: House, changes: dict[str, Any], is_seen: bool
) -> None:
    task = await in_doubt(exclusive)
    exclusive.rodin.ledger.append(a_charge(**changes))

    row = await settled(exclusive, task)

    assert row.state is TaskState.UNCLEAR
    assert row.failure is not None
    assert row.failure.charge_seen is is_seen


async def test_a_charge_at_the_edges_of_the_window_still_fits() -> None:
    for moment in (after(minutes=-2), after(minutes=10)):
        house = House(rules=Rules(is_exclusive=True))
        task = await in_doubt(house)
        house.rodin.ledger.append(a_charge(time=moment))

        assert (await settled(house, task)).state is TaskState.SUBMITTED


async def test_of_two_charges_that_fit_none_is_adopted(exclusive: House) -> None:
    task = await in_doubt(exclusive)
    exclusive.rodin.ledger.extend([a_charge(), a_charge(task_uuid="stranger")])

    assert (await settled(exclusive, task)).state is TaskState.UNCLEAR


async def test_a_second_charge_whose_moment_is_unknown_counts_against_the_first(exclusive: House) -> None:
    task = await in_doubt(exclusive)
    exclusive.rodin.ledger.extend([a_charge(), a_charge(task_uuid="stranger", time=None)])

    assert (await settled(exclusive, task)).state is TaskState.UNCLEAR


async def test_a_charge_of_another_task_of_ours_is_not_adopted(exclusive: House) -> None:
    task = await in_doubt(exclusive)
    await exclusive.tasks.add(a_task(state=TaskState.READY, submission=a_submission(uuid="strange")))
    exclusive.rodin.ledger.append(a_charge())

    row = await settled(exclusive, task)

    assert row.state is TaskState.UNCLEAR
    assert row.failure is not None
    assert row.failure.charge_seen is False


@pytest.mark.parametrize("state", [TaskState.SUBMITTING, TaskState.UNCLEAR])
async def test_with_a_rival_in_doubt_nothing_is_adopted(exclusive: House, state: TaskState) -> None:
    task = await in_doubt(exclusive)
    await in_doubt(exclusive, state=state, submitted_at=after(minutes=-11))
    exclusive.rodin.ledger.append(a_charge())

    assert (await settled(exclusive, task)).state is TaskState.UNCLEAR


@pytest.mark.parametrize(
    "rival",
    [
        {"request": a_request(tier="Gen-2.5-High")},
        {"price": Decimal("1.5")},
        {"submitted_at": after(minutes=-13)},
        {"state": TaskState.UNCLEAR, "submission": a_submission()},
        {"state": TaskState.GENERATING, "submission": a_submission()},
    ],
    ids=["other tier", "other price", "long before", "answered late", "answered"],
)
async def test_a_task_that_could_not_own_the_charge_is_no_rival(exclusive: House, rival: dict[str, Any]) -> None:
    task = await in_doubt(exclusive)
    await in_doubt(exclusive, **rival)
    exclusive.rodin.ledger.append(a_charge())

    assert (await settled(exclusive, task)).state is TaskState.SUBMITTED


async def test_while_a_submission_is_under_way_its_charge_is_left_to_it_and_then_known(exclusive: House) -> None:
    """The only charge is a live submission's, whose uuid is not written yet: another process is about to."""
    task = await in_doubt(exclusive)
    live = await in_doubt(exclusive, submitted_at=after(seconds=1))
    exclusive.rodin.ledger.append(a_charge())

    waiting = await settled(exclusive, task, at=after(seconds=40))
    answered = live.move(TaskState.SUBMITTED, now=after(seconds=41), submission=a_submission(uuid="strange"))
    await exclusive.tasks.save(answered, expected_revision=live.revision)
    row = await settled(exclusive, task, at=after(seconds=50))

    assert waiting.state is TaskState.SUBMITTING
    assert row.state is TaskState.UNCLEAR
    assert row.failure is not None
    assert row.failure.charge_seen is False


@pytest.mark.parametrize("step", ["usage", "tasks_in", "known_uuids"])
async def test_an_answer_written_in_the_middle_of_settling_never_leads_to_its_charge_being_adopted(step: str) -> None:
    world = World()
    house = House(world, Rules(is_exclusive=True))
    task = await in_doubt(house)
    live = await in_doubt(house)
    world.rodin.ledger.append(a_charge())

    async def answer() -> None:
        now = house.clock.now()
        answered = live.move(TaskState.SUBMITTED, now=now, submission=a_submission(uuid="strange"))
        await world.tasks.save(answered, expected_revision=live.revision)

    wrap_once(world, step, answer)
    row = await settled(house, task)

    assert row.submission is None
    assert (await house.now(live)).submission is not None


def wrap_once(world: World, name: str, first: Callable[[], Any]) -> None:
    """Let something happen just before the next call of one method of Rodin or the tasks."""
    port: Any = world.rodin if name == "usage" else world.tasks
    method = getattr(port, name)

    async def wrapped(*arguments: Any, **more: Any) -> Any:
        if wrapped in waiting:
            waiting.remove(wrapped)
            await first()
        return await method(*arguments, **more)

    waiting = [wrapped]
    if name == "usage":
        world.rodin.during["usage"] = first
    else:
        setattr(port, name, wrapped)


async def test_a_charge_may_still_be_on_its_way_so_the_first_looks_settle_nothing(exclusive: House) -> None:
    task = await in_doubt(exclusive)

    early = await settled(exclusive, task, at=after(seconds=5))
    exclusive.rodin.ledger.append(a_charge(time=after(seconds=8)))
    row = await settled(exclusive, task, at=early.next_at)

    assert early.state is TaskState.SUBMITTING
    assert early.next_at > after(seconds=5)
    assert row.state is TaskState.SUBMITTED


async def test_the_thread_learns_once_that_the_answer_was_lost(house: House) -> None:
    task = await in_doubt(house)

    once = await settled(house, task, at=after(seconds=5))
    twice = await settled(house, task, at=after(seconds=15))
    update = await house.viewer.update(twice)

    assert (task.revision, once.revision, twice.revision) == (1, 2, 2)
    assert "answer was lost" in update.headline
    assert "nothing is sent twice" in update.headline


async def test_unreadable_records_are_asked_for_a_few_times_and_then_the_person_is_told(house: House) -> None:
    task = await in_doubt(house)
    house.rodin.down = VendorGarbled("no records")

    looks = 0
    while (row := await house.now(task)).state is TaskState.SUBMITTING:
        looks += 1
        await settled(house, task, at=max(row.next_at, after(minutes=6)))

    assert 3 <= looks <= 10
    assert row.state is TaskState.UNCLEAR
    assert row.failure is not None
    assert row.failure.charge_seen is None


async def test_an_hour_of_outage_settles_nothing_and_afterwards_the_charge_is_found(exclusive: House) -> None:
    task = await in_doubt(exclusive)
    exclusive.rodin.ledger.append(a_charge())
    exclusive.rodin.down = VendorDown("no connection")

    while exclusive.clock.now() < after(hours=1):
        row = await settled(exclusive, task, at=max((await exclusive.now(task)).next_at, after(seconds=1)))
        assert row.state is TaskState.SUBMITTING
    exclusive.rodin.down = None
    row = await settled(exclusive, task, at=row.next_at)

    assert row.state is TaskState.SUBMITTED


async def test_a_charge_of_days_ago_is_looked_for_on_the_later_pages(exclusive: House) -> None:
    task = await in_doubt(exclusive)
    exclusive.rodin.ledger.append(a_charge())
    exclusive.rodin.ledger.extend(
        a_charge(task_uuid=f"later-{number}", time=after(days=2, minutes=number)) for number in range(35)
    )

    row = await settled(exclusive, task, at=after(days=3))

    assert row.submission is not None
    assert row.submission.uuid == "strange"
    assert exclusive.rodin.calls.count("usage") == 5


async def test_records_that_never_end_are_not_read_for_ever(house: House) -> None:
    task = await in_doubt(house, misses=4)
    house.rodin.ledger.extend(
        a_charge(task_uuid=f"later-{number}", time=after(days=2, seconds=number)) for number in range(1000)
    )

    row = await settled(house, task, at=after(days=3))

    assert row.failure is not None
    assert row.failure.charge_seen is None
    assert house.rodin.calls.count("usage") == 20


async def test_settling_never_sends_anything(exclusive: House) -> None:
    task = await in_doubt(exclusive)

    await settled(exclusive, task)

    assert set(exclusive.rodin.calls) == {"usage"}


async def test_an_adopted_task_is_collected_without_ever_asking_for_its_status(exclusive: House) -> None:
    exclusive.rodin.lose_answer()
    task = await exclusive.ask()
    await exclusive.send()
    exclusive.rodin.finish()

    await exclusive.until_over(turns=8)

    assert (await exclusive.now(task)).state is TaskState.READY
    assert "status" not in exclusive.rodin.calls
    assert len(exclusive.rodin.ledger) == 1
    assert exclusive.platform.said[-1].update.headline.startswith("Your model is ready")


async def test_a_task_called_off_while_in_doubt_is_still_settled_quietly(exclusive: House) -> None:
    task = await in_doubt(exclusive)
    await exclusive.intake.cancel(task.id, an_owner())
    exclusive.rodin.ledger.append(a_charge())

    row = await settled(exclusive, task)

    assert (row.state, row.muted) == (TaskState.SUBMITTED, True)


@pytest.mark.parametrize(
    ("item", "tier", "is_named"),
    [
        ("Rodin Gen-2.5-Medium", "Gen-2.5-Medium", True),
        ("rodin gen-2.5-medium", "Gen-2.5-Medium", True),
        ("Rodin Gen-2.5-Extreme-High", "Gen-2.5-High", False),
        ("Rodin Gen-2.5-Low", "Gen-2.5-Extreme-Low", False),
        ("Rodin Gen-2", "Gen-2", True),
        ("Rodin Gen-2.5-High", "Gen-2", False),
        ("Sketch", "Sketch", True),
        ("", "Sketch", False),
    ],
)
def test_a_charge_names_a_tier_by_its_last_word(item: str, tier: str, is_named: bool) -> None:
    assert names_product(item, a_request(tier=tier)) is is_named
