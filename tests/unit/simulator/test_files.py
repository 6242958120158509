"""The file host: signed links on a second port. Checklist 8 and 9."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.rodin.simulator.workshop import BuildState
from tests.unit.simulator.conftest import OpenStand
from tests.unit.simulator.stand import WEEK_S, Stand

GLB = "base_basic_pbr.glb"
BODY = GLB.encode() * 1_000


async def _link(stand: Stand, name: str = GLB, **fields: Any) -> str:
    return (await stand.listing(await stand.finished(**fields)))[name]


async def test_links_lie_on_a_second_host_in_the_shape_of_rodins(stand: Stand):
    link = urlsplit(await _link(stand))

    assert f"{link.scheme}://{link.netloc}" == stand.simulator.files_url
    assert stand.simulator.files_url not in stand.simulator.url
    assert link.path.endswith(f"/pack/glb/{GLB}")
    query = parse_qs(link.query)
    assert query["X-Tos-Expires"] == ["600"]
    assert query["X-Tos-Date"] == ["20261122T120500Z"]
    assert {"X-Tos-Algorithm", "X-Tos-Credential", "X-Tos-SignedHeaders", "X-Tos-Signature"} <= set(query)


async def test_a_link_gives_the_file_with_its_type_and_name(stand: Stand):
    answer = await stand.call("GET", await _link(stand))

    assert (answer.status, answer.body) == (200, BODY)
    assert answer.headers["Content-Type"] == "model/gltf-binary"
    assert answer.headers["Content-Length"] == str(len(BODY))
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{GLB}"


async def test_a_picture_has_its_type(stand: Stand):
    answer = await stand.call("GET", await _link(stand, "preview.webp"))

    assert answer.headers["Content-Type"] == "image/webp"


async def test_a_part_of_a_file_can_be_asked_for(stand: Stand):
    answer = await stand.call("GET", await _link(stand), headers={"Range": "bytes=4-9"})

    assert (answer.status, answer.body) == (206, BODY[4:10])
    assert answer.headers["Content-Range"] == f"bytes 4-9/{len(BODY)}"


async def test_head_tells_the_size_without_the_body(stand: Stand):
    answer = await stand.call("HEAD", await _link(stand))

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(BODY))


async def test_a_link_dies_after_its_time_and_a_new_listing_brings_a_fresh_one(open_stand: OpenStand):
    stand = await open_stand(link_ttl_s=60)
    task = await stand.finished()
    old = (await stand.listing(task))[GLB]
    stand.clock.turn(59)
    assert (await stand.call("GET", old)).status == 200
    stand.clock.turn(1)

    dead = await stand.call("GET", old)
    fresh = (await stand.listing(task))[GLB]

    assert dead.status == 403
    assert dead.headers["Content-Type"].startswith("application/xml")
    assert b"<Code>AccessDenied</Code>" in dead.body
    assert (await stand.call("GET", fresh)).status == 200


async def test_each_listing_signs_anew_and_older_links_live_on(stand: Stand):
    task = await stand.finished()
    one, other = (await stand.listing(task))[GLB], (await stand.listing(task))[GLB]

    assert one != other
    assert (await stand.call("GET", one)).body == (await stand.call("GET", other)).body == BODY


async def test_a_request_with_authorization_is_refused_and_counted(stand: Stand):
    answer = await stand.call("GET", await _link(stand), headers=stand.auth())

    assert answer.status == 400
    assert b"<Error>" in answer.body
    assert (await stand.ledger())["authorization_leaks"] == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link.split("?")[0],
        lambda link: link.replace("X-Tos-Expires=600", "X-Tos-Expires=6000"),
        lambda link: link.replace("base_basic_pbr.glb?", "preview.webp?"),
        lambda link: link[:-1] + ("0" if link[-1] != "0" else "1"),
        lambda link: f"{link}&more=1",
    ],
    ids=["unsigned", "longer", "other-file", "other-signature", "more-parameters"],
)
async def test_a_changed_link_opens_nothing(stand: Stand, change: Any):
    answer = await stand.call("GET", change(await _link(stand)))

    assert answer.status == 403
    assert b"SignatureDoesNotMatch" in answer.body


async def test_a_link_of_another_simulator_opens_nothing(open_stand: OpenStand):
    one, other = await open_stand(), await open_stand()
    link = await _link(one)

    answer = await other.call("GET", link.replace(one.simulator.files_url, other.simulator.files_url))

    assert answer.status == 403


async def test_a_file_of_a_purged_task_does_not_exist(open_stand: OpenStand):
    stand = await open_stand(link_ttl_s=WEEK_S * 2)
    link = await _link(stand)
    stand.clock.turn(WEEK_S)

    answer = await stand.call("GET", link)

    assert answer.status == 404
    assert b"NoSuchKey" in answer.body


async def test_other_paths_of_the_file_host_are_404(stand: Stand):
    stand.meets_unknown_routes = True
    for path in ("/", "/api/v2/rodin", "/a/pack/glb", "/../../etc/passwd"):
        assert (await stand.call("GET", f"{stand.simulator.files_url}{path}")).status == 404


async def _push_out(stand: Stand) -> None:
    """Have another model made, for which the first one must go."""
    workshop = stand.simulator.stage.workshop
    first = next(iter(stand.simulator.state.tasks.values())).order.spec
    task = await stand.accepted(prompt="something else")
    await workshop.wait(stand.simulator.state.tasks[task["uuid"]].order.spec)
    assert workshop.state(first) is BuildState.ABSENT


async def test_a_file_that_left_the_cache_is_made_again_when_its_link_is_opened(open_stand: OpenStand):
    stand = await open_stand(cache_bytes=1)
    link = await _link(stand)
    await _push_out(stand)

    answer = await stand.call("GET", link)

    assert (answer.status, answer.body) == (200, BODY)
    assert len(stand.maker.built) == 3


async def test_a_file_that_cannot_be_made_again_does_not_exist(open_stand: OpenStand):
    stand = await open_stand(cache_bytes=1)
    link = await _link(stand)
    await _push_out(stand)
    stand.maker.fails = True

    assert (await stand.call("GET", link)).status == 404


async def test_the_folder_in_the_path_is_the_format(stand: Stand):
    link = await _link(stand, "base_basic_pbr.fbx", geometry_file_format="fbx")

    assert "/pack/fbx/base_basic_pbr.fbx?" in link
