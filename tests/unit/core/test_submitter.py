"""From accepted to Rodin: one attempt that may cost money."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from bot.chat import Wish
from bot.errors import (
    DatabaseBusy,
    FileStoreBusy,
    StaleTask,
    StorageError,
    VendorBusy,
    VendorDown,
    VendorFull,
    VendorRefused,
    VendorUnclear,
)
from bot.model import Charge, FailureKind, Hold, RefusalReason, Submission, Task, TaskState
from tests.factories import NOON, a_task, a_worker, after, an_address, an_owner
from tests.fakes.memory_store import MemoryTaskStore
from tests.unit.core.house import House, Rules, World


async def test_an_accepted_task_is_sent_with_its_words_and_pictures(house: House) -> None:
    wish = Wish(prompt="a cat", pictures=(b"front", b"side"))
    task = await house.intake.generate(wish, an_owner(), an_address())

    await house.send()

    row = await house.now(task)
    assert row.state is TaskState.SUBMITTED
    assert row.submission == house.rodin.only.submission
    assert row.submission is not None
    assert row.submission.consumed == Decimal("0.5")
    assert house.rodin.only.request.prompt == "a cat"
    assert house.rodin.only.pictures == (b"front", b"side")


async def test_the_first_look_comes_no_sooner_than_rodin_asks(house: House) -> None:
    (task,) = await house.at_rodin()

    assert task.next_at == NOON + timedelta(seconds=house.rules.pace.min_s)


async def test_the_row_says_submitting_before_the_request_leaves(house: House) -> None:
    task = await house.ask()
    seen: list[Task] = []

    async def look() -> None:
        seen.append(await house.now(task))

    house.rodin.during["submit"] = look
    await house.send()

    assert [(row.state, row.submitted_at) for row in seen] == [(TaskState.SUBMITTING, NOON)]


async def test_no_more_than_the_parallel_tasks_are_at_rodin_and_a_person_with_few_goes_first() -> None:
    house = House(rules=Rules(parallel=2))
    asked = []
    for who in ("ada", "ada", "ada", "bob"):
        asked.append(await house.ask(who=who))
        house.clock.turn(seconds=1)
    first, second, third, other = asked

    await house.send()
    at_rodin = [task.id for task in await house.tasks.tasks_in([TaskState.SUBMITTED], limit=9)]
    assert await house.send() == []

    assert at_rodin == [first.id, other.id]
    assert (await house.now(second)).state is (await house.now(third)).state is TaskState.ACCEPTED


async def test_a_cancel_that_comes_first_keeps_the_task_from_being_sent(house: House) -> None:
    task = await house.ask()
    (claimed,) = await house.submitter.claim(1)
    await house.intake.cancel(task.id, an_owner())

    with pytest.raises(StaleTask):
        await house.submitter.work(claimed)

    assert house.rodin.calls == []
    assert (await house.now(task)).state is TaskState.CANCELLED


async def test_two_workers_with_one_task_send_it_once(house: House) -> None:
    await house.ask()
    (claimed,) = await house.submitter.claim(1)

    await house.submitter.work(claimed)
    with pytest.raises(StaleTask):
        await house.submitter.work(claimed)

    assert house.rodin.calls == ["submit"]


async def test_a_refusal_ends_the_task_with_its_reason_and_costs_nothing(house: House) -> None:
    task = await house.ask()
    house.rodin.errors["submit"].append(VendorRefused("BAD", reason=RefusalReason.CONTENT))

    await house.send()

    row = await house.now(task)
    assert row.state is TaskState.FAILED
    assert row.failure is not None
    assert (row.failure.kind, row.failure.charged, row.failure.reason, row.failure.code) == (
        FailureKind.REFUSED,
        Charge.NO,
        RefusalReason.CONTENT,
        "BAD",
    )


@pytest.mark.parametrize(
    ("error", "hold"),
    [(VendorFull("full"), Hold.FULL), (VendorBusy("429"), Hold.BUSY), (VendorDown("no connection"), Hold.BUSY)],
)
async def test_what_rodin_surely_did_not_take_goes_back_to_its_place(
    house: House, error: VendorBusy, hold: Hold
) -> None:
    task = await house.ask()
    house.rodin.errors["submit"].append(error)

    await house.send()

    row = await house.now(task)
    assert (row.state, row.hold, row.submitted_at) == (TaskState.ACCEPTED, hold, None)
    assert row.created_at == task.created_at
    assert await house.tasks.queue_places([task.id]) == {task.id: 1}


async def test_after_rodin_took_none_the_queue_rests_and_then_tries_one_task_first(house: House) -> None:
    for _ in range(3):
        await house.ask()
    house.rodin.errors["submit"].extend([VendorFull("full")] * 3)

    await house.send()
    assert await house.send() == []
    house.clock.turn(seconds=house.rules.pace.full_s)
    tried = await house.send()
    rest = await house.send()

    assert (len(tried), len(rest)) == (1, 2)
    assert len(house.rodin.taken) == 3


async def test_rodins_own_wish_when_to_come_back_is_obeyed(house: House) -> None:
    await house.ask()
    house.rodin.errors["submit"].append(VendorBusy("429", retry_after_s=120.0))

    await house.send()
    house.clock.turn(seconds=119)
    assert await house.send() == []
    assert await house.submitter.next_due() == after(seconds=120)
    house.clock.turn(seconds=1)

    assert len(await house.send()) == 1


async def test_an_hour_of_outage_fails_nothing_and_is_logged_once_at_either_end(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.doors")
    tasks = [await house.ask() for _ in range(5)]
    house.rodin.down = VendorDown("no connection")

    for _ in range(120):
        await house.send()
        house.clock.turn(seconds=30)
    assert {(await house.now(task)).state for task in tasks} == {TaskState.ACCEPTED}
    house.rodin.down = None
    for _ in range(3):
        await house.send()

    said = [re.sub(" wait_s=[0-9.]+", "", record.getMessage()) for record in caplog.records]
    assert said == ["rodin takes nothing for now key=operator", "rodin takes tasks again key=operator"]
    assert len(house.rodin.taken) == 3  # as many as have room


async def test_after_a_lost_answer_the_next_task_waits_longer_each_time(house: House) -> None:
    house.rodin.errors["submit"].extend(VendorUnclear("HTTP 502") for _ in range(9))
    for _ in range(4):
        await house.ask()
    sent_at: list[float] = []

    for second in range(600):
        house.clock.moment = after(seconds=second)
        before = house.rodin.calls.count("submit")
        claimed = await house.turn(house.submitter, room=1)
        assert len(claimed) <= 1
        if house.rodin.calls.count("submit") > before:
            sent_at.append(second)

    gaps = [later - earlier for earlier, later in pairwise(sent_at)]
    assert sent_at[0] == 0
    assert gaps == sorted(gaps)
    assert gaps[0] >= 30
    assert gaps[-1] >= 120


async def test_a_lost_picture_ends_the_task_before_it_is_sent(house: House) -> None:
    task = await house.intake.generate(Wish(prompt="", pictures=(b"cat",)), an_owner(), an_address())
    house.files.held.clear()

    await house.send()

    row = await house.now(task)
    assert row.failure is not None
    assert (row.failure.kind, row.failure.charged) == (FailureKind.PICTURES_LOST, Charge.NO)
    assert house.rodin.calls == []


async def test_a_file_store_that_does_not_answer_costs_no_task(house: House) -> None:
    task = await house.intake.generate(Wish(prompt="", pictures=(b"cat",)), an_owner(), an_address())
    house.files.trouble = FileStoreBusy("away")
    (claimed,) = await house.submitter.claim(1)

    with pytest.raises(StorageError):
        await house.submitter.work(claimed)
    house.files.trouble = None
    house.clock.turn(seconds=30)
    await house.send()

    assert (await house.now(task)).state is TaskState.SUBMITTED


async def test_a_cancel_while_it_is_being_sent_keeps_the_result_and_is_told_quietly(house: House) -> None:
    task = await house.ask()

    async def cancel() -> None:
        await house.intake.cancel(task.id, an_owner())

    house.rodin.during["submit"] = cancel
    await house.send()
    house.rodin.finish()
    await house.until_over()

    row = await house.now(task)
    assert (row.state, row.muted) == (TaskState.READY, True)
    assert house.platform.said == []
    assert house.platform.shown[-1].update.is_muted


async def test_a_cancel_while_it_is_being_sent_ends_a_task_that_rodin_did_not_take(house: House) -> None:
    wish = Wish(prompt="", pictures=(b"cat",))
    task = await house.intake.generate(wish, an_owner(), an_address())

    async def cancel() -> None:
        await house.intake.cancel(task.id, an_owner())

    house.rodin.during["submit"] = cancel
    house.rodin.errors["submit"].append(VendorFull("full"))
    await house.send()

    assert (await house.now(task)).state is TaskState.CANCELLED
    assert house.files.held == {}


class BusyStore(MemoryTaskStore):
    """Raises `trouble` on the next saves that carry a submission."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble: list[StorageError] = []
        self.writes_all_the_same = False

    async def save(self, task: Task, *, expected_revision: int) -> None:
        if task.submission is None or not self.trouble:
            await super().save(task, expected_revision=expected_revision)
            return
        if self.writes_all_the_same:
            await super().save(task, expected_revision=expected_revision)
        raise self.trouble.pop(0)


@pytest.mark.parametrize("trouble", [DatabaseBusy("locked"), StorageError("disk full")])
@pytest.mark.parametrize("writes_all_the_same", [False, True])
async def test_what_rodin_gave_back_is_written_down_however_busy_the_database_is(
    trouble: StorageError, writes_all_the_same: bool
) -> None:
    store = BusyStore()
    house = House(World(tasks=store))
    task = await house.ask()
    store.trouble, store.writes_all_the_same = [trouble] * 20, writes_all_the_same

    await house.send()

    row = await house.now(task)
    assert row.state is TaskState.SUBMITTED
    assert row.submission == house.rodin.only.submission


async def settled_meanwhile(house: House, other: House) -> Task:
    """Let a second process find the row of a first one whose answer is late, and settle it."""
    task = await house.ask()

    async def second_process() -> None:
        # Rodin has taken it, but the answer is still on its way to the first process.
        house.clock.turn(minutes=10)
        await other.send()

    await house.submitter.claim(1)
    (claimed,) = await house.tasks.tasks_in([TaskState.ACCEPTED], limit=1)
    original = house.rodin.submit

    class SlowRodin:
        async def submit(self, *arguments: object) -> Submission:
            answer = await original(*arguments)  # type: ignore[arg-type]  # handed through as it came
            await second_process()
            return answer

    slow = House(
        house.world,
        house.rules,
        replace(house.ports, rodin=SlowRodin()),
    )
    await slow.submitter.work(claimed)
    return await house.now(task)


async def test_an_answer_that_comes_after_another_process_adopted_its_charge_adds_the_key() -> None:
    world = World()
    other = House(world, Rules(is_exclusive=True, worker=a_worker("other", seconds=30)))

    row = await settled_meanwhile(House(world), other)

    assert row.state is TaskState.SUBMITTED
    assert row.submission == world.rodin.only.submission


async def test_an_answer_that_comes_after_the_task_was_called_unclear_is_not_lost() -> None:
    world = World()
    other = House(world, Rules(worker=a_worker("other", seconds=30)))

    row = await settled_meanwhile(House(world), other)

    assert row.state is TaskState.UNCLEAR
    assert row.submission == world.rodin.only.submission
    assert row.failure is not None
    assert row.failure.charged is Charge.YES


async def test_a_row_of_a_dead_process_is_settled_and_never_sent_again(house: House) -> None:
    orphan = a_task(state=TaskState.SUBMITTING, submitted_at=NOON)
    await house.tasks.add(orphan)
    house.clock.turn(minutes=5)

    await house.send()

    assert (await house.now(orphan)).state is TaskState.UNCLEAR
    assert "submit" not in house.rodin.calls


@pytest.mark.parametrize("trouble", [DatabaseBusy("locked"), StorageError("malformed")])
async def test_a_database_that_goes_away_between_two_claims_keeps_the_first(trouble: StorageError) -> None:
    class Fading(MemoryTaskStore):
        claims = 0

        async def claim_accepted(self, *arguments: object, **more: object) -> Task | None:
            self.claims += 1
            if self.claims > 1:
                raise trouble
            return await super().claim_accepted(*arguments, **more)  # type: ignore[arg-type]  # handed through

    house = House(World(tasks=Fading()))
    for _ in range(2):
        await house.ask()

    assert len(await house.submitter.claim(3)) == 1
    with pytest.raises(type(trouble)):
        await house.submitter.claim(3)


async def test_a_task_in_doubt_is_due_although_the_queue_rests(house: House) -> None:
    await house.ask()
    house.rodin.errors["submit"].append(VendorBusy("429", retry_after_s=200.0))
    await house.send()
    await house.tasks.add(a_task(state=TaskState.SUBMITTING, submitted_at=NOON, next_at=after(seconds=7)))

    assert await house.submitter.next_due() == after(seconds=7)
