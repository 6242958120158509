"""Every command, button and form on Discord in the hands of a stranger; made from the code's own tables."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.buttons import ACTS, TEMPLATE
from adapters.discord.client import PRESSED, SENT_IN
from adapters.discord.commands import FIRST_WORDS, GROUPS, NEXT_VERSIONS, OPENINGS, SETTINGS, SIMPLE, WITH_TASK
from bot.errors import VendorUnclear
from bot.labels import LABELS
from bot.update import Choice
from tests.edge.discord.stage import Stage, a_stage
from tests.emulators.discord import Message, Person

WORDS = "a lantern of which nobody else may read"

TYPED: Mapping[str, dict[str, Any]] = {
    "format": {"format": "fbx"},
    "allow": {"right": "ask"},
    "reset": {"right": "ask"},
}
"""What some commands cannot do without."""

FILLED: Mapping[Choice, dict[str, Any]] = {
    Choice.VARIATION: {"What should it be now?": "in red"},
    Choice.FORMAT: {"File format": "fbx"},
    Choice.RETEXTURE: {"How should it look?": "mossy"},
    Choice.SPLIT: {"Strength": "5"},
}
"""What is typed into the form behind a button."""

TO_LOOK_AT = frozenset({"status", "show"})
"""What people of a server may ask about what stands in its threads."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


@pytest.fixture
def bob(stage: Stage) -> Person:
    return stage.server.member("Bob")


def named(message: Message, choice: Choice) -> str | None:
    """Return the id of a choice's button, if it stands under a message."""
    words = LABELS[choice].words
    return next((label for label in message.buttons if label.split(" · ")[0] == words), None)


async def shown_with(stage: Stage, choice: Choice) -> Message:
    """Have a message shown that offers a choice to Ann."""
    if choice is Choice.CANCEL:
        await stage.asked(prompt=WORDS)
        return stage.status()
    if choice is Choice.RESEND:
        await stage.asked(prompt=WORDS)
        stage.house.rodin.errors["submit"].append(VendorUnclear("the answer was lost"))
        await stage.house.until_over(turns=20)
        return stage.result()
    return await stage.a_pictured_model(prompt=WORDS)


def test_no_way_in_is_left_out_here() -> None:
    ways = {*GROUPS, *(one.name for one in (*WITH_TASK, *SIMPLE, *OPENINGS) if not getattr(one, "group", ""))}

    assert ways | {"generate"} == set(FIRST_WORDS)
    assert set(FILLED) == {choice for choice in Choice if choice.wants_words}
    assert set(ACTS) == set(LABELS) == set(Choice)
    assert set(SENT_IN) == {"rodin:new", "rodin:key"}
    assert len(PRESSED) == 1  # the confirmation of `forget me`, which is about whoever presses it
    assert "act" in TEMPLATE


@pytest.mark.parametrize("choice", Choice)
async def test_no_button_obeys_anybody_but_the_one_who_asked(stage: Stage, bob: Person, choice: Choice) -> None:
    message = await shown_with(stage, choice)
    before, charged = await stage.tasks(), list(stage.house.rodin.ledger)
    button = named(message, choice)
    assert button is not None, message.buttons

    answer = await bob.click(message, button)
    if choice.wants_words:
        form = await answer.until(lambda seen: seen.modal)
        assert form is not None
        assert WORDS not in str(form.body)
        answer = await bob.submit(form, FILLED[choice])
    shown = await answer.shows("Only the person who asked")

    assert shown.ephemeral
    assert await stage.tasks() == before
    assert await stage.tasks(bob) == []
    assert stage.house.rodin.ledger == charged


@pytest.mark.parametrize("command", sorted(one.name for one in WITH_TASK if one.name not in TO_LOOK_AT))
async def test_no_command_about_a_task_obeys_anybody_but_the_one_who_asked(
    stage: Stage, bob: Person, command: str
) -> None:
    await stage.a_pictured_model(prompt=WORDS)
    [task] = await stage.tasks()

    answer = await bob.command(stage.general, f"rodin {command}", task=task.id, **TYPED.get(command, {}))
    shown = await answer.shows("Only the person who asked")

    assert shown.ephemeral
    assert WORDS not in answer.text
    assert await stage.tasks() == [task]
    assert await stage.tasks(bob) == []


@pytest.mark.parametrize("command", sorted(one.name for one in WITH_TASK))
async def test_of_a_task_in_a_direct_conversation_nobody_else_learns_that_it_is_there(
    stage: Stage, bob: Person, command: str
) -> None:
    await stage.asked(where=stage.ann.direct, prompt=WORDS)
    [task] = await stage.tasks()

    answer = await bob.command(stage.general, f"rodin {command}", task=task.id, **TYPED.get(command, {}))

    await answer.shows("You have no task")
    assert WORDS not in answer.text
    assert await stage.tasks() == [task]


ABOUT_ONESELF = sorted(f"{one.group} {one.name}".strip() for one in SIMPLE if one.group != SETTINGS)


@pytest.mark.parametrize("command", ABOUT_ONESELF)
async def test_no_command_about_oneself_shows_anything_of_somebody_else(
    stage: Stage, bob: Person, command: str
) -> None:
    await stage.asked(where=stage.ann.direct, prompt=WORDS)
    [task] = await stage.tasks()

    answer = await bob.command(stage.general, f"rodin {command}")
    await answer.until(lambda seen: seen.messages)

    assert answer.ephemeral
    assert WORDS not in answer.text
    assert task.id not in answer.text
    assert not any(WORDS.encode() in file.content for one in answer.messages for file in one.attachments)
    assert await stage.tasks() == [task]


@pytest.mark.parametrize("command", sorted(one.name for one in SIMPLE if one.group == SETTINGS))
async def test_no_setting_is_shown_to_or_changed_by_whoever_is_no_admin(
    stage: Stage, bob: Person, command: str
) -> None:
    answer = await bob.command(stage.general, f"rodin {SETTINGS} {command}", **TYPED.get(command, {}))

    shown = await answer.shows("Only admins of this server")

    assert shown.ephemeral
    assert stage.house.world.rights.held == {}


@pytest.mark.parametrize("command", sorted(one.name for one in NEXT_VERSIONS))
async def test_ids_of_others_are_not_suggested(stage: Stage, bob: Person, command: str) -> None:
    await stage.a_pictured_model(prompt=WORDS)
    [task] = await stage.tasks()

    answer = await bob.autocomplete(stage.general, f"rodin {command}", "task", task.id[:3])
    await answer.until(lambda seen: seen.choices is not None)

    assert not answer.choices
