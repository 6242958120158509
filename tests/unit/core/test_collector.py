"""How finished models come home."""

from __future__ import annotations

from typing import Any

import pytest

from bot import collector
from bot.chat import Wish
from bot.errors import (
    FileBroken,
    FileLinkExpired,
    FileRefused,
    FileStoreBusy,
    StorageError,
    VendorDown,
    VendorError,
    VendorGarbled,
)
from bot.model import FailureKind, FileRole, JobState, ModelFile, RemoteFile, Task, TaskState
from tests.factories import NOON, a_task, an_address, an_owner
from tests.fakes.generator import bytes_of, no_such_task
from tests.unit.core.house import House, Rules, World

MODEL, PREVIEW = "base_basic_pbr.glb", "preview.webp"


async def made(house: House, *names: str, **options: Any) -> Task:
    """Have a task's jobs done at Rodin, with these files listed."""
    task = await house.intake.generate(Wish(prompt="an owl", options=options), an_owner(), an_address("channel-1"))
    await house.send()
    house.rodin.finish(*names)
    await house.poll()
    return await house.now(task)


def fetched(task: Task) -> list[ModelFile]:
    """Return the files that Rodin gave; ours come after them."""
    return [file for file in task.files if file.role is not FileRole.STILL]


async def failure_of(house: House, task: Task) -> FailureKind | None:
    failure = (await house.now(task)).failure
    return failure.kind if failure else None


async def test_every_file_comes_into_the_store_under_its_role(house: House) -> None:
    task = await made(house, MODEL, "texture_diffuse.png", PREVIEW, "readme.txt")

    await house.collect()

    row = await house.now(task)
    assert row.state is TaskState.READY
    assert [(file.name, file.role) for file in fetched(row)] == [
        (MODEL, FileRole.MODEL),
        ("texture_diffuse.png", FileRole.TEXTURE),
        (PREVIEW, FileRole.PREVIEW),
        ("readme.txt", FileRole.OTHER),
    ]
    assert all(house.files.held[file.key] == bytes_of(file.name) for file in fetched(row))
    assert [file.size_bytes for file in fetched(row)] == [len(bytes_of(file.name)) for file in fetched(row)]
    assert row.progress == 1.0


async def test_the_pictures_stay_with_the_model_for_its_next_version(house: House) -> None:
    wish = Wish(prompt="", pictures=(b"cat",))
    task = await house.intake.generate(wish, an_owner(), an_address())
    await house.send()
    house.rodin.finish()
    await house.poll()

    await house.collect()

    assert (await house.now(task)).state is TaskState.READY
    assert [key for key in house.files.held if key.startswith("spool/")] == [f"spool/{task.id}/picture-1.png"]


async def test_done_does_not_mean_listed(house: House) -> None:
    task = await made(house, PREVIEW)

    await house.collect()
    assert (await house.now(task)).state is TaskState.COLLECTING
    await house.collect(after_s=100)
    house.rodin.finish()
    await house.collect(after_s=10)

    assert (await house.now(task)).state is TaskState.READY


async def test_a_model_that_is_never_listed_is_given_up_after_three_minutes_of_listings(house: House) -> None:
    task = await made(house, PREVIEW)

    for _ in range(17):
        await house.collect(after_s=10)
    still = await house.now(task)
    for _ in range(3):
        await house.collect(after_s=10)

    assert still.state is TaskState.COLLECTING
    assert await failure_of(house, task) is FailureKind.NO_MODEL


async def test_a_process_that_was_away_for_hours_does_not_give_up_at_the_first_listing() -> None:
    world = World()
    task = await made(House(world), PREVIEW)
    world.clock.turn(hours=5)
    back = House(world, Rules())

    await back.collect()
    world.rodin.finish()
    await back.collect(after_s=10)

    assert (await back.now(task)).state is TaskState.READY


async def test_a_late_render_is_waited_for_and_a_missing_one_only_so_long(house: House) -> None:
    late = await made(house, MODEL, render=True)
    assert late.request.preview_render
    await house.collect(after_s=10)
    waiting = await house.now(late)
    house.rodin.finish(MODEL, "preview/render_basic.jpg")
    await house.collect(after_s=10)

    missing = await made(house, MODEL, render=True)
    house.rodin.finish(MODEL)
    await house.collect(after_s=10)
    hoping = await house.now(missing)
    await house.collect(after_s=50)

    assert waiting.state is hoping.state is TaskState.COLLECTING
    assert [file.role for file in fetched(await house.now(late))] == [FileRole.MODEL, FileRole.RENDER]
    assert [file.role for file in fetched(await house.now(missing))] == [FileRole.MODEL]


async def test_an_expired_link_is_listed_again_at_once(house: House) -> None:
    task = await made(house)
    uuid = house.rodin.only.submission.uuid
    house.rodin.expired.add(f"{uuid}/1/{MODEL}")

    await house.collect()

    assert (await house.now(task)).state is TaskState.READY
    assert house.rodin.calls.count("files") == 2


async def test_a_broken_transfer_is_repeated_at_once(house: House) -> None:
    task = await made(house)
    house.rodin.errors[f"fetch {MODEL}"].extend([FileBroken("cut"), FileBroken("cut")])

    await house.collect()

    assert (await house.now(task)).state is TaskState.READY
    assert house.rodin.calls.count("files") == 1


async def test_links_that_never_work_and_transfers_that_always_break_lose_the_model_in_the_end(house: House) -> None:
    for error in (FileLinkExpired("403"), FileBroken("cut")):
        task = await made(house)
        house.rodin.errors[f"fetch {MODEL}"].extend([error] * 99)

        for _ in range(5):
            await house.collect(after_s=40)
        assert (await house.now(task)).state is TaskState.COLLECTING
        await house.collect(after_s=40)

        assert await failure_of(house, task) is FailureKind.FILES_LOST
        house.rodin.errors.clear()


async def test_a_model_that_may_not_be_fetched_is_lost_at_once(house: House) -> None:
    task = await made(house)
    house.rodin.errors[f"fetch {MODEL}"].append(FileRefused("wrong host"))

    await house.collect()

    assert await failure_of(house, task) is FailureKind.FILES_LOST


@pytest.mark.parametrize("error", [FileBroken("cut"), FileRefused("too large")])
async def test_a_file_beside_the_model_that_cannot_be_had_is_left_out(house: House, error: VendorError) -> None:
    task = await made(house)
    house.rodin.errors[f"fetch {PREVIEW}"].extend([error] * 99)

    for _ in range(3):
        await house.collect(after_s=40)

    row = await house.now(task)
    assert row.state is TaskState.READY
    assert [file.name for file in fetched(row)] == [MODEL]


async def test_a_side_file_that_comes_at_the_second_try_is_not_left_out(house: House) -> None:
    task = await made(house)
    house.rodin.errors[f"fetch {PREVIEW}"].extend([FileBroken("cut")] * 3)

    await house.collect()
    await house.collect(after_s=40)

    assert [file.name for file in fetched(await house.now(task))] == [MODEL, PREVIEW]


@pytest.mark.parametrize("method", ["files", f"fetch {MODEL}", f"fetch {PREVIEW}"])
async def test_an_hour_of_outage_loses_no_file(house: House, method: str) -> None:
    task = await made(house)
    house.rodin.errors[method].extend([VendorDown("gone")] * 120)

    for _ in range(120):
        await house.collect(after_s=30)
    silent = await house.now(task)
    house.rodin.errors[f"fetch {MODEL}"].extend([FileBroken("cut")] * 3)  # what comes next must not be the last straw
    await house.collect(after_s=31)
    await house.collect(after_s=31)

    assert silent.state is TaskState.COLLECTING
    row = await house.now(task)
    assert (row.state, len(fetched(row))) == (TaskState.READY, 2)


async def test_unreadable_listings_lose_the_model_only_after_several(house: House) -> None:
    task = await made(house)
    house.rodin.errors["files"].extend([VendorGarbled("?")] * 5)

    for _ in range(6):
        await house.collect(after_s=40)

    assert (await house.now(task)).state is TaskState.READY


async def test_a_task_that_rodin_has_forgotten_ends_and_says_so(house: House) -> None:
    task = await made(house)
    house.rodin.errors["files"].extend([no_such_task()] * 3)

    await house.collect()
    assert (await house.now(task)).state is TaskState.COLLECTING
    for _ in range(2):
        await house.collect(after_s=40)

    assert await failure_of(house, task) is FailureKind.UNKNOWN_TO_VENDOR


@pytest.mark.parametrize("trouble", [FileStoreBusy("no room"), StorageError("disk full")])
async def test_a_full_disk_is_waited_for(house: House, trouble: StorageError) -> None:
    task = await made(house)
    house.files.trouble = trouble

    for _ in range(30):
        await house.collect(after_s=120)
    waiting = await house.now(task)
    house.files.trouble = None
    await house.collect(after_s=120)

    assert waiting.state is TaskState.COLLECTING
    assert (await house.now(task)).state is TaskState.READY
    assert house.rodin.calls.count("fetch") <= 35  # not a download at every turn of the loop


async def test_names_from_rodin_never_leave_their_folder_and_never_meet(house: House) -> None:
    task = await made(house, "../../etc/base.glb", "模型.png", "样品.png", "Base.GLB")

    await house.collect()

    row = await house.now(task)
    assert len(fetched(row)) == 4
    assert [file.name for file in fetched(row)] == ["base.glb", "模型.png", "样品.png", "Base-2.GLB"]
    assert len({file.key for file in fetched(row)}) == 4
    assert all(file.key.startswith(f"tasks/{task.id}/") and file.key.isascii() for file in fetched(row))


async def test_killed_while_fetching_the_next_process_fetches_again_and_nothing_doubles(house: House) -> None:
    class Killed(BaseException):
        pass

    async def die() -> None:
        raise Killed

    task = await made(house)
    house.rodin.during[f"fetch {PREVIEW}"] = die
    with pytest.raises(Killed):
        await house.collect()
    await house.tasks.clear_leases()

    await House(house.world).collect()

    row = await house.now(task)
    assert (row.state, len(fetched(row))) == (TaskState.READY, 2)
    assert sorted(house.files.held) == sorted(file.key for file in row.files)


async def test_the_time_it_took_is_kept_for_the_next_expectation(house: House) -> None:
    task = await made(house)

    await house.collect(after_s=30)

    row = await house.now(task)
    assert row.submitted_at == NOON
    assert row.ended_at == house.clock.now()
    assert await house.tasks.durations("Gen-2.5-Medium", limit=9) == (house.clock.now() - NOON,)


async def test_a_render_job_that_failed_alone_does_not_spoil_the_model(house: House) -> None:
    (task,) = await house.at_rodin()
    house.rodin.finish()
    house.rodin.put(JobState.DONE, JobState.DONE, JobState.FAILED)
    await house.poll()

    await house.collect()

    row = await house.now(task)
    assert (row.state, row.failure, len(fetched(row))) == (TaskState.READY, None, 2)


def test_a_twin_is_counted_among_the_files_of_its_own_name() -> None:
    names = ("a/map.png", MODEL, "b/map.png", "a/map.png", "a/map.png")
    listed = [RemoteFile(name=name, url=f"u{number}") for number, name in enumerate(names)]

    wanted = collector.wanted_of(a_task(), listed)

    assert [(one.remote.url, one.twin) for one in wanted] == [("u1", 0), ("u0", 0), ("u2", 0), ("u3", 1), ("u4", 2)]


async def test_of_files_with_one_name_each_arrives_also_over_fresh_links(house: House) -> None:
    """Rodin's names need not be unique; a fresh listing must give the same one of them again."""
    task = await made(house, MODEL, "a/map.png", "a/map.png", "b/map.png")
    uuid = house.rodin.only.submission.uuid
    house.rodin.expired.add(f"{uuid}/1/a/map.png#")

    await house.collect()

    names = [file.name for file in fetched(await house.now(task))]
    assert names == [MODEL, "map.png", "map-2.png", "map-3.png"]
    assert house.rodin.fetched == [
        f"{uuid}/1/{MODEL}",
        f"{uuid}/1/a/map.png",
        f"{uuid}/1/a/map.png#",
        f"{uuid}/2/a/map.png#",
        f"{uuid}/1/b/map.png",
    ]


async def test_a_file_that_is_not_listed_any_more_is_left_out(house: House) -> None:
    task = await made(house, MODEL, PREVIEW)
    uuid = house.rodin.only.submission.uuid

    async def gone() -> None:
        house.rodin.expired.add(f"{uuid}/1/{PREVIEW}")
        house.rodin.only.names = (MODEL,)

    house.rodin.during[f"fetch {PREVIEW}"] = gone
    for _ in range(3):
        await house.collect(after_s=40)

    assert [file.name for file in fetched(await house.now(task))] == [MODEL]


async def test_the_files_of_one_task_have_a_limit_together_and_the_model_comes_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "LARGEST_TASK_BYTES", len(bytes_of(MODEL)) + 1)
    task = await made(house, "one.png", "two.png", MODEL, "three.png")

    await house.collect()

    row = await house.now(task)
    assert row.state is TaskState.READY
    assert [file.name for file in fetched(row)] == [MODEL, "one.png"]
    assert house.rodin.calls.count("fetch") == 2


async def test_a_model_that_is_something_else_is_fetched_again_and_lost_in_the_end(house: House) -> None:
    task = await made(house, MODEL)
    house.rodin.contents[MODEL] = b"<html>Not found</html>"

    for _ in range(6):
        await house.collect(after_s=40)

    assert await failure_of(house, task) is FailureKind.FILES_LOST
    assert not [key for key in house.files.held if key.startswith("tasks/")]


async def test_a_picture_that_is_something_else_is_left_out(house: House) -> None:
    task = await made(house)
    house.rodin.contents[PREVIEW] = b"<svg onload='alert(1)'/>"

    for _ in range(3):
        await house.collect(after_s=40)

    assert [file.name for file in fetched(await house.now(task))] == [MODEL]
