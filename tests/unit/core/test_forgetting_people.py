"""Forgetting a person: what is gone, what goes on counting, and that no step in between loses it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.chat import Wish
from bot.errors import BudgetSpent, FileStoreBusy, NotFound, VendorFull
from bot.limits import Scope
from bot.model import TaskState
from bot.pseudonyms import Pseudonyms
from tests.factories import NOON, after, an_address, an_owner
from tests.unit.core.house import House, Rules
from tests.unit.core.lives import Killed
from tests.unit.core.test_forgetting import SECRET_WORDS, kept_of, made


async def test_a_forgotten_person_is_nowhere_in_the_rows_and_their_list_is_empty() -> None:
    house = House()
    task = await made(house, pictures=(b"a face",))

    said = await house.intake.forget_me(an_owner())
    for _ in range(3):
        await house.tell()
        await house.curate(after_s=60)

    bare = await house.now(task)
    assert said.startswith("You are forgotten: 1 model of yours")
    assert "The 0.5 credits of today go on counting for today's limits." in said
    assert await house.intake.tasks(an_owner()) == ()
    assert await house.files.keys("") == ()
    assert "ada" not in kept_of(bare)
    assert SECRET_WORDS not in kept_of(bare)
    assert bare.owner.is_forgotten
    assert bare.owner.server_id == "desk"
    assert (bare.address.value, bare.event) == ("", None)
    assert bare.submission
    assert bare.submission.consumed == Decimal("0.5")
    with pytest.raises(NotFound):
        await house.intake.status(task.id, an_owner(server_id=None))


async def test_the_threads_of_a_forgotten_person_are_revised_first_and_then_left() -> None:
    house = House()
    task = await made(house)

    await house.intake.forget_me(an_owner())
    await house.curate()
    assert (await house.now(task)).address.value != ""
    await house.tell()

    assert house.platform.amended[-1].update.headline.startswith("Whoever asked for this model wanted to be forgotten")
    assert SECRET_WORDS not in repr(house.platform.shown[-1].update)
    assert house.platform.amended[-1].update.owner.is_forgotten
    await house.curate(after_s=60)
    assert (await house.now(task)).address.value == ""


async def test_a_platform_that_stays_away_keeps_no_address_for_ever() -> None:
    house = House()
    task = await made(house)

    await house.intake.forget_me(an_owner())
    await house.curate(after_s=49 * 3600)

    bare = await house.now(task)
    assert (bare.address.value, bare.told) == ("", bare.revision)


async def test_a_platform_that_stays_away_is_looked_after_less_and_less_often() -> None:
    house = House()
    task = await made(house)
    await house.intake.forget_me(an_owner())

    looks = 0
    while (await house.now(task)).address.value:
        looks += len(await house.curate(after_s=300))

    assert 10 < looks < 100


async def test_forgetting_does_not_refill_todays_credits_nor_last_until_tomorrow() -> None:
    house = House(rules=Rules(user_daily=Decimal("0.5"), channel_daily=Decimal("0.5")))
    await made(house)
    await house.intake.forget_me(an_owner())

    for who, where in (("ada", "far"), ("bob", "tty")):
        with pytest.raises(BudgetSpent, match="0 credits of"):
            await house.intake.generate(Wish(prompt="a cat"), an_owner(who, channel_id=where), an_address())
    house.clock.turn(days=1)

    assert await house.ask()


async def test_the_same_person_is_forgotten_twice_in_a_day_and_all_of_it_counts() -> None:
    house = House(rules=Rules(user_daily=Decimal(1)))
    for _ in range(2):
        await house.ask()
        await house.send()
        await house.intake.forget_me(an_owner())

    with pytest.raises(BudgetSpent):
        await house.ask()


async def test_what_waits_is_called_off_for_nothing() -> None:
    house = House()
    task = await house.ask(SECRET_WORDS)

    said = await house.intake.forget_me(an_owner())
    await house.send()
    await house.tell()

    bare = await house.now(task)
    assert (bare.state, house.rodin.ledger) == (TaskState.CANCELLED, [])
    assert SECRET_WORDS not in kept_of(bare)
    assert house.platform.said == []
    assert "go on counting" not in said


async def test_what_rodin_has_goes_on_unseen_and_nothing_of_it_is_kept() -> None:
    house = House()
    task = await house.ask(SECRET_WORDS)
    await house.send()

    said = await house.intake.forget_me(an_owner())
    house.rodin.finish()
    await house.poll()
    await house.collect()
    await house.curate()
    await house.tell()

    bare = await house.now(task)
    assert "One of them is being made at Rodin" in said
    assert (bare.state, bare.files) == (TaskState.READY, ())
    assert bare.submission
    assert await house.files.keys("") == ()
    assert SECRET_WORDS not in kept_of(bare)
    assert (house.platform.shown, house.platform.said) == ([], [])


@pytest.mark.parametrize("method", ["submit", "status", "files", "fetch"])
async def test_whoever_is_forgotten_in_the_middle_of_a_step_is_forgotten_all_the_same(method: str) -> None:
    house = House()
    task = await house.intake.generate(Wish(prompt=SECRET_WORDS, pictures=(b"a face",)), an_owner(), an_address())
    house.rodin.during[method] = lambda: house.intake.forget_me(an_owner())

    await house.made(task)
    await house.until_over(turns=5)

    bare = await house.now(task)
    assert method not in house.rodin.during
    assert (bare.state, bare.files, bare.address.value) == (TaskState.READY, (), "")
    assert bare.submission
    assert SECRET_WORDS not in kept_of(bare)
    assert bare.owner.is_forgotten
    assert await house.files.keys("") == ()
    assert house.platform.said == []


async def test_what_rodin_has_no_room_for_is_called_off_when_its_person_was_forgotten_meanwhile() -> None:
    house = House()
    task = await house.ask(SECRET_WORDS)
    house.rodin.during["submit"] = lambda: house.intake.forget_me(an_owner())
    house.rodin.errors["submit"].append(VendorFull("as many as you may"))

    await house.send()

    bare = await house.now(task)
    assert bare.state is TaskState.CANCELLED
    assert SECRET_WORDS not in kept_of(bare)


async def test_files_that_cannot_be_removed_now_are_removed_later() -> None:
    house = House()
    task = await made(house)
    house.files.trouble = FileStoreBusy("no answer")

    said = await house.intake.delete(task.id, an_owner(), forget=True)

    house.files.trouble = None
    assert "is forgotten" in said
    assert await house.files.keys("") != ()
    await house.curate()
    assert await house.files.keys("") == ()


async def test_a_kill_among_the_files_leaves_no_row_that_still_names_the_person() -> None:
    house = House()
    tasks = [await made(house), await house.ask(SECRET_WORDS)]
    house.files.trouble = Killed()

    with pytest.raises(Killed):
        await house.intake.forget_me(an_owner())

    assert await house.tasks.tasks_of(an_owner(), limit=9) == ()
    assert SECRET_WORDS not in "".join([kept_of(await house.now(task)) for task in tasks])


async def test_a_file_store_that_is_away_is_waited_for_once_and_not_for_every_task(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House()
    for _ in range(3):
        await house.ask()
    house.files.trouble = FileStoreBusy("gone")

    said = await house.intake.forget_me(an_owner())

    assert said.startswith("You are forgotten: 3 models of yours")
    assert caplog.text.count("not all forgotten yet") == 1


async def test_somebody_else_keeps_everything() -> None:
    house = House()
    theirs = await made(house, who="bob")
    await made(house)

    await house.intake.forget_me(an_owner())

    assert await house.now(theirs) == theirs


async def test_the_name_of_somebody_forgotten_forgets_nothing_more() -> None:
    house = House()
    task = await made(house, who="forgotten-0123")

    assert (await house.intake.forget_me(an_owner("forgotten-0123"))).startswith("Nothing is kept of you here")
    assert await house.now(task) == task


async def test_whoever_has_asked_for_nothing_is_told_so() -> None:
    assert await House().intake.forget_me(an_owner()) == (
        "Nothing is kept of you here, so there was nothing to forget."
    )


def test_a_pseudonym_leads_from_a_person_only_with_the_secret_and_only_for_a_day() -> None:
    names, other = Pseudonyms("one secret"), Pseudonyms("another")
    ada, bob = an_owner(), an_owner("bob")

    code = names.of(ada, at=NOON)

    assert code == names.of(replace(ada, server_id="desk"), at=after(hours=3))
    assert code.user_id not in {
        names.of(bob, at=NOON).user_id,
        other.of(ada, at=NOON).user_id,
        names.of(ada, at=after(days=1)).user_id,
        names.of(replace(ada, platform="slack"), at=NOON).user_id,
    }
    assert "ada" not in repr(code)
    assert names.of(code, at=after(days=5)) == code
    assert names.aliases(ada, at=NOON)[Scope.PERSON] == code.user_id
    assert names.of(replace(ada, channel_id=None), at=NOON).channel_id is None
    assert "secret" not in repr(names)
