"""More at once than can be served: who comes too late is told so, and pictures wait for room in memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from bot import words_chat
from bot.answering import Places
from bot.attachments import PictureRoom
from bot.errors import UserMistake


class Counter:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.let_go = asyncio.Event()

    async def work(self) -> str:
        self.begun += 1
        await self.let_go.wait()
        return "done"


async def in_hand(
    places: Places, work: Callable[[], Awaitable[str | None]], *people: int
) -> list[asyncio.Task[str | None]]:
    """Let each of these people ask, and return once all have been seen."""
    asked = [asyncio.create_task(places.worked(work, said=str, who=person)) for person in people]
    await asyncio.sleep(0)
    return asked


async def test_who_finds_every_place_taken_is_told_so_at_once_and_nothing_is_begun():
    places, counter = Places(most=3, most_of_one=2), Counter()

    asked = await in_hand(places, counter.work, 1, 2, 3, 4)

    assert asked[3].done()
    assert asked[3].result() == words_chat.too_many_at_once()
    assert counter.begun == 3
    counter.let_go.set()
    assert await asyncio.gather(*asked[:3]) == ["done"] * 3


async def test_one_person_does_not_take_every_place():
    places, counter = Places(most=10, most_of_one=2), Counter()

    asked = await in_hand(places, counter.work, 1, 1, 1, 2)

    assert [one.done() for one in asked] == [False, False, True, False]
    assert asked[2].result() == words_chat.too_many_of_yours(2)
    counter.let_go.set()
    await asyncio.gather(*asked)


async def test_a_place_is_free_again_however_the_work_ended(caplog: pytest.LogCaptureFixture):
    places = Places(most=1, most_of_one=1)

    async def broken() -> str:
        raise RuntimeError("on purpose")

    async def fine() -> str:
        return "done"

    counter = Counter()
    [cancelled] = await in_hand(places, counter.work, 1)
    cancelled.cancel()
    await asyncio.wait([cancelled])
    await places.worked(broken, said=str, who=1)

    assert await places.worked(fine, said=str, who=1) == "done"


async def test_a_crowd_is_logged_when_it_comes_and_when_it_has_gone(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "bot.answering")
    places, counter = Places(most=2, most_of_one=2), Counter()

    asked = await in_hand(places, counter.work, 1, 2, 3, 4, 5)
    counter.let_go.set()
    await asyncio.gather(*asked)
    await places.worked(counter.work, said=str, who=1)

    assert [record.getMessage() for record in caplog.records] == [
        "too many commands at once, refusing in_hand=2",
        "commands are taken again",
    ]


async def test_pictures_wait_until_earlier_ones_have_left_memory():
    room, leave = PictureRoom(most_bytes=10, patience_s=5), asyncio.Event()

    async def holding(size_bytes: int) -> None:
        await room.enter(size_bytes)
        entered.append(size_bytes)
        await leave.wait()

    entered: list[int] = []
    tasks = [asyncio.create_task(holding(size_bytes)) for size_bytes in (6, 5, 4)]
    await asyncio.sleep(0)
    before = list(entered)
    leave.set()
    await asyncio.gather(*tasks)

    assert before == [6, 4]
    assert entered == [6, 4, 5]


async def test_pictures_of_one_command_beyond_all_room_are_read_alone():
    room = PictureRoom(most_bytes=10, patience_s=0.001)

    await room.enter(11)

    with pytest.raises(UserMistake, match="Ask again in a minute"):
        await asyncio.create_task(room.enter(1))
