"""What lists show, and to whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.chat import Filter
from bot.errors import NotFound, UserMistake
from bot.model import Address, Owner, Task, TaskState
from bot.update import Update
from tests.factories import a_request, a_task, after, an_owner
from tests.fakes.memory_store import MemoryTaskStore
from tests.unit.core.house import House, World

THREAD = Address(platform="console", value="thread-1", place="thread-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Somebody of whom the platform says whether they manage the server."""

    admin: bool

    async def is_admin(self) -> bool:
        return self.admin

    async def roles(self) -> frozenset[str]:
        return frozenset()


def a_person(user_id: str = "ada", *, is_admin: bool = False, **changes: str | None) -> Owner:
    return replace(an_owner(user_id, **changes), standing=Vouched(admin=is_admin))


async def held(house: House, *tasks: Task) -> None:
    for minute, task in enumerate(tasks):
        await house.tasks.add(replace(task, created_at=after(minutes=-minute)))


def ids(updates: tuple[Update, ...]) -> list[str]:
    return [update.task_id for update in updates]


async def test_unasked_a_list_shows_ones_own_from_everywhere() -> None:
    house = House()
    here, far, bobs = a_task(), a_task(owner=an_owner(server_id="far")), a_task(owner=an_owner("bob"), address=THREAD)
    await held(house, here, far, bobs)

    assert ids(await house.intake.tasks(a_person())) == [here.id, far.id]


async def test_the_channels_list_shows_everybodys_as_far_as_they_may_be_seen() -> None:
    house = House()
    mine, bobs, hidden, elsewhere = (
        a_task(),
        a_task(owner=an_owner("bob"), address=THREAD),
        a_task(owner=an_owner("bob")),
        a_task(owner=an_owner("bob", channel_id="other"), address=THREAD),
    )
    await held(house, mine, bobs, hidden, elsewhere)

    assert ids(await house.intake.tasks(a_person(), only=Filter(channel=True))) == [mine.id, bobs.id]
    assert ids(await house.intake.tasks(a_person(), only=Filter(channel=True, everybody=True))) == [mine.id, bobs.id]


async def test_what_the_whole_server_asked_for_is_for_its_admins() -> None:
    house = House()
    mine, elsewhere = a_task(), a_task(owner=an_owner("bob", channel_id="other"), address=THREAD)
    await held(house, mine, elsewhere)
    everybody = Filter(everybody=True)

    assert ids(await house.intake.tasks(a_person(is_admin=True), only=everybody)) == [mine.id, elsewhere.id]
    assert ids(await house.intake.tasks(a_person("root"), only=everybody)) == [elsewhere.id]
    with pytest.raises(UserMistake, match="Only admins can list"):
        await house.intake.tasks(a_person(), only=everybody)
    assert ids(await house.intake.tasks(a_person(server_id=None), only=everybody)) == [mine.id]


async def test_a_channel_that_there_is_not_is_said() -> None:
    with pytest.raises(UserMistake, match="no channel here"):
        await House().intake.tasks(a_person(channel_id=None), only=Filter(channel=True))


async def test_filters_narrow_together() -> None:
    house = House()
    wanted = a_task(state=TaskState.FAILED, request=a_request(prompt="A Brass Owl, 100%"))
    await held(
        house,
        wanted,
        a_task(state=TaskState.FAILED, request=a_request(prompt="a boat")),
        a_task(state=TaskState.READY, request=a_request(prompt="a brass owl")),
        a_task(state=TaskState.CANCELLED, request=a_request(prompt="a brass owl, 100%")),
    )

    assert ids(await house.intake.tasks(a_person(), only=Filter(failed=True, words="OWL 100%"))) == [wanted.id]
    assert ids(await house.intake.tasks(a_person(), limit=1, only=Filter(failed=True))) == [wanted.id]


async def test_ones_own_task_is_shown_anywhere_with_what_can_be_done() -> None:
    house = House()
    task = a_task(state=TaskState.READY)
    await held(house, task)

    shown = await house.intake.status(task.id, a_person(server_id="far", channel_id="away"))

    assert shown.choices


async def test_somebody_elses_is_shown_where_it_may_be_seen_without_what_only_they_can_do() -> None:
    house = House()
    task = a_task(owner=an_owner("bob"), state=TaskState.READY, address=THREAD)
    await held(house, task)

    shown = await house.intake.status(task.id, a_person(channel_id="away"))

    assert (shown.title, shown.choices, shown.costs) == ("a small brass owl", (), ())
    for stranger in (a_person(server_id="far"), a_person(server_id=None)):
        with pytest.raises(NotFound):
            await house.intake.status(task.id, stranger)


async def test_a_list_asks_the_database_as_often_for_many_tasks_as_for_one() -> None:
    asked: Counter[str] = Counter()

    class CountedStore(MemoryTaskStore):
        def __getattribute__(self, name: str) -> Any:
            asked[name] += name in {"queue_places", "durations", "load", "search"}
            return super().__getattribute__(name)

    house = House(World(tasks=CountedStore()))
    for _ in range(8):
        await house.ask()
    asked.clear()

    found = await house.intake.tasks(a_person(), limit=8)

    assert +asked == {"search": 1, "queue_places": 1, "durations": 1}
    singly = [await house.intake.status(update.task_id, a_person()) for update in found]
    assert list(found) == singly
    assert len({update.headline for update in found}) == 8
