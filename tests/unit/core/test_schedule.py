"""When to look again, how long things take, how far a task is."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.history import History
from bot.model import JobState, JobStatus, TaskState
from bot.schedule import (
    PROGRESS_CAP,
    Pace,
    backoff_s,
    eased,
    expected_duration,
    expected_wait,
    next_poll_s,
    progress,
)
from tests.factories import a_job, a_request, a_task, after
from tests.fakes.memory_store import MemoryTaskStore

PACE = Pace()
seconds = st.floats(0, 1e6)
jobs = st.lists(st.sampled_from(list(JobState)).map(lambda state: a_job(state=state)), max_size=9).map(tuple)


@given(seconds, seconds)
def test_polls_keep_within_what_rodin_asks_for(elapsed_s: float, expected_s: float) -> None:
    assert PACE.min_s <= next_poll_s(elapsed_s, expected_s, PACE) <= PACE.max_s


def test_polls_are_rare_while_the_end_is_far_and_often_around_it() -> None:
    assert next_poll_s(0, 100, PACE) > next_poll_s(60, 100, PACE) > next_poll_s(95, 100, PACE)
    assert next_poll_s(300, 100, PACE) == PACE.max_s


@given(st.integers(1, 10_000))
def test_backing_off_keeps_within_the_bounds(misses: int) -> None:
    assert PACE.min_s <= backoff_s(misses, PACE) <= PACE.max_s


def test_backing_off_grows_and_obeys_a_longer_wish() -> None:
    assert backoff_s(1, PACE) < backoff_s(2, PACE) < backoff_s(4, PACE)
    assert backoff_s(1, PACE, retry_after_s=200.0) == 200.0
    assert backoff_s(9, PACE, retry_after_s=1.0) > 20


def test_many_who_back_off_do_not_come_back_together() -> None:
    assert len({backoff_s(9, PACE) for _ in range(20)}) > 10


@given(jobs, seconds, st.floats(0, 1e5), st.floats(0, PROGRESS_CAP))
def test_progress_never_falls_and_stays_below_the_cap(
    jobs: tuple[JobStatus, ...], elapsed_s: float, expected_s: float, before: float
) -> None:
    assert before <= progress(jobs, elapsed_s=elapsed_s, expected_s=expected_s, before=before) <= PROGRESS_CAP


def test_progress_goes_by_jobs_and_is_eased_by_time_between_them() -> None:
    four = [a_job(state=JobState.DONE), *[a_job() for _ in range(3)]]

    early = progress(four, elapsed_s=1, expected_s=100, before=0)
    late = progress(four, elapsed_s=1000, expected_s=100, before=0)

    assert early == 0.25
    assert late == 0.5  # never past the job that runs


@given(st.floats(0, 1), seconds, seconds)
def test_a_bar_moves_on_between_two_updates_and_never_falls(fraction: float, since_s: float, expected_s: float) -> None:
    moved = eased(fraction, since_s=since_s, expected_s=expected_s)

    assert fraction <= moved <= max(fraction, PROGRESS_CAP)


def test_the_documents_are_believed_until_there_is_history() -> None:
    typical = timedelta(seconds=100)
    two = [timedelta(seconds=10)] * 2

    assert expected_duration(two, typical, PACE) == typical
    assert expected_duration(two, typical, PACE.at_speed(10)) == typical / 10
    assert expected_duration([*two, timedelta(seconds=500)], typical, PACE) == timedelta(seconds=10)


async def test_history_is_that_of_the_tier() -> None:
    store = MemoryTaskStore()
    for number in range(4):
        await store.add(a_task(state=TaskState.READY, submitted_at=after(), ended_at=after(seconds=40 + number)))
    history = History(tasks=store, pace=PACE)

    assert await history.expected(a_request()) == timedelta(seconds=41.5)
    assert await history.expected(a_request(tier="Gen-2")) > timedelta(seconds=42)


def test_the_wait_in_line_goes_by_rounds() -> None:
    minute = timedelta(minutes=1)

    waits = [expected_wait(place, parallel=3, expected=minute) for place in (0, 1, 3, 4, 7)]

    assert waits == [0 * minute, minute, minute, 2 * minute, 3 * minute]


def test_a_quicker_simulator_shortens_waits_and_not_deadlines() -> None:
    quick = PACE.at_speed(50)

    assert (quick.min_s, quick.max_s, quick.full_s, quick.settle_s) == (0.1, 0.6, 0.3, 0.6)
    assert (quick.deadline_s, quick.listing_s) == (PACE.deadline_s, PACE.listing_s)
