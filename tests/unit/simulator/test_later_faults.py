"""Faults that show after a submission: in the status, in the listing, on the file host. Checklist 7."""

import asyncio
import posixpath
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.unit.simulator.conftest import OpenStand
from tests.unit.simulator.stand import Stand

GLB = "base_basic_pbr.glb"


async def _raw_jobs(stand: Stand, task: Any) -> Any:
    answer = await stand.api("status", json={"subscription_key": task["jobs"]["subscription_key"]})
    return answer.json["jobs"]


async def test_jobs_may_be_empty_for_a_while(open_stand: OpenStand):
    stand = await open_stand(faults="empty_jobs:x1")
    task = await stand.accepted()

    assert await _raw_jobs(stand, task) == []
    assert len(await _raw_jobs(stand, task)) == 6


async def test_jobs_of_a_status_may_come_as_an_object(open_stand: OpenStand):
    stand = await open_stand(faults="status_jobs_as_object")
    task = await stand.accepted()

    jobs = await _raw_jobs(stand, task)

    assert list(jobs) == task["jobs"]["uuids"]
    assert {job["status"] for job in jobs.values()} == {"Waiting"}


@pytest.mark.parametrize(
    ("name", "statuses", "listed"),
    [
        ("render_failed", ["Done"] * 6 + ["Failed"], {GLB, "preview.webp"}),
        ("all_failed", ["Failed"] * 7, set()),
        ("some_failed", ["Done"] * 2 + ["Failed"] * 2 + ["Done"] * 3, {GLB, "render.jpg"}),
        ("some_failed_no_model", ["Done"] * 2 + ["Failed"] * 2 + ["Done"] * 3, {"preview.webp", "render.jpg"}),
        ("canceled_status", ["Canceled"] * 7, set()),
        ("never_done", ["Done"] * 6 + ["Generating"], {"preview.webp"}),
        ("never_listed", ["Done"] * 7, {"preview.webp", "render.jpg"}),
    ],
)
async def test_a_spoiled_task_ends_and_lists_as_described(
    open_stand: OpenStand, name: str, statuses: list[str], listed: set[str]
):
    stand = await open_stand(faults=f"{name}:x1")
    task = await stand.finished(preview_render=True)
    whole = await stand.finished(preview_render=True, prompt="another")

    assert await stand.statuses(task) == statuses
    assert set(await stand.listing(task)) == listed
    assert set(await stand.listing(whole)) == {GLB, "preview.webp", "render.jpg"}
    assert (await stand.ledger())["tasks"][0]["faults"] == [name]


async def test_an_undocumented_status_stands_where_generating_would(open_stand: OpenStand):
    stand = await open_stand(faults="unknown_status")
    task = await stand.accepted()
    stand.clock.turn(20)

    assert "Packaging" in await stand.statuses(task)
    stand.clock.turn(300)
    assert set(await stand.statuses(task)) == {"Done"}


async def test_a_late_model_is_listed_the_fourth_time(open_stand: OpenStand):
    stand = await open_stand(faults="late_model")
    task = await stand.finished()

    assert [GLB in await stand.listing(task) for _ in range(5)] == [False, False, False, True, True]


async def test_a_late_render_is_listed_the_sixth_time(open_stand: OpenStand):
    stand = await open_stand(faults="late_render")
    task = await stand.finished(preview_render=True)

    assert ["render.jpg" in await stand.listing(task) for _ in range(6)] == [False] * 5 + [True]


async def test_odd_names_hold_all_traps_and_their_links_still_work(open_stand: OpenStand):
    stand = await open_stand(faults="odd_names")
    task = await stand.finished(preview_render=True)

    links = await stand.listing(task)

    assert "pack/final model/base basic pbr.glb" in links
    assert any(name.startswith("../") for name in links)
    assert len({posixpath.basename(name).lower().strip() for name in links}) < len(links)
    for link in links.values():
        assert (await stand.call("GET", link)).status == 200


async def test_the_first_links_may_be_dead_and_the_second_ones_live(open_stand: OpenStand):
    stand = await open_stand(faults="expired_links")
    task = await stand.finished()

    first, second = await stand.listing(task), await stand.listing(task)

    assert (await stand.call("GET", first[GLB])).status == 403
    assert (await stand.call("GET", second[GLB])).status == 200


async def test_an_oversized_mesh_has_five_times_the_faces(open_stand: OpenStand):
    stand = await open_stand(faults="oversized_mesh")
    await stand.finished(quality_override=20_000)
    await stand.finished(tier="Gen-2.5-High", quality_override=900_000)

    assert [spec.faces for spec in stand.maker.built] == [100_000, 2_000_000]


async def test_a_purged_task_is_gone_at_its_end(open_stand: OpenStand):
    stand = await open_stand(faults="purged")
    task = await stand.accepted()
    assert await stand.statuses(task)
    stand.clock.turn(300)

    status = await stand.api("status", json={"subscription_key": task["jobs"]["subscription_key"]})
    listing = await stand.api("download", json={"task_uuid": task["uuid"]})

    assert status.json["error"] == listing.json["error"] == "NO_SUCH_TASK"


async def test_a_first_transfer_may_break_off(open_stand: OpenStand):
    stand = await open_stand(faults="broken_transfer")
    links = await stand.listing(await stand.finished())

    for link in links.values():
        with pytest.raises(aiohttp.ClientPayloadError):
            await stand.call("GET", link)
        assert (await stand.call("GET", link)).status == 200


async def test_a_cut_file_may_look_whole(open_stand: OpenStand):
    stand = await open_stand(faults="wrong_content_length:x1")
    link = (await stand.listing(await stand.finished()))[GLB]

    cut, whole = await stand.call("GET", link), await stand.call("GET", link)

    assert (cut.status, whole.status) == (200, 200)
    assert cut.headers["Content-Length"] == str(len(cut.body))
    assert len(cut.body) == len(whole.body) * 9 // 10
    assert whole.body.startswith(cut.body)


async def test_a_file_may_trickle(open_stand: OpenStand):
    stand = await open_stand(faults="slow_files")
    link = (await stand.listing(await stand.finished()))[GLB]
    began_at = stand.clock.now()

    trickling = asyncio.create_task(stand.call("GET", link))
    while not trickling.done():
        waiting = asyncio.create_task(stand.clock.somebody_sleeps.wait())
        await asyncio.wait({waiting, trickling}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        stand.clock.somebody_sleeps.clear()
        stand.clock.turn(0.5)

    assert (await trickling).body == GLB.encode() * 1_000
    assert stand.clock.now() - began_at >= timedelta(seconds=20)


async def test_a_client_that_leaves_while_a_file_trickles_does_no_harm(open_stand: OpenStand):
    stand = await open_stand(faults="slow_files:x1")
    link = (await stand.listing(await stand.finished()))[GLB]
    trickling = asyncio.create_task(stand.call("GET", link))
    await stand.clock.somebody_sleeps.wait()
    trickling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trickling
    for _ in range(40):
        stand.clock.turn(1)
        await stand.ledger()

    assert (await stand.call("GET", link)).status == 200


async def test_a_file_may_be_html(open_stand: OpenStand):
    stand = await open_stand(faults="html_file")
    link = (await stand.listing(await stand.finished()))[GLB]

    answer = await stand.call("GET", link)

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.body.startswith(b"<!doctype html>")


async def test_the_file_host_may_be_out_of_order(open_stand: OpenStand):
    stand = await open_stand(faults="files_server_error:x1")
    link = (await stand.listing(await stand.finished()))[GLB]

    assert (await stand.call("GET", link)).status == 503
    assert (await stand.call("GET", link)).status == 200
