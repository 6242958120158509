"""A place that goes with its container is recognised."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.lasting import passing_place

DOCKER = """\
22 1 0:30 / / rw,relatime - overlay overlay rw,lowerdir=/a
23 22 0:31 / /tmp rw - tmpfs tmpfs rw
24 22 8:1 /volumes/rodin /app/data rw,relatime master:1 - ext4 /dev/sda1 rw
25 22 8:1 /my\\040files /app/my\\040files rw - ext4 /dev/sda1 rw
26 22 0:32 / /hidden rw - ext4 /dev/sda1 rw
27 22 0:33 / /hidden rw - tmpfs tmpfs rw
"""


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DYNO", raising=False)
    path = tmp_path / "mountinfo"
    path.write_text(DOCKER)
    return path


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("/app/other/rodin-bot.db", "container's own layer"),
        ("/tmp/x/rodin-bot.db", "memory"),
        ("/hidden/rodin-bot.db", "memory"),
    ],
)
def test_what_goes_with_the_container_is_named(mounts: Path, place: str, says: str) -> None:
    assert says in (passing_place(Path(place), mounts=mounts) or "")


@pytest.mark.parametrize("place", ["/app/data/rodin-bot.db", "/app/my files/rodin-bot.db"])
def test_a_volume_lasts(mounts: Path, place: str) -> None:
    assert passing_place(Path(place), mounts=mounts) is None


def test_a_host_that_wipes_its_disk_is_named(mounts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNO", "web.1")

    assert "Heroku wipes" in (passing_place(Path("/app/data"), mounts=mounts) or "")


def test_a_system_that_does_not_tell_gets_no_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DYNO", raising=False)

    assert passing_place(Path("/app"), mounts=tmp_path / "none") is None
