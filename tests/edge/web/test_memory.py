"""Large files and many slow clients cost the process no memory worth naming."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import pytest
from yarl import URL

pytestmark = [pytest.mark.slow, pytest.mark.alone]

GIGABYTE = 1024**3
ALLOWED_BYTES = 50 * 1024**2
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A process that serves one file."""

    url: str
    sha256: str
    process: psutil.Process

    @property
    def memory(self) -> int:
        return int(self.process.memory_info().rss)


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Server]:
    """Serve a gigabyte that takes no disk: a file full of holes, with a word here and there."""
    path = folder / "results" / "large.glb"
    path.parent.mkdir()
    with path.open("wb") as file:
        for at in range(0, GIGABYTE - 8, GIGABYTE // 97):
            file.seek(at)
            file.write(at.to_bytes(8, "big"))
    os.truncate(path, GIGABYTE)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.edge.web.serve", str(folder), str(GIGABYTE), sha256),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout
        assert process.stdin
        url = (await asyncio.wait_for(process.stdout.readline(), timeout=30)).decode().strip()
        yield Server(url=url, sha256=sha256, process=psutil.Process(process.pid))
        process.stdin.close()
        await asyncio.wait_for(process.wait(), timeout=10)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_gigabyte_is_sent_interrupted_and_resumed_in_little_memory(tmp_path: Path) -> None:
    digest, got, most = hashlib.sha256(), 0, 0
    async with serving(tmp_path) as server, aiohttp.ClientSession() as session:
        async with session.get(server.url, headers={"Range": "bytes=0-99"}) as response:
            await response.read()
        before = server.memory

        for wanted in (GIGABYTE // 3, GIGABYTE):
            headers = {"Range": f"bytes={got}-", "If-Range": f'"{server.sha256}"'}
            async with session.get(server.url, headers=headers) as response:
                assert response.status == 206
                while got < wanted and (piece := await response.content.read(1024 * 1024)):
                    digest.update(piece)
                    got += len(piece)
                    most = max(most, server.memory)
                response.close()

    assert (got, digest.hexdigest()) == (GIGABYTE, server.sha256)
    assert most - before < ALLOWED_BYTES


async def test_a_hundred_clients_that_take_nothing_hold_little_memory(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        url = URL(server.url)
        async with aiohttp.ClientSession() as session, session.get(server.url, headers={"Range": "bytes=0-9"}) as one:
            await one.read()
        before = server.memory

        writers = []
        for _ in range(100):
            reader, writer = await asyncio.open_connection("127.0.0.1", url.port, limit=1024)
            writer.write(f"GET {url.raw_path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=20)
            writers.append(writer)
        held = server.memory - before

        async with aiohttp.ClientSession() as session, session.get(url.with_path("/healthz")) as answer:
            assert answer.status == 200
        for writer in writers:
            writer.transport.abort()

    assert held < ALLOWED_BYTES
