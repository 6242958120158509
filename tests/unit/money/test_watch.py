"""There are news of a low balance once, and once when there is enough again."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal

import pytest

from bot.errors import DatabaseBusy, VendorDown
from bot.watch import BalanceWatch, Level, WatchParts, level_of
from tests.fakes.clock import HandClock
from tests.fakes.controls import MemoryMarks
from tests.fakes.generator import ScriptedGenerator


class Scene:
    """A wallet, and a watch over it."""

    def __init__(self, *, low: str = "10") -> None:
        self.clock = HandClock()
        self.rodin = ScriptedGenerator(clock=self.clock)
        self.marks = MemoryMarks()
        self.low = Decimal(low)
        self.watch = self.another()

    def another(self) -> BalanceWatch:
        """Return a watch of another process, or of this one started again."""
        return BalanceWatch(WatchParts(generator=self.rodin, marks=self.marks, clock=self.clock, low=self.low))

    @property
    def heard(self) -> list[str]:
        """What there is to tell the operator, oldest first."""
        return [item.sentence for _, item in self.marks.news.held.values()]

    async def see(self, *balances: str) -> None:
        for balance in balances:
            self.rodin.wallet = Decimal(balance)
            await self.watch.look()


@pytest.mark.parametrize(
    ("balance", "level"),
    [("10", Level.ENOUGH), ("9.99", Level.LOW), ("0.5", Level.LOW), ("0.49", Level.EMPTY), ("0", Level.EMPTY)],
)
def test_a_level_begins_where_nothing_more_can_be_paid_or_the_operator_said(balance: str, level: Level) -> None:
    assert level_of(Decimal(balance), low=Decimal(10)) is level


async def test_each_level_is_told_once_on_the_way_down() -> None:
    scene = Scene()

    await scene.see("12", "9.5", "9", "0.5", "0", "0")

    low, empty = scene.heard
    assert low == (
        "The bot's Rodin account holds only 9.5 credits. Add credits in the Hyper3D dashboard before it is empty."
    )
    assert empty == (
        "The bot's Rodin account holds 0 credits, too little for any model. Rodin will refuse what people ask for "
        "until you add credits in the Hyper3D dashboard."
    )


async def test_enough_credits_are_told_once_when_they_were_low() -> None:
    scene = Scene()

    await scene.see("50", "1", "100", "99", "3")

    assert [sentence.split(". ")[0] for sentence in scene.heard] == [
        "The bot's Rodin account holds only 1 credit",
        "The bot's Rodin account holds 100 credits again.",
        "The bot's Rodin account holds only 3 credits",
    ]


async def test_a_few_credits_after_none_are_no_news_but_none_again_is() -> None:
    scene = Scene()

    await scene.see("0", "5", "0")

    assert len(scene.heard) == 2


async def test_neither_a_restart_nor_a_second_process_tells_it_again() -> None:
    scene = Scene()
    await scene.see("5")

    await scene.another().look()

    assert len(scene.heard) == 1


async def test_without_a_limit_only_an_empty_wallet_is_told() -> None:
    scene = Scene(low="0")

    await scene.see("3", "0.5", "0.25")

    assert len(scene.heard) == 1


async def test_the_last_number_heard_is_there_for_every_process() -> None:
    scene = Scene()
    assert await scene.watch.balance() is None

    await scene.see("7.5")
    scene.rodin.down = VendorDown("away")
    await scene.watch.look()

    assert await scene.another().balance() == Decimal("7.5")


async def test_silence_is_logged_once_when_it_begins_and_once_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="bot.watch")
    scene = Scene()
    scene.rodin.down = VendorDown("away")
    for _ in range(3):
        await scene.watch.look()
    scene.rodin.down = None
    await scene.see("50", "50")

    assert [record.getMessage().split(" error=")[0] for record in caplog.records] == [
        "balance unknown",
        "balance known again",
    ]


async def test_it_looks_at_once_and_then_every_ten_minutes_whatever_fails() -> None:
    class Busy(MemoryMarks):
        async def exchange(self, name: str, value: str, *, now: object, telling: object = None) -> str | None:
            raise DatabaseBusy("locked")

    scene, stopping = Scene(), asyncio.Event()
    scene.marks = Busy()
    watch = scene.another()
    started = scene.clock.now()

    running = asyncio.ensure_future(watch.run(stopping))
    while scene.rodin.calls.count("balance") < 4:
        await asyncio.sleep(0)
    stopping.set()
    await asyncio.wait_for(running, 5)

    assert set(scene.clock.slept_s) == {600.0}
    assert (scene.clock.now() - started).total_seconds() >= 1800
    assert scene.heard == []


async def test_the_log_says_it_as_well(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()

    await scene.see("5", "4")

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "balance low credits=5")
    ]
