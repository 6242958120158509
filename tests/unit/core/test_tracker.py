"""How a submission is followed until its jobs are over."""

from __future__ import annotations

import logging

import pytest

from bot.errors import VendorBusy, VendorDown, VendorError, VendorGarbled, VendorRefused
from bot.model import Charge, FailureKind, JobState, RefusalReason, Submission, Task, TaskState
from bot.schedule import PROGRESS_CAP
from tests.factories import NOON, a_task, a_worker, after
from tests.fakes.generator import no_such_task
from tests.unit.core.house import House, Rules, World

WAITING, GENERATING, DONE = JobState.WAITING, JobState.GENERATING, JobState.DONE
FAILED, CANCELED, OTHER = JobState.FAILED, JobState.CANCELED, JobState.OTHER


async def poll_on(house: House, task: Task, *, seconds: float) -> Task:
    """Poll whenever it is due, for a while; return the task as it stands then."""
    end = after(seconds=(house.clock.now() - NOON).total_seconds() + seconds)
    while house.clock.now() < end:
        row = await house.now(task)
        if row.state not in {TaskState.SUBMITTED, TaskState.GENERATING}:
            return row
        house.clock.moment = min(max(row.next_at, house.clock.now()), end)
        await house.poll(after_s=0)
    return await house.now(task)


@pytest.mark.parametrize(
    ("jobs", "state"),
    [
        ((), TaskState.SUBMITTED),
        ((WAITING, WAITING), TaskState.SUBMITTED),
        ((GENERATING, WAITING), TaskState.GENERATING),
        ((DONE, WAITING), TaskState.GENERATING),
        ((DONE, GENERATING), TaskState.GENERATING),
        ((OTHER,), TaskState.GENERATING),
        ((DONE, OTHER), TaskState.GENERATING),
        ((FAILED, GENERATING), TaskState.GENERATING),
        ((DONE, DONE), TaskState.COLLECTING),
        ((DONE, FAILED), TaskState.COLLECTING),
        ((CANCELED, DONE), TaskState.COLLECTING),
        ((FAILED, FAILED), TaskState.FAILED),
        ((FAILED, CANCELED), TaskState.FAILED),
    ],
)
async def test_where_the_jobs_stand_is_where_the_task_stands(
    house: House, jobs: tuple[JobState, ...], state: TaskState
) -> None:
    (task,) = await house.at_rodin()
    house.rodin.put(*jobs)

    await house.poll()

    assert (await house.now(task)).state is state


async def test_when_every_job_failed_the_person_hears_that_it_was_charged(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.put(FAILED, FAILED)

    await house.poll()
    update = await house.viewer.update(await house.now(task))

    assert update.headline == "Rodin could not make this model; it gives no reason."
    assert update.lines[0] == "Charged: 0.5 credits."


async def test_nothing_is_polled_before_it_is_due(house: House) -> None:
    await house.at_rodin()

    assert await house.poll(after_s=4.9) == ()
    assert len(await house.poll(after_s=0.1)) == 1


async def test_polls_are_never_closer_than_five_nor_further_than_thirty_seconds(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.put(GENERATING, WAITING)
    waits = []

    for _ in range(30):
        house.clock.moment = (await house.now(task)).next_at
        await house.poll(after_s=0)
        waits.append(((await house.now(task)).next_at - house.clock.now()).total_seconds())

    assert all(5 <= wait <= 30 for wait in waits)
    assert len(set(waits)) > 3


async def test_the_bar_never_falls_and_is_never_full_before_the_model_is_listed(house: House) -> None:
    (task,) = await house.at_rodin()
    seen = []

    for done in (0, 1, 3, 2, 0, 6, 6, 6):
        house.rodin.put(*[DONE] * done, *[GENERATING] * (7 - done))
        await house.poll(after_s=45)
        seen.append((await house.now(task)).progress)
    house.rodin.put(*[DONE] * 7)
    await house.poll()
    seen.append((await house.now(task)).progress)

    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] <= PROGRESS_CAP


async def test_an_empty_answer_after_a_full_one_changes_nothing_that_is_shown(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.put(DONE, GENERATING)
    await house.poll()
    before = await house.now(task)
    house.rodin.put()

    await house.poll(after_s=30)

    row = await house.now(task)
    assert (row.jobs, row.state) == (before.jobs, TaskState.GENERATING)


async def test_a_poll_without_news_is_no_revision_of_the_thread(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.put(WAITING, queue=3)
    await house.poll()
    before = await house.now(task)

    await house.poll(after_s=0.1)
    row = await poll_on(house, task, seconds=6)
    house.rodin.put(WAITING, queue=1)
    news = await poll_on(house, task, seconds=30)

    assert row.revision - before.revision <= 1  # the bar may have moved
    assert news.revision > row.revision
    assert (await house.viewer.update(news)).headline == "Rodin has it; 1 ahead in its queue."


async def test_after_twenty_minutes_of_answers_the_task_is_given_up(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.put(GENERATING)

    nearly = await poll_on(house, task, seconds=1195)
    row = await poll_on(house, task, seconds=60)

    assert nearly.state is TaskState.GENERATING
    assert row.state is TaskState.FAILED
    assert row.failure is not None
    assert (row.failure.kind, row.failure.charged) == (FailureKind.TIMED_OUT, Charge.YES)


async def test_a_model_that_is_done_at_the_last_moment_is_taken(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.put(GENERATING)
    await poll_on(house, task, seconds=1195)
    house.rodin.put(DONE)

    row = await poll_on(house, task, seconds=60)

    assert row.state is TaskState.COLLECTING


async def test_an_hour_of_outage_does_not_count_towards_the_deadline(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.contact")
    first, second = await house.at_rodin(2)
    house.rodin.put(GENERATING)
    await house.poll()
    house.rodin.down = VendorDown("HTTP 502")

    for _ in range(120):
        await house.poll(after_s=30)
    silent = await house.now(first)
    house.rodin.down = None
    for _ in range(6):
        await house.poll(after_s=30)
    back = await house.now(first)
    house.rodin.put(DONE)
    await house.poll(after_s=30)

    assert silent.state is back.state is TaskState.GENERATING
    assert (await house.now(first)).state is (await house.now(second)).state is TaskState.COLLECTING
    assert [record.message.split(" loop")[0] for record in caplog.records] == [
        "rodin does not answer",
        "rodin answers again",
    ]


async def test_a_process_that_slept_for_a_day_gives_a_running_task_its_time() -> None:
    world = World()
    (task,) = await House(world).at_rodin()
    world.rodin.put(GENERATING)
    world.clock.turn(days=1)
    awake = House(world, Rules(worker=a_worker("awake", seconds=30)))
    world.rodin.errors["status"].append(VendorDown("just now"))

    for _ in range(10):
        await awake.poll(after_s=30)

    assert (await awake.now(task)).state is TaskState.GENERATING


async def test_a_task_that_stays_silent_for_a_day_is_given_up_in_the_end() -> None:
    house = House()
    (task,) = await house.at_rodin()
    house.rodin.down = VendorDown("gone")
    row = task
    while row.state is TaskState.SUBMITTED and house.clock.now() < after(days=3):
        house.clock.moment = row.next_at
        await house.poll(after_s=0)
        row = await house.now(task)

    assert row.failure is not None
    assert row.failure.kind is FailureKind.TIMED_OUT
    assert after(hours=20) < house.clock.now() < after(hours=26)


@pytest.mark.parametrize(
    "error", [VendorBusy("429"), VendorDown("502"), VendorGarbled("?"), VendorRefused("X", reason=RefusalReason.KEY)]
)
async def test_a_poll_without_an_answer_is_repeated_later(house: House, error: VendorError) -> None:
    (task,) = await house.at_rodin()
    house.rodin.errors["status"].append(error)

    await house.poll(after_s=5)
    missed = await house.now(task)
    house.rodin.finish()
    await house.poll(after_s=30)

    assert (missed.state, missed.misses) == (TaskState.SUBMITTED, 1)
    assert missed.next_at > after(seconds=5)
    assert (await house.now(task)).state is TaskState.COLLECTING


async def test_rodins_wish_when_to_ask_again_is_obeyed(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.errors["status"].append(VendorBusy("429", retry_after_s=90.0))

    await house.poll(after_s=10)

    assert (await house.now(task)).next_at >= after(seconds=100)


async def test_a_task_that_rodin_does_not_know_right_after_taking_it_is_not_given_up(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.errors["status"].extend([no_such_task(), no_such_task()])

    for _ in range(3):
        await house.poll()
    house.rodin.errors["status"].extend([no_such_task(), no_such_task()])
    for _ in range(3):
        await house.poll()

    assert (await house.now(task)).state is TaskState.SUBMITTED


async def test_a_task_that_rodin_has_forgotten_ends(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.taken.clear()

    for _ in range(3):
        await house.poll()

    row = await house.now(task)
    assert row.failure is not None
    assert row.failure.kind is FailureKind.UNKNOWN_TO_VENDOR


async def test_one_no_such_task_after_a_long_outage_is_not_believed(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.down = VendorDown("gone")
    for _ in range(20):
        await house.poll()
    house.rodin.down = None
    house.rodin.errors["status"].append(no_such_task())

    await house.poll()

    assert (await house.now(task)).state is TaskState.SUBMITTED


@pytest.mark.parametrize("job", [GENERATING, DONE, FAILED])
async def test_what_another_process_has_moved_on_is_not_moved_by_an_older_answer(house: House, job: JobState) -> None:
    (task,) = await house.at_rodin()
    house.rodin.put(job)

    async def overtake() -> None:
        collecting = task.move(TaskState.COLLECTING, now=NOON)
        await house.tasks.save(collecting, expected_revision=task.revision)

    house.rodin.during["status"] = overtake
    await house.poll()

    row = await house.now(task)
    assert (row.state, row.revision) == (TaskState.COLLECTING, task.revision + 1)


async def test_an_adopted_task_waits_for_its_files_and_is_given_up_like_any_other(house: House) -> None:
    adopted = Submission(uuid="never-there", subscription_key=None)
    task = a_task(state=TaskState.SUBMITTED, submission=adopted, submitted_at=NOON)
    await house.tasks.add(task)
    house.rodin.errors["files"].append(VendorGarbled("?"))
    (other,) = await house.at_rodin()
    house.rodin.taken["never-there"] = house.rodin.taken.pop(other.submission.uuid)  # type: ignore[union-attr]  # it was sent

    waiting = await poll_on(house, task, seconds=600)
    row = await poll_on(house, task, seconds=700)

    assert (waiting.state, waiting.jobs) == (TaskState.SUBMITTED, ())
    assert "status" in house.rodin.calls  # the other one's
    assert row.failure is not None
    assert row.failure.kind is FailureKind.TIMED_OUT
