"""Result files: fetched whole or not at all, from nowhere they should not come from, and without a key."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.rodin.client import RodinClient, RodinOptions
from bot.errors import FileBroken, FileLinkExpired, FileRefused, StorageError, VendorBusy, VendorDown, VendorError
from bot.model import RemoteFile
from tests.emulators.scripted_rodin import Raw, Reply, ScriptedRodin, Silence, TurnedClock, deaf_port

KEY = "sk-of-the-tests"
BODY = b"glTF\x02\x00\x00\x00" + (1000).to_bytes(4, "little") + bytes(988)
SIGNATURE = "X-Tos-Signature=s%2Fe%20c+ret&X-Tos-Expires=600"
VERSION = ("ETag", '"v1"')


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
async def host() -> AsyncIterator[ScriptedRodin]:
    async with ScriptedRodin() as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[RodinClient]:
    async with RodinClient(a_local_api(), TurnedClock()) as opened:
        yield opened


def a_local_api(**changes: float) -> RodinOptions:
    """Options of a client that speaks to a simulator, whose files may lie on this machine."""
    return RodinOptions(url="http://127.0.0.1:9/api/v2", key=KEY, **changes)


def at(host: ScriptedRodin, name: str = "base.glb", *, path: str = "/id/pack/glb/base.glb") -> RemoteFile:
    return RemoteFile(name=name, url=f"{host.origin}{path}?{SIGNATURE}")


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_file_lands_whole_under_its_name(host: ScriptedRodin, client: RodinClient, tmp_path: Path) -> None:
    host.answers(Reply(body=BODY))

    sha256 = await client.fetch(at(host), tmp_path / "new" / "folder" / "base.glb")

    assert (tmp_path / "new" / "folder" / "base.glb").read_bytes() == BODY
    assert sha256 == digest(BODY)
    assert leftovers(tmp_path / "new" / "folder") == ["base.glb"]


async def test_the_link_is_asked_for_letter_by_letter(host: ScriptedRodin, client: RodinClient, tmp_path: Path) -> None:
    host.answers(Reply(body=BODY))

    await client.fetch(at(host), tmp_path / "base.glb")

    assert host.arrived[0].target == f"/id/pack/glb/base.glb?{SIGNATURE}"


async def test_the_key_never_reaches_a_file_host(host: ScriptedRodin, client: RodinClient, tmp_path: Path) -> None:
    host.answers(
        Reply(body=BODY, headers=(("Set-Cookie", "spy=1; Path=/"),)),
        Reply(status=302, headers=(("Location", f"{host.origin}/again"), ("Set-Cookie", "spy=2; Path=/"))),
        Reply(body=BODY),
    )

    await client.fetch(at(host), tmp_path / "one.glb")
    await client.fetch(at(host), tmp_path / "two.glb")

    for arrived in host.arrived:
        assert not {"authorization", "cookie", "referer"} & set(arrived.headers)
        assert KEY not in str(arrived)


async def test_an_older_file_stays_until_the_new_one_is_whole(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    target = tmp_path / "base.glb"
    target.write_bytes(b"old")
    host.answers(Reply(body=BODY[:500], announced=1000), Reply(body=BODY))

    with pytest.raises(FileBroken):
        await client.fetch(at(host), target)
    assert target.read_bytes() == b"old"
    await client.fetch(at(host), target)

    assert target.read_bytes() == BODY
    assert leftovers(tmp_path) == ["base.glb"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_a_link_that_opens_nothing_has_expired(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path, status: int
) -> None:
    host.answers(Reply(status=status, body=b"<Error><Code>AccessDenied</Code></Error>"))

    with pytest.raises(FileLinkExpired):
        await client.fetch(at(host), tmp_path / "base.glb")

    assert leftovers(tmp_path) == []


BROKEN = {
    "500": Reply(status=500),
    "503": Reply(status=503, body=b"<Error/>"),
    "204": Reply(status=204),
    "206 unasked": Reply(status=206, body=BODY, headers=(("Content-Range", "bytes 0-999/1000"),)),
    "304": Reply(status=304),
    "no HTTP": Raw(data=b"220 ftp\r\n\r\n"),
    "cut off": Reply(body=BODY[:600], announced=1000),
    "cut off in a chunk": Raw(data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\nglTF"),
    "a length that hides the cut": Reply(body=BODY[:900]),
    "empty": Reply(body=b""),
    "called a page": Reply(body=b"Please log in", headers=(("Content-Type", "text/html; charset=utf-8"),)),
    "a page": Reply(body=b"\xef\xbb\xbf \n<!DOCTYPE HTML><title>Gateway</title>"),
    "a page without a type": Reply(body=b"<html><body>busy</body></html>"),
    "packed badly": Reply(body=b"not gzip at all", headers=(("Content-Encoding", "gzip"),)),
}


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN.keys())
async def test_what_is_not_the_whole_file_is_broken(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path, reply: Reply | Raw
) -> None:
    host.answers(reply)

    with pytest.raises(FileBroken):
        await client.fetch(at(host), tmp_path / "base.glb")

    assert leftovers(tmp_path) == []


async def test_a_host_that_only_hangs_up_is_asked_once_more_at_most(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    host.answers(Raw(), Raw())  # aiohttp itself repeats a GET whose connection was closed without a word

    with pytest.raises(FileBroken):
        await client.fetch(at(host), tmp_path / "base.glb")


async def test_a_page_that_was_listed_as_one_is_fetched(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    host.answers(Reply(body=b"<html></html>", headers=(("Content-Type", "text/html"),)))

    assert await client.fetch(at(host, "report.html"), tmp_path / "report.html") == digest(b"<html></html>")


@pytest.mark.parametrize("limit", ["file_stall_s", "file_timeout_s"])
async def test_a_file_that_stalls_is_broken(host: ScriptedRodin, tmp_path: Path, limit: str) -> None:
    host.answers(Silence(after=b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nglTF"))

    async with RodinClient(a_local_api(**{limit: 0.1}), TurnedClock()) as client:
        with pytest.raises(FileBroken):
            await client.fetch(at(host), tmp_path / "base.glb")

    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("reply", [Reply(body=bytes(101)), Raw(data=b"HTTP/1.1 200 OK\r\n\r\n" + bytes(200_000))])
async def test_a_file_beyond_the_limit_is_refused_before_it_has_come(
    host: ScriptedRodin, tmp_path: Path, reply: Reply | Raw
) -> None:
    host.answers(reply)

    async with RodinClient(a_local_api(max_file_bytes=100), TurnedClock()) as client:
        with pytest.raises(FileRefused, match="more than 100 bytes"):
            await client.fetch(at(host), tmp_path / "base.glb")

    assert leftovers(tmp_path) == []


async def test_a_file_of_exactly_the_limit_is_taken(host: ScriptedRodin, tmp_path: Path) -> None:
    host.answers(Reply(body=bytes(100)))

    async with RodinClient(a_local_api(max_file_bytes=100), TurnedClock()) as client:
        assert await client.fetch(at(host), tmp_path / "base.glb") == digest(bytes(100))


async def test_an_endless_answer_is_cut_at_the_limit(host: ScriptedRodin, tmp_path: Path) -> None:
    host.answers(
        Raw(data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"400\r\n%b\r\n" % bytes(1024) * 50)
    )

    async with RodinClient(a_local_api(max_file_bytes=10_000), TurnedClock()) as client:
        with pytest.raises(FileRefused):
            await client.fetch(at(host), tmp_path / "base.glb")


async def test_an_overloaded_file_host_says_when_to_come_back(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    host.answers(Reply(status=429, headers=(("Retry-After", "9"),)))

    with pytest.raises(VendorBusy) as caught:
        await client.fetch(at(host), tmp_path / "base.glb")

    assert caught.value.retry_after_s == 9


async def test_a_file_host_out_of_reach_is_an_outage(client: RodinClient, tmp_path: Path) -> None:
    with deaf_port() as port, pytest.raises(VendorDown):
        await client.fetch(RemoteFile(name="a.glb", url=f"http://127.0.0.1:{port}/a"), tmp_path / "a.glb")


async def test_three_redirects_are_followed_and_a_fourth_is_not(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    onward = Reply(status=302, headers=(("Location", "/next?sig=1"),))
    host.answers(onward, onward, onward, Reply(body=BODY), onward, onward, onward, onward)

    await client.fetch(at(host), tmp_path / "base.glb")
    with pytest.raises(FileRefused, match="redirects"):
        await client.fetch(at(host), tmp_path / "other.glb")

    assert [arrived.target for arrived in host.arrived[1:4]] == ["/next?sig=1"] * 3
    assert leftovers(tmp_path) == ["base.glb"]


@pytest.mark.parametrize(
    "location",
    [
        "http://example.com/a",
        "ftp://127.0.0.1/a",
        "file:///etc/passwd",
        "https://user:pw@example.com/",
        "http://[::1",
        "",
    ],
)
async def test_a_redirect_is_checked_like_the_link_itself(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path, location: str
) -> None:
    host.answers(Reply(status=302, headers=(("Location", location),)))

    with pytest.raises(FileRefused):
        await client.fetch(at(host), tmp_path / "base.glb")


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:{port}/a",
        "https://127.0.0.1:{port}/a",
        "https://localhost:{port}/a",
        "https://[::ffff:127.0.0.1]:{port}/a",
        "https://2130706433:{port}/a",
        "https://0x7f.1:{port}/a",
        "https://localhost.:{port}/a",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/a",
        "https://" + "a" * 64 + ".com/a",
        "not a link",
        "",
    ],
)
async def test_a_link_into_a_network_of_its_own_is_refused(host: ScriptedRodin, tmp_path: Path, link: str) -> None:
    options = RodinOptions(url="https://api.hyper3d.com/api/v2", key=KEY, connect_timeout_s=0.5)

    url = link.replace("{port}", host.origin.rpartition(":")[2])

    async with RodinClient(options, TurnedClock()) as client:
        with pytest.raises(FileRefused):
            await client.fetch(RemoteFile(name="a.glb", url=url), tmp_path / "a.glb")

    assert host.arrived == []


async def test_a_broken_transfer_goes_on_where_it_stopped(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    rest = (("Content-Range", "bytes 600-999/1000"), VERSION)
    host.answers(
        Reply(body=BODY[:600], announced=1000, headers=(VERSION,)), Reply(status=206, body=BODY[600:], headers=rest)
    )

    assert await client.fetch(at(host), tmp_path / "base.glb") == digest(BODY)

    assert (tmp_path / "base.glb").read_bytes() == BODY
    assert host.arrived[1].headers["range"] == "bytes=600-"
    assert host.arrived[1].headers["if-range"] == '"v1"'


async def test_a_file_that_changed_meanwhile_is_taken_from_its_beginning(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    changed = b"glTF\x02\x00\x00\x00" + (50).to_bytes(4, "little") + bytes(range(38))
    host.answers(Reply(body=BODY[:600], announced=1000, headers=(VERSION,)), Reply(body=changed))

    assert await client.fetch(at(host), tmp_path / "base.glb") == digest(changed)

    assert (tmp_path / "base.glb").read_bytes() == changed


@pytest.mark.parametrize("content_range", ["bytes 0-999/1000", "bytes 601-999/1000", "bytes */1000", ""])
async def test_another_part_than_was_asked_for_is_broken(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path, content_range: str
) -> None:
    host.answers(
        Reply(body=BODY[:600], announced=1000, headers=(VERSION,)),
        Reply(status=206, body=BODY[600:], headers=(("Content-Range", content_range),)),
    )

    with pytest.raises(FileBroken):
        await client.fetch(at(host), tmp_path / "base.glb")


async def test_a_transfer_without_an_exact_version_is_left_to_the_caller(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    host.answers(Reply(body=BODY[:600], announced=1000, headers=(("ETag", 'W/"v1"'),)))

    with pytest.raises(FileBroken):
        await client.fetch(at(host), tmp_path / "base.glb")


async def test_a_link_that_dies_in_the_middle_has_expired(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    host.answers(Reply(body=BODY[:600], announced=1000, headers=(VERSION,)), Reply(status=403))

    with pytest.raises(FileLinkExpired):
        await client.fetch(at(host), tmp_path / "base.glb")

    assert leftovers(tmp_path) == []


async def test_a_disk_that_does_not_take_the_file_is_our_trouble(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_bytes(b"a file, no folder")

    with pytest.raises(StorageError):
        await client.fetch(at(host), tmp_path / "taken" / "base.glb")

    assert host.arrived == []


async def test_a_transfer_that_is_called_off_leaves_nothing_behind(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    host.answers(Silence(after=b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nglTF"))
    transfer = asyncio.create_task(client.fetch(at(host), tmp_path / "base.glb"))
    while not host.arrived:
        await asyncio.sleep(0)

    transfer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await transfer

    assert leftovers(tmp_path) == []


async def test_signed_links_stay_out_of_errors_and_logs(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    host.answers(Reply(status=403), Raw(), Raw(), Raw(data=b"220 ftp\r\n\r\n"), Reply(body=BODY[:9], announced=1000))
    shown = []

    for _ in range(4):
        with pytest.raises(VendorError) as caught:
            await client.fetch(at(host), tmp_path / "base.glb")
        assert caught.value.__cause__ is None
        shown.append(repr(caught.value))

    assert "ret&X-Tos" not in caplog.text + "".join(shown)


async def test_a_file_of_200_megabytes_takes_little_memory(
    host: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    host.answers(Reply(body=bytes(1024**2), repeats=200))
    was_tracing = tracemalloc.is_tracing()
    tracemalloc.start()
    before_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()

    try:
        await client.fetch(at(host, "base.fbx"), tmp_path / "base.fbx")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        if not was_tracing:
            tracemalloc.stop()

    assert (tmp_path / "base.fbx").stat().st_size == 200 * 1024**2
    assert peak_bytes - before_bytes < 16 * 1024**2
