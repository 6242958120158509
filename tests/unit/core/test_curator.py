"""What becomes of finished models: late pictures, deletion, expiry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.changes import attempt
from bot.chat import Wish
from bot.curator import NEVER
from bot.errors import FileBroken, FileStoreBusy, NotFound, NotPossible, VendorDown
from bot.looks import Removal
from bot.model import FileRole, Task, TaskState
from bot.update import Choice
from tests.factories import a_task, an_address, an_owner
from tests.fakes.generator import bytes_of
from tests.unit.core.house import House, Rules, World

MODEL = "base_basic_pbr.glb"
RENDER = "preview/render_basic.jpg"


def renders(task: Task) -> list[str]:
    return [file.name for file in task.files if file.role is FileRole.RENDER]


async def with_late_render(house: House) -> Task:
    """Return a task that asked for a rendered picture and became ready without it."""
    wish = Wish(prompt="an owl", options={"render": True})
    task = await house.intake.generate(wish, an_owner(), an_address("channel-1"))
    await house.send()
    house.rodin.finish(MODEL)
    await house.poll()
    await house.collect()
    await house.collect(after_s=50)
    return await house.now(task)


async def test_a_rendered_picture_that_is_listed_late_joins_the_model(house: House) -> None:
    task = await with_late_render(house)
    await house.curate()
    await house.curate(after_s=31)
    house.rodin.finish(MODEL, RENDER)

    await house.curate(after_s=31)

    row = await house.now(task)
    assert renders(task) == []
    assert renders(row) == ["render_basic.jpg"]
    assert house.files.held[row.files[-1].key] == bytes_of(RENDER)
    assert row.files[0].role is FileRole.MODEL
    assert row.revision > task.revision


async def test_a_late_picture_is_looked_for_only_so_long(house: House) -> None:
    task = await with_late_render(house)

    for _ in range(60):
        await house.curate(after_s=31)
    asked = house.rodin.calls.count("files")
    house.rodin.finish(MODEL, RENDER)
    await house.curate(after_s=3600)

    assert 10 <= asked <= 30
    assert house.rodin.calls.count("files") == asked
    assert renders(await house.now(task)) == []


async def test_a_picture_that_nobody_asked_for_is_not_looked_for(house: House) -> None:
    await house.a_model(MODEL)
    asked = house.rodin.calls.count("files")

    for _ in range(9):
        await house.curate(after_s=31)

    assert house.rodin.calls.count("files") == asked


@pytest.mark.parametrize("error", [VendorDown("gone"), FileBroken("cut")])
async def test_a_late_picture_that_cannot_be_had_yet_is_asked_for_again(house: House, error: Exception) -> None:
    task = await with_late_render(house)
    await house.curate()
    house.rodin.finish(MODEL, RENDER)
    house.rodin.errors["files"].append(error)

    await house.curate(after_s=31)
    await house.curate(after_s=31)

    assert renders(await house.now(task)) == ["render_basic.jpg"]


async def test_delete_removes_the_files_at_once_and_the_row_stays_and_says_so(house: House) -> None:
    task = await house.a_model()
    await house.curate()

    said = await house.intake.delete(task.id, an_owner())

    row = await house.now(task)
    assert said == f"The files of task {task.id} are deleted, and its links are void."
    assert house.files.held == {}
    assert (row.state, row.files, row.showing.removal) == (TaskState.READY, (), Removal.DELETED)
    assert row.showing.generation == 1
    update = await house.intake.status(task.id, an_owner())
    assert update.headline == "The files of this model were deleted, and its links are void."
    assert (update.viewer_url, update.files, update.choices) == (
        None,
        (),
        (Choice.AGAIN, Choice.VARIATION, Choice.BETTER, Choice.FORMAT),
    )


async def test_what_is_deleted_cannot_be_deleted_again(house: House) -> None:
    task = await house.a_model()
    await house.intake.delete(task.id, an_owner())

    with pytest.raises(NotPossible, match="no files to delete"):
        await house.intake.delete(task.id, an_owner())

    assert (await house.now(task)).showing.generation == 1


async def test_somebody_elses_model_cannot_be_deleted_and_looks_like_none(house: House) -> None:
    task = await house.a_model()

    with pytest.raises(NotFound, match="You have no task"):
        await house.intake.delete(task.id, an_owner("eve"))

    assert (await house.now(task)).files


@pytest.mark.parametrize("state", [state for state in TaskState if state is not TaskState.READY])
async def test_only_a_model_can_be_deleted(house: House, state: TaskState) -> None:
    task = a_task(state=state)
    await house.tasks.add(task)

    with pytest.raises(NotPossible):
        await house.intake.delete(task.id, an_owner())


async def test_deleted_while_the_store_does_not_answer_the_files_go_later(house: House) -> None:
    task = await house.a_model()
    house.files.trouble = FileStoreBusy("gone")

    await house.intake.delete(task.id, an_owner())
    gone_for_people = await house.now(task)
    await house.curate()
    house.files.trouble = None
    await house.curate(after_s=121)

    assert gone_for_people.files == ()
    assert house.files.held == {}
    assert (await house.now(task)).next_at == NEVER


@pytest.mark.parametrize("step", ["look", "turn"])
async def test_deleted_while_pictures_are_made_nothing_of_it_stays(step: str) -> None:
    house = House()
    if step == "look":
        house.previewer.errors["look"].append(TimeoutError())
    task = await house.a_model()

    async def delete() -> None:
        await house.intake.delete(task.id, an_owner())

    house.previewer.during[step] = delete
    await house.curate()
    await house.curate()

    row = await house.now(task)
    assert (row.files, row.showing.removal, row.next_at) == ((), Removal.DELETED, NEVER)
    assert house.files.held == {}


async def test_deleted_while_a_late_picture_is_fetched_nothing_of_it_stays(house: House) -> None:
    task = await with_late_render(house)
    await house.curate()
    house.rodin.finish(MODEL, RENDER)

    async def delete() -> None:
        await house.intake.delete(task.id, an_owner())

    house.rodin.during[f"fetch {RENDER}"] = delete
    await house.curate(after_s=31)

    assert (await house.now(task)).files == ()
    assert house.files.held == {}


async def test_files_are_kept_for_as_long_as_the_operator_says_and_then_removed() -> None:
    house = House(rules=Rules(keep=timedelta(days=3)))
    task = await house.a_model()
    await house.curate()
    for _ in range(5):
        await house.curate(after_s=13 * 3600)
    kept = await house.now(task)

    for _ in range(3):
        await house.curate(after_s=8 * 3600)

    row = await house.now(task)
    assert kept.files
    assert (row.files, row.showing.removal, row.showing.generation) == ((), Removal.EXPIRED, 1)
    assert house.files.held == {}
    assert row.next_at == NEVER
    update = await house.intake.status(task.id, an_owner())
    assert update.headline == (
        "The files of this model were removed, since they are kept only for a while. "
        "Ask for it again if you still want it; that is charged again."
    )


async def test_a_shorter_time_holds_for_the_models_that_are_there() -> None:
    world = World()
    task = await House(world, Rules(keep=timedelta(days=300))).a_model()
    await House(world, Rules(keep=timedelta(days=300))).curate()
    stricter = House(world, Rules(keep=timedelta(days=2)))

    await stricter.curate(after_s=1)
    for _ in range(4):
        await stricter.curate(after_s=86_400)

    assert (await stricter.now(task)).showing.removal is Removal.EXPIRED


async def test_a_model_that_is_too_old_gets_no_pictures_any_more(house: House) -> None:
    house.previewer.errors["look"].append(TimeoutError())
    task = await house.a_model()

    await house.curate(after_s=40 * 86_400)
    await house.curate()

    assert house.previewer.calls == ["look"]
    assert (await house.now(task)).showing.removal is Removal.EXPIRED


async def test_a_model_whose_file_is_lost_says_so_and_is_not_looked_at_for_ever(house: House) -> None:
    task = await house.a_model()
    house.files.held.clear()

    await house.curate()

    row = await house.now(task)
    assert row.showing.is_pictured
    assert "missing from where the bot keeps them" in row.showing.problem
    assert row.revision > task.revision
    assert await house.curate(after_s=3600) == ()


async def test_a_store_that_does_not_answer_is_asked_again(house: House) -> None:
    task = await house.a_model()
    house.files.trouble = FileStoreBusy("gone")
    await house.curate()
    early = await house.curate(after_s=60)
    house.files.trouble = None

    await house.curate(after_s=61)

    assert early == ()
    assert (await house.now(task)).showing.is_pictured


async def test_a_change_in_the_middle_of_a_turn_keeps_its_own_moment(house: House) -> None:
    """A deletion that comes while the curator lays a task to rest must not sleep for a day with it."""
    task = await house.a_model()
    await house.curate()
    house.clock.turn(days=2)
    (claimed,) = await house.curator.claim(1)
    await house.intake.delete(task.id, an_owner())

    await house.curator.work(claimed)

    assert (await house.now(task)).next_at <= house.clock.now()


async def test_what_a_killed_process_stored_and_nobody_made_again_goes_once_the_model_is_pictured(house: House) -> None:
    task = await house.a_model()
    await house.files.save_bytes(
        f"tasks/{task.id}/still-of-before.png", b"drawn, and killed before the row was written"
    )
    await house.files.save_bytes("tasks/another/still.png", b"of another task")

    await house.curate()

    named = {file.key for file in (await house.now(task)).files}
    assert set(house.files.held) == {*named, "tasks/another/still.png"}


async def test_what_another_process_has_added_since_the_claim_stays(house: House) -> None:
    """A machine slept over its lease; meanwhile another one has fetched a late picture and written it down."""
    task = await house.a_model()
    await house.curate()
    house.clock.turn(days=2)
    (claimed,) = await house.curator.claim(1)
    late = replace(claimed.files[0], key=f"tasks/{task.id}/late.jpg", name="late.jpg", role=FileRole.RENDER)
    await house.files.save_bytes(late.key, b"late")
    await attempt(house.tasks, task.id, lambda row: row.revise(files=(*row.files, late)))

    await house.curator.work(claimed)

    assert {file.key for file in (await house.now(task)).files} == set(house.files.held)


async def test_what_was_stored_for_a_model_that_was_lost_goes_too(house: House) -> None:
    task = a_task(state=TaskState.FAILED)
    await house.tasks.add(task)
    await house.files.save_bytes(f"tasks/{task.id}/{MODEL}", b"fetched, and killed before the row was written")

    await house.curate()

    assert house.files.held == {}


async def test_what_no_row_names_is_taken_away_later_where_the_store_does_not_answer(house: House) -> None:
    task = a_task(state=TaskState.FAILED)
    await house.tasks.add(task)
    await house.files.save_bytes(f"tasks/{task.id}/{MODEL}", b"left by a killed process")
    house.files.trouble = FileStoreBusy("gone")
    await house.curate()
    house.files.trouble = None

    await house.curate(after_s=121)

    assert house.files.held == {}
