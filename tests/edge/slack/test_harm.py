"""Hostile words, repeated events, forged requests, slow databases: nothing happens twice, and nobody is pinged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.errors import DatabaseBusy
from bot.intake import CoreIntake
from bot.model import Address, Owner, Task
from tests.edge.slack.stage import Setting, Stage, a_stage
from tests.emulators.slack import upload
from tests.unit.core.house import House

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" + b"IEND\xaeB`\x82"
HOSTILE = "<!channel> <@U123> & <http://x|y> *bold* `code` \u202egnp.exe"


@pytest.fixture(params=[False, True], ids=["socket", "http"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A stage behind each of the two ways in."""
    async with a_stage(Setting(over_http=request.param)) as made:
        yield made


@pytest.mark.parametrize("verbatim", [False, True], ids=["typed", "as markup"])
async def test_hostile_words_ping_nobody_and_link_nowhere(stage: Stage, verbatim: bool) -> None:
    await stage.ann.command(stage.general, f"/rodin {HOSTILE}", verbatim=verbatim)
    await stage.accepted()
    await stage.tell()
    await stage.make()

    shown = [stage.root(), *stage.replies()]
    assert {ping for one in shown for ping in one.pings} == {"Ann"}
    assert "http://x" not in str([one.elements for one in shown])


async def test_a_thousand_emoji_are_cut_and_shown(stage: Stage) -> None:
    await stage.asked("\U0001f469\u200d\U0001f680" * 340)

    assert "\U0001f469\u200d\U0001f680" in stage.root().text


async def test_a_wall_of_text_is_refused_in_words(stage: Stage) -> None:
    answer = await stage.ann.command(stage.general, f"/rodin {'owl ' * 5000}")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "1,024" in answer.text or "1024" in answer.text
    assert await stage.tasks() == []


async def test_an_id_with_markup_in_it_is_repeated_harmlessly(stage: Stage) -> None:
    answer = await stage.ann.command(stage.general, "/rodin cancel <!channel>")

    await stage.slack.until(lambda: answer.ephemerals)
    assert answer.ephemerals[0].pings == ()


async def test_a_retried_event_is_acknowledged_and_makes_no_second_task(either: Stage) -> None:
    await either.ann.write(either.general, "<@bot> a tin robot", files=[upload(PNG, "a.png")])
    await either.accepted()
    mention = next(one for one in either.slack.deliveries if one.event_type == "app_mention")

    outcomes = [await either.slack.repeat(mention) for _ in range(3)]
    await either.platform.stop()

    assert all(outcome.acknowledged for outcome in outcomes)
    assert len(await either.tasks()) == 1


async def test_a_replayed_command_makes_no_second_task(either: Stage) -> None:
    await either.ann.command(either.general, "/rodin a tin robot")
    await either.accepted()

    outcome = await either.slack.repeat(either.slack.deliveries[-1])
    await either.platform.stop()

    assert outcome.acknowledged
    assert len(await either.tasks()) == 1


async def test_a_click_that_comes_twice_makes_one_task(stage: Stage) -> None:
    result = await stage.a_model()
    await stage.ann.click(result, "rodin:again")
    await stage.accepted(2)

    await stage.slack.repeat(stage.slack.deliveries[-1])
    await stage.platform.stop()

    assert len(await stage.tasks()) == 2


async def test_a_form_that_comes_twice_makes_one_task(stage: Stage) -> None:
    await stage.ann.command(stage.general, "/rodin")
    view = await stage.slack.until(lambda: stage.ann.view)
    await stage.ann.submit(view, {"What should it be?": "a tin robot"})
    await stage.accepted()

    await stage.slack.repeat(stage.slack.deliveries[-1])
    await stage.platform.stop()

    assert len(await stage.tasks()) == 1


class StuckIntake:
    """A core whose database is locked until somebody lets go."""

    def __init__(self, core: CoreIntake) -> None:
        self.core = core
        self.locked = asyncio.Event()

    async def generate(self, *args: Any, **kwargs: Any) -> Task:
        await self.locked.wait()
        return await self.core.generate(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.core, name)


async def test_everything_is_acknowledged_while_the_database_is_locked() -> None:
    async with a_stage(Setting(intake_of=lambda house: StuckIntake(house.intake))) as stage:  # type: ignore[arg-type,return-value]
        written = await stage.ann.write(stage.general, "<@bot> a tin robot", files=[upload(PNG, "a.png")])
        commanded = await stage.ann.command(stage.general, "/rodin a brass owl")
        short = await stage.ann.shortcut("Make 3D model", written.message)
        await stage.ann.command(stage.general, "/rodin")
        view = await stage.slack.until(lambda: stage.ann.view)
        submitted = await stage.ann.submit(view, {"What should it be?": "a clay fox"})

        for answer in (written, commanded, short, submitted):
            assert answer.acknowledged
            assert answer.ack_s is not None
            assert answer.ack_s < 1.0

        stage.intake.locked.set()  # type: ignore[attr-defined]
        await stage.accepted(4)


class BrokenIntake(StuckIntake):
    """A core whose database does not answer."""

    async def generate(self, *args: Any, **kwargs: Any) -> Task:
        raise DatabaseBusy("locked")

    async def follow(self, wish: Any, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        raise RuntimeError("broken")


async def test_trouble_of_our_own_is_said_plainly() -> None:
    def broken(house: House) -> Any:
        return BrokenIntake(house.intake)

    async with a_stage(Setting(intake_of=broken)) as stage:
        answer = await stage.ann.command(stage.general, "/rodin a brass owl")
        await stage.slack.until(lambda: answer.ephemerals)

        assert "Something went wrong on our side" in answer.text
        assert "locked" not in answer.text


async def test_a_button_of_another_version_is_answered_in_words(stage: Stage) -> None:
    result = await stage.a_model()
    for block in result.record.blocks:
        for element in block.get("elements", []):
            if element.get("action_id") == "rodin:again":
                element["action_id"] = "rodin:rotate"
    seen = stage.result()

    answer = await stage.ann.click(seen, "rodin:rotate")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "another version" in answer.text
