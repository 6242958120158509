"""What is special about files in a folder, and how `FILES_URL` is read."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from bot.errors import FileStoreBusy, FileStoreUnusable
from storage.files import ObjectFileStore

DAY_S = 86_400


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "files"

    store = ObjectFileStore(str(folder))

    assert {stat.S_IMODE(place.stat().st_mode) for place in (folder, folder.parent)} == {0o700}
    assert store.where == f"folder {folder}"


async def test_a_folder_may_be_named_by_a_file_url(tmp_path: Path) -> None:
    store = ObjectFileStore(f"file://{tmp_path}")

    await store.save_bytes("a/1", b"x")

    assert (tmp_path / "a" / "1").read_bytes() == b"x"


async def test_a_saved_file_is_on_the_disk_before_anybody_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    real_fsync = os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        real_fsync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    store = ObjectFileStore(str(tmp_path))

    await store.save_bytes("a/1", b"x")

    assert synced == [tmp_path / "a" / "1", tmp_path / "a"]


async def test_what_a_killed_process_left_unfinished_is_not_listed_and_goes_with_its_folder(tmp_path: Path) -> None:
    store = ObjectFileStore(str(tmp_path))
    await store.save_bytes("a/model.glb", b"whole")
    (tmp_path / "a" / "model.glb#1").write_bytes(b"half")

    assert await store.keys("a") == ("a/model.glb",)
    await store.remove("a")
    assert list(tmp_path.iterdir()) == []


def test_old_unfinished_files_go_at_the_start_and_fresh_ones_stay(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    old, fresh, other = (tmp_path / "a" / name for name in ("x.glb#1", "y.glb#2", "z#z.glb"))
    for path in (old, fresh, other):
        path.write_bytes(b"half")
    for path in (old, other):
        os.utime(path, (time.time() - DAY_S,) * 2)

    ObjectFileStore(str(tmp_path))

    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["y.glb#2", "z#z.glb"]


async def test_a_process_killed_while_saving_leaves_the_file_of_before(tmp_path: Path) -> None:
    store = ObjectFileStore(str(tmp_path / "files"))
    await store.save_bytes("a/model.glb", b"before")
    source = tmp_path / "source"
    source.touch()
    os.truncate(source, 10**12)  # a file full of holes: no disk is used, and no copy of it ends soon
    script = textwrap.dedent(
        """
        import asyncio, pathlib, sys
        from storage.files import ObjectFileStore

        async def main():
            store = ObjectFileStore(sys.argv[1])
            saving = asyncio.create_task(store.save("a/model.glb", pathlib.Path(sys.argv[2])))
            while not list(pathlib.Path(sys.argv[1]).rglob("model.glb#*")):
                assert not saving.done()
                await asyncio.sleep(0)
            print("saving", flush=True)
            await saving

        asyncio.run(main())
        """
    )

    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "files"), str(source)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "saving\n"
        process.kill()

    assert await store.load("a/model.glb") == b"before"
    assert await store.keys("") == ("a/model.glb",)
    await store.save_bytes("a/model.glb", b"after")
    assert await store.load("a/model.glb") == b"after"
    await store.remove("a")


async def test_a_place_that_is_taken_by_a_file_is_busy_as_ours(tmp_path: Path) -> None:
    store = ObjectFileStore(str(tmp_path))
    await store.save_bytes("a", b"x")

    with pytest.raises(FileStoreBusy):
        await store.save_bytes("a/b", b"x")


async def test_a_copy_out_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = ObjectFileStore(str(tmp_path / "files"))
    await store.save_bytes("a", b"x")
    taken = tmp_path / "out" / "a"
    taken.mkdir(parents=True)

    with pytest.raises(FileStoreBusy):
        await store.fetch("a", taken)

    assert list(taken.parent.iterdir()) == [taken]


async def test_fetching_to_a_place_that_is_not_there_is_ours_too(tmp_path: Path) -> None:
    store = ObjectFileStore(str(tmp_path))
    await store.save_bytes("a", b"x")

    with pytest.raises(FileStoreBusy):
        await store.fetch("a", tmp_path / "no folder" / "a")


def test_a_folder_that_cannot_be_made_is_refused_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()

    with pytest.raises(FileStoreUnusable, match="Make it writable"):
        ObjectFileStore(str(tmp_path / "a file" / "files"))


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("s3://bucket/some/prefix", "s3://bucket/some/prefix"),
        ("s3://ada:s3cret@bucket/prefix", "s3://bucket/prefix"),
        ("gs://bucket/prefix", "gs://bucket/prefix"),
        ("az://container/prefix", "az://container/prefix"),
    ],
)
def test_a_bucket_is_opened_by_its_url(url: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")

    assert ObjectFileStore(url).where == where


def test_a_bucket_that_lacks_its_account_is_refused_with_a_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)

    with pytest.raises(FileStoreUnusable, match=r"az://container.*Account must be specified.*Check FILES_URL"):
        ObjectFileStore("az://container/prefix")


def test_an_unknown_kind_of_place_is_refused_without_showing_it() -> None:
    with pytest.raises(FileStoreUnusable, match="starts with ftp") as caught:
        ObjectFileStore("ftp://ada:s3cret@host/files")

    assert "s3cret" not in str(caught.value)
