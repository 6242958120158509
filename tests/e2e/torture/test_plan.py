"""The dice: a seed gives the same run again, and everything that can be thrown is thrown."""

from __future__ import annotations

import pytest

from adapters.rodin.simulator.faults import parse_faults
from tests.e2e.torture.crowd import mark_of
from tests.e2e.torture.foci import FOCI
from tests.e2e.torture.plan import FAULTS, Act, Cast, Focus, Moment, Plan, Where

LIVES = 400


def test_the_same_seed_gives_the_same_lives_in_whatever_order_they_are_asked_for() -> None:
    forwards = [Plan(7).life(number) for number in range(20)]
    backwards = [Plan(7).life(number) for number in reversed(range(20))]

    assert forwards == backwards[::-1]


def test_another_seed_gives_another_run() -> None:
    assert [Plan(7).life(number) for number in range(5)] != [Plan(8).life(number) for number in range(5)]


def test_every_kind_of_life_deed_and_point_comes_up() -> None:
    lives = [Plan(1).life(number) for number in range(LIVES)]

    assert {life.cast for life in lives} == set(Cast)
    assert {life.point.where for life in lives} == set(Where)
    assert {life.point.moment for life in lives} == set(Moment)
    assert {deed.act for life in lives for deed in life.deeds} == set(Act)
    assert {deed.platform for life in lives for deed in life.deeds} == {"discord", "slack", "console"}
    assert {life.draws for life in lives} == {True, False}


def test_no_two_deeds_have_the_same_mark() -> None:
    marks = [mark_of(deed) for number in range(LIVES) for deed in Plan(1).life(number).deeds]

    assert len(marks) == len(set(marks))


def test_the_simulator_knows_every_fault() -> None:
    assert len(parse_faults(",".join(FAULTS))) == len(FAULTS)


@pytest.mark.parametrize("name", FOCI)
def test_with_a_focus_lives_end_where_it_says_and_people_do_what_it_says(name: str) -> None:
    focus = FOCI[name]
    lives = [Plan(1, focus=focus).life(number) for number in range(LIVES)]

    assert {life.point for life in lives} == set(focus.points)
    assert {life.faults for life in lives} == set(focus.faults)
    assert {deed.act for life in lives for deed in life.deeds} <= {Act.WISH, *(act for act, _ in focus.acts)}
    assert all(life.down_s for life in lives) or not focus.is_long_dead


def test_the_simulator_knows_every_fault_that_a_focus_is_about() -> None:
    for focus in FOCI.values():
        for faults in filter(None, focus.faults):
            assert parse_faults(faults)


def test_without_a_focus_a_seed_gives_what_it_always_gave() -> None:
    assert [Plan(7, focus=Focus()).life(number) for number in range(20)] == [Plan(7).life(n) for n in range(20)]
