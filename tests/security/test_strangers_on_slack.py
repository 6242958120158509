"""Every command, button and form on Slack in the hands of a stranger; made from the code's own tables."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest

from adapters.slack.buttons import ACTS, PREFIX
from adapters.slack.commands import NEEDS_ID, STANDS_ALONE, WITH_MORE, Verb
from bot.errors import VendorUnclear
from bot.model import Task
from bot.update import Choice
from tests.edge.slack.stage import Stage, a_stage
from tests.emulators.slack import Member, SeenMessage

WORDS = "a lantern of which nobody else may read"

MORE: Mapping[Verb, str] = {Verb.VARIATION: "in red", Verb.FORMAT: "fbx", Verb.RETEXTURE: "moss", Verb.SPLIT: "5"}
"""What some commands say besides the id; without it they open a form."""

TO_LOOK_AT = frozenset({Verb.STATUS, Verb.SHOW})
"""What people of a workspace may ask about what stands in its threads."""

OTHERS = frozenset({Verb.GENERATE, Verb.FORM, Verb.FORGET, Verb.SETTINGS})
"""What makes something new, asks first, or has a table of its own in tests/edge/slack/test_settings.py."""

ABOUT_TASK = sorted(NEEDS_ID | WITH_MORE)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as made:
        yield made


@pytest.fixture
def bob(stage: Stage) -> Member:
    return stage.team.member("Bob")


async def said_to(stage: Stage, who: Member, line: str) -> str:
    answer = await who.command(stage.general, f"/rodin {line}")
    await stage.slack.until(lambda: answer.ephemerals)
    return answer.text


async def shown_with(stage: Stage, choice: Choice) -> SeenMessage:
    """Have a message shown that offers a choice to Ann."""
    if choice is Choice.CANCEL:
        await stage.asked(WORDS)
        return stage.root()
    if choice is Choice.RESEND:
        await stage.asked(WORDS)
        stage.house.rodin.errors["submit"].append(VendorUnclear("the answer was lost"))
        await stage.house.until_over(turns=20)
        return stage.result()
    await stage.a_model(line=WORDS)
    await stage.picture()
    return stage.result()


async def a_private_task(stage: Stage) -> Task:
    """Return a task of Ann's that stands in no thread."""
    await stage.asked(WORDS)
    [task] = await stage.tasks()
    hidden = replace(task, id="abc2345", event=None, address=replace(task.address, place=""))
    return await stage.house.tasks.add(hidden)


def test_no_way_in_is_left_out_here() -> None:
    assert sorted((*ABOUT_TASK, *STANDS_ALONE, *OTHERS)) == sorted(Verb)
    assert set(ACTS) == set(Choice)


@pytest.mark.parametrize("choice", Choice)
async def test_no_button_obeys_anybody_but_the_one_who_asked(stage: Stage, bob: Member, choice: Choice) -> None:
    message = await shown_with(stage, choice)
    before, charged = await stage.tasks(), list(stage.house.rodin.ledger)

    answer = await bob.click(message, f"{PREFIX}{choice}")
    if choice.wants_words:
        await stage.slack.until(lambda: bob.view or bob.ephemerals)
        if bob.view is not None:
            assert WORDS not in str(bob.view)
            answer = await bob.submit(bob.view, {})
    await stage.slack.until(lambda: bob.ephemerals)

    [refusal] = bob.ephemerals
    assert "Only the person who asked" in refusal.text
    assert answer.acknowledged
    assert await stage.tasks() == before
    assert await stage.tasks(bob) == []
    assert stage.house.rodin.ledger == charged


@pytest.mark.parametrize("verb", [verb for verb in ABOUT_TASK if verb not in TO_LOOK_AT])
async def test_no_command_about_a_task_obeys_anybody_but_the_one_who_asked(
    stage: Stage, bob: Member, verb: Verb
) -> None:
    await stage.a_model(line=WORDS)
    [task] = await stage.tasks()

    said = await said_to(stage, bob, f"{verb} {task.id} {MORE.get(verb, '')}".strip())

    assert "Only the person who asked" in said
    assert WORDS not in said
    assert await stage.tasks() == [task]
    assert await stage.tasks(bob) == []


@pytest.mark.parametrize("verb", ABOUT_TASK)
async def test_of_a_task_that_stands_in_no_thread_nobody_else_learns_that_it_is_there(
    stage: Stage, bob: Member, verb: Verb
) -> None:
    task = await a_private_task(stage)

    said = await said_to(stage, bob, f"{verb} {task.id} {MORE.get(verb, '')}".strip())

    assert f'You have no task "{task.id}"' in said
    assert WORDS not in said
    assert await stage.house.now(task) == task


@pytest.mark.parametrize("verb", ABOUT_TASK)
async def test_the_admin_of_another_workspace_learns_nothing_of_a_task_here(
    stage: Stage, bob: Member, verb: Verb
) -> None:
    task = await a_private_task(stage)
    elsewhere = replace(task, id="xyz2345", owner=replace(task.owner, server_id="T9", user_id="U9"))
    await stage.house.tasks.add(replace(elsewhere, address=replace(task.address, place="C9/1")))
    boss = stage.team.member("Bo", admin=True)

    said = await said_to(stage, boss, f"{verb} xyz2345 {MORE.get(verb, '')}".strip())

    assert 'You have no task "xyz2345"' in said
    assert WORDS not in said


@pytest.mark.parametrize("verb", sorted(STANDS_ALONE - {Verb.EXPORT}))
async def test_no_command_about_oneself_shows_anything_of_somebody_else(stage: Stage, bob: Member, verb: Verb) -> None:
    task = await a_private_task(stage)

    said = await said_to(stage, bob, str(verb))

    assert WORDS not in said
    assert task.id not in said


async def test_an_export_holds_nothing_of_somebody_else(stage: Stage, bob: Member) -> None:
    await a_private_task(stage)

    await bob.command(stage.general, "/rodin export")

    [message] = await stage.slack.until(lambda: [one for one in stage.slack.messages(bob.im) if one.files])
    assert not any(WORDS.encode() in file.content for file in message.files)


@pytest.mark.parametrize("line", ["settings", "settings allow ask admins", "settings reset ask", "settings key"])
async def test_no_setting_is_shown_to_or_changed_by_whoever_is_no_admin(stage: Stage, bob: Member, line: str) -> None:
    assert "Only admins" in await said_to(stage, bob, line)

    assert bob.view is None
    assert stage.house.world.rights.held == {}
