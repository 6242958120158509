"""Rodin's answer to a submission is lost: it settles itself, or the person chooses; nobody is charged twice unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.matrix.console import a_desk
from tests.matrix.exercise import PRICE
from tests.matrix.faults import Fault
from tests.matrix.outage import an_hour, type_


@pytest.mark.parametrize("is_taken", [True, False], ids=["taken", "not_taken"])
@pytest.mark.parametrize("is_exclusive", [True, False], ids=["own_key", "shared_key"])
async def test_a_lost_answer_settles_itself_or_offers_a_choice_and_nothing_is_sent_again_unasked(
    is_taken: bool, is_exclusive: bool, tmp_path: Path
) -> None:
    async with a_desk(tmp_path, is_exclusive=is_exclusive) as desk:
        fault = Fault.TIMEOUT_AFTER if is_taken else Fault.TIMEOUT_BEFORE
        desk.machine.trouble.plan("rodin submit", fault, times=1)

        seen = await desk.provoke("rodin submit")
        await an_hour(desk.machine)

        assert seen.task is not None
        is_settled = is_taken and is_exclusive
        assert seen.task.state == ("ready" if is_settled else "unclear")
        assert (f"resend {seen.task.id} sends it again (0.5 credits)" in seen.words) is not is_settled
        assert desk.machine.charged == PRICE * is_taken


@pytest.mark.parametrize("is_exclusive", [True, False], ids=["own_key", "shared_key"])
async def test_the_person_may_have_it_sent_again_which_is_done_once(is_exclusive: bool, tmp_path: Path) -> None:
    async with a_desk(tmp_path, is_exclusive=is_exclusive) as desk:
        desk.machine.trouble.plan("rodin submit", Fault.TIMEOUT_BEFORE, times=1)
        seen = await desk.provoke("rodin submit")
        assert seen.task is not None
        desk.machine.trouble.over()

        for _ in range(2):
            await type_(desk, f"resend {seen.task.id}")
        again = await desk.machine.settle(desk.tasks)
        await an_hour(desk.machine)

        assert again.id != seen.task.id
        assert again.state == "ready"
        assert desk.machine.charged == PRICE
