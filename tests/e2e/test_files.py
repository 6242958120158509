"""Whatever goes wrong with Rodin's files, every one arrives whole, once, under a safe name."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.harness import KEY, PATIENCE_S, House, Rodin, house

BELL = ("a bell", "--faces", "500", "--tier", "Gen-2.5-Low", "--seed", "7", "--render")

OURS = frozenset({"still", "turntable", "frames", "reduced"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file as its row and the store have it."""

    name: str
    role: str
    path: Path
    size_bytes: int
    sha256: str


@pytest.fixture
def home(rodin: Rodin, tmp_path: Path) -> Iterator[House]:
    yield house(tmp_path / "bot", rodin.url, poll_min_s=0.05, PREVIEWS="turntable")
    rodin.break_with("")


def stored(home: House) -> list[Stored]:
    """Return the files of the one task, checked against what lies in the store."""
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT name, role, key, size_bytes, sha256 FROM files ORDER BY position")
        files = [
            Stored(name=name, role=role, path=home.files / key, size_bytes=size, sha256=digest)
            for name, role, key, size, digest in rows
        ]
    for file in files:
        data = file.path.read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size_bytes, file.sha256), file
    return files


def at_rodin(rodin: Rodin, uuid: str) -> list[str]:
    """Return the digests of a task's files, fetched once more with nothing wrong, in no order that counts."""
    rodin.break_with("")
    headers = {"Authorization": f"Bearer {KEY}"}
    listed = rodin.http.post(f"{rodin.url}/download", json={"task_uuid": uuid}, headers=headers, timeout=PATIENCE_S)
    listed.raise_for_status()
    return sorted(
        hashlib.sha256(rodin.http.get(file["url"], timeout=PATIENCE_S).content).hexdigest()
        for file in listed.json()["list"]
    )


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("expired_links", marks=pytest.mark.slow),
        pytest.param("broken_transfer", marks=pytest.mark.slow),
        pytest.param("wrong_content_length:x1", marks=pytest.mark.slow),
        pytest.param("html_file:x2", marks=pytest.mark.slow),
        pytest.param("files_server_error:x2", marks=pytest.mark.slow),
        pytest.param("late_model", marks=pytest.mark.slow),
        "odd_names",
    ],
)
def test_every_file_arrives_whole_and_once_under_a_safe_name(fault: str, home: House, rodin: Rodin) -> None:
    rodin.break_with(fault)

    ran = home.ask_once(*BELL)

    assert (ran.code, ran.errors) == (0, ""), ran
    files = stored(home)
    theirs = [file for file in files if file.role not in OURS]
    (row,) = home.rows("vendor_uuid")
    assert sorted(file.sha256 for file in theirs) == at_rodin(rodin, row["vendor_uuid"])
    assert {"model", "preview", "render", "still", "turntable", "frames"} <= {file.role for file in files}
    assert files[0].role == "model"
    assert len({file.name.casefold() for file in files}) == len(files)
    assert {file.path for file in files} == set(home.stored_files())
    for file in files:
        assert not set(file.name) & set('/\\:*?"<>|')
        assert file.name.strip(" .") == file.name
    laid_out = {path.name: path for path in (home.home / "out").rglob("*") if path.is_file()}
    assert set(laid_out) == {file.name for file in files if file.role != "frames"}
    assert all(laid_out[file.name].read_bytes() == file.path.read_bytes() for file in files if file.name in laid_out)


@pytest.mark.slow
def test_a_rendered_picture_that_comes_very_late_joins_the_model_all_the_same(home: House, rodin: Rodin) -> None:
    rodin.break_with("late_render")
    with home.console() as bot:
        bot.say(f"generate {' '.join(BELL)}")
        bot.hear(r"^  Render: +out/\S+")
        bot.hang_up()
        assert bot.wait() == 0

    files = stored(home)
    assert [file.role for file in files].count("render") == 1
    assert {"still", "turntable", "frames"} <= {file.role for file in files}
    (row,) = home.rows("vendor_uuid, told, revision")
    assert row["told"] == row["revision"]
    theirs = sorted(file.sha256 for file in files if file.role not in OURS)
    assert theirs == at_rodin(rodin, row["vendor_uuid"])
