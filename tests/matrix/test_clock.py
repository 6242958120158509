"""The bot's own clock where somebody puts the machine's clock on or back."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from tests.matrix.world import MachineClock, World

HOUR = 3600.0


@pytest.fixture
def world() -> World:
    return World()


def passed_s(world: World, clock: MachineClock, seconds: float) -> float:
    before = clock.now()
    world.turn(seconds)
    return (clock.now() - before).total_seconds()


def test_a_clock_put_back_makes_nothing_due_an_hour_late(world: World) -> None:
    clock = MachineClock(world)
    due = clock.now() + timedelta(seconds=10)

    world.jump(-HOUR)
    world.turn(20)

    assert clock.now() >= due


def test_after_twice_the_time_it_has_caught_up(world: World) -> None:
    clock = MachineClock(world)
    clock.now()
    world.jump(-HOUR)

    for _ in range(20):
        assert passed_s(world, clock, HOUR / 10) > 0

    assert abs((clock.now() - world.wall_at).total_seconds()) <= 5
    assert passed_s(world, clock, 60) == pytest.approx(60, abs=5)


def test_a_clock_put_on_is_followed_at_once(world: World) -> None:
    clock = MachineClock(world)

    world.jump(HOUR)

    assert clock.now() == world.wall_at


def test_a_clock_that_was_nonsense_is_followed_back(world: World) -> None:
    clock = MachineClock(world)
    world.jump(400 * 86_400)
    clock.now()

    world.jump(-400 * 86_400)

    assert clock.now() == world.wall_at


def test_the_small_steps_of_time_servers_are_followed(world: World) -> None:
    clock = MachineClock(world)
    clock.now()

    world.jump(-1)

    assert clock.now() == world.wall_at


def test_it_is_said_once_when_it_begins_and_once_when_it_ends(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = MachineClock(world)
    clock.now()
    world.jump(-HOUR)

    for _ in range(100):
        passed_s(world, clock, 90)

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
