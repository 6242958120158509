"""Every sentence a person reads, as it is read: what happened, what it cost, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from bot import text
from bot.model import (
    ENDS,
    Charge,
    Failure,
    FailureKind,
    FileRole,
    Hold,
    JobState,
    JobStatus,
    RefusalReason,
    Submission,
    Task,
    TaskState,
)
from bot.update import Choice, Update
from bot.verdicts import REFUSAL_NEXT, REFUSALS
from bot.view import ending, under_way
from tests.factories import NOON, a_file, a_job, a_picture, a_request, a_submission, a_task, after
from tests.unit.core.house import House

FORBIDDEN = re.compile(r"!|\bError\b|\bexception\b|Traceback|None|\bnull\b|\{|\}|TaskState|\bhttp|  ")
"""What no sentence holds: shouting, codes, what only a programmer reads, an unfilled place."""


def a_failed(kind: FailureKind, *, charged: Charge = Charge.YES, **changes: Any) -> Task:
    failure = Failure(kind=kind, charged=charged, **changes)
    state = TaskState.UNCLEAR if kind is FailureKind.LOST_ANSWER else TaskState.FAILED
    return a_task(state=state, failure=failure)


def shown(task: Task) -> Update:
    """Return what a thread shows of a task, whatever its state."""
    if task.has_ended:
        return ending(task)
    minute = timedelta(minutes=1)
    return under_way(task, now=after(seconds=40), place=2, wait=minute, expected=minute)


def every_task() -> Iterator[Task]:
    """Yield a task for everything that a thread can show."""
    for state in TaskState:
        yield a_task(state=state)
        yield a_task(state=state, muted=True)
    for hold in Hold:
        yield a_task(hold=hold)
    for kind, charged, seen in product(FailureKind, Charge, (True, False, None)):
        yield a_failed(kind, charged=charged, charge_seen=seen)
    for reason in RefusalReason:
        yield a_failed(FailureKind.REFUSED, charged=Charge.NO, reason=reason)
    yield a_task(state=TaskState.FAILED, failure=None)
    yield a_task(state=TaskState.FAILED, failure=None, submission=None)
    yield a_task(state=TaskState.SUBMITTING, misses=1)
    yield a_task(state=TaskState.SUBMITTED, submission=Submission(uuid="u", subscription_key=None))
    yield a_task(state=TaskState.READY, submission=a_submission(consumed=None))
    yield a_task(state=TaskState.GENERATING, jobs=(a_job(), a_job("job-2", JobState.DONE)))


@pytest.mark.parametrize("task", list(every_task()), ids=lambda task: f"{task.state}")
def test_every_sentence_is_one_that_a_person_can_read(task: Task) -> None:
    update = shown(task)

    for sentence in (update.headline, *update.lines):
        assert not FORBIDDEN.search(sentence), sentence
        assert not sentence[0].islower() or sentence.startswith("base."), sentence
    assert update.headline.endswith(".")
    assert update.title == "a small brass owl"
    assert len(set(update.lines)) == len(update.lines)


@pytest.mark.parametrize("kind", FailureKind)
@pytest.mark.parametrize("charged", Charge)
def test_a_failure_says_what_happened_then_whether_it_cost_anything_then_what_to_do(
    kind: FailureKind, charged: Charge
) -> None:
    what, cost, then = text.failure(a_failed(kind, charged=charged, charge_seen=False))

    assert what.endswith(".")
    assert re.search(r"charged|cost|charge", cost, re.IGNORECASE)
    assert re.search(r"\b(Try|Ask|Tell|You can|Give|Word|Choose)\b", then), then


@pytest.mark.parametrize("reason", RefusalReason)
def test_each_refusal_has_its_own_sentence_and_a_next_step(reason: RefusalReason) -> None:
    what, cost, then = text.failure(a_failed(FailureKind.REFUSED, charged=Charge.NO, reason=reason))

    assert (what, cost) == (REFUSALS[reason], "Nothing was charged.")
    assert then == REFUSAL_NEXT[reason]
    assert len(set(REFUSALS.values())) == len(RefusalReason)


def test_a_code_that_nobody_knows_comes_last_and_whole() -> None:
    task = a_failed(FailureKind.REFUSED, charged=Charge.NO, reason=RefusalReason.UNKNOWN, code="API_NEW_THING")

    assert text.failure(task)[0] == "Rodin refused this for a reason of its own. It said: API_NEW_THING."


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [
        (None, "Rodin's usage records could not be read, so it may have cost 0.5 credits."),
        (True, "Rodin's records show a new charge that fits, so it may have been taken and cost 0.5 credits."),
        (False, "Rodin's records show no new charge that fits, so it was probably not taken and cost nothing."),
    ],
)
def test_a_lost_answer_says_what_the_records_show_and_offers_to_send_it_again(seen: bool | None, sentence: str) -> None:
    update = shown(a_failed(FailureKind.LOST_ANSWER, charged=Charge.MAYBE, charge_seen=seen))

    assert "nobody can tell whether it was taken" in update.headline
    assert update.lines[0] == sentence
    assert "may be charged a second time" in update.lines[1]
    assert update.choices == (Choice.RESEND,)


def test_an_answer_that_came_after_all_is_said() -> None:
    task = replace(a_failed(FailureKind.LOST_ANSWER), submission=a_submission(consumed=Decimal("0.5")))

    assert text.failure(task)[1] == "The answer came in the end: Rodin took it. Charged: 0.5 credits."


@pytest.mark.parametrize(
    ("task", "headline"),
    [
        (a_task(), "Waiting: number 2 in line, about 60 s until it starts."),
        (a_task(hold=Hold.FULL), "Rodin runs as many tasks as it allows. Yours waits its turn: number 2 in line."),
        (
            a_task(hold=Hold.BUSY),
            "Rodin takes no new tasks right now. Yours waits and goes on by itself; nothing was charged.",
        ),
        (a_task(state=TaskState.SUBMITTING), "Handing it to Rodin."),
        (a_task(state=TaskState.SUBMITTED), "Rodin has it and will begin soon."),
        (
            a_task(state=TaskState.SUBMITTED, jobs=(JobStatus(uuid="j", state=JobState.WAITING, queue_length=7),)),
            "Rodin has it; 7 ahead in its queue.",
        ),
        (
            a_task(state=TaskState.GENERATING, jobs=(a_job(), a_job("j", JobState.DONE))),
            "Rodin is modelling: 1 of 2 steps done.",
        ),
        (a_task(state=TaskState.GENERATING), "Rodin is modelling."),
        (a_task(state=TaskState.COLLECTING), "Rodin is done. Fetching the files."),
        (a_task(state=TaskState.READY), "Your model is ready, after 60 s."),
        (a_task(state=TaskState.CANCELLED), "Called off before it was sent. Nothing was charged."),
    ],
    ids=lambda value: str(getattr(value, "state", "")),
)
def test_a_headline_says_how_it_stands(task: Task, headline: str) -> None:
    assert shown(task).headline == headline


def test_every_update_says_what_was_asked_for_and_its_price() -> None:
    asked = "Gen-2.5-Medium, glb, 150,000 triangles, PBR, seed 7. Price: 0.5 credits."

    assert all(asked in shown(a_task(state=state)).lines for state in TaskState)


def test_a_running_task_has_a_bar_and_can_be_called_off() -> None:
    update = shown(a_task(state=TaskState.GENERATING, progress=0.4, submitted_at=NOON))

    assert update.bar is not None
    assert (update.bar.fraction, update.bar.elapsed_s, update.bar.expected_s) == (0.4, 40, 60)
    assert "40 s so far; such a model takes about 60 s." in update.lines
    assert update.choices == (Choice.CANCEL,)
    assert not update.ending


def test_a_task_called_off_after_it_was_sent_says_so_when_asked() -> None:
    update = shown(a_task(state=TaskState.GENERATING, muted=True))

    assert "You called this off after it was sent: the result is kept, and you are not notified." in update.lines
    assert (update.choices, update.is_muted) == ((), True)


@pytest.mark.parametrize("state", TaskState)
def test_an_update_ends_where_the_task_does(state: TaskState) -> None:
    assert shown(a_task(state=state)).ending is (state in ENDS)


@pytest.mark.parametrize("kind", FailureKind)
def test_what_failed_can_be_sent_again_unless_what_it_needs_is_gone(kind: FailureKind) -> None:
    choices = shown(a_failed(kind)).choices

    is_gone = kind in {FailureKind.PICTURES_LOST, FailureKind.MODEL_LOST}
    other = Choice.FORMAT if kind is FailureKind.NOT_CONVERTED else Choice.RESEND
    assert choices == (() if is_gone else (other,))


def test_a_finished_model_says_what_it_cost_and_names_its_files() -> None:
    files = (a_file("base.glb", size_bytes=9_400_000), a_file("preview.webp", role=FileRole.PREVIEW, size_bytes=870))

    update = shown(a_task(state=TaskState.READY, files=files, told=0))

    assert "Charged: 0.5 credits." in update.lines
    assert update.lines[-2:] == (
        "base.glb (9.4 MB, the model)",
        "preview.webp (870 B, preview of the bare geometry)",
    )
    assert update.files == files
    assert update.is_told


def test_what_rodin_did_not_say_it_charged_is_not_called_nothing() -> None:
    task = a_task(state=TaskState.READY, submission=a_submission(consumed=None))

    assert text.spent(task) == "Rodin did not say what it charged; the price is 0.5 credits."


async def test_the_place_in_line_and_the_wait_come_from_the_whole_table(house: House) -> None:
    asked = []
    for _ in range(5):
        asked.append(await house.ask())
        house.clock.turn(seconds=1)

    first, last = [await house.viewer.update(task) for task in (asked[0], asked[-1])]

    assert first.headline == "Next in line."
    assert re.fullmatch(r"Waiting: number 5 in line, about .+ until it starts\.", last.headline)


@pytest.mark.parametrize(
    ("length_s", "words"),
    [(-3, "0 s"), (0.4, "0 s"), (40, "40 s"), (89.4, "89 s"), (90, "2 min"), (3600, "60 min"), (5400, "1 h 30 min")],
)
def test_lengths_of_time_read_as_people_say_them(length_s: float, words: str) -> None:
    assert text.duration(timedelta(seconds=length_s)) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (12_300, "12 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (9_400_000, "9.4 MB")],
)
def test_sizes_read_as_people_say_them(count: int, words: str) -> None:
    assert text.size(count) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "0 credits"),
        ("0.50", "0.5 credits"),
        ("1.0", "1 credit"),
        ("100", "100 credits"),
        ("1E+3", "1000 credits"),
    ],
)
def test_credits_read_as_people_say_them(amount: str, words: str) -> None:
    assert text.as_credits(Decimal(amount)) == words


def test_a_title_is_the_prompt_in_one_short_line_or_what_it_was_made_from() -> None:
    assert text.title(a_request(prompt="  a\n brass\towl ")) == "a brass owl"
    long = text.title(a_request(prompt="owl " * 50))
    assert len(long) <= text.TITLE_CHARACTERS
    assert long.endswith("owl…")
    assert text.title(a_request(prompt="", pictures=(a_picture(),))) == "a picture"
    assert text.title(a_request(prompt="", pictures=(a_picture(),) * 3)) == "3 pictures"


def test_answers_to_commands_are_sentences_too() -> None:
    task = a_task(state=TaskState.GENERATING)
    sentences = [
        text.accepted(task),
        text.too_late_to_cancel(task),
        text.too_late_to_cancel(a_task(state=TaskState.SUBMITTING)),
        text.already_over(a_task(state=TaskState.READY)),
        text.no_such_task("abc"),
        text.not_to_resend(task),
        text.pictures_gone(),
        text.balance(Decimal(3)),
        text.balance_unknown(),
        text.trouble(),
        *(text.balance_refused(reason) for reason in RefusalReason),
    ]

    for sentence in sentences:
        assert sentence.endswith("."), sentence
        assert ".." not in sentence, sentence
        assert not FORBIDDEN.search(sentence), sentence
