"""The folders of simulators: one's own goes at the end, a killed one's at the next start, a living one's never."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from adapters.rodin.simulator.folders import PREFIX
from adapters.rodin.simulator.server import Simulator
from tests.unit.simulator.stand import SERVE, TinyMaker


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


async def test_what_a_killed_simulator_left_goes_when_the_next_one_starts(place: Path):
    environment = {**os.environ, "TMPDIR": str(place)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, stdout=asyncio.subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        await process.stdout.readline()
        [left] = place.iterdir()
        process.kill()
        await process.communicate()

    async with Simulator(maker=TinyMaker()):
        assert left.name.startswith(PREFIX)
        assert not left.exists()

    assert list(place.iterdir()) == []


async def test_a_living_simulator_keeps_its_folder(place: Path):
    async with Simulator(maker=TinyMaker()):
        [folder] = place.iterdir()
        two_days_ago = time.time() - 2 * 86_400
        os.utime(folder, (two_days_ago, two_days_ago))

        async with Simulator(maker=TinyMaker()):
            assert folder.is_dir()

        assert list(place.iterdir()) == [folder]


async def test_a_folder_without_a_lock_goes_only_when_it_is_old(place: Path):
    old, young = place / f"{PREFIX}old", place / f"{PREFIX}young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "base.glb").write_bytes(b"glTF")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(old, (two_days_ago, two_days_ago))

    async with Simulator(maker=TinyMaker()):
        assert (old.exists(), young.exists()) == (False, True)


async def test_nothing_else_in_the_place_is_touched(place: Path):
    kept = place / "kept"
    kept.mkdir()
    (kept / "owl").touch()
    (place / f"{PREFIX}link").symlink_to(kept)
    (place / f"{PREFIX}file").touch()

    async with Simulator(maker=TinyMaker()):
        pass

    assert {path.name for path in place.iterdir()} == {"kept", f"{PREFIX}link", f"{PREFIX}file"}
    assert (kept / "owl").is_file()
