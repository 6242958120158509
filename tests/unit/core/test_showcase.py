"""How a finished model gets its still at once and the rest of its pictures later."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot import showcase
from bot.chat import Wish
from bot.errors import FileStoreBusy, PreviewFailed
from bot.looks import Previews
from bot.model import FileRole, Task, TaskState
from tests.factories import an_address, an_owner
from tests.fakes.generator import bytes_of
from tests.fakes.previewer import COLUMNS, FRAMES, OWL_FACTS
from tests.unit.core.house import House, Rules

MODEL, PREVIEW = "base_basic_pbr.glb", "preview.webp"


def roles(task: Task) -> list[FileRole]:
    return [file.role for file in task.files]


def named(task: Task, role: FileRole) -> list[str]:
    return [file.name for file in task.files if file.role is role]


async def pictured(house: House, *names: str) -> Task:
    task = await house.a_model(*names)
    await house.curate()
    return await house.now(task)


async def test_a_model_is_ready_with_its_still_and_its_facts(house: House) -> None:
    task = await house.a_model()

    assert roles(task) == [FileRole.MODEL, FileRole.PREVIEW, FileRole.STILL]
    assert task.showing.facts == OWL_FACTS
    assert not task.showing.is_pictured
    (still,) = [file for file in task.files if file.role is FileRole.STILL]
    assert house.files.held[still.key] == f"still.png of {MODEL}".encode()
    assert still.size_bytes == len(house.files.held[still.key])


async def test_the_turntable_joins_later_and_then_nothing_more(house: House) -> None:
    task = await pictured(house)

    assert named(task, FileRole.TURNTABLE) == ["turntable.webp", "turntable.gif"]
    assert named(task, FileRole.FRAMES) == ["frames.webp"]
    assert (task.showing.frame_count, task.showing.frame_columns) == (FRAMES, COLUMNS)
    assert task.showing.is_pictured
    assert house.previewer.calls == ["look", "turn"]
    assert {file.key for file in task.files} == set(house.files.held)
    assert await house.curate() == ()


async def test_an_operator_may_leave_the_turn_out() -> None:
    house = House(rules=Rules(previews=Previews.STILL))

    task = await pictured(house)

    assert roles(task) == [FileRole.MODEL, FileRole.PREVIEW, FileRole.STILL]
    assert task.showing.is_pictured
    assert house.previewer.calls == ["look"]


async def test_an_operator_may_have_nothing_drawn() -> None:
    house = House(rules=Rules(previews=Previews.NONE))

    assert await house.showcase.check() is None
    task = await pictured(house)

    assert roles(task) == [FileRole.MODEL, FileRole.PREVIEW]
    assert (task.showing.is_pictured, task.showing.problem) == (True, "")
    assert house.previewer.calls == []


async def test_the_model_is_the_first_file_and_stays_it(house: House) -> None:
    task = await pictured(house, PREVIEW, "texture_diffuse.png", "high.glb", MODEL)

    assert task.files[0].name == MODEL
    assert [file.name for file in task.files if file.role is FileRole.MODEL] == [MODEL, "high.glb"]


async def test_a_model_is_looked_at_with_what_belongs_to_it_and_nothing_else(house: House) -> None:
    house.previewer.errors["look"].append(TimeoutError())
    names = ("base.obj", "base.mtl", "texture_diffuse.png", "high.obj", PREVIEW)
    task = await house.a_model(*names, format="obj")

    await house.curate()

    assert house.previewer.beside[0] == set(names)
    assert house.previewer.beside[1] == {"base.obj", "base.mtl", "texture_diffuse.png"}
    assert (await house.now(task)).showing.is_pictured


async def test_names_of_our_own_files_never_meet_rodins(house: House) -> None:
    rodins = (MODEL, "Still.PNG", "turntable.webp", "frames.webp")
    task = await pictured(house, *rodins)

    names = [file.name.casefold() for file in task.files]
    assert len(set(names)) == len(names) == 8
    assert named(task, FileRole.STILL) == ["still-2.png"]
    for file in task.files:
        expected = bytes_of(file.name) if file.name in rodins else None
        assert expected is None or house.files.held[file.key] == expected


async def test_one_still_at_a_time_and_nobody_waits_for_another_ones(house: House) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        started.set()
        await go_on.wait()

    house.previewer.during["look"] = slow
    await house.at_rodin(2)
    house.rodin.finish()
    await house.poll()
    first, second = await house.collector.claim(2)

    working = asyncio.create_task(house.collector.work(first))
    await started.wait()
    await asyncio.wait_for(house.collector.work(second), 5)
    go_on.set()
    await working

    assert roles(await house.now(first)) == [FileRole.MODEL, FileRole.PREVIEW, FileRole.STILL]
    assert roles(await house.now(second)) == [FileRole.MODEL, FileRole.PREVIEW]
    assert (await house.now(second)).showing.facts is None


async def test_a_look_that_takes_too_long_does_not_hold_up_the_news(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showcase, "STILL_PATIENCE_S", 0.01)
    house.previewer.during["look"] = asyncio.Event().wait
    task = await house.a_model()

    await house.curate()

    assert (FileRole.STILL in roles(task), task.showing.problem) == (False, "")
    row = await house.now(task)
    assert {FileRole.STILL, FileRole.TURNTABLE} <= set(roles(row))
    assert row.showing.facts == OWL_FACTS


async def test_a_turntable_under_way_holds_a_still_up_only_so_long(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showcase, "STILL_PATIENCE_S", 0.01)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        started.set()
        await go_on.wait()

    await house.a_model()
    house.previewer.during["turn"] = slow
    curating = asyncio.create_task(house.curate())
    await started.wait()

    second = await asyncio.wait_for(house.a_model(), 5)
    go_on.set()
    await curating

    assert FileRole.STILL not in roles(second)
    assert house.previewer.calls.count("look") == 1


async def test_a_model_that_cannot_be_read_is_ready_all_the_same_and_looked_at_once(house: House) -> None:
    house.previewer.errors["look"].append(PreviewFailed("The file ends too early."))
    task = await pictured(house)

    assert (task.state, task.showing.is_pictured) == (TaskState.READY, True)
    assert task.showing.problem == "The file ends too early."
    assert roles(task) == [FileRole.MODEL, FileRole.PREVIEW]
    assert house.previewer.calls == ["look"]


async def test_a_model_that_cannot_be_turned_keeps_its_still_and_says_why(house: House) -> None:
    house.previewer.errors["turn"].append(PreviewFailed("The model took too long to draw."))
    task = await pictured(house)

    assert roles(task) == [FileRole.MODEL, FileRole.PREVIEW, FileRole.STILL]
    assert task.showing.problem == "The model took too long to draw."
    assert task.showing.is_pictured


async def test_facts_are_told_where_nothing_can_be_drawn_and_the_reason_only_at_the_start(house: House) -> None:
    house.previewer.missing = "Models cannot be drawn here (no libEGL)."

    problem = await house.showcase.check()
    task = await pictured(house)

    assert problem == "Models cannot be drawn here (no libEGL)."
    assert (task.showing.facts, task.showing.problem) == (OWL_FACTS, "")
    assert roles(task) == [FileRole.MODEL, FileRole.PREVIEW]
    assert house.previewer.calls == ["look"]


async def test_what_had_to_be_left_out_of_a_picture_is_said(house: House) -> None:
    house.previewer.problem = "Its animation is not shown."
    task = await pictured(house)

    assert task.showing.problem == "Its animation is not shown."
    assert FileRole.TURNTABLE in roles(task)


async def test_a_broken_previewer_costs_no_model(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.previewer.errors["look"].append(RuntimeError("a bug"))

    task = await house.a_model()

    assert task.state is TaskState.READY
    assert "looking broke" in caplog.text


async def test_a_store_that_takes_no_picture_is_waited_for(house: House) -> None:
    task = await house.intake.generate(Wish(prompt="an owl"), an_owner(), an_address("channel-1"))
    await house.send()
    house.rodin.finish()
    await house.poll()

    async def full() -> None:
        house.files.trouble = FileStoreBusy("no room")

    house.previewer.during["look"] = full
    await house.collect()
    waiting = await house.now(task)
    house.files.trouble = None
    await house.collect(after_s=120)

    assert waiting.state is TaskState.COLLECTING
    assert FileRole.STILL in roles(await house.now(task))


async def test_a_model_too_large_to_attach_gets_a_smaller_copy(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showcase, "ATTACHABLE_BYTES", 10)
    task = await pictured(house)

    assert named(task, FileRole.REDUCED) == ["reduced.glb"]
    assert house.previewer.calls == ["look", "turn", "reduce"]


async def test_one_that_cannot_be_made_smaller_is_offered_as_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showcase, "ATTACHABLE_BYTES", 10)
    house.previewer.errors["reduce"].append(PreviewFailed("No."))
    task = await pictured(house)

    assert FileRole.REDUCED not in roles(task)
    assert (task.showing.problem, task.showing.is_pictured) == ("", True)


async def test_only_a_glb_is_made_smaller(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showcase, "ATTACHABLE_BYTES", 1)
    task = await house.a_model("base.obj", format="obj")

    await house.curate()

    assert FileRole.REDUCED not in roles(await house.now(task))


async def test_pictures_made_again_are_the_same_files(house: House, tmp_path: Path) -> None:
    task = await house.a_model()

    once = await house.showcase.pictures(task, tmp_path)
    again = await house.showcase.pictures(replace(task, files=(*task.files, *once.files)), tmp_path)

    assert once == again
