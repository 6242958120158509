"""Sums that add up, waits within bounds, names that fit, states that move by the table alone."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.budget import day_of
from bot.files import LONGEST_NAME_BYTES, extension_of, pick_model, role_of, safe_names
from bot.ledger import Entry, total
from bot.limits import CreditsShort, Limits, QueueFull, Scope, check
from bot.model import ENDS, MOVES, Charge, FileRole, JobState, JobStatus, Task, TaskState
from bot.schedule import PROGRESS_CAP, Pace, backoff_s, eased, expected_wait, next_poll_s, progress
from bot.text import as_credits, duration, size
from storage.codec import from_mc, to_mc
from tests.factories import NOON, a_task
from tests.properties.outcomes import result_or
from tests.properties.profile import tried
from tests.properties.words import WORDS

CREDITS = st.integers(0, 10**7).map(lambda amount: Decimal(amount) / 1000)
SCOPES = st.sampled_from(Scope)
SECONDS = st.floats(0, 1e6)


# Money


@tried(80)
@given(amount=CREDITS)
def test_credits_that_are_written_out_read_as_the_same_amount(amount: Decimal) -> None:
    said = as_credits(amount)
    number, word = said.split()

    assert Decimal(number) == amount == from_mc(to_mc(amount))
    assert "e" not in number.lower()
    assert word == ("credit" if amount == 1 else "credits")


@tried(100)
@given(
    price=CREDITS,
    credits_=st.dictionaries(SCOPES, CREDITS),
    spent=st.dictionaries(SCOPES, CREDITS),
    most=st.dictionaries(SCOPES, st.integers(0, 5)),
    waiting=st.dictionaries(SCOPES, st.integers(0, 5)),
)
def test_a_task_is_let_in_exactly_when_it_fits_every_limit(
    price: Decimal,
    credits_: dict[Scope, Decimal],
    spent: dict[Scope, Decimal],
    most: dict[Scope, int],
    waiting: dict[Scope, int],
) -> None:
    limits = Limits(since=NOON, credits=credits_, waiting=most)
    spent = {scope: amount for scope, amount in spent.items() if scope in credits_}
    waiting = {scope: count for scope, count in waiting.items() if scope in most}
    has_room = all(count < most[scope] for scope, count in waiting.items())
    is_paid_for = price == 0 or all(amount + price <= credits_[scope] for scope, amount in spent.items())

    _, refusal = result_or((QueueFull, CreditsShort), lambda: check(price, limits, spent=spent, waiting=waiting))

    assert isinstance(refusal, QueueFull) == (not has_room)
    assert isinstance(refusal, CreditsShort) == (has_room and not is_paid_for)
    if isinstance(refusal, QueueFull):
        assert waiting[refusal.scope] >= most[refusal.scope]
    if isinstance(refusal, CreditsShort):
        assert 0 <= refusal.left <= refusal.limit
        assert refusal.left < refusal.price == price


ENTRIES = st.builds(
    lambda price, consumed, charge: Entry(
        at=NOON,
        task_id="abc2345",
        platform="console",
        server_id=None,
        channel_id=None,
        user_id="ada",
        product="Gen-2",
        price=price,
        consumed=consumed,
        charge=charge,
        uuid=None,
    ),
    CREDITS,
    st.none() | CREDITS,
    st.sampled_from(Charge),
)


@tried(60)
@given(entries=st.lists(ENTRIES, max_size=8))
async def test_a_total_holds_every_amount_once(entries: list[Entry]) -> None:
    async def given_one_by_one():
        for entry in entries:
            yield entry

    found = await total(given_one_by_one())

    counted = [entry.amount for entry in entries if entry.charge is not Charge.NO]
    assert found.tasks + found.doubtful_tasks == len(counted)
    assert found.credits + found.doubtful_credits == sum(counted, start=Decimal(0))
    assert min(found.credits, found.doubtful_credits) >= 0


# Time


PACES = st.builds(
    lambda least, more, speed: Pace(min_s=least, max_s=least + more).at_speed(speed),
    st.floats(0.1, 60),
    st.floats(0, 600),
    st.floats(1, 100),
)


@tried(80)
@given(pace=PACES, misses=st.integers(1, 10**6), wish_s=st.none() | SECONDS)
def test_a_wait_is_within_the_pace_unless_rodin_wishes_a_longer_one(
    pace: Pace, misses: int, wish_s: float | None
) -> None:
    waited = backoff_s(misses, pace, retry_after_s=wish_s)
    doubled = min(pace.max_s, pace.min_s * 2 ** min(misses, 10))

    assert max(pace.min_s, 0.8 * doubled, wish_s or 0.0) <= waited <= max(pace.max_s, wish_s or 0.0)


@tried(80)
@given(pace=PACES, elapsed=SECONDS, expected=SECONDS)
def test_polls_keep_to_the_pace(pace: Pace, elapsed: float, expected: float) -> None:
    assert pace.min_s <= next_poll_s(elapsed, expected, pace) <= pace.max_s


JOBS = st.lists(st.sampled_from(JobState), max_size=6).map(
    lambda states: tuple(JobStatus(uuid=str(number), state=state) for number, state in enumerate(states))
)


@tried(80)
@given(reports=st.lists(st.tuples(JOBS, SECONDS), max_size=6), expected=SECONDS, since=SECONDS)
def test_a_bar_never_goes_back_and_never_says_that_it_is_done(
    reports: list[tuple[tuple[JobStatus, ...], float]], expected: float, since: float
) -> None:
    shown = 0.0
    for jobs, elapsed in reports:
        now = progress(jobs, elapsed_s=elapsed, expected_s=expected, before=shown)
        assert shown <= now <= PROGRESS_CAP
        shown = now
        assert shown <= eased(shown, since_s=since, expected_s=expected) <= PROGRESS_CAP + 1e-9


@tried(40)
@given(place=st.integers(1, 500), parallel=st.integers(0, 20), seconds=st.integers(0, 3600))
def test_who_stands_further_back_waits_no_less(place: int, parallel: int, seconds: int) -> None:
    expected = timedelta(seconds=seconds)
    waits = [expected_wait(at, parallel=parallel, expected=expected) for at in (place, place + 1)]

    assert expected <= waits[0] <= waits[1]


@tried(60)
@given(seconds=st.floats(-10, 1e7), count=st.integers(0, 10**13), moment=st.datetimes())
def test_spans_and_sizes_are_said_in_a_few_words(seconds: float, count: int, moment) -> None:
    assert len(duration(timedelta(seconds=seconds))) <= 15
    assert len(size(count)) <= 14
    assert timedelta(0) <= moment - day_of(moment) < timedelta(days=1)


# Names of files

NAMES = st.lists(
    WORDS | st.sampled_from(["CON.glb", "con.GLB", "a/b.glb", "a\\b.glb", ".glb", "x" * 300 + ".glb", "\u212a.obj",
                             "k.obj", "\u0130.png", "i\u0307.png", "nul", "a.", "a ", "-rf.glb", "base.glb"]),
    max_size=8,
)  # fmt: skip
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


@tried(100)
@given(raw=NAMES)
def test_names_are_safe_on_every_file_system_and_no_two_are_one(raw: list[str]) -> None:
    names = safe_names(raw)

    assert len(names) == len(raw)
    for form in ("NFC", "NFD", "NFKC"):
        assert len(
            {unicodedata.normalize(form, unicodedata.normalize(form, name).casefold()) for name in names}
        ) == len(raw)
    for name in names:
        assert not set(name) & set('<>:"/\\|?*\x00')
        assert name.split(".")[0].rstrip().casefold() not in RESERVED
        assert len(name.encode()) <= LONGEST_NAME_BYTES
        assert not name.startswith((".", "-"))
        assert name == name.strip(" .")


@tried(60)
@given(raw=NAMES, file_format=st.sampled_from(["glb", "obj"]), material=st.sampled_from(["PBR", "Shaded", "None"]))
def test_the_model_is_always_one_of_the_asked_format(raw: list[str], file_format: str, material: str) -> None:
    found = pick_model(raw, file_format, material)

    models = [
        at for at, name in enumerate(raw) if role_of(name) is FileRole.MODEL and extension_of(name) == file_format
    ]
    assert (found is None) == (not models)
    assert found is None or found in models


# States


class TaskMachine(RuleBasedStateMachine):
    """Moves a task anywhere, as code may try to."""

    @initialize()
    def begin(self) -> None:
        self.task = self.before = a_task()
        self.now = NOON

    @rule(state=st.sampled_from(TaskState), seconds=st.integers(-5, 60), misses=st.integers(0, 3))
    def move(self, state: TaskState, seconds: int, misses: int) -> None:
        self.before = self.task.revise(misses=misses)
        self.now += timedelta(seconds=seconds)
        if state in MOVES[self.task.state]:
            self.task = self.before.move(state, now=self.now)
            assert self.task.revision == self.before.revision + 1
            assert (self.task.state, self.task.changed_at, self.task.next_at) == (state, self.now, self.now)
            assert self.task.misses == 0
        else:
            with pytest.raises(ValueError, match="cannot move"):
                self.task.move(state, now=self.now)

    @rule(told=st.integers(-1, 30))
    def tell(self, told: int) -> None:
        self.task = self.before = self.task.revise(told=told)

    @invariant()
    def an_end_is_noted_and_is_the_end(self) -> None:
        if not hasattr(self, "task"):
            return
        task: Task = self.task
        assert task.has_ended == (task.state in ENDS) == (task.ended_at is not None)
        assert task.has_ended == (task.ended_revision is not None)
        assert task.is_ending_told == (task.has_ended and task.told >= (task.ended_revision or 0))
        if task.has_ended:
            assert not MOVES[task.state]


TestTask = TaskMachine.TestCase
TestTask.settings = tried(30, steps=15)
