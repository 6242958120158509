"""Where a next version may be told, by who reads along."""

from __future__ import annotations

import itertools

import pytest

from bot.circles import Circle, Told, told

OPEN, CLOSED, OUTER, SELF = Circle


@pytest.mark.parametrize(
    ("here", "there", "where"),
    [
        (OPEN, OPEN, Told.THERE),
        (OPEN, CLOSED, Told.THERE),
        (OPEN, SELF, Told.THERE),
        (CLOSED, SELF, Told.THERE),
        (CLOSED, OPEN, Told.HERE),
        (SELF, OPEN, Told.HERE),
        (SELF, CLOSED, Told.HERE),
        (CLOSED, CLOSED, Told.ALONE),
        (OPEN, OUTER, Told.ALONE),
        (OUTER, OPEN, Told.ALONE),
    ],
)
def test_a_version_is_told_where_nobody_reads_what_was_said_in_a_closer_circle(
    here: Circle, there: Circle, where: Told
):
    assert told(here, there, is_reachable=True) is where


@pytest.mark.parametrize(("here", "there"), list(itertools.product(Circle, Circle)))
def test_without_a_thread_nothing_is_told_there(here: Circle, there: Circle):
    assert told(here, there, is_reachable=False) is not Told.THERE
    assert told(here, there, is_same=True, is_reachable=False) is Told.HERE


@pytest.mark.parametrize("circle", list(Circle))
def test_before_the_same_people_the_thread_goes_on(circle: Circle):
    assert told(circle, circle, is_same=True, is_reachable=True) is Told.THERE


@pytest.mark.parametrize("there", [CLOSED, OUTER, SELF])
def test_a_closed_place_is_not_shown_in_the_open_when_its_thread_is_gone(there: Circle):
    assert told(OPEN, there, is_reachable=False) is Told.ALONE
