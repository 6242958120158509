"""Knowing whether another worker process lives on this machine."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from storage.database import open_database
from storage.locks import WorkerLock
from tests.fakes.databases import needs_postgres, postgres_url

HOLDER = textwrap.dedent(
    """
    import asyncio, sys
    from storage.database import open_database
    from storage.locks import WorkerLock

    async def main():
        async with open_database(sys.argv[1]) as database:
            with WorkerLock(database) as lock:
                print(lock.acquired, flush=True)
                sys.stdin.read()

    asyncio.run(main())
    """
)


async def test_the_only_worker_gets_the_lock_and_a_second_one_does_not(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database:
        with WorkerLock(database) as first, WorkerLock(database) as second:
            assert (first.acquired, second.acquired) == (True, False)

        with WorkerLock(database) as next_one:
            assert next_one.acquired


async def test_a_worker_that_never_got_the_lock_does_not_take_it_from_the_other(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database:
        with WorkerLock(database):
            with WorkerLock(database):
                pass

            with WorkerLock(database) as third:
                assert not third.acquired


async def test_a_killed_worker_leaves_the_lock_to_the_next_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    async with open_database(url) as database:
        with subprocess.Popen(
            [sys.executable, "-c", HOLDER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == "True\n"
            with WorkerLock(database) as beside:
                assert not beside.acquired
            process.kill()

        with WorkerLock(database) as after_it:
            assert after_it.acquired


@needs_postgres
async def test_on_postgres_nobody_knows_whether_other_workers_live(tmp_path: Path) -> None:
    async with postgres_url(tmp_path) as url, open_database(url) as database:
        with WorkerLock(database) as lock:
            assert not lock.acquired
