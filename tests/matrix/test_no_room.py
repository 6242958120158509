"""The real commands where nothing can be written: a sentence, an exit code, and nothing asked for."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.harness import PROGRAM

WITHIN_S = 60.0
COMMANDS = {
    "run": ["run"],
    "console": ["console", "a bell"],
    "demo": ["demo", "a bell", "--faces", "500"],
}
KEYS = {"RODIN_API_KEY": "a-key-of-a-test", "DISCORD_TOKEN": "a.token.of-a-test", "RODIN_API_URL": "http://127.0.0.1:9"}

pytestmark = pytest.mark.slow


def ran(arguments: list[str], *, home: Path, before: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `before` is said to the shell first."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": tempfile.gettempdir(), **KEYS, **settings}
    line = f'{before}exec "$0" "$@"'
    return subprocess.run(
        ["/bin/sh", "-c", line, str(PROGRAM), *arguments],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One sentence with what happened and what to do, exit code 2, and no traceback."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize("command", ["run", "console"])
def test_a_disk_that_takes_nothing_stops_the_start_with_a_sentence(command: str, tmp_path: Path) -> None:
    done = ran(COMMANDS[command], home=tmp_path, before="ulimit -f 0; ")

    assert_refused(done, "cannot be")


def test_a_demo_without_a_place_for_its_files_says_so(tmp_path: Path) -> None:
    done = ran(COMMANDS["demo"], home=tmp_path, before="ulimit -f 0; ")

    assert_refused(done, "Files cannot be written to", "--out")


def test_a_place_where_no_folder_can_be_made_is_named(tmp_path: Path) -> None:
    done = ran(COMMANDS["run"], home=tmp_path, DATABASE_URL="sqlite:////proc/nowhere/bot.db")

    assert_refused(done, "/proc/nowhere/bot.db", "DATABASE_URL")


def fill(disk: Path) -> None:
    """Leave no room on a disk."""
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


@pytest.fixture(params=["read-only", "full"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Give a disk of its own that is read-only or full; skip where nobody may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("nobody may mount a disk here")
    try:
        if request.param == "full":
            fill(disk)
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_disk_that_is_read_only_or_full_stops_the_start_with_a_sentence(
    command: str, small_disk: Path, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    done = ran(COMMANDS[command], home=small_disk, TMPDIR=str(scratch))

    assert_refused(done, str(small_disk))
