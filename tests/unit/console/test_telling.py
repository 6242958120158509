"""What the terminal says of a model: once when it is ready, and then only what is new."""

from __future__ import annotations

import asyncio
import re

import pytest

from adapters.console import session as sessions
from adapters.console.arguments import TypedWish
from adapters.console.commands import parse_line
from adapters.console.render import CHOICES
from adapters.console.session import Session
from bot import text
from bot.update import Choice
from tests.factories import an_owner
from tests.unit.console.terminal import Terminal, ready
from tests.unit.core.house import House


def labels(lines: list[str]) -> list[str]:
    return [line.split(":")[0] for line in lines if ": " in line and "/" in line]


async def test_a_model_is_told_with_its_files_its_facts_and_its_page(terminal: Terminal) -> None:
    task = await ready(terminal)

    await terminal.house.tell()

    told = terminal.news()
    assert labels(told) == ["Model", "Still", "Preview", "View in 3D"]
    assert any(line.startswith("150,000 triangles") for line in told)
    assert f"View in 3D: https://pages/{task.id}/0" in [" ".join(line.split()) for line in told]
    assert f"delete {task.id} removes its files" in told


async def test_of_late_pictures_only_what_is_new_is_told(terminal: Terminal) -> None:
    task = await ready(terminal)
    await terminal.house.tell()
    terminal.news()
    await terminal.house.curate()

    await terminal.house.tell()

    told = terminal.news()
    assert told[0] == f"+ {task.id}  a brass owl"
    assert labels(told[1:]) == ["Turntable", "Turntable"]
    assert len(told) == 3


async def test_facts_that_come_late_are_told(terminal: Terminal) -> None:
    terminal.house.previewer.errors["look"].append(TimeoutError())
    await ready(terminal)
    await terminal.house.tell()
    terminal.news()
    await terminal.house.curate()

    await terminal.house.tell()

    told = terminal.news()
    assert told[1].startswith("150,000 triangles")
    assert labels(told[2:]) == ["Still", "Turntable", "Turntable"]


async def test_nothing_new_is_nothing_told(terminal: Terminal) -> None:
    await ready(terminal)
    await terminal.house.curate()
    await terminal.house.tell()
    terminal.news()

    await terminal.house.tell()

    assert terminal.news() == []


async def test_a_deletion_is_told_in_a_sentence(terminal: Terminal) -> None:
    task = await ready(terminal)
    await terminal.house.tell()
    terminal.news()
    session = Session(intake=terminal.house.intake, platform=terminal.platform, speaker="ada")
    await session.obey(f"delete {task.id}")
    await terminal.house.tell()
    await session.obey(f"delete {task.id}")

    assert terminal.news() == [
        f"The files of task {task.id} are deleted, and its links are void.",
        f"- {task.id}  a brass owl",
        "The files of this model were deleted, and its links are void.",
        f"Task {task.id} has no files to delete.",
    ]


async def test_delete_wants_an_id(terminal: Terminal) -> None:
    session = Session(intake=terminal.house.intake, platform=terminal.platform)

    assert await session.obey("delete")

    assert "delete" in " ".join(terminal.news())


async def test_status_names_the_page(terminal: Terminal) -> None:
    task = await ready(terminal)
    session = Session(intake=terminal.house.intake, platform=terminal.platform, speaker="ada")

    await session.obey(f"status {task.id}")

    assert "View in 3D" in labels(terminal.news())


async def test_every_choice_under_a_model_can_be_typed_as_it_says(terminal: Terminal) -> None:
    task = await ready(terminal)
    await terminal.house.tell()
    choices = [line for line in terminal.news() if f" {task.id} " in line and line.split()[0] in set(Choice)]

    offered = ["again", "variation", "better", "format", "retexture", "split", "links", "delete"]
    assert [line.split()[0] for line in choices] == offered
    assert [parse_line(line).word for line in choices] == [task.id] * len(offered)
    assert f"better {task.id} makes it in the next tier up (0.5 credits)" in choices


def test_no_choice_is_without_words() -> None:
    assert set(CHOICES) == set(Choice)


async def test_again_asks_once_more_and_says_what_it_costs(terminal: Terminal) -> None:
    task = await ready(terminal)
    session = Session(intake=terminal.house.intake, platform=terminal.platform, speaker="ada")

    await session.obey(f"again {task.id}")

    [(new_id, speaker)] = session.asked
    assert (new_id != task.id, speaker) == (True, "ada")
    assert re.fullmatch(rf"Task {new_id} \(from {task.id}\): .* Price: 0.5 credits\.", terminal.news()[-1])


async def test_links_name_every_file_and_how_long_they_live(terminal: Terminal) -> None:
    task = await ready(terminal)
    session = Session(intake=terminal.house.intake, platform=terminal.platform, speaker="ada")
    terminal.news()

    await session.obey(f"links {task.id}")

    sentence, *links = terminal.news()
    assert sentence == text.lasting_links()
    assert links
    assert all(re.fullmatch(rf"\S+\.\w+  https://pages/{task.id}/0/\S+", line) for line in links)


async def one_model(terminal: Terminal, *, is_pictured: bool) -> bool:
    """Ask once and wait, while the loops take their turns; without pictures if so wished."""
    session = Session(intake=terminal.house.intake, platform=terminal.platform, speaker="ada")
    asking = asyncio.create_task(session.ask_and_wait(TypedWish(prompt="an owl", images=(), options={})))
    house = terminal.house
    while not asking.done():
        house.clock.turn(seconds=31)
        for name, loop in house.loops.items():
            if name != "curator" or is_pictured:
                await house.turn(loop)
        house.rodin.finish()
        await asyncio.sleep(0)
    return await asking


async def test_asking_once_waits_for_the_pictures(terminal: Terminal) -> None:
    assert await one_model(terminal, is_pictured=True)

    assert "Turntable" in labels(terminal.news())


async def test_asking_once_does_not_wait_for_pictures_for_ever(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "PICTURES_PATIENCE_S", 0.05)

    assert await asyncio.wait_for(one_model(terminal, is_pictured=False), 20)

    assert "Turntable" not in labels(terminal.news())


async def test_a_model_that_another_process_finishes_is_waited_for_in_its_row(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The announcer of another process has said it all elsewhere."""
    monkeypatch.setattr(sessions, "CHECK_S", 0.01)
    task = await ready(terminal)
    elsewhere = House(terminal.house.world)
    await elsewhere.tell()
    await elsewhere.curate()
    await elsewhere.tell()
    session = Session(intake=terminal.house.intake, platform=terminal.platform, speaker="ada")

    update = await asyncio.wait_for(session.wait(task.id, "ada"), 10)

    assert update.is_complete
    assert (await terminal.house.intake.status(task.id, an_owner())).is_told
