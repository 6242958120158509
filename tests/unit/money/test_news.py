"""News come into the operator's channel once, whatever fails or dies in between."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.errors import AddressGone, DatabaseBusy, PlatformBusy
from bot.news import EVERY_S, LASTS, Crier, CrierParts, News, news
from tests.fakes.clock import HandClock
from tests.fakes.controls import MemoryNews
from tests.fakes.platform import RecordingPlatform

LOW = News(key="k1", sentence="Only 3 credits are left.")
EMPTY = News(key="k2", sentence="No credits are left.")


class Scene:
    """News, a chat, and who brings the one into the other."""

    def __init__(self) -> None:
        self.clock, self.store, self.chat = HandClock(), MemoryNews(), RecordingPlatform()
        self.crier = self.another()

    def another(self) -> Crier:
        """Return a crier of another process, or of this one started again."""
        return Crier(CrierParts(store=self.store, platform=self.chat, channel="C1", clock=self.clock))

    async def happens(self, *items: News) -> None:
        for item in items:
            await self.store.add(item, now=self.clock.now())


async def test_news_are_told_once_in_the_channel_that_the_operator_named() -> None:
    scene = Scene()
    await scene.happens(LOW, EMPTY)

    await scene.crier.turn()
    await scene.crier.turn()

    assert scene.chat.notified == [("C1", LOW.sentence), ("C1", EMPTY.sentence)]


async def test_news_that_were_posted_and_not_noted_before_a_kill_are_not_posted_again() -> None:
    class Killed(MemoryNews):
        async def told(self, key: str) -> None:
            raise DatabaseBusy("killed here")

    scene = Scene()
    scene.store = Killed()
    await scene.happens(LOW)
    with pytest.raises(DatabaseBusy):
        await scene.another().turn()
    kept, scene.store = scene.store.held, MemoryNews()
    scene.store.held = kept

    await scene.another().turn()

    assert scene.chat.notified == [("C1", LOW.sentence)]
    assert scene.store.held == {}


async def test_news_that_cannot_be_told_now_are_told_later_and_in_order(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="bot.news")
    scene = Scene()
    scene.chat.errors.extend([PlatformBusy("not now"), AddressGone("no such channel")])
    await scene.happens(LOW, EMPTY)

    for _ in range(3):
        await scene.crier.turn()

    assert scene.chat.notified == [("C1", LOW.sentence), ("C1", EMPTY.sentence)]
    assert [record.getMessage().split(" error=")[0] for record in caplog.records] == [
        "operator's channel not reached, trying again",
        "operator's channel reached again",
    ]


async def test_news_of_another_day_are_left_out() -> None:
    scene = Scene()
    await scene.happens(LOW)
    scene.clock.turn(seconds=LASTS.total_seconds())

    await scene.crier.turn()

    assert scene.chat.notified == []


@pytest.mark.parametrize("error", [DatabaseBusy("locked"), RuntimeError("a mistake of ours")])
async def test_nothing_that_fails_ends_the_loop(error: Exception) -> None:
    class Shaky(MemoryNews):
        fails = 2

        async def untold(self, *, now: object, limit: int) -> tuple[News, ...]:
            self.fails -= 1
            if self.fails >= 0:
                raise error
            return (LOW,) if LOW.key in self.held else ()

    scene, stopping = Scene(), asyncio.Event()
    scene.store = Shaky()
    await scene.happens(LOW)

    running = asyncio.ensure_future(scene.another().run(stopping))
    while scene.store.held:
        await asyncio.sleep(0)
    stopping.set()
    await asyncio.wait_for(running, 5)

    assert scene.chat.notified == [("C1", LOW.sentence)]
    assert set(scene.clock.slept_s) == {EVERY_S}


def test_two_sentences_are_two_news_though_they_say_the_same() -> None:
    assert news("It changed.").key != news("It changed.").key
    assert len(news("It changed.").key) == 16
