"""From one model to the next: another seed, a next version in the same thread, links to take away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.web.links import SignedLinks
from bot.chat import Wish
from bot.errors import BadRequest, NotFound, NotPossible, NotYours, UserMistake, VendorDown, VendorRefused
from bot.looks import Removal
from bot.model import Address, Charge, Failure, FailureKind, Task, TaskState
from bot.update import Choice
from tests.factories import a_task, an_address, an_owner
from tests.unit.core.house import House, Rules

ADA, BOB = an_owner("ada", server_id="makers"), an_owner("bob", server_id="makers")
THREAD = Address(platform="console", value="thread-1", place="thread-1")


async def a_version(house: House, **changes: Any) -> Task:
    """Return Ada's finished task in a thread, with one picture in the file store."""
    wish = Wish(prompt="a cat", pictures=(b"cat",), options={"tier": "high", "faces": "90k"})
    asked = await house.intake.generate(wish, ADA, THREAD)
    done = asked.move(TaskState.SUBMITTING, now=house.clock.now()).move(TaskState.FAILED, now=house.clock.now())
    task = replace(done, **{"state": TaskState.READY, **changes})
    await house.tasks.save(task, expected_revision=asked.revision)
    return task


async def test_another_one_differs_in_its_seed_only(house: House) -> None:
    old = await a_version(house)

    task = await house.intake.again(old.id, ADA, THREAD, event="click-1")

    assert task.request.seed != old.request.seed
    assert replace(task.request, seed=0, pictures=()) == replace(old.request, seed=0, pictures=())
    assert (task.parent_id, task.price, task.state) == (old.id, old.price, TaskState.ACCEPTED)
    assert [house.files.held[picture.key] for picture in task.request.pictures] == [b"cat"]


async def test_each_click_makes_one_model_and_a_repeated_click_none(house: House) -> None:
    old = await a_version(house)

    first = await house.intake.again(old.id, ADA, THREAD, event="click-1")
    same = await house.intake.again(old.id, ADA, THREAD, event="click-1")
    other = await house.intake.again(old.id, ADA, THREAD, event="click-2")

    assert first.id == same.id != other.id


async def test_what_runs_is_not_made_once_more(house: House) -> None:
    (task,) = await house.at_rodin()

    with pytest.raises(NotPossible, match="still under way"):
        await house.intake.again(task.id, an_owner(), an_address())


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("again", (), (THREAD,)),
        ("resend", (), (THREAD,)),
        ("better", (), (THREAD,)),
        ("variation", (Wish(prompt="red"),), (THREAD,)),
        ("retexture", (Wish(prompt="moss"),), (THREAD,)),
        ("split", (Wish(),), (THREAD,)),
        ("other_format", ("fbx",), (THREAD,)),
        ("draft_of", (), ()),
        ("cancel", (), ()),
        ("delete", (), ()),
        ("fresh_links", (), ()),
    ],
)
async def test_who_sees_somebody_elses_model_is_told_that_it_is_theirs(
    house: House, verb: str, before: tuple[Any, ...], after: tuple[Any, ...]
) -> None:
    task = await a_version(house)

    with pytest.raises(NotYours, match="Only the person who asked"):
        await getattr(house.intake, verb)(task.id, *before, BOB, *after)

    assert await house.now(task) == task


@pytest.mark.parametrize("stranger", [an_owner("bob", server_id="others"), an_owner("bob")])
async def test_from_elsewhere_it_looks_like_none(house: House, stranger: Any) -> None:
    task = await a_version(house)

    with pytest.raises(NotFound) as refused:
        await house.intake.status(task.id, stranger)

    assert not isinstance(refused.value, NotYours)


async def test_a_next_version_changes_the_words_and_keeps_the_rest(house: House) -> None:
    old = await a_version(house)

    task = await house.intake.follow(Wish(prompt="make it red"), BOB, THREAD, event="m1")

    assert (task.request.prompt, task.request.tier, task.request.quality_override) == (
        "make it red",
        "Gen-2.5-High",
        90_000,
    )
    assert (task.parent_id, task.owner, task.address) == (old.id, BOB, THREAD)
    assert [house.files.held[picture.key] for picture in task.request.pictures] == [b"cat"]
    assert task.request.seed != old.request.seed


async def test_a_next_version_with_a_picture_keeps_the_words(house: House) -> None:
    await a_version(house)

    task = await house.intake.follow(Wish(pictures=(b"dog", b"owl")), ADA, THREAD)

    assert task.request.prompt == "a cat"
    assert [house.files.held[picture.key] for picture in task.request.pictures] == [b"dog", b"owl"]


async def test_the_newest_model_of_a_thread_is_the_one_that_is_followed(house: House) -> None:
    await a_version(house)
    await house.clock.sleep(1)
    second = await house.intake.follow(Wish(prompt="red"), ADA, THREAD)
    await house.clock.sleep(1)

    third = await house.intake.follow(Wish(prompt="blue", options={"faces": "30k"}), ADA, THREAD)

    assert third.parent_id == second.id
    assert third.request.quality_override == 30_000


@pytest.mark.parametrize("place", ["", "thread-2"])
async def test_where_no_model_lives_there_is_nothing_to_follow(house: House, place: str) -> None:
    await a_version(house)

    with pytest.raises(NotFound, match="no model here"):
        await house.intake.follow(Wish(prompt="red"), ADA, replace(THREAD, place=place))


async def test_a_next_version_needs_something_new_and_sound(house: House) -> None:
    await a_version(house)

    with pytest.raises(UserMistake, match="Say what shall be different"):
        await house.intake.follow(Wish(prompt="  "), ADA, THREAD)
    with pytest.raises(BadRequest, match="1,025 characters"):
        await house.intake.follow(Wish(prompt="x" * 1025), ADA, THREAD)


async def test_one_message_makes_one_version(house: House) -> None:
    await a_version(house)

    first = await house.intake.follow(Wish(prompt="red"), ADA, THREAD, event="m1")
    second = await house.intake.follow(Wish(prompt="red"), ADA, THREAD, event="m1")

    assert first.id == second.id


async def test_the_pictures_of_a_task_without_a_model_go_in_the_end(house: House) -> None:
    failure = Failure(kind=FailureKind.JOBS_FAILED, charged=Charge.YES)
    task = await a_version(house, state=TaskState.FAILED, failure=failure)
    await house.curate()
    assert len(house.files.held) == 1

    await house.curate(after_s=timedelta(days=29).total_seconds())
    assert len(house.files.held) == 1
    await house.curate(after_s=timedelta(days=2).total_seconds())
    await house.curate()

    row = await house.now(task)
    assert house.files.held == {}
    assert (row.showing.removal, row.revision) == (Removal.EXPIRED, task.revision)
    assert (await house.viewer.update(row)).choices == ()
    with pytest.raises(NotPossible, match="pictures of that task are gone"):
        await house.intake.resend(task.id, ADA, THREAD)


async def test_links_lead_to_our_own_pages_where_there_are_any() -> None:
    links = SignedLinks("a key that signs links", public_url="https://rodin.example.org")
    house = House(rules=Rules(links=links))
    task = await house.a_model()

    fresh = await house.intake.fresh_links(task.id, an_owner())

    assert [link.name for link in fresh.links] == ["base_basic_pbr.glb"]
    assert fresh.links[0].url == links.file_url(task.id, 0, "base_basic_pbr.glb")
    assert fresh.expires_at is None
    update = await house.intake.status(task.id, an_owner())
    assert update.download_url == fresh.links[0].url


async def test_without_pages_links_come_from_rodin_and_say_when_they_die(house: House) -> None:
    task = await house.a_model()

    fresh = await house.intake.fresh_links(task.id, an_owner())

    assert "base_basic_pbr.glb" in [link.name for link in fresh.links]
    assert fresh.sentence.startswith("These links die in about 10 min.")
    assert fresh.expires_at == house.clock.now() + timedelta(minutes=10)
    assert fresh.links[0].url not in repr(fresh)


async def test_rodins_links_end_with_its_seven_days_and_after_delete(house: House) -> None:
    task = await house.a_model()
    other = await house.a_model()
    await house.intake.delete(other.id, an_owner())

    with pytest.raises(NotPossible, match="files of this model are gone"):
        await house.intake.fresh_links(other.id, an_owner())
    await house.clock.sleep(timedelta(days=8).total_seconds())
    with pytest.raises(NotPossible, match="files of this model are gone"):
        await house.intake.fresh_links(task.id, an_owner())


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (VendorDown("away"), "cannot be reached just now"),
        (VendorRefused("NO_SUCH_TASK"), "files of this model are gone"),
    ],
)
async def test_links_that_rodin_does_not_give_are_refused_in_words(house: House, error: Exception, says: str) -> None:
    task = await house.a_model()
    house.rodin.errors["files"].append(error)

    with pytest.raises(NotPossible, match=says):
        await house.intake.fresh_links(task.id, an_owner())


async def test_a_task_without_a_model_has_no_links(house: House) -> None:
    task = await house.ask()

    with pytest.raises(NotPossible, match="has no files: it is accepted"):
        await house.intake.fresh_links(task.id, an_owner())


async def test_a_finished_model_offers_all_that_can_be_done_with_it(house: House) -> None:
    task = await house.a_model()

    update = await house.intake.status(task.id, an_owner())

    assert update.choices == (
        Choice.AGAIN,
        Choice.VARIATION,
        Choice.BETTER,
        Choice.FORMAT,
        Choice.RETEXTURE,
        Choice.SPLIT,
        Choice.LINKS,
        Choice.DELETE,
    )
    assert [str(choice) for choice in update.choices if choice.wants_words] == [
        "variation",
        "format",
        "retexture",
        "split",
    ]


async def test_a_task_that_was_never_written_is_nobody_elses(house: House) -> None:
    await house.tasks.add(a_task(id="theirs", owner=BOB))

    with pytest.raises(NotFound) as refused:
        await house.intake.cancel("theirs", ADA)

    assert not isinstance(refused.value, NotYours)
