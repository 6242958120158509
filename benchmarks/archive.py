"""How fast a result file comes home: fetched, checked, hashed and stored, against a bare copy of the same bytes.

    python benchmarks/archive.py [MEGABYTES]

Both sides fetch the same file from the same local server in the same run, alternating, three times each; the best
counts. The bare copy is aiohttp writing chunks to a file, with nothing else done.
"""

from __future__ import annotations

import asyncio
import os
import struct
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
from aiohttp import web

from adapters.rodin.client import RodinClient, RodinOptions
from bot.clock import SystemClock
from bot.filechecks import check_file
from bot.model import RemoteFile
from storage.files import ObjectFileStore

ROUNDS = 3
CHUNK_BYTES = 256 * 1024


def a_glb(path: Path, megabytes: int) -> None:
    """Write a file with a true GLB header and noise behind it."""
    size_bytes = megabytes * 1_000_000
    with path.open("wb") as file:
        file.write(b"glTF" + struct.pack("<II", 2, size_bytes))
        left = size_bytes - 12
        while left:
            file.write(os.urandom(min(left, 1 << 20)))
            left -= min(left, 1 << 20)


async def bare_copy(url: str, target: Path) -> None:
    """Copy a file as simply as aiohttp can."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        with target.open("wb") as file:
            async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                file.write(chunk)


async def seconds_of(work: Callable[[], Awaitable[object]]) -> float:
    """Return how long one run takes."""
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def compare(megabytes: int, folder: Path) -> None:
    """Run both and print the table."""
    source = folder / "model.glb"
    await asyncio.to_thread(a_glb, source, megabytes)
    application = web.Application()
    application.router.add_static("/", folder)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    store = ObjectFileStore(str(folder / "store"))
    async with RodinClient(RodinOptions(url=f"{origin}/api/v2", key="benchmark"), SystemClock()) as client:

        async def archive() -> None:
            target = folder / "fetched.glb"
            await client.fetch(RemoteFile(name="model.glb", url=f"{origin}/model.glb"), target)
            await asyncio.to_thread(check_file, target, limit_bytes=1 << 40)
            await store.save("tasks/one/model.glb", target)

        bare, ours = [], []
        for _ in range(ROUNDS):
            bare.append(await seconds_of(lambda: bare_copy(f"{origin}/model.glb", folder / "bare.glb")))
            ours.append(await seconds_of(archive))
    await runner.cleanup()
    print(f"{'':<34}{'MB/s':>8}")
    print(f"{'bare aiohttp copy':<34}{megabytes / min(bare):>8.0f}")
    print(f"{'fetched, checked, hashed, stored':<34}{megabytes / min(ours):>8.0f}")
    print(f"ratio {min(bare) / min(ours):.2f}")


def main() -> None:
    """Compare over one file of the given size."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(megabytes, Path(folder)))


if __name__ == "__main__":
    main()
