"""What threads are told, and how often."""

from __future__ import annotations

import asyncio

import pytest

from bot import announcer
from bot.announcer import telling_key
from bot.errors import AddressGone, DatabaseBusy, PlatformBusy, PlatformError
from bot.model import Address, JobState, Task, TaskState
from bot.view import Viewer
from tests.factories import NOON, a_task, after, an_address, an_owner
from tests.unit.core.house import House


async def told(house: House, task: Task) -> int:
    return (await house.now(task)).told


async def test_what_happened_in_between_collapses_into_the_newest_state(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.put(JobState.GENERATING)
    await house.poll()

    await house.tell()

    assert [seen.update.state for seen in house.platform.shown] == [TaskState.GENERATING]
    assert await told(house, task) == (await house.now(task)).revision


async def test_a_thread_without_news_is_left_alone(house: House) -> None:
    await house.ask()

    await house.tell()

    assert await house.tell() == ()
    assert len(house.platform.shown) == 1


async def test_revisions_of_one_thread_are_spaced_as_the_platform_allows(house: House) -> None:
    task = await house.ask()
    await house.tell()
    await house.send()

    assert await house.tell(after_s=1.9) == ()
    assert [told.id for told in await house.tell(after_s=0.1)] == [task.id]


async def test_the_loop_knows_when_a_resting_thread_may_be_told_again(house: House) -> None:
    await house.ask()
    await house.tell(after_s=0)

    assert await house.announcer.next_due() == NOON.replace(second=2)
    house.clock.turn(seconds=2)
    assert await house.announcer.next_due() is None


async def test_the_ending_is_shown_and_said_once(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.finish()
    await house.until_over(turns=6)

    assert [seen.update.state for seen in house.platform.said] == [TaskState.READY]
    assert house.platform.shown[-1].update.ending
    assert await told(house, task) == (await house.now(task)).revision


async def test_the_status_message_and_the_ending_of_one_revision_have_keys_of_their_own(house: House) -> None:
    """A platform that remembers keys would otherwise swallow the ending of a task that ended before it was shown."""
    task = await house.ask()
    await house.intake.cancel(task.id, an_owner())

    await house.tell()

    assert len(house.platform.shown) == len(house.platform.said) == 1
    assert house.platform.shown[0].key != house.platform.said[0].key


def test_a_key_is_short_and_its_own_for_each_task_revision_and_kind() -> None:
    keys = {telling_key(task, revision, what) for task in "ab" for revision in (1, 2) for what in ("show", "say")}

    assert len(keys) == 8
    assert {len(key) for key in keys} == {16}
    assert telling_key("a", 1, "show") in keys


async def test_the_thread_that_was_made_is_remembered(house: House) -> None:
    task = await house.ask()

    await house.tell()
    await house.send()
    await house.tell()

    assert (await house.now(task)).address == Address(platform="console", value="thread-1")
    assert {seen.address.value for seen in house.platform.shown} == {"thread-1"}


async def test_the_thread_is_remembered_although_saying_the_end_in_it_failed(house: House) -> None:
    task = await house.ask()
    await house.intake.cancel(task.id, an_owner())
    house.platform.errors.extend([None, PlatformBusy("429", retry_after_s=5.0)])

    await house.tell()
    half = await house.now(task)
    await house.tell(after_s=5)

    assert half.address.value == "thread-1"
    assert half.told < half.revision
    assert house.platform.threads == 1
    assert [seen.address.value for seen in house.platform.said] == ["thread-1"]


async def test_killed_after_telling_and_before_noting_the_repeat_is_the_same_telling(house: House) -> None:
    task = await house.ask()
    await house.intake.cancel(task.id, an_owner())
    (claimed,) = await house.announcer.claim(1)
    update = await house.viewer.update(claimed)
    key = telling_key(task.id, claimed.revision, "show")
    await house.platform.show(claimed.address, update, key=key)
    await house.tasks.clear_leases()

    await House(house.world).tell()

    assert len(house.platform.shown) == len(house.platform.said) == 1
    assert house.platform.threads == 1


async def test_a_busy_platform_is_asked_again_when_it_wishes(house: House) -> None:
    await house.ask()
    house.platform.errors.append(PlatformBusy("429", retry_after_s=40.0))

    await house.tell()

    assert await house.tell(after_s=39) == ()
    await house.tell(after_s=1)
    assert len(house.platform.shown) == 1


async def test_a_thread_that_is_gone_ends_the_telling_quietly(house: House) -> None:
    task = await house.ask()
    house.platform.errors.append(AddressGone("deleted"))

    await house.tell()

    assert await told(house, task) == task.revision
    assert await house.tell() == ()


@pytest.mark.parametrize(
    "error", [PlatformBusy("429"), PlatformError("500"), AddressGone("deleted"), RuntimeError("a bug"), TimeoutError()]
)
async def test_trouble_with_one_thread_stops_no_other(house: House, error: Exception) -> None:
    poison, fine = await house.ask(), await house.ask()
    first, second = sorted([poison.id, fine.id])
    house.platform.errors.append(error)

    await house.tell()

    assert [seen.update.task_id for seen in house.platform.shown] == [second]
    assert first != second


async def test_a_telling_that_always_breaks_is_tried_ever_more_rarely_and_moves_no_task(house: House) -> None:
    task = await house.ask()
    house.platform.errors.extend([RuntimeError("a bug")] * 1000)
    tries = []

    for minute in range(240):
        house.clock.moment = after(minutes=minute)
        if await house.tell(after_s=0):
            tries.append(minute)

    assert 15 <= len(tries) <= 40
    assert tries[-1] - tries[-2] <= 11
    assert (await house.now(task)).state is TaskState.ACCEPTED


async def test_a_platform_that_recovers_is_told_at_its_usual_pace_again(house: House) -> None:
    await house.ask()
    house.platform.errors.extend([PlatformError("500")] * 3)
    for _ in range(4):
        await house.tell(after_s=120)
    await house.send()
    house.platform.errors.append(PlatformError("500"))

    await house.tell()
    await house.tell(after_s=16)

    assert len(house.platform.shown) == 2


async def test_a_platform_that_never_answers_is_given_up_on_for_now(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcer, "TELL_WITHIN_S", 0.01)
    await house.ask()

    async def hang() -> None:
        await asyncio.Event().wait()

    house.platform.during = hang
    await house.tell()
    house.platform.during = None
    await house.tell()

    assert len(house.platform.shown) == 1


async def test_a_muted_task_is_shown_at_its_end_and_nobody_is_notified(house: House) -> None:
    task = a_task(state=TaskState.READY, muted=True, revision=5, told=4)
    await house.tasks.add(task)

    await house.tell()

    assert [seen.update.is_muted for seen in house.platform.shown] == [True]
    assert house.platform.said == []
    assert await told(house, task) == 5


async def test_only_threads_of_this_process_are_told(house: House) -> None:
    await house.tasks.add(a_task(address=an_address(platform="slack")))

    assert await house.tell() == ()


async def test_a_database_that_goes_away_while_telling_is_left_to_the_lease(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.ask()

    async def busy(self: Viewer, task: Task) -> None:
        raise DatabaseBusy("locked")

    monkeypatch.setattr(Viewer, "update", busy)
    (claimed,) = await house.announcer.claim(1)

    with pytest.raises(DatabaseBusy):
        await house.announcer.work(claimed)


async def test_pictures_that_come_later_change_what_was_said_and_notify_nobody(house: House) -> None:
    task = await house.a_model()
    await house.tell()
    await house.curate()
    await house.tell()

    assert [seen.update.revision for seen in house.platform.said] == [task.revision]
    (amended,) = house.platform.amended
    assert amended.update.revision > task.revision
    assert amended.update.is_complete
    assert amended.address == house.platform.said[0].address
    assert len(house.platform.shown) == 1


async def test_pictures_that_come_before_the_ending_is_told_do_not_keep_it_from_being_said(house: House) -> None:
    task = await house.a_model()
    await house.curate()

    await house.tell()
    await house.tell()

    assert len(house.platform.said) == 1
    assert house.platform.said[0].update.is_complete
    row = await house.now(task)
    assert row.told == row.revision


async def test_an_ending_that_could_not_be_said_is_said_later_also_when_pictures_came_meanwhile(house: House) -> None:
    """The thread was made and remembered, and that must not look like an ending that was told."""
    await house.a_model()
    await house.curate()
    house.platform.errors.extend([None, PlatformBusy("429", retry_after_s=5.0)])

    await house.tell()
    await house.tell(after_s=5)

    assert len(house.platform.said) == 1


async def test_killed_after_saying_an_ending_that_pictures_then_joined_it_is_said_once(house: House) -> None:
    task = await house.a_model()
    (claimed,) = await house.announcer.claim(1)
    update = await house.viewer.update(claimed)
    address = await house.platform.show(claimed.address, update, key=telling_key(task.id, claimed.revision, "show"))
    await house.platform.say(address, update, key=telling_key(task.id, claimed.revision, "say"))
    await house.tasks.clear_leases()  # killed before it was noted
    back = House(house.world)
    await back.curate()

    await back.tell()
    await back.tell()

    assert len(house.platform.said) == 1
    assert house.platform.amended[-1].update.is_complete
    assert await told(back, task) == (await back.now(task)).revision


async def test_a_muted_task_is_never_amended(house: House) -> None:
    (task,) = await house.at_rodin()
    await house.intake.cancel(task.id, an_owner())
    house.rodin.finish()
    await house.until_over(turns=6)

    assert (await house.now(task)).showing.is_pictured
    assert (house.platform.said, house.platform.amended) == ([], [])
    assert await told(house, task) == (await house.now(task)).revision


async def test_a_deletion_is_told_where_the_model_was(house: House) -> None:
    task = await house.a_model()
    await house.tell()
    await house.intake.delete(task.id, an_owner())

    await house.tell()

    (amended,) = house.platform.amended
    assert amended.update.headline == "The files of this model were deleted, and its links are void."
    assert len(house.platform.said) == 1


async def test_a_message_that_is_gone_ends_the_amending_quietly(house: House) -> None:
    task = await house.a_model()
    await house.tell()
    await house.curate()
    house.platform.errors.append(AddressGone("deleted"))

    await house.tell()

    assert house.platform.amended == []
    assert await told(house, task) == (await house.now(task)).revision
    assert await house.tell() == ()


async def test_after_a_restart_only_what_is_new_is_told(house: House) -> None:
    await house.a_model()
    await house.tell()
    await house.curate()

    await House(house.world).tell()

    assert (len(house.platform.said), len(house.platform.amended)) == (1, 1)
