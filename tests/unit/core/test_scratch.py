"""Folders for files on their way."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.scratch import PREFIX, scratch_folder, sweep_scratch


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


async def test_a_folder_is_gone_afterwards_whatever_happened(place: Path) -> None:
    async def break_in_the_middle() -> None:
        async with scratch_folder() as folder:
            (folder / "half").write_bytes(b"...")
            raise RuntimeError("broke")

    with pytest.raises(RuntimeError):
        await break_in_the_middle()

    assert list(place.iterdir()) == []


async def test_a_disk_that_takes_nothing_is_trouble_of_storage(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(place / "not" / "there"))

    with pytest.raises(StorageError, match="no folder for files on their way"):
        async with scratch_folder():
            pass


async def test_only_what_a_killed_process_left_long_ago_is_swept(place: Path) -> None:
    old, foreign = place / f"{PREFIX}old", place / "somebody-elses"
    for folder in (old, foreign):
        folder.mkdir()
        (folder / "base.glb").write_bytes(b"glTF")
        two_days_ago = time.time() - 2 * 86_400
        os.utime(folder, (two_days_ago, two_days_ago))

    async with scratch_folder() as living:
        swept = sweep_scratch()
        assert living.is_dir()

    assert swept == 1
    assert [path.name for path in place.iterdir()] == ["somebody-elses"]


async def test_whoever_is_cancelled_at_any_moment_leaves_no_folder(place: Path) -> None:
    async def work() -> None:
        async with scratch_folder():
            await asyncio.Event().wait()

    for moments in range(4):
        task = asyncio.create_task(work())
        for _ in range(moments):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()  # in the middle of taking it away, too
        await asyncio.wait([task])

    await asyncio.get_running_loop().shutdown_default_executor()
    assert list(place.iterdir()) == []
