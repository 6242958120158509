"""What a person reads who asks for more than the operator allows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.chat import Wish
from bot.errors import BudgetSpent
from bot.limits import OverLimit
from bot.model import Task
from tests.factories import an_address, an_owner
from tests.fakes.files import MemoryFileStore
from tests.unit.core.house import House, Rules, World


async def refused(house: House, *, who: str = "ada", **where: str | None) -> str:
    """Return what somebody reads whose wish does not fit."""
    with pytest.raises(BudgetSpent) as caught:
        await house.intake.generate(Wish(prompt="a cat"), an_owner(who, **where), an_address())
    return str(caught.value)


async def test_a_channels_credits_are_shared_by_its_people() -> None:
    house = House(rules=Rules(channel_daily=Decimal("0.5")))
    await house.ask(who="bea")

    said = await refused(house)

    assert said == (
        "This costs 0.5 credits, and 0 credits of this channel's 0.5 credits for today can still be spent. "
        "The next day begins at 00:00 UTC, in 12 h. Nothing was charged."
    )
    assert await house.intake.generate(Wish(prompt="a cat"), an_owner(channel_id="other"), an_address())


async def test_the_credits_of_all_are_shared_by_everybody() -> None:
    house = House(rules=Rules(total_daily=Decimal(1)))
    await house.ask(who="bea")
    await house.intake.generate(Wish(prompt="a cat"), an_owner("cem", platform="slack", server_id="x"), an_address())

    assert "0 credits of the bot's 1 credit for today can still be spent" in await refused(house)


async def test_a_new_day_opens_every_limit_again() -> None:
    rules = Rules(user_daily=Decimal("0.5"), channel_daily=Decimal("0.5"), total_daily=Decimal("0.5"))
    house = House(rules=rules)
    await house.ask()
    await refused(house)

    house.clock.turn(hours=12)

    assert isinstance(await house.ask(), Task)


async def test_a_person_may_have_only_so_many_tasks_waiting() -> None:
    house = House(rules=Rules(user_waiting=2))
    first, _ = await house.ask(), await house.ask()

    assert await refused(house) == (
        "You have 2 tasks waiting, as many as one person may have. Ask again when one of them has been sent, or cancel "
        "one. Nothing was charged."
    )
    assert await house.ask(who="bea")
    await house.intake.cancel(first.id, an_owner())
    assert await house.ask()


async def test_the_bot_keeps_only_so_many_tasks_waiting() -> None:
    house = House(rules=Rules(total_waiting=1))
    await house.ask(who="bea")

    assert await refused(house) == (
        "There is 1 task waiting, as many as the bot keeps. Ask again in a few minutes, when some of them have been "
        "sent. Nothing was charged."
    )
    await house.send()
    assert await house.ask()


async def test_a_refused_wish_leaves_neither_a_row_nor_a_picture() -> None:
    house = House(World(files=MemoryFileStore()), Rules(total_waiting=1))
    await house.ask()
    before = dict(house.files.held)

    with pytest.raises(BudgetSpent):
        await house.intake.generate(Wish(prompt="", pictures=(b"cat",)), an_owner(), an_address())

    assert house.files.held == before
    assert len(await house.intake.tasks(an_owner())) == 1


def test_every_limit_has_its_words() -> None:
    budget = Rules().budget(House().clock)

    for error in OverLimit.__subclasses__():
        assert error.__name__ in {"CreditsShort", "QueueFull"}
    with pytest.raises(TypeError, match="no words for OverLimit"):
        budget.refusal(OverLimit("of a new kind"))
