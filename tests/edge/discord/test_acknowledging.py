"""The acknowledgement comes first, whatever the database and Rodin do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from adapters.discord import desk
from adapters.discord.address import Kind, Spot
from bot.chat import Intake
from bot.errors import DatabaseBusy
from bot.model import Owner, TaskState
from bot.update import Choice, Update
from tests.edge.discord.stage import Stage, a_stage
from tests.emulators.discord import NO_RESPONSE, DiscordStandIn, Message
from tests.unit.core.house import House

CALLBACK = re.compile(r"/interactions/\d+/[^/]+/callback")


class StuckIntake:
    """A core whose every answer waits, as when the database is locked; then it gives up."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.calls = 0

    def __getattr__(self, name: str) -> Callable[..., Awaitable[NoReturn]]:
        if not hasattr(Intake, name):
            raise AttributeError(name)
        return self._wait

    async def _wait(self, *_: object, **__: object) -> NoReturn:
        self.calls += 1
        await self.gate.wait()
        raise DatabaseBusy("locked")


@pytest.fixture
def core() -> StuckIntake:
    return StuckIntake()


@pytest.fixture
async def stuck(tmp_path: Path, core: StuckIntake) -> AsyncIterator[Stage]:
    def intake_of(_: House) -> Intake:
        return core

    async with a_stage(tmp_path, intake_of=intake_of) as made:
        yield made


def since(discord: DiscordStandIn, mark: int) -> list[str]:
    return [request.path for request in discord.requests[mark:]]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("generate", {"prompt": "an owl"}),
        ("list", {}),
        ("list", {"channel": True, "words": "owl", "tree": True}),
        ("usage", {}),
        ("balance", {}),
        ("status", {"task": "abc"}),
        ("show", {"task": "abc"}),
        ("cancel", {"task": "abc"}),
        ("resend", {"task": "abc"}),
        ("delete", {"task": "abc"}),
        ("links", {"task": "abc"}),
        ("again", {"task": "abc"}),
        ("better", {"task": "abc"}),
        ("variation", {"task": "abc", "prompt": "an owl"}),
        ("format", {"task": "abc", "format": "fbx"}),
        ("retexture", {"task": "abc", "prompt": "patina"}),
        ("split", {"task": "abc", "strength": 4}),
        ("delete", {"task": "abc", "forget": True}),
        ("privacy", {}),
        ("export", {}),
        ("settings show", {}),
        ("settings key-remove", {}),
        ("settings allow", {"right": "ask", "everyone": True}),
        ("settings reset", {"right": "ask"}),
    ],
)
async def test_a_command_is_acknowledged_before_the_core_is_asked(
    stuck: Stage, core: StuckIntake, command: str, options: dict[str, Any]
):
    mark = len(stuck.discord.requests)

    answer = await stuck.ann.command(stuck.general, f"rodin {command}", **options)
    await answer.acknowledged()
    await stuck.discord.until(lambda: core.calls)

    assert [bool(CALLBACK.search(path)) for path in since(stuck.discord, mark)] == [True]
    assert answer.deferred
    assert (answer.ack_after_s or 0) < 1
    core.gate.set()
    await answer.shows("Something went wrong on our side")


async def test_the_form_opens_as_the_acknowledgement_and_is_acknowledged_when_sent(stuck: Stage, core: StuckIntake):
    opened = await stuck.ann.command(stuck.general, "rodin new")
    form = await opened.until(lambda answer: answer.modal)
    mark = len(stuck.discord.requests)

    answer = await stuck.ann.submit(form, {"What should it be?": "an owl"})
    await answer.acknowledged()
    await stuck.discord.until(lambda: core.calls)

    assert [bool(CALLBACK.search(path)) for path in since(stuck.discord, mark)] == [True]
    core.gate.set()


@pytest.mark.parametrize("button", ["Variation…", "Other format…", "Retexture…", "Split into parts…"])
async def test_a_button_that_wants_words_opens_its_form_without_waiting_for_the_core(
    stuck: Stage, core: StuckIntake, button: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(desk, "FORM_WITHIN_S", 0.01)
    message = await a_told_result(stuck)
    mark = len(stuck.discord.requests)

    opened = await stuck.ann.click(message, button)
    form = await opened.until(lambda answer: answer.modal)

    assert [bool(CALLBACK.search(path)) for path in since(stuck.discord, mark)] == [True]
    asked, mark = core.calls, len(stuck.discord.requests)
    answer = await stuck.ann.submit(form, {"File format": "fbx"} if button == "Other format…" else {})
    await answer.acknowledged()
    await stuck.discord.until(lambda: core.calls > asked)
    assert [bool(CALLBACK.search(path)) for path in since(stuck.discord, mark)] == [True]
    core.gate.set()
    await answer.shows("Something went wrong on our side")


async def test_a_form_for_a_key_waits_for_the_core_no_longer_than_it_may(
    stuck: Stage, core: StuckIntake, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(desk, "FORM_WITHIN_S", 0.01)
    opened = await stuck.ann.command(stuck.general, "rodin settings key")
    form = await opened.until(lambda answer: answer.modal)
    assert core.calls == 1
    mark = len(stuck.discord.requests)

    answer = await stuck.ann.submit(form, {"Rodin API key": "vsk-abc"})
    await answer.acknowledged()
    await stuck.discord.until(lambda: core.calls == 2)

    assert [bool(CALLBACK.search(path)) for path in since(stuck.discord, mark)] == [True]
    core.gate.set()


async def test_forgetting_asks_again_without_the_core_and_is_acknowledged_before_it(stuck: Stage, core: StuckIntake):
    asked = await stuck.ann.command(stuck.general, "rodin forget me")
    question = await asked.shows("cannot be undone")
    assert core.calls == 0
    mark = len(stuck.discord.requests)

    answer = await stuck.ann.click(question, "Forget me, for good")
    await answer.acknowledged()
    await stuck.discord.until(lambda: core.calls)

    assert [bool(CALLBACK.search(path)) for path in since(stuck.discord, mark)] == [True]
    core.gate.set()


async def a_told_result(stage: Stage) -> Message:
    """Have the result of a task told that only the platform knows of."""
    spot = Spot(
        kind=Kind.HERE, channel=stage.general.id, user=stage.ann.id, since=stage.server.id, guild=stage.server.id
    )
    ready = Update(
        task_id="abc2345",
        revision=1,
        state=TaskState.READY,
        owner=Owner(platform="discord", user_id=str(stage.ann.id)),
        title="an owl",
        headline="Your model is ready.",
        choices=tuple(Choice),
        ending=True,
    )
    await stage.platform.say(spot.address(), ready, key="k")
    return stage.result(stage.general)


async def test_a_click_is_acknowledged_before_the_core_is_asked(stage: Stage):
    await stage.asked()
    mark = len(stage.discord.requests)

    answer = await stage.ann.click(stage.status(), "Cancel")
    await answer.shows("Nothing was charged")

    assert CALLBACK.search(since(stage.discord, mark)[0])
    assert answer.ephemeral


async def test_suggestions_that_take_too_long_are_left_out(
    stuck: Stage, core: StuckIntake, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("adapters.discord.commands.SUGGEST_WITHIN_S", 0.01)

    answer = await stuck.ann.autocomplete(stuck.general, "rodin show", "task", "a")
    await answer.until(lambda it: it.interaction.choices is not None)

    assert answer.choices == []
    core.gate.set()


async def test_what_another_process_has_acknowledged_is_left_to_it(stage: Stage):
    stage.discord.fail("POST", "/interactions/*/*/callback", status=400, code=40060)

    await stage.ann.command(stage.general, "rodin generate", prompt="an owl")
    await stage.discord.until(lambda: [one for one in stage.sent() if one.status == 400])
    listed = await stage.ann.command(stage.general, "rodin list")
    await listed.shows("asked for nothing yet")

    assert not await stage.tasks()


async def test_nothing_is_asked_when_the_person_was_told_that_the_bot_does_not_respond(stage: Stage):
    stage.discord.fail("POST", "/interactions/*/*/callback", status=404, code=10062)

    lost = await stage.ann.command(stage.general, "rodin generate", prompt="an owl")
    await stage.discord.until(lambda: [one for one in stage.sent() if one.status == 404])
    stage.discord.advance(4)

    assert lost.text == NO_RESPONSE
    assert not await stage.tasks()
