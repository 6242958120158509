"""Where the files of a model come to lie at the terminal."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import signal
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.console.delivery import Delivery, _write_private
from bot.chat import Export
from bot.errors import NoSuchFile
from bot.model import FileRole, ModelFile, TaskState
from bot.update import Update
from bot.view import ending
from tests.factories import a_task
from tests.fakes.files import MemoryFileStore

STORED = {
    "base.glb": (FileRole.MODEL, b"glTF model"),
    "still.png": (FileRole.STILL, b"a still"),
    "turntable.gif": (FileRole.TURNTABLE, b"a turntable"),
    "frames.webp": (FileRole.FRAMES, b"frames"),
}


@pytest.fixture
async def store() -> MemoryFileStore:
    files = MemoryFileStore()
    for name, (_, data) in STORED.items():
        await files.save_bytes(f"tasks/one/{name}", data)
    return files


def an_update(*names: str, task_id: str = "one") -> Update:
    files = tuple(
        ModelFile(
            key=f"tasks/one/{name}",
            name=name,
            role=STORED[name][0],
            size_bytes=len(STORED[name][1]),
            sha256=hashlib.sha256(STORED[name][1]).hexdigest(),
        )
        for name in names
    )
    return replace(ending(a_task(state=TaskState.READY, files=files)), task_id=task_id)


def lying_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


async def test_every_task_has_a_folder_named_after_its_prompt(store: MemoryFileStore, tmp_path: Path) -> None:
    await Delivery(files=store, folder=tmp_path).deliver(an_update("base.glb", "still.png"))

    assert lying_in(tmp_path) == {"a-small-brass-owl-one/base.glb", "a-small-brass-owl-one/still.png"}


async def test_the_strip_of_frames_is_for_the_page_only(store: MemoryFileStore, tmp_path: Path) -> None:
    paths = await Delivery(files=store, folder=tmp_path, is_flat=True).deliver(an_update("base.glb", "frames.webp"))

    assert [path.name for path in paths] == ["base.glb"]
    assert lying_in(tmp_path) == {"base.glb"}


async def test_late_pictures_lie_next_to_the_first_files_and_nothing_is_copied_again(
    store: MemoryFileStore, tmp_path: Path
) -> None:
    delivery = Delivery(files=store, folder=tmp_path, is_flat=True)
    await delivery.deliver(an_update("base.glb", "still.png"))
    (tmp_path / "base.glb").write_bytes(b"changed by its person")
    (tmp_path / "still.png").unlink()

    paths = await delivery.deliver(an_update("base.glb", "still.png", "turntable.gif"))

    assert [path.relative_to(tmp_path).as_posix() for path in paths] == ["base.glb", "still.png", "turntable.gif"]
    assert lying_in(tmp_path) == {"base.glb", "turntable.gif"}
    assert (tmp_path / "base.glb").read_bytes() == b"changed by its person"


async def test_nothing_of_somebody_elses_is_overwritten(store: MemoryFileStore, tmp_path: Path) -> None:
    (tmp_path / "base.glb").write_bytes(b"another one's")
    delivery = Delivery(files=store, folder=tmp_path, is_flat=True)

    await delivery.deliver(an_update("base.glb"))
    await delivery.deliver(an_update("base.glb", "turntable.gif"))

    assert (tmp_path / "base.glb").read_bytes() == b"another one's"
    assert lying_in(tmp_path / "a-small-brass-owl-one") == {"base.glb", "turntable.gif"}


async def test_a_late_picture_whose_name_is_taken_overwrites_nothing(store: MemoryFileStore, tmp_path: Path) -> None:
    delivery = Delivery(files=store, folder=tmp_path, is_flat=True)
    await delivery.deliver(an_update("base.glb"))
    (tmp_path / "still.png").write_bytes(b"a photograph")

    await delivery.deliver(an_update("base.glb", "still.png"))

    assert (tmp_path / "still.png").read_bytes() == b"a photograph"
    assert lying_in(tmp_path) == {"base.glb", "still.png", "a-small-brass-owl-one/still.png"}


async def test_after_a_restart_the_same_files_are_found_again(store: MemoryFileStore, tmp_path: Path) -> None:
    await Delivery(files=store, folder=tmp_path, is_flat=True).deliver(an_update("base.glb"))
    before = (tmp_path / "base.glb").stat().st_ino

    await Delivery(files=store, folder=tmp_path, is_flat=True).deliver(an_update("base.glb", "still.png"))

    assert lying_in(tmp_path) == {"base.glb", "still.png"}
    assert (tmp_path / "base.glb").stat().st_ino == before


async def test_a_file_that_the_store_has_lost_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile):
        await Delivery(files=MemoryFileStore(), folder=tmp_path).deliver(an_update("base.glb"))


ARCHIVE = Export(name="rodin-bot-data-2026-11-22.zip", data=b"PK" * 5_000)


async def test_an_archive_is_laid_beside_an_earlier_one_and_only_its_owner_may_read_it(
    store: MemoryFileStore, tmp_path: Path
) -> None:
    delivery = Delivery(files=store, folder=tmp_path)

    paths = [await delivery.lay(ARCHIVE), await delivery.lay(ARCHIVE)]

    assert lying_in(tmp_path) == {"rodin-bot-data-2026-11-22.zip", "rodin-bot-data-2026-11-22-2.zip"}
    assert [(path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in paths] == [(ARCHIVE.data, 0o600)] * 2


async def test_an_archive_finds_its_place_where_a_file_cannot_have_two_names(
    store: MemoryFileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, link: Path, **_: bool) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted", str(link))

    monkeypatch.setattr(os, "link", refuse)
    delivery = Delivery(files=store, folder=tmp_path)

    paths = [await delivery.lay(ARCHIVE), await delivery.lay(ARCHIVE)]

    assert lying_in(tmp_path) == {"rodin-bot-data-2026-11-22.zip", "rodin-bot-data-2026-11-22-2.zip"}
    assert [path.read_bytes() for path in paths] == [ARCHIVE.data] * 2


def test_killed_while_it_writes_an_archive_it_leaves_nothing_that_looks_like_one(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # the kernel kills whoever writes beyond the limit
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(ARCHIVE.data) // 2, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _write_private(tmp_path / ARCHIVE.name, ARCHIVE.data)
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert os.WTERMSIG(status) == signal.SIGXFSZ
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [len(ARCHIVE.data) // 2]
    assert not (tmp_path / ARCHIVE.name).exists()
