"""Requests to the web part that no browser and no Slack would send."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from adapters.slack.reception import bolt_app
from adapters.slack.routes import EVENTS_PATH, Routes
from adapters.web.server import WebOptions
from tests.edge.web.hall import open_hall
from tests.loopback import listening

SECRET = "the-signing-secret-of-this-test"
BODY = "command=%2Frodin&text=a+brass+owl&team_id=T1&user_id=U1&channel_id=C1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def signed(body: str, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Return the headers by which Slack proves itself. Source: docs.slack.dev, Verifying requests from Slack."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


class Ears:
    """Slack's routes on a port of their own, and what got past the signature."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.url = ""
        self._app = bolt_app(api_url="https://slack.com/api/", signing_secret=SECRET)
        self._app.command("/rodin")(self._command)

    async def _command(self, ack, body) -> None:  # type: ignore[no-untyped-def]  # Bolt hands in by these names
        self.heard.append(body["text"])
        await ack()

    def routes(self) -> Routes:
        return Routes(app=self._app, flow=None, is_open=lambda: True, read_within_s=0.2)

    async def post(self, body: str, headers: Mapping[str, str]) -> int:
        async with aiohttp.ClientSession() as session:
            url = f"{self.url}{EVENTS_PATH}"
            async with session.post(url, data=io.BytesIO(body.encode()), headers={**FORM, **headers}) as answer:
                return answer.status


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    made, application = Ears(), web.Application()
    application.add_routes(made.routes().definitions())
    async with listening(application) as made.url:
        yield made


async def test_what_slack_has_signed_just_now_is_heard(ears: Ears) -> None:
    assert await ears.post(BODY, signed(BODY)) == 200

    assert ears.heard == ["a brass owl"]


def _without(name: str) -> dict[str, str]:
    return {key: value for key, value in signed(BODY).items() if key != name}


UNPROVEN: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "nothing": dict,
    "no signature": lambda: _without("X-Slack-Signature"),
    "no timestamp": lambda: _without("X-Slack-Request-Timestamp"),
    "empty": lambda: {**signed(BODY), "X-Slack-Signature": ""},
    "cut": lambda: {**signed(BODY), "X-Slack-Signature": signed(BODY)["X-Slack-Signature"][:-1]},
    "longer": lambda: {**signed(BODY), "X-Slack-Signature": signed(BODY)["X-Slack-Signature"] + "0"},
    "another version": lambda: {**signed(BODY), "X-Slack-Signature": "v1" + signed(BODY)["X-Slack-Signature"][2:]},
    "bare": lambda: {**signed(BODY), "X-Slack-Signature": signed(BODY)["X-Slack-Signature"].removeprefix("v0=")},
    "no hex": lambda: {**signed(BODY), "X-Slack-Signature": "v0=" + "z" * 64},
    "another secret": lambda: signed(BODY, secret="another-secret-of-somebody"),
    "no secret": lambda: signed(BODY, secret=""),
    "another body": lambda: signed(BODY + "&text=a+gold+owl"),
    "six minutes old": lambda: signed(BODY, at=time.time() - 360),
    "six minutes ahead": lambda: signed(BODY, at=time.time() + 360),
    "other moment": lambda: {**signed(BODY), "X-Slack-Request-Timestamp": str(int(time.time()) - 1)},
    "no number": lambda: {**signed(BODY), "X-Slack-Request-Timestamp": "now"},
}
"""Made when they are sent: what was signed long before would be refused for its age."""


@pytest.mark.parametrize("proof", UNPROVEN)
async def test_what_slack_has_not_signed_just_now_is_refused(ears: Ears, proof: str) -> None:
    assert await ears.post(BODY, UNPROVEN[proof]()) == 401

    assert ears.heard == []


async def test_a_body_of_megabytes_is_refused_before_anybody_reads_it(ears: Ears) -> None:
    body = BODY + "&more=" + "x" * 2_000_000

    assert await ears.post(body, signed(body)) == 413

    assert ears.heard == []


async def test_a_body_that_does_not_come_is_not_waited_for(ears: Ears) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(ears.url).port)
    writer.write(f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf".encode())

    async with asyncio.timeout(10):
        status = await reader.readline()
    writer.close()

    assert b" 408 " in status
    assert ears.heard == []


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_connection_without_a_whole_request_is_closed(tmp_path: Path, begun: bytes) -> None:
    async with open_hall(tmp_path, options=WebOptions(port=0, idle_s=0.1)) as hall:
        port = int(hall.web.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)

        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBroken\x00Name: 1\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
    ],
    ids=["long line", "long header", "two lengths", "lengths that differ", "zero in a name", "no address"],
)
async def test_what_is_no_clean_http_is_refused_and_the_connection_ends(tmp_path: Path, request_line: bytes) -> None:
    async with open_hall(tmp_path) as hall:
        port = int(hall.web.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_line)

        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()

        assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400")), answer[:60]
        assert (await hall.get("/healthz")).status == 200
