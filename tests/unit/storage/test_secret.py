"""The key that signs links, in its file."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from storage.secret import SecretUnusable, load_secret


def test_a_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    place = tmp_path / "data" / "secret.key"

    key = load_secret(place)

    assert load_secret(place) == key
    assert len(key) >= 40
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [path.name for path in place.parent.iterdir()] == ["secret.key"]


def test_two_keys_are_not_alike(tmp_path: Path) -> None:
    assert load_secret(tmp_path / "one.key") != load_secret(tmp_path / "other.key")


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    place = tmp_path / "secret.key"
    code = "import sys, pathlib; from storage.secret import load_secret; print(load_secret(pathlib.Path(sys.argv[1])))"
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]

    keys = {process.communicate(timeout=30)[0].strip() for process in started}

    assert keys == {load_secret(place)}
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_whoever_comes_second_keeps_the_first_ones_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "secret.key"
    link = os.link

    def late(source: Path, target: Path) -> None:
        place.write_text("the key of the process that was first")
        link(source, target)

    monkeypatch.setattr(os, "link", late)

    assert load_secret(place) == "the key of the process that was first"


def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    place = tmp_path / "secret.key"

    key = load_secret(place)

    assert load_secret(place) == key
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short", b"   \n"])
def test_a_key_that_is_too_short_is_refused_with_what_to_do(content: bytes, tmp_path: Path) -> None:
    place = tmp_path / "secret.key"
    place.write_bytes(content)

    with pytest.raises(SecretUnusable, match=r"too short. Remove the file for a new one"):
        load_secret(place)


def test_a_key_that_cannot_be_read_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "binary.key").write_bytes(b"\xff\xfe" * 40)
    (tmp_path / "folder.key").mkdir()
    (tmp_path / "file").write_text("")

    for place in (tmp_path / "binary.key", tmp_path / "folder.key", tmp_path / "file" / "secret.key"):
        with pytest.raises(SecretUnusable, match="set SECRET_KEY"):
            load_secret(place)
