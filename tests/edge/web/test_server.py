"""The web part as a whole: who gets in, what every answer carries, health, start and stop."""

from __future__ import annotations

import asyncio
import logging
import string
import time
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from adapters.web.links import SignedLinks
from adapters.web.server import Supplies, WebOptions, WebPart
from bot.errors import DatabaseBusy
from tests.edge.web.hall import KEY, Hall, an_exhibit, open_hall
from tests.fakes.library import FakeLibrary

GLB = "base_basic_pbr.glb"

COMPLETE = {
    "Content-Security-Policy",
    "Cache-Control",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Robots-Tag",
}


async def broken(_request: web.Request) -> web.Response:
    raise RuntimeError("s3cret detail")


async def hook(request: web.Request) -> web.Response:
    return web.Response(text=await request.text())


# Who gets in.


async def test_a_forged_or_altered_token_opens_nothing_and_looks_like_any_wrong_address(hall: Hall) -> None:
    token = hall.links.token("du9xkna", 0)
    letters = string.ascii_letters + string.digits + "-_."
    flipped = [
        token[:at] + letters[(letters.index(letter) + 1) % len(letters)] + token[at + 1 :]
        for at, letter in enumerate(token)
    ]
    other = SignedLinks("another key that nobody knows", public_url=None).token("du9xkna", 0)
    nowhere = await hall.get("/nowhere/at/all")

    for forged in (*flipped, other, token[:-1], token + "A", "x", "%2e%2e", hall.links.token("unknown", 0)):
        for path in (f"/t/{forged}", f"/t/{forged}/{GLB}"):
            answer = await hall.get(path)
            assert answer.status == 404, forged
            assert answer.text.replace('"../', '"').replace("../", "") == nowhere.text.replace("../", "")


async def test_there_are_no_listings(hall: Hall) -> None:
    for path in ("/", "/t", "/t/", "/assets", "/assets/", f"/assets/{'0' * 12}/", hall.path() + "/"):
        assert (await hall.get(path)).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
async def test_pages_can_only_be_looked_at(hall: Hall, method: str) -> None:
    for path in (hall.path(), hall.path(GLB), "/healthz", "/metrics", "/privacy"):
        answer = await hall.get(path, method=method)
        assert answer.status == 405
        assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD"}


async def test_head_answers_as_get_does_without_a_body(hall: Hall) -> None:
    for path in (hall.path(), "/healthz", "/readyz", "/privacy", "/nowhere"):
        get, head = await hall.get(path), await hall.get(path, method="HEAD")
        assert (head.status, head.body) == (get.status, b"")
        assert head.headers["Content-Length"] == get.headers["Content-Length"]


# What every answer carries.


async def test_every_answer_of_every_route_carries_all_headers(tmp_path: Path) -> None:
    routes = [web.get("/broken", broken), web.post("/slack/events", hook)]
    async with open_hall(tmp_path, routes=routes) as hall:
        hall.library.exhibits["gone"] = an_exhibit(task_id="gone", is_deleted=True)
        answers = {
            path: await hall.get(path)
            for path in (
                hall.path(),
                hall.path(GLB),
                hall.path("nothing"),
                hall.path(task="gone"),
                *("/healthz", "/readyz", "/metrics", "/privacy", "/oembed", "/nowhere", "/broken", "/slack/events"),
                f"/assets/{'0' * 12}/pages.css",
                f"/assets/{'0' * 12}/nothing.css",
            )
        }
        answers["range"] = await hall.get(hall.path(GLB), Range="bytes=0-1")
        answers["no such range"] = await hall.get(hall.path(GLB), Range="bytes=99999-")
        answers["not changed"] = await hall.get(hall.path(GLB), If_None_Match="*")
        answers["handed in"] = await hall.get("/slack/events", method="POST")

    assert {answer.status for answer in answers.values()} == {200, 206, 304, 404, 405, 410, 416, 500}
    for name, answer in answers.items():
        assert set(answer.headers) >= COMPLETE, name
        assert answer.headers["Server"] == "rodin-bot"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_something_that_breaks_says_sorry_and_keeps_its_details_for_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_hall(tmp_path, routes=[web.get("/broken", broken)]) as hall:
        answer = await hall.get("/broken")

    assert answer.status == 500
    assert "Something went wrong on our side" in answer.text
    assert "s3cret" not in answer.text
    assert "request failed route=/broken" in caplog.text


async def test_routes_that_are_handed_in_are_answered_as_they_are(tmp_path: Path) -> None:
    async with open_hall(tmp_path, routes=[web.post("/slack/events", hook)]) as hall:
        url = f"{hall.web.url}/slack/events"
        async with hall.session.post(url, data=b"hello") as response:
            assert (response.status, await response.text()) == (200, "hello")


async def test_a_task_table_that_does_not_answer_is_said_with_when_to_come_again(hall: Hall) -> None:
    hall.library.fails = DatabaseBusy("locked")

    answer = await hall.get(hall.path())

    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert "locked" not in answer.text


async def test_a_task_table_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    class Hanging(FakeLibrary):
        async def exhibit(self, task_id: str) -> None:
            await asyncio.Event().wait()

    options = WebOptions(port=0, library_s=0.01)
    async with open_hall(tmp_path, options=options, library=Hanging()) as hall:
        assert (await hall.get(hall.path())).status == 503


async def test_no_log_line_holds_a_link(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = hall.links.token("du9xkna", 0)

    await hall.get(hall.path(GLB))
    await hall.get(hall.path("nothing"))
    await hall.files.remove("results")
    await hall.get(hall.path(GLB))
    garbled = await hall.get(f"/t/{token}/a b")

    assert garbled.status == 400
    assert token not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


NO_HTTP = {
    "another protocol": b"SSH-2.0-OpenSSH_9.9\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a line that is no request": b"GET {link} once more HTTP/1.1\r\n\r\n",
    "a header that is none": b"GET {link} HTTP/1.1\r\nno colon here\r\n\r\n",
    "two lengths": b"POST {link} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP.keys())
async def test_what_is_no_http_gets_a_sentence_with_the_same_headers_as_everything_else(
    hall: Hall, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    caplog.set_level(logging.INFO)
    link = hall.path(GLB).encode()

    head, _, body = (await raw(hall, sent.replace(b"{link}", link))).partition("\r\n\r\n")

    status, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert status.partition(" ")[2] == "400 Bad Request"
    assert headers.keys() >= COMPLETE
    assert headers["Server"] == "rodin-bot"
    assert "<h1>This request cannot be read</h1>" in body
    assert hall.links.token("du9xkna", 0) not in body
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def raw(hall: Hall, sent: bytes) -> str:
    """Send bytes, whatever they are, and return all that comes back until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(hall.web.url).port)
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.decode()


# Assets.


async def test_an_asset_may_be_kept_for_ever_under_its_digest_and_is_asked_for_again_under_another(hall: Hall) -> None:
    page = await hall.get(hall.path())
    url = page.text.partition('rel="stylesheet" href="..')[2].partition('"')[0]

    current = await hall.get(url)
    older = await hall.get("/assets/0123456789ab/pages.css")
    known = await hall.get(url, If_None_Match=current.headers["ETag"])

    assert current.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in current.headers["Cache-Control"]
    assert (older.status, older.body, older.headers["Cache-Control"]) == (200, current.body, "no-cache")
    assert (known.status, known.body) == (304, b"")


@pytest.mark.parametrize(
    "name", ["../server.py", "..%2fserver.py", "%2e%2e/server.py", "/etc/passwd", "PAGES.CSS", "."]
)
async def test_only_assets_are_assets(hall: Hall, name: str) -> None:
    assert (await hall.get(f"/assets/0123456789ab/{name}")).status == 404


# Health.


async def test_a_living_process_says_so_whatever_its_probes_say(tmp_path: Path) -> None:
    async def fails() -> None:
        raise RuntimeError

    async with open_hall(tmp_path, probes={"database": fails}) as hall:
        assert (await hall.get("/healthz")).status == 200


async def test_readiness_names_what_fails_and_not_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def well() -> None: ...

    async def fails() -> None:
        raise DatabaseBusy("no route to postgresql://ada:s3cret@db")

    async def hangs() -> None:
        await asyncio.Event().wait()

    probes = {"files": well, "database": fails, "discord": hangs}
    async with open_hall(tmp_path, options=WebOptions(port=0, probe_s=0.01), probes=probes) as hall:
        answer = await hall.get("/readyz")
        await hall.get("/readyz")

    assert (answer.status, answer.text) == (503, '{"ready": false, "failing": ["database", "discord"]}')
    assert caplog.text.count("probe began to fail probe=database") == 1


async def test_readiness_comes_back_with_its_probes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    is_well = False

    async def sometimes() -> None:
        if not is_well:
            raise RuntimeError

    async with open_hall(tmp_path, probes={"database": sometimes}) as hall:
        assert (await hall.get("/readyz")).status == 503
        is_well = True
        assert (await hall.get("/readyz")).text == '{"ready": true, "failing": []}'

    assert "probe is well again probe=database" in caplog.text


# Start and stop.


async def test_a_taken_port_is_refused_at_the_start(hall: Hall, tmp_path: Path) -> None:
    port = int(hall.web.url.rpartition(":")[2])
    supplies = Supplies(library=hall.library, files=hall.files, links=SignedLinks(KEY, public_url=None))

    with pytest.raises(OSError, match="address already in use"):
        await WebPart(WebOptions(port=port), supplies).start()


async def test_stopping_twice_or_before_the_start_is_harmless(hall: Hall) -> None:
    supplies = Supplies(library=hall.library, files=hall.files, links=hall.links)
    idle = WebPart(WebOptions(port=0), supplies)

    await idle.stop()
    await hall.web.stop()
    await hall.web.stop()


async def test_stopping_does_not_wait_for_a_client_that_takes_nothing(tmp_path: Path) -> None:
    async with open_hall(tmp_path, options=WebOptions(port=0, stop_s=0.05)) as hall:
        await hall.add_file("large.glb", bytes(40_000_000))
        port = int(hall.web.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(f"GET {hall.path('large.glb')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")

        began = time.monotonic()
        await hall.web.stop()

        assert time.monotonic() - began < 5
        writer.transport.abort()


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")])
async def test_the_address_that_is_told_can_be_opened(tmp_path: Path, host: str, shown: str) -> None:
    try:
        async with open_hall(tmp_path, options=WebOptions(host=host, port=0)) as hall:
            answer = await hall.get("/healthz")
    except OSError:
        pytest.skip(f"this machine has no address {host}")

    assert answer.status == 200
    assert hall.web.url.startswith(f"http://{shown}:")
