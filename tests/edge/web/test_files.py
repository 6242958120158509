"""Files under a link: ranges, conditions, names, and what is nobody's business."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import quote

import pytest

from adapters.web.server import WebOptions
from bot.errors import FileStoreBusy
from bot.model import FileRole
from storage.files import ObjectFileStore
from tests.edge.web.hall import MODEL, Hall, an_exhibit, open_hall

GLB = "base_basic_pbr.glb"
ETAG = f'"{hashlib.sha256(MODEL).hexdigest()}"'


async def test_a_download_is_whole_named_and_typed(hall: Hall) -> None:
    answer = await hall.get(hall.path(GLB))

    assert (answer.status, answer.body) == (200, MODEL)
    assert answer.headers["Content-Type"] == "model/gltf-binary"
    assert answer.headers["Content-Length"] == str(len(MODEL))
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{GLB}"')
    assert answer.headers["ETag"] == ETAG
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "private, no-cache"


async def test_what_the_page_loads_is_shown_and_not_saved(hall: Hall) -> None:
    answer = await hall.get(hall.path(GLB) + "?inline")

    assert answer.headers["Content-Disposition"].startswith("inline;")


@pytest.mark.parametrize(
    ("asked", "expected", "told"),
    [
        ("bytes=0-0", slice(0, 1), "0-0"),
        ("bytes=100-199", slice(100, 200), "100-199"),
        ("bytes=10000-", slice(10_000, None), "10000-10239"),
        ("bytes=-5", slice(-5, None), "10235-10239"),
        ("bytes=5-99999999999999999999", slice(5, None), "5-10239"),
        ("bytes=-99999999999999999999", slice(None), "0-10239"),
    ],
)
async def test_a_range_is_answered_with_just_those_bytes(hall: Hall, asked: str, expected: slice, told: str) -> None:
    answer = await hall.get(hall.path(GLB), Range=asked)

    assert (answer.status, answer.body) == (206, MODEL[expected])
    assert answer.headers["Content-Range"] == f"bytes {told}/{len(MODEL)}"
    assert answer.headers["Content-Length"] == str(len(MODEL[expected]))
    assert answer.headers["ETag"] == ETAG


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=99999999999999999999-", "bytes=-0"])
async def test_a_range_behind_the_end_is_refused_with_the_size(hall: Hall, asked: str) -> None:
    answer = await hall.get(hall.path(GLB), Range=asked)

    assert (answer.status, answer.body) == (416, b"")
    assert answer.headers["Content-Range"] == "bytes */10240"


@pytest.mark.parametrize("asked", ["bytes=9-1", "lines=1-2", "bytes=0-1,3-4", "nonsense"])
async def test_a_range_that_makes_no_sense_brings_the_whole_file(hall: Hall, asked: str) -> None:
    answer = await hall.get(hall.path(GLB), Range=asked)

    assert (answer.status, answer.body) == (200, MODEL)


async def test_a_resumed_download_continues_only_the_same_file(hall: Hall) -> None:
    same = await hall.get(hall.path(GLB), Range="bytes=10-", If_Range=ETAG)
    other = await hall.get(hall.path(GLB), Range="bytes=10-", If_Range='"another"')
    weak = await hall.get(hall.path(GLB), Range="bytes=10-", If_Range=f"W/{ETAG}")
    dated = await hall.get(hall.path(GLB), Range="bytes=10-", If_Range="Mon, 02 Mar 2026 12:00:00 GMT")

    assert (same.status, same.body) == (206, MODEL[10:])
    assert [(answer.status, answer.body) for answer in (other, weak, dated)] == [(200, MODEL)] * 3


@pytest.mark.parametrize("known", [ETAG, f"W/{ETAG}", f'"other", {ETAG}', "*"])
async def test_a_browser_that_has_the_file_is_not_sent_it_again(hall: Hall, known: str) -> None:
    answer = await hall.get(hall.path(GLB), If_None_Match=known)

    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["ETag"] == ETAG


async def test_a_browser_that_has_another_file_is_sent_this_one(hall: Hall) -> None:
    answer = await hall.get(hall.path(GLB), If_None_Match='"another"')

    assert (answer.status, answer.body) == (200, MODEL)


async def test_who_insists_on_another_file_is_refused(hall: Hall) -> None:
    assert (await hall.get(hall.path(GLB), If_Match='"another"')).status == 412
    assert (await hall.get(hall.path(GLB), If_Match=f"W/{ETAG}")).status == 412
    assert (await hall.get(hall.path(GLB), If_Match=ETAG)).status == 200


async def test_head_tells_everything_but_the_bytes(hall: Hall) -> None:
    get, head = await hall.get(hall.path(GLB)), await hall.get(hall.path(GLB), method="HEAD", Range="bytes=0-1")

    assert (head.status, head.body) == (200, b"")
    told = {name: value for name, value in get.headers.items() if name != "Date"}
    assert {name: value for name, value in head.headers.items() if name != "Date"} == told


async def test_an_empty_file_is_served_as_such(hall: Hall) -> None:
    await hall.add_file("empty.mtl", b"", role=FileRole.OTHER)

    assert (await hall.get(hall.path("empty.mtl"))).body == b""
    assert (await hall.get(hall.path("empty.mtl"), Range="bytes=0-")).status == 416


@pytest.mark.parametrize("name", ["käse 茶.glb", "a&b<c>.glb", "100% #1?.glb", 'quo"te.glb', "a+b;c.glb", "…"])
async def test_any_name_that_a_file_may_have_can_be_downloaded(hall: Hall, name: str) -> None:
    await hall.add_file(name, b"named")
    url = hall.links.file_url("du9xkna", 0, name)
    assert url

    answer = await hall.get(url.removeprefix("https://models.example"))

    assert (answer.status, answer.body) == (200, b"named")
    assert f"filename*=UTF-8''{quote(name, safe='')}" in answer.headers["Content-Disposition"]


async def test_a_name_never_becomes_a_header_of_its_own(hall: Hall) -> None:
    await hall.add_file("a\r\nSet-Cookie: x=1\r\n\r\n<script>.glb", b"named")

    answer = await hall.get(hall.path(quote("a\r\nSet-Cookie: x=1\r\n\r\n<script>.glb", safe="")))

    assert (answer.status, answer.body) == (200, b"named")
    assert "Set-Cookie" not in answer.headers


STRANGE = [
    "..", "../", "../../healthz", "..%2F..%2Fetc%2Fpasswd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cboot.ini",
    "%252e%252e%252fetc%252fpasswd", "base_basic_pbr.glb/..", "base_basic_pbr.glb%00.png", "%00", "%0d%0aX:%20y",
    "./base_basic_pbr.glb/", "BASE_BASIC_PBR.GLB", "base_basic_pbr.glb%20", "base_basic_pbr", "/base_basic_pbr.glb",
    "%c0%ae%c0%ae%c0%af", "%ff", "C:%5c", "results", "", "*", "~", "%25", "a" * 7000,
]  # fmt: skip


@pytest.mark.parametrize("name", STRANGE, ids=lambda name: repr(name)[:30])
async def test_a_name_that_is_not_on_the_list_leads_nowhere(hall: Hall, name: str, tmp_path: Path) -> None:
    (tmp_path / "healthz").write_text("outside")

    answer = await hall.get(f"{hall.path()}/{name}")

    assert answer.status == 404
    assert b"outside" not in answer.body


async def test_another_tasks_file_is_not_there(hall: Hall) -> None:
    hall.library.exhibits["other"] = an_exhibit(task_id="other")
    await hall.add_file("secret.glb", b"theirs", task="other")

    assert (await hall.get(hall.path("secret.glb", task="other"))).status == 200
    assert (await hall.get(hall.path("secret.glb"))).status == 404


async def test_after_delete_files_and_page_are_gone_in_words(hall: Hall) -> None:
    hall.library.change("du9xkna", is_deleted=True, generation=1)

    for path in (hall.path(), hall.path(GLB), hall.path(GLB) + "?inline", hall.path(GLB, generation=1), hall.path("x")):
        answer = await hall.get(path, Range="bytes=0-3", If_None_Match=ETAG)
        assert answer.status == 410
        assert "These files have been removed" in answer.text


async def test_fresh_links_make_the_old_ones_void(hall: Hall) -> None:
    hall.library.change("du9xkna", generation=1)

    old, new = await hall.get(hall.path(GLB)), await hall.get(hall.path(GLB, generation=1))

    assert (old.status, new.status) == (410, 200)
    assert "This link has been replaced" in old.text
    assert (await hall.get(hall.path())).status == 410


async def test_a_file_that_is_listed_but_lost_is_gone(hall: Hall) -> None:
    await hall.files.remove("results")

    answer = await hall.get(hall.path(GLB))

    assert answer.status == 410
    assert "Content-Disposition" not in answer.headers


class BrokenStore(ObjectFileStore):
    """A folder that stops answering: at once, or after the first piece."""

    breaks_at_once = True

    async def open(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes, None]:
        if not self.breaks_at_once:
            yield MODEL[:100]
        raise FileStoreBusy("out of reach")


async def test_a_store_that_does_not_answer_is_said_with_when_to_come_again(tmp_path: Path) -> None:
    async with open_hall(tmp_path, files=BrokenStore(str(tmp_path / "files"))) as hall:
        answer = await hall.get(hall.path(GLB))

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "30"
    assert "cannot be reached right now" in answer.text


async def test_a_store_that_breaks_half_way_cuts_the_connection_so_that_nobody_takes_it_for_whole(
    tmp_path: Path,
) -> None:
    files = BrokenStore(str(tmp_path / "files"))
    files.breaks_at_once = False
    async with open_hall(tmp_path, files=files) as hall:
        got = await raw(hall, f"GET {hall.path(GLB)} HTTP/1.1\r\nHost: x\r\n\r\n")

    assert b"Content-Length: 10240" in got
    assert got.partition(b"\r\n\r\n")[2] == MODEL[:100]


async def raw(hall: Hall, text: str) -> bytes:
    """Send bytes as they are and read until the connection ends, however it ends."""
    port = int(hall.web.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.encode("latin-1"))
    got = b""
    try:
        while piece := await asyncio.wait_for(reader.read(65536), timeout=20):
            got += piece
    except ConnectionError:
        pass
    finally:
        writer.close()
    return got


async def test_an_interrupted_download_resumes_to_the_same_bytes(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    data = bytes(range(251)) * 20_000
    await hall.add_file("large.glb", data)
    port = int(hall.web.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {hall.path('large.glb')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    got = await reader.readexactly(1_234_567)
    writer.transport.abort()

    etag = f'"{hashlib.sha256(data).hexdigest()}"'
    rest = await hall.get(hall.path("large.glb"), Range=f"bytes={len(got)}-", If_Range=etag)

    assert rest.status == 206
    assert got + rest.body == data
    async with asyncio.timeout(20):
        while "rodin_bot_http_requests_running 1.0" not in (await hall.get("/metrics")).text:
            await asyncio.sleep(0)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_client_that_takes_nothing_is_let_go(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    options = WebOptions(port=0, stall_s=0.05)
    async with open_hall(tmp_path, options=options) as hall:
        await hall.add_file("large.glb", bytes(40_000_000))
        port = int(hall.web.url.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(f"GET {hall.path('large.glb')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        async with asyncio.timeout(20):
            while "a download was cut" not in caplog.text:
                await asyncio.sleep(0)
        writer.transport.abort()

    assert "TimeoutError" in caplog.text
    assert hall.links.token("du9xkna", 0) not in caplog.text
