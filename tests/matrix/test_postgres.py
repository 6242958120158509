"""PostgreSQL is stopped for an hour and comes back: what people read, what the log says, and that nothing is lost."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.fakes.databases import needs_postgres, postgres_url
from tests.matrix.console import BELL, Desk, a_desk
from tests.matrix.exercise import PRICE, assert_goes_on
from tests.matrix.outage import an_hour, assert_said_once_but_commands, type_
from tests.matrix.relay import Relay, a_relay

pytestmark = needs_postgres

TROUBLE = "Something went wrong on our side and was logged. Look at your list before you try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Somebody at a terminal, and the cable between the bot and PostgreSQL."""

    desk: Desk
    cable: Relay


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with postgres_url(tmp_path) as url:
        there = make_url(url)
        async with a_relay(there.host or "127.0.0.1", there.port or 5432) as cable:
            here = there.set(host="127.0.0.1", port=cable.port).render_as_string(hide_password=False)
            async with a_desk(tmp_path, database_url=here) as desk:
                yield Scene(desk=desk, cable=cable)


async def test_commands_are_answered_the_log_says_it_once_and_everything_resumes(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk = scene.desk
    await desk.session.obey(BELL)
    await desk.machine.turn(0)
    caplog.clear()

    await scene.cable.cut()
    asked = await type_(desk, BELL)
    listed = await type_(desk, "list")
    await an_hour(desk.machine, turn_s=300.0)
    await scene.cable.mend()
    task = await desk.machine.settle(desk.tasks)

    assert TROUBLE in asked
    assert TROUBLE in listed
    assert task.state == "ready"
    assert desk.machine.charged == PRICE
    assert desk.printed.count(f"✔ {task.id}  ") == 1
    assert_said_once_but_commands(caplog, "database does not answer", "claiming works again")
    await assert_goes_on(desk)


async def test_a_restart_of_the_server_between_two_commands_costs_nobody_an_answer(scene: Scene) -> None:
    await scene.desk.session.obey("list")

    await scene.cable.cut()
    await scene.cable.mend()

    await assert_goes_on(scene.desk)
