"""Every command of the console about somebody else's task; made from the code's table of commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.console.address import owner_of
from adapters.console.commands import HELP, Verb
from adapters.console.session import Session
from tests.factories import a_request, a_task
from tests.unit.console.terminal import Terminal, obeyed

WORDS = "a lantern of which nobody else may read"

MORE = {Verb.VARIATION: "in red", Verb.FORMAT: "fbx", Verb.RETEXTURE: "moss", Verb.DELETE: "--forget"}
"""What some commands want besides an id."""

ABOUT_TASK = tuple(verb for verb in Verb if verb in HELP and " ID" in HELP[verb][0])
ABOUT_ONESELF = (Verb.LIST, Verb.USAGE, Verb.EXPORT, Verb.PRIVACY, Verb.HELP)
OTHERS = frozenset({Verb.GENERATE, Verb.FORGET, Verb.SETTINGS, Verb.BALANCE, Verb.AS, Verb.QUIT})
"""What makes something new, confirms first, or is for admins: at a terminal whoever sits there is one."""


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def ben(terminal: Terminal) -> Session:
    return Session(intake=terminal.house.intake, platform=terminal.platform, speaker="ben")


def test_every_command_is_in_one_of_the_tables() -> None:
    assert sorted((*ABOUT_TASK, *ABOUT_ONESELF, *OTHERS)) == sorted(Verb)


@pytest.mark.parametrize("verb", ABOUT_TASK)
async def test_somebody_elses_task_is_none(terminal: Terminal, ben: Session, verb: Verb) -> None:
    task = await terminal.house.tasks.add(a_task(owner=owner_of("ada"), request=a_request(prompt=WORDS)))

    said = "\n".join(await obeyed(terminal, ben, f"{verb} {task.id} {MORE.get(verb, '')}".strip()))

    assert f'You have no task "{task.id}"' in said
    assert WORDS not in said
    assert await terminal.house.now(task) == task


@pytest.mark.parametrize("verb", ABOUT_ONESELF)
async def test_what_is_about_oneself_shows_nothing_of_anybody_else(
    terminal: Terminal, ben: Session, verb: Verb
) -> None:
    task = await terminal.house.tasks.add(a_task(owner=owner_of("ada"), request=a_request(prompt=WORDS)))

    said = "\n".join(await obeyed(terminal, ben, str(verb)))

    assert said
    assert WORDS not in said
    assert task.id not in said
