"""What the web page of a task shows, for every mix of files."""

from __future__ import annotations

import pytest

from bot.library import TaskLibrary, exhibit_of
from bot.looks import Removal, Showing
from bot.model import FileRole, ModelFile, TaskState
from tests.factories import a_file, a_task, an_owner
from tests.fakes.library import PlainLinks
from tests.fakes.memory_store import MemoryTaskStore
from tests.fakes.previewer import COLUMNS, FRAMES, OWL_FACTS
from tests.unit.core.house import House, Rules

GLB = a_file("base_basic_pbr.glb")
OBJ = a_file("base.obj")
STILL = a_file("still.png", role=FileRole.STILL)
RENDER = a_file("render_basic.jpg", role=FileRole.RENDER)
PREVIEW = a_file("preview.webp", role=FileRole.PREVIEW)
WEBP = a_file("turntable.webp", role=FileRole.TURNTABLE)
GIF = a_file("turntable.gif", role=FileRole.TURNTABLE)
STRIP = a_file("frames.webp", role=FileRole.FRAMES)


@pytest.mark.parametrize(
    ("files", "model", "poster", "turntable", "frames"),
    [
        ((GLB,), GLB, None, None, None),
        ((GLB, PREVIEW), GLB, PREVIEW, None, None),
        ((GLB, PREVIEW, RENDER), GLB, RENDER, None, None),
        ((GLB, PREVIEW, RENDER, STILL), GLB, STILL, None, None),
        ((GLB, STILL, GIF, WEBP, STRIP), GLB, STILL, WEBP, STRIP),
        ((OBJ, STILL, WEBP, STRIP), None, STILL, WEBP, STRIP),
        ((OBJ, GIF), None, None, None, None),
    ],
)
def test_the_page_loads_the_best_of_what_is_there(
    files: tuple[ModelFile, ...],
    model: ModelFile | None,
    poster: ModelFile | None,
    turntable: ModelFile | None,
    frames: ModelFile | None,
) -> None:
    exhibit = exhibit_of(a_task(state=TaskState.READY, files=files))

    loaded = (exhibit.model, exhibit.poster, exhibit.turntable, exhibit.frames)
    assert loaded == tuple(file and file.name for file in (model, poster, turntable, frames))
    assert {file.name for file in exhibit.files} == {file.name for file in files}
    assert all(name is None or exhibit.file(name) for name in loaded)


def test_everything_known_of_a_model_is_shown() -> None:
    showing = Showing(facts=OWL_FACTS, problem="Its animation is not shown.", frame_count=FRAMES, frame_columns=COLUMNS)
    exhibit = exhibit_of(a_task(state=TaskState.READY, files=(GLB, STRIP, STILL), showing=showing))

    assert ("Faces", "150,000 triangles") in exhibit.facts
    assert (exhibit.frame_count, exhibit.frame_columns) == (FRAMES, COLUMNS)
    assert "Its animation is not shown." in exhibit.lines
    assert exhibit.title == "a small brass owl"
    assert [file.name for file in exhibit.files][-1] == STRIP.name


@pytest.mark.parametrize("removal", list(Removal))
def test_what_is_removed_is_said_to_be_and_shows_nothing(removal: Removal) -> None:
    task = a_task(state=TaskState.READY, files=(), showing=Showing(removal=removal, generation=1))

    exhibit = exhibit_of(task)

    assert exhibit.is_deleted
    assert (exhibit.files, exhibit.model, exhibit.poster, exhibit.generation) == ((), None, None, 1)


@pytest.mark.parametrize("state", [state for state in TaskState if state is not TaskState.READY])
async def test_a_task_without_a_model_has_no_page(state: TaskState) -> None:
    tasks = MemoryTaskStore()
    task = a_task(state=state)
    await tasks.add(task)

    assert await TaskLibrary(tasks=tasks).exhibit(task.id) is None


async def test_no_task_has_no_page() -> None:
    assert await TaskLibrary(tasks=MemoryTaskStore()).exhibit("nothing") is None


async def test_a_finished_task_is_found() -> None:
    tasks = MemoryTaskStore()
    task = a_task(state=TaskState.READY)
    await tasks.add(task)

    exhibit = await TaskLibrary(tasks=tasks).exhibit(task.id)

    assert exhibit == exhibit_of(task)


async def test_the_page_is_named_as_soon_as_there_is_something_to_see_and_no_longer() -> None:
    house = House(rules=Rules(links=PlainLinks()))
    asked = await house.ask()
    waiting = await house.intake.status(asked.id, an_owner())
    task = await house.a_model()
    ready = await house.intake.status(task.id, an_owner())
    await house.intake.delete(task.id, an_owner())
    deleted = await house.intake.status(task.id, an_owner())

    assert ready.viewer_url == f"https://pages/{task.id}/0"
    assert (waiting.viewer_url, deleted.viewer_url) == (None, None)


async def test_without_links_that_reach_anybody_no_page_is_named(house: House) -> None:
    task = await house.a_model()

    assert (await house.intake.status(task.id, an_owner())).viewer_url is None
