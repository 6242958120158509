"""What people may spend in a day, and how often one thing is done however often it is asked for."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from bot.chat import Wish
from bot.errors import (
    BudgetSpent,
    NotPossible,
    VendorRefused,
)
from bot.model import Charge, Failure, FailureKind, Task, TaskState
from tests.factories import a_request, a_task, after, an_address, an_owner
from tests.fakes.memory_store import MemoryTaskStore
from tests.unit.core.house import House, Rules, World

ADA, BOB = an_owner("ada"), an_owner("bob")
PICTURE = Wish(prompt="", pictures=(b"cat",))


async def failed(house: House, **changes: Any) -> Task:
    """Write a task of Ada's that failed."""
    task = a_task(**{"state": TaskState.FAILED, "owner": ADA, **changes})
    await house.tasks.add(task)
    return task


async def test_a_repeated_event_is_answered_although_the_budget_is_spent_by_then() -> None:
    house = House(rules=Rules(user_daily=Decimal("0.5")))
    first = await house.ask(event="e1")

    assert (await house.ask(event="e1")).id == first.id
    with pytest.raises(BudgetSpent):
        await house.ask(event="e2")


async def test_what_fits_into_the_daily_credits_is_taken_and_no_more() -> None:
    house = House(rules=Rules(user_daily=Decimal(1)))
    await house.ask()
    await house.ask()

    with pytest.raises(BudgetSpent) as refused:
        await house.intake.generate(PICTURE, ADA, an_address())

    assert str(refused.value) == (
        "This costs 0.5 credits, and 0 credits of your 1 credit for today can still be spent. "
        "The next day begins at 00:00 UTC, in 12 h. Nothing was charged."
    )
    assert house.files.held == {}
    assert await house.ask(who="bob")
    house.clock.turn(hours=12)
    assert await house.ask()


async def test_a_wish_dearer_than_a_whole_day_is_told_so() -> None:
    house = House(rules=Rules(user_daily=Decimal("0.5")))

    with pytest.raises(BudgetSpent, match=r"more than your 0\.5 credits for a whole day"):
        await house.intake.generate(Wish(prompt="a cat", options={"tier": "Gen-2.5-Extreme-High"}), ADA, an_address())


async def test_a_server_has_a_budget_of_its_own() -> None:
    house = House(rules=Rules(server_daily=Decimal("0.5")))
    await house.ask()

    with pytest.raises(BudgetSpent, match=r"this server's 0\.5 credits"):
        await house.ask(who="bob")
    elsewhere = an_owner("bob", server_id="elsewhere")
    assert await house.intake.generate(Wish(prompt="a cat"), elsewhere, an_address())
    at_home = an_owner("bob", server_id=None)
    assert await house.intake.generate(Wish(prompt="a cat"), at_home, an_address())


async def test_of_two_wishes_at_once_only_one_gets_the_last_credits() -> None:
    class Slow(MemoryTaskStore):
        async def usage(self, *arguments: Any, **more: Any) -> Any:
            found = await super().usage(*arguments, **more)
            await asyncio.sleep(0)
            return found

    house = House(World(tasks=Slow()), Rules(user_daily=Decimal("0.5")))

    results = await asyncio.gather(*(house.ask() for _ in range(3)), return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == ["BudgetSpent", "BudgetSpent", "Task"]


async def test_what_was_called_off_or_refused_gives_its_credits_back() -> None:
    house = House(rules=Rules(user_daily=Decimal("0.5")))
    task = await house.ask()
    await house.intake.cancel(task.id, ADA)
    second = await house.ask()
    house.rodin.errors["submit"].append(VendorRefused("X"))
    await house.send()

    assert (await house.now(second)).state is TaskState.FAILED
    assert await house.ask()


async def test_a_failed_task_is_sent_again_as_a_new_one_with_its_pictures(house: House) -> None:
    old = await house.intake.generate(PICTURE, ADA, an_address())
    house.rodin.errors["submit"].append(VendorRefused("X"))
    await house.send()

    new = await house.intake.resend(old.id, ADA, an_address("channel-2"))
    await house.send()

    assert new.parent_id == old.id
    assert (new.request.prompt, new.request.seed) == (old.request.prompt, old.request.seed)
    assert house.rodin.only.pictures == (b"cat",)
    assert (await house.now(old)).state is TaskState.FAILED


async def test_however_often_it_is_clicked_one_task_is_sent_again_once(house: House) -> None:
    old = await failed(house)

    first = await house.intake.resend(old.id, ADA, an_address(), event="click-1")
    second = await house.intake.resend(old.id, ADA, an_address(), event="click-2")
    together = await asyncio.gather(*(house.intake.resend(old.id, ADA, an_address()) for _ in range(3)))

    assert {task.id for task in (second, *together)} == {first.id}


async def test_a_second_click_is_answered_although_the_budget_is_spent_by_then() -> None:
    house = House(rules=Rules(user_daily=Decimal("0.5")))
    old = await failed(house, failure=Failure(kind=FailureKind.REFUSED, charged=Charge.NO), submission=None)
    new = await house.intake.resend(old.id, ADA, an_address())

    assert (await house.intake.resend(old.id, ADA, an_address())).id == new.id


async def test_an_unclear_task_is_sent_again_only_by_its_person_and_counts_twice(house: House) -> None:
    old = await failed(house, state=TaskState.UNCLEAR)

    await house.intake.resend(old.id, ADA, an_address())

    assert await house.intake.usage(ADA) == (
        "You have asked for 2 models for 1 credit; today 2 models for 1 credit (UTC)."
    )


@pytest.mark.parametrize("state", [TaskState.ACCEPTED, TaskState.GENERATING, TaskState.READY, TaskState.CANCELLED])
async def test_only_what_failed_or_stayed_unclear_is_sent_again(house: House, state: TaskState) -> None:
    task = await failed(house, state=state)

    with pytest.raises(NotPossible, match=f"is {state}; only one that failed or stayed unclear"):
        await house.intake.resend(task.id, ADA, an_address())


async def test_a_task_whose_pictures_are_gone_is_not_sent_again(house: House) -> None:
    lost = await failed(house, failure=Failure(kind=FailureKind.PICTURES_LOST, charged=Charge.NO))
    old = await house.intake.generate(PICTURE, ADA, an_address())
    house.rodin.errors["submit"].append(VendorRefused("X"))
    await house.send()
    house.files.held.clear()

    for task in (lost, old):
        with pytest.raises(NotPossible, match="The pictures of that task are gone"):
            await house.intake.resend(task.id, ADA, an_address())


async def test_everything_of_yesterday_is_yesterdays(house: House) -> None:
    await house.tasks.add(a_task(owner=ADA, created_at=after(hours=-13), request=a_request()))
    await house.ask()

    assert await house.intake.usage(ADA) == (
        "You have asked for 2 models for 1 credit; today 1 model for 0.5 credits (UTC)."
    )
