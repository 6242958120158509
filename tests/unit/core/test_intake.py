"""What people may ask of the core, and what they hear."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal
from typing import Any

import pytest

from bot.chat import Wish
from bot.errors import (
    BadRequest,
    DatabaseBusy,
    FileStoreBusy,
    NotFound,
    NotPossible,
    StorageError,
    UserMistake,
    VendorDown,
    VendorRefused,
)
from bot.model import RefusalReason, Task, TaskState
from tests.factories import NOON, a_task, an_address, an_owner
from tests.unit.core.house import House

ADA, BOB = an_owner("ada"), an_owner("bob")
PICTURE = Wish(prompt="", pictures=(b"cat",))


async def failed(house: House, **changes: Any) -> Task:
    """Write a task of Ada's that failed."""
    task = a_task(**{"state": TaskState.FAILED, "owner": ADA, **changes})
    await house.tasks.add(task)
    return task


async def test_a_wish_is_written_down_complete_before_it_is_answered(house: House) -> None:
    task = await house.intake.generate(Wish(prompt="  a cat ", options={"seed": 5}), ADA, an_address())

    row = await house.now(task)
    assert row == task
    assert (row.state, row.owner, row.price) == (TaskState.ACCEPTED, ADA, Decimal("0.5"))
    assert (row.request.prompt, row.request.seed, row.request.tier) == ("a cat", 5, "Gen-2.5-Medium")
    assert row.created_at == row.next_at == NOON


async def test_without_a_seed_each_wish_gets_its_own(house: House) -> None:
    seeds = {(await house.ask()).request.seed for _ in range(8)}

    assert len(seeds) > 1
    assert all(0 <= seed <= 65_535 for seed in seeds)


async def test_pictures_lie_in_the_spool_before_the_row_that_names_them(house: House) -> None:
    task = await house.intake.generate(Wish(prompt="", pictures=(b"one", b"two")), ADA, an_address())

    assert [picture.name for picture in task.request.pictures] == ["picture-1.png", "picture-2.png"]
    assert [house.files.held[picture.key] for picture in task.request.pictures] == [b"one", b"two"]


async def test_a_mistake_leaves_nothing_behind(house: House) -> None:
    with pytest.raises(BadRequest):
        await house.intake.generate(Wish(prompt=""), ADA, an_address())

    assert house.files.held == {}
    assert await house.tasks.tasks_of(ADA, limit=9) == ()


async def test_ids_are_short_and_free_of_look_alikes(house: House) -> None:
    ids = [(await house.ask()).id for _ in range(20)]

    assert all(len(task_id) == 7 and not set(task_id) & set("01ilo") for task_id in ids)


async def test_one_event_makes_one_task(house: House) -> None:
    first = await house.intake.generate(PICTURE, ADA, an_address(), event="e1")
    again = await house.intake.generate(PICTURE, ADA, an_address(), event="e1")
    other = await house.intake.generate(PICTURE, ADA, an_address(), event="e2")

    assert again.id == first.id != other.id
    assert sorted(house.files.held) == sorted(f"spool/{task.id}/picture-1.png" for task in (first, other))


async def test_two_deliveries_of_one_event_at_once_make_one_task(house: House) -> None:
    tasks = await asyncio.gather(*(house.intake.generate(PICTURE, ADA, an_address(), event="e1") for _ in range(4)))

    assert len({task.id for task in tasks}) == 1
    assert len(await house.tasks.tasks_of(ADA, limit=9)) == 1
    assert len(house.files.held) == 1


async def test_a_task_called_off_before_it_is_sent_costs_nothing(house: House) -> None:
    task = await house.intake.generate(PICTURE, ADA, an_address())

    sentence = await house.intake.cancel(task.id, ADA)

    assert sentence == "Called off before it was sent. Nothing was charged."
    assert (await house.now(task)).state is TaskState.CANCELLED
    assert house.files.held == {}


async def test_a_task_called_off_after_it_was_sent_is_kept_and_not_told(house: House) -> None:
    (task,) = await house.at_rodin()

    sentence = await house.intake.cancel(task.id, ADA)
    again = await house.intake.cancel(task.id, ADA)

    row = await house.now(task)
    assert sentence == again
    assert "cannot be stopped, so it is charged (0.5 credits)" in sentence
    assert (row.state, row.muted, row.revision) == (TaskState.SUBMITTED, True, task.revision + 1)
    assert (await house.viewer.update(row)).choices == ()


async def test_a_task_on_its_way_to_rodin_is_not_said_to_be_charged_for_sure(house: House) -> None:
    task = a_task(state=TaskState.SUBMITTING, owner=ADA, submitted_at=NOON)
    await house.tasks.add(task)

    assert "If Rodin takes it, it is charged" in await house.intake.cancel(task.id, ADA)


@pytest.mark.parametrize("state", [TaskState.READY, TaskState.FAILED, TaskState.UNCLEAR, TaskState.CANCELLED])
async def test_what_is_over_cannot_be_called_off(house: House, state: TaskState) -> None:
    task = a_task(state=state, owner=ADA)
    await house.tasks.add(task)

    with pytest.raises(NotPossible, match=f"is over already \\({state}\\)"):
        await house.intake.cancel(task.id, ADA)

    assert await house.now(task) == task


async def test_a_task_that_ends_while_it_is_called_off_is_over(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (task,) = await house.at_rodin()
    load = house.tasks.load

    async def load_and_end(task_id: str) -> Task:
        row = await load(task_id)
        if not row.has_ended:
            ended = row.move(TaskState.FAILED, now=NOON)
            await house.tasks.save(ended, expected_revision=row.revision)
        return row

    monkeypatch.setattr(house.tasks, "load", load_and_end)

    with pytest.raises(NotPossible, match="over already"):
        await house.intake.cancel(task.id, ADA)


async def test_a_file_store_in_trouble_does_not_keep_a_task_from_being_called_off(house: House) -> None:
    task = await house.intake.generate(PICTURE, ADA, an_address())
    house.files.trouble = FileStoreBusy("away")

    assert "Called off" in await house.intake.cancel(task.id, ADA)


async def test_a_database_that_stays_busy_does_not_keep_a_person_waiting_for_ever(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = await house.ask()

    async def busy(task: Task, *, expected_revision: int) -> None:
        raise DatabaseBusy("locked")

    monkeypatch.setattr(house.tasks, "save", busy)

    with pytest.raises(DatabaseBusy):
        await house.intake.cancel(task.id, ADA)


@pytest.mark.parametrize("verb", ["status", "cancel", "resend"])
@pytest.mark.parametrize("typed", ["theirs", "never-was", "", "x" * 5000, "a\x00b", "../etc", "'; DROP TABLE tasks;--"])
async def test_somebody_elses_task_looks_like_none(house: House, verb: str, typed: str) -> None:
    theirs = a_task(id="theirs", owner=BOB, state=TaskState.FAILED)
    await house.tasks.add(theirs)
    act = getattr(house.intake, verb)
    more = (an_address(),) if verb == "resend" else ()

    with pytest.raises(NotFound) as refused:
        await act(typed, ADA, *more)

    shown = typed.replace("\x00", "") if len(typed) <= 20 else typed[:19] + "…"
    assert str(refused.value) == f'You have no task "{shown}". Ask for the list to see yours.'
    assert await house.now(theirs) == theirs


async def test_the_same_person_elsewhere_is_somebody_else(house: House) -> None:
    task = await house.ask()

    with pytest.raises(NotFound):
        await house.intake.status(task.id, an_owner("ada", platform="slack"))


async def test_an_id_is_found_however_it_is_typed(house: House) -> None:
    task = await house.ask()

    assert (await house.intake.status(f" {task.id.upper()} ", ADA)).task_id == task.id


async def test_the_list_has_the_persons_newest_tasks_first(house: House) -> None:
    asked = []
    for _ in range(3):
        asked.append(await house.ask())
        house.clock.turn(seconds=1)
    await house.ask(who="bob")

    found = await house.intake.tasks(ADA, limit=2)

    assert [update.task_id for update in found] == [asked[2].id, asked[1].id]


async def test_a_file_store_in_trouble_takes_no_wish_and_writes_no_row(house: House) -> None:
    house.files.trouble = FileStoreBusy("no room")

    with pytest.raises(StorageError):
        await house.intake.generate(PICTURE, ADA, an_address())

    assert await house.tasks.tasks_of(ADA, limit=9) == ()


async def test_a_row_that_may_have_been_written_keeps_its_pictures(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = house.tasks.add

    async def add_and_fail(task: Task, **more: Any) -> None:
        await add(task, **more)
        raise DatabaseBusy("the connection broke")

    monkeypatch.setattr(house.tasks, "add", add_and_fail)
    with pytest.raises(DatabaseBusy):
        await house.intake.generate(PICTURE, ADA, an_address())
    await house.send()

    (task,) = await house.tasks.tasks_of(ADA, limit=9)
    assert task.state is TaskState.SUBMITTED


async def test_the_balance_is_for_admins(house: House) -> None:
    root = an_owner("root")

    assert await house.intake.balance(root) == "The bot's Rodin account holds 100 credits."
    with pytest.raises(UserMistake, match="Only admins may see the balance"):
        await house.intake.balance(ADA)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            VendorDown("502"),
            "Rodin does not answer, so nobody can say how many credits are left. Try again in a minute.",
        ),
        (VendorRefused("?"), "Rodin did not say how many credits are left. Try again in a minute."),
        (
            VendorRefused("UNAUTHORIZED", reason=RefusalReason.KEY),
            "Rodin does not accept the bot's API key. Ask the person who runs the bot to check RODIN_API_KEY.",
        ),
    ],
)
async def test_a_balance_that_rodin_does_not_tell_is_said_in_words(
    house: House, error: Exception, sentence: str
) -> None:
    house.rodin.down = error

    assert await house.intake.balance(an_owner("root")) == sentence


async def test_no_prompt_gets_into_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    task = await house.ask("a very private wish", event="e1")
    await house.ask("a very private wish", event="e1")
    await house.intake.cancel(task.id, ADA)

    assert "private" not in caplog.text
