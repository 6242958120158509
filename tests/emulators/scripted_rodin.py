"""A server that answers exactly what a test wrote down, byte for byte, and keeps every request as it arrived.

The simulator plays Rodin; this plays everything that can be wrong with an answer: cut-off bodies, silence,
connections that close, lengths that lie. It speaks just enough HTTP/1.1 on a raw socket that nothing is corrected.
It is loud: a request nobody wrote an answer for, and an answer nobody asked for, fail the test.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Self

from tests.factories import NOON

PAYLOADS = Path(__file__).parent.parent / "payloads" / "rodin"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a multipart form as it arrived."""

    name: str
    filename: str | None
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One request as it arrived. Header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a multipart body, read by the standard library's own parser for mail."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        return tuple(
            Part(
                name=str(part.get_param("name", header="content-disposition")),
                filename=part.get_filename(),
                media_type=part.get_content_type(),
                content=part.get_payload(decode=True),
            )
            for part in message_from_bytes(head + self.body).get_payload()
        )

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """The text fields of a multipart body, in order."""
        return tuple((part.name, part.content.decode()) for part in self.parts if part.filename is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer: status, headers and body. `announced` is a `Content-Length` that differs from the truth.

    `repeats` sends the body that many times. After a reply the connection closes.
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    announced: int | None = None
    repeats: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Bytes to answer with as they are; none at all closes the connection without a word."""

    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Never answer, but first say this much."""

    after: bytes = b""


Script = Reply | Raw | Silence


def said(payload: Json, *, status: int = 201, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """Return a reply with a JSON body; 201 is Rodin's documented status for success and refusal alike."""
    body = json.dumps(payload).encode()
    return Reply(status=status, body=body, headers=(("Content-Type", "application/json"), *headers))


def payload(name: str) -> Any:
    """Return a sample from `tests/payloads/rodin/`."""
    return json.loads((PAYLOADS / f"{name}.json").read_text())


@dataclass(slots=True)
class TurnedClock:
    """A clock that stands still until somebody sleeps, and then jumps."""

    moment: datetime = NOON
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the moment the clock stands at."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Jump ahead."""
        self.slept.append(seconds)
        self.moment += timedelta(seconds=max(0.0, seconds))
        await asyncio.sleep(0)


class ScriptedRodin:
    """The server; an async context manager. `arrived` holds every request in order."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self._replies: list[Script] = []
        self._unwritten: list[str] = []
        self._ending = asyncio.Event()
        self._server: asyncio.Server | None = None

    @property
    def origin(self) -> str:
        """Where it listens: http://127.0.0.1:PORT."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def url(self) -> str:
        """The API root."""
        return f"{self.origin}/api/v2"

    def answers(self, *replies: Script) -> None:
        """Write down the next answers, in order, whatever is asked."""
        self._replies.extend(replies)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        assert self._server is not None
        self._ending.set()
        self._server.close()
        await self._server.wait_closed()
        if kind is None:
            assert not self._unwritten, f"asked without a written answer: {self._unwritten}"
            assert not self._replies, f"never asked for: {self._replies}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            arrived = await _read(reader)
            self.arrived.append(arrived)
            if self._replies:
                await self._play(self._replies.pop(0), writer)
            else:
                self._unwritten.append(f"{arrived.method} {arrived.target}")
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _play(self, reply: Script, writer: asyncio.StreamWriter) -> None:
        if isinstance(reply, Raw):
            writer.write(reply.data)
        elif isinstance(reply, Silence):
            writer.write(reply.after)
            await self._ending.wait()
        else:
            await _answer(reply, writer)


async def _read(reader: asyncio.StreamReader) -> Arrived:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Arrived(method=method, target=target, headers=headers, body=body)


async def _answer(reply: Reply, writer: asyncio.StreamWriter) -> None:
    length = len(reply.body) * reply.repeats if reply.announced is None else reply.announced
    lines = [f"HTTP/1.1 {reply.status} Scripted", f"Content-Length: {length}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    for _ in range(reply.repeats):
        writer.write(reply.body)
        await writer.drain()


@contextmanager
def deaf_port() -> Iterator[int]:
    """Give a port that nobody listens on, and keep it from everybody else meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])
