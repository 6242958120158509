"""The rules of a server, kept by everything that can be asked for; and the first task, which says where words go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from bot import words_policy
from bot.chat import Wish
from bot.errors import NotAllowed, NotFound, NotPossible, NotYours, PlatformBusy
from bot.model import Owner, TaskState
from bot.policy import ADMINS_ONLY, EVERYONE, Grant
from tests.factories import a_task, an_address, an_owner
from tests.fakes.standing import SaidStanding
from tests.unit.core.house import House, Rules, World
from tests.unit.core.test_followups import ADA, THREAD, VERBS, a_model

BEN = an_owner("ben", standing=SaidStanding())
MOD = an_owner("mod", standing=SaidStanding(held=frozenset({"moderators"})))
ADMIN = an_owner("admin", standing=SaidStanding(admin=True))


@dataclass(slots=True, kw_only=True)
class SlowStanding(SaidStanding):
    """Somebody about whom the platform answers late: other things happen first."""

    meanwhile: Callable[[], Awaitable[object]]

    async def is_admin(self) -> bool:
        await self.meanwhile()
        return await SaidStanding.is_admin(self)


async def asked(house: House, owner: Owner, prompt: str = "a cat", **options: str) -> str:
    return (await house.intake.generate(Wish(prompt=prompt, options=options), owner, an_address())).id


async def rows(house: House) -> int:
    return len([task for person in (ADA, BEN, MOD, ADMIN) for task in await house.tasks.tasks_of(person, limit=99)])


# Asking.


async def test_a_wish_that_is_not_allowed_leaves_nothing_behind(house: House) -> None:
    await house.intake.allow(ADMIN, "ask", ADMINS_ONLY)

    with pytest.raises(NotAllowed, match=r"ask one of them\. Nothing was sent or charged\."):
        await house.intake.generate(Wish(prompt="a cat", pictures=(b"one",)), BEN, an_address())

    assert await rows(house) == 0
    assert house.files.held == {}


async def test_a_tier_that_is_closed_is_refused_also_where_nobody_named_it(house: House) -> None:
    await house.intake.allow(ADMIN, "tier:medium", ADMINS_ONLY)

    with pytest.raises(NotAllowed, match=r"The tier Gen-2\.5-Medium is not open to you"):
        await asked(house, BEN)

    assert await asked(house, BEN, tier="low")
    assert await asked(house, ADMIN)


async def test_a_preset_that_is_closed_is_refused_and_its_neighbours_are_not(house: House) -> None:
    await house.intake.allow(ADMIN, "preset:hero", Grant(roles=frozenset({"moderators"})))

    with pytest.raises(NotAllowed, match="The preset hero is not open to you"):
        await asked(house, BEN, preset="hero")

    assert await asked(house, MOD, preset="hero")
    assert await asked(house, BEN, preset="draft")


@pytest.mark.parametrize("verb", VERBS)
async def test_no_next_version_is_made_for_whom_asking_was_closed_meanwhile(house: House, verb: str) -> None:
    old = await a_model(house)
    charged = len(house.rodin.ledger)
    await house.intake.allow(ADMIN, "ask", Grant(people=frozenset({"ben"})))

    with pytest.raises(NotAllowed):
        await VERBS[verb](house, old.id)

    assert len(await house.tasks.tasks_of(ADA, limit=9)) == 1
    assert len(house.rodin.ledger) == charged


async def test_better_needs_the_right_to_the_tier_that_it_climbs_to(house: House) -> None:
    old = await a_model(house)
    await house.intake.allow(ADMIN, "tier:high", ADMINS_ONLY)

    with pytest.raises(NotAllowed, match=r"The tier Gen-2\.5-High is not open to you"):
        await house.intake.better(old.id, ADA, THREAD)


@pytest.mark.parametrize("options", [{"tier": "extreme-high"}, {"preset": "hero"}])
async def test_a_variation_raises_no_tier_that_is_closed(house: House, options: dict[str, str]) -> None:
    old = await a_model(house)
    await house.intake.allow(ADMIN, "tier:extreme-high", ADMINS_ONLY)

    with pytest.raises(NotAllowed, match=r"The tier Gen-2\.5-Extreme-High is not open to you"):
        await house.intake.variation(old.id, Wish(options=options), ADA, THREAD)
    with pytest.raises(NotAllowed, match=r"The tier Gen-2\.5-Extreme-High is not open to you"):
        await house.intake.follow(Wish(options=options), ADA, replace(THREAD, place="thread-1"))


async def test_a_failed_task_is_not_sent_again_for_whom_asking_was_closed(house: House) -> None:
    old = await house.tasks.add(a_task(owner=ADA, state=TaskState.FAILED))
    await house.intake.allow(ADMIN, "ask", ADMINS_ONLY)

    with pytest.raises(NotAllowed):
        await house.intake.resend(old.id, ADA, THREAD)


async def test_a_repeat_of_an_event_gives_back_its_task_though_asking_was_closed_meanwhile(house: House) -> None:
    wish, place = Wish(prompt="a cat"), an_address()
    first = await house.intake.generate(wish, BEN, place, event="click-1")
    await house.intake.allow(ADMIN, "ask", ADMINS_ONLY)

    assert (await house.intake.generate(wish, BEN, place, event="click-1")).id == first.id


async def test_what_waited_when_a_rule_was_made_still_goes_on(house: House) -> None:
    await asked(house, BEN)
    await house.intake.allow(ADMIN, "ask", ADMINS_ONLY)

    await house.send()

    assert len(house.rodin.ledger) == 1


async def test_rules_outlive_the_process_that_took_them(world: World) -> None:
    await House(world).intake.allow(ADMIN, "ask", ADMINS_ONLY)

    with pytest.raises(NotAllowed):
        await asked(House(world), BEN)


async def test_who_asks_is_never_kept_with_what_the_platform_said_of_them(house: House) -> None:
    task_id = await asked(house, ADMIN)

    assert (await house.tasks.load(task_id)).owner.standing is None


# Other people's tasks.


@pytest.fixture
async def theirs(house: House) -> str:
    """Ben's finished model, in a thread that all in the server can read."""
    task = await house.intake.generate(Wish(prompt="a cat"), BEN, THREAD)
    return (await house.made(task)).id


class Unread:
    """A part of the database that nobody is to ask."""

    def __getattr__(self, name: str) -> None:
        raise AssertionError(name)


async def test_who_is_an_admin_is_told_without_the_database() -> None:
    world = World(rights=Unread(), tasks=Unread())  # type: ignore[arg-type]
    world.keys = Unread()  # type: ignore[assignment]
    house = House(world)
    root = an_owner("root", standing=SaidStanding())

    for admin in (ADMIN, root):
        await house.intake.check_admin(admin)
    for other, why in ((BEN, "Only admins"), (replace(ADMIN, server_id=None), "belong to a server")):
        with pytest.raises(NotAllowed, match=why):
            await house.intake.check_admin(other)


@pytest.mark.parametrize("forget", [False, True])
async def test_an_admin_may_delete_what_somebody_else_has_made_here(house: House, theirs: str, forget: bool) -> None:
    await house.intake.delete(theirs, ADMIN, forget=forget)

    assert (await house.tasks.load(theirs)).showing.removal is not None


async def test_others_may_delete_it_once_they_were_given_the_right(house: House, theirs: str) -> None:
    with pytest.raises(NotYours):
        await house.intake.delete(theirs, MOD)
    await house.intake.allow(ADMIN, "delete", Grant(roles=frozenset({"moderators"})))

    await house.intake.delete(theirs, MOD)

    assert (await house.tasks.load(theirs)).showing.removal is not None


@pytest.mark.parametrize("changes", [{"server_id": "elsewhere"}, {"server_id": None}, {"platform": "slack"}])
async def test_an_admin_of_another_server_may_not(house: House, theirs: str, changes: dict[str, str | None]) -> None:
    with pytest.raises(NotFound):
        await house.intake.delete(theirs, replace(ADMIN, **changes))

    assert (await house.tasks.load(theirs)).showing.removal is None


async def test_what_nobody_else_sees_nobody_else_deletes(house: House) -> None:
    alone = await house.tasks.add(a_task(owner=BEN, state=TaskState.READY))  # no place that others share

    with pytest.raises(NotFound):
        await house.intake.delete(alone.id, ADMIN)


async def test_ones_own_is_deleted_without_asking_the_platform(house: House, theirs: str) -> None:
    standing = SaidStanding(error=PlatformBusy("away"))

    await house.intake.delete(theirs, replace(BEN, standing=standing))

    assert standing.asked == []


async def test_an_admin_calls_off_what_waits_and_nothing_is_charged(house: House) -> None:
    task = await house.intake.generate(Wish(prompt="a cat"), BEN, THREAD)

    await house.intake.cancel(task.id, ADMIN)

    assert (await house.now(task)).state is TaskState.CANCELLED
    assert house.rodin.ledger == []


async def test_what_rodin_has_already_goes_on_for_whoever_asked_for_it(house: House) -> None:
    task = await house.intake.generate(Wish(prompt="a cat"), BEN, THREAD)
    await house.send()

    with pytest.raises(NotPossible, match="it goes on for whoever asked for it"):
        await house.intake.cancel(task.id, ADMIN)

    assert not (await house.now(task)).muted


async def test_what_is_sent_while_an_admin_calls_it_off_goes_on_and_is_told(house: House) -> None:
    task = await house.intake.generate(Wish(prompt="a cat"), BEN, THREAD)
    admin = replace(ADMIN, standing=SlowStanding(admin=True, meanwhile=house.send))

    with pytest.raises(NotPossible, match="it goes on for whoever asked for it"):
        await house.intake.cancel(task.id, admin)

    row = await house.now(task)
    assert (row.state, row.muted) == (TaskState.SUBMITTED, False)


async def test_the_right_to_delete_is_no_right_to_call_off(house: House) -> None:
    task = await house.intake.generate(Wish(prompt="a cat"), BEN, THREAD)
    await house.intake.allow(ADMIN, "delete", EVERYONE)

    with pytest.raises(NotYours):
        await house.intake.cancel(task.id, MOD)


# Money.


async def test_the_balance_is_for_admins_until_they_give_it_to_others(house: House) -> None:
    with pytest.raises(NotAllowed, match="Only admins may see the balance"):
        await house.intake.balance(MOD)
    await house.intake.allow(ADMIN, "money", Grant(roles=frozenset({"moderators"})))

    assert await house.intake.balance(MOD) == await house.intake.balance(ADMIN)
    with pytest.raises(NotAllowed):
        await house.intake.balance(BEN)


async def test_whoever_may_see_money_reads_what_the_server_has_used(house: House) -> None:
    for owner in (ADA, BEN):
        await asked(house, owner)

    assert (await house.intake.usage(ADMIN)).endswith(
        "Everybody in this server together: 1 credit today, 1 credit in the last 30 days."
    )
    assert "together" not in await house.intake.usage(BEN)


async def test_ones_own_usage_is_told_also_when_the_platform_does_not_answer(house: House) -> None:
    await asked(house, BEN)

    said = await house.intake.usage(replace(BEN, standing=SaidStanding(error=PlatformBusy("away"))))

    assert "0.5 credits" in said
    assert "together" not in said


# Settings.


async def test_an_admin_reads_how_the_server_is_set_up(house: House) -> None:
    await house.intake.allow(ADMIN, "ask", Grant(people=frozenset({"ada"})))
    before = await house.intake.settings(ADMIN)
    await asked(house, ADA)
    after = await house.intake.settings(ADMIN)

    assert before.rights[0].grant == Grant(people=frozenset({"ada"}))
    assert before.key == "This server's models are made with the bot's own Rodin key."
    assert before.notice == words_policy.notice_pending()
    assert (
        after.notice
        == f"The first task here said on {house.clock.now():%Y-%m-%d} that words and pictures go to Hyper3D."
    )


async def test_nobody_else_reads_it(house: House) -> None:
    with pytest.raises(NotAllowed, match="Only admins of this server may see and change its settings"):
        await house.intake.settings(BEN)


# The first task.


@pytest.fixture
def world() -> World:
    """What outlives a process."""
    return World()


@pytest.fixture
def talkative(world: World) -> House:
    """A house that says where words go."""
    return House(world, Rules(notice="Your words go to Hyper3D."))


async def test_the_first_task_of_a_server_says_where_words_go_and_the_second_does_not(talkative: House) -> None:
    for owner in (BEN, ADA):
        await asked(talkative, owner)
    await talkative.tell()

    said = {seen.update.owner.user_id: seen.update.notice for seen in talkative.platform.shown}
    assert said == {"ben": "Your words go to Hyper3D.", "ada": ""}


async def test_it_stands_in_the_status_to_the_end(talkative: House) -> None:
    task = await talkative.intake.generate(Wish(prompt="a cat"), BEN, an_address())
    await talkative.tell()
    await talkative.send()
    await talkative.tell()

    assert {seen.update.notice for seen in talkative.platform.shown} == {"Your words go to Hyper3D."}
    assert (await talkative.intake.status(task.id, BEN)).notice == "Your words go to Hyper3D."


async def test_a_wish_that_was_refused_leaves_the_notice_to_the_next_one(talkative: House) -> None:
    await talkative.intake.allow(ADMIN, "tier:medium", ADMINS_ONLY)
    with pytest.raises(NotAllowed):
        await asked(talkative, BEN)

    task_id = await asked(talkative, BEN, tier="low")

    assert (await talkative.intake.status(task_id, BEN)).notice


async def test_the_task_that_comes_back_to_whoever_asked_knows_that_it_is_the_first(talkative: House) -> None:
    wish, place = Wish(prompt="a cat"), an_address()

    first = await talkative.intake.generate(wish, BEN, place, event="one")
    again = await talkative.intake.generate(wish, BEN, place, event="one")

    assert [first.is_first, again.is_first] == [True, True]


@pytest.mark.parametrize(
    ("days", "page", "kept", "more"),
    [
        (
            30,
            "https://rodin.example.org/privacy",
            "30 days",
            "https://rodin.example.org/privacy or the command privacy",
        ),
        (1, None, "1 day", "the command privacy"),
    ],
)
def test_the_notice_says_where_words_go_how_long_files_stay_and_where_more_is_said(
    days: int, page: str | None, kept: str, more: str
) -> None:
    assert words_policy.first_notice(days, page=page) == (
        "Said once, with the first task here: what you write and the pictures you send go to Hyper3D "
        f"(https://hyper3d.ai), which makes the model. This bot keeps the files for {kept}. More about it: {more}."
    )
