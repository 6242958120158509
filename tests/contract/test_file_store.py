"""What every FileStore promises, wherever the files lie."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import obstore.store
import pytest

from bot.errors import NoSuchFile
from bot.ports import FileStore
from storage.files import ObjectFileStore
from tests.fakes.s3 import S3Server, s3_server

MANY_PARTS = 12 * 1024 * 1024
"""Larger than two of the parts in which files travel, and no multiple of one."""


HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@asynccontextmanager
async def folder_store(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[FileStore]:
    yield ObjectFileStore(str(folder / "files"))


@asynccontextmanager
async def bucket_store(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[FileStore]:
    """Yield a store that takes the way of buckets, without a server."""
    yield ObjectFileStore("s3://bucket", bucket=obstore.store.MemoryStore())


@asynccontextmanager
async def s3_store(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[FileStore]:
    """Yield a store in a fresh bucket of an S3-compatible server, reached over HTTP and below a prefix."""
    server: S3Server = request.getfixturevalue("s3")
    bucket = f"bucket-{secrets.token_hex(8)}"
    server.make_bucket(bucket)
    monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield ObjectFileStore(f"s3://{bucket}/some/prefix")


@pytest.fixture(params=[folder_store, bucket_store, s3_store], ids=["folder", "bucket", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FileStore]:
    async with request.param(request, tmp_path) as opened:
        yield opened


async def opened(store: FileStore, key: str, **where: int) -> bytes:
    async with aclosing(store.open(key, **where)) as chunks:
        return b"".join([chunk async for chunk in chunks])


def a_local_file(folder: Path, data: bytes) -> Path:
    path = folder / "local.bin"
    path.write_bytes(data)
    return path


async def test_bytes_come_back_as_they_were_saved(store: FileStore) -> None:
    await store.save_bytes("pictures/one/1.png", b"\x00\xffpicture")

    assert await store.load("pictures/one/1.png") == b"\x00\xffpicture"


async def test_an_empty_file_is_a_file(store: FileStore, tmp_path: Path) -> None:
    await store.save_bytes("a/empty", b"")
    await store.save("a/empty too", a_local_file(tmp_path, b""))

    assert await store.load("a/empty") == await store.load("a/empty too") == b""
    assert await store.keys("a") == ("a/empty", "a/empty too")


async def test_a_large_file_goes_in_and_out_unchanged(store: FileStore, tmp_path: Path) -> None:
    data = bytes(range(251)) * (MANY_PARTS // 251)
    source, target = a_local_file(tmp_path, data), tmp_path / "out.glb"

    await store.save("results/one/model.glb", source)
    await store.fetch("results/one/model.glb", target)

    assert target.read_bytes() == source.read_bytes() == data


async def test_saving_again_replaces_what_was_there(store: FileStore, tmp_path: Path) -> None:
    await store.save_bytes("a/b", b"a longer text of before")
    await store.save_bytes("a/b", b"new")
    assert await store.load("a/b") == b"new"

    await store.save("a/b", a_local_file(tmp_path, b"newest"))
    assert await store.load("a/b") == b"newest"
    assert await store.keys("") == ("a/b",)


async def test_two_who_save_under_one_key_leave_one_whole_file(store: FileStore) -> None:
    texts = [bytes([letter]) * 500_000 for letter in b"abcd"]

    await asyncio.gather(*(store.save_bytes("a/b", data) for data in texts))

    assert await store.load("a/b") in texts
    assert await store.keys("") == ("a/b",)


async def test_saving_a_local_file_that_is_gone_is_refused_and_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile):
        await store.save("a/b", tmp_path / "gone")

    assert await store.keys("") == ()


async def test_loading_what_is_not_there_is_refused(store: FileStore) -> None:
    with pytest.raises(NoSuchFile, match="a/nothing"):
        await store.load("a/nothing")


async def test_fetching_what_is_not_there_is_refused_and_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    target = tmp_path / "out" / "x.glb"
    target.parent.mkdir()

    with pytest.raises(NoSuchFile, match="a/nothing"):
        await store.fetch("a/nothing", target)

    assert list(target.parent.iterdir()) == []


async def test_fetching_replaces_an_older_local_file(store: FileStore, tmp_path: Path) -> None:
    target = a_local_file(tmp_path, b"a longer text of before")
    await store.save_bytes("a/b", b"new")

    await store.fetch("a/b", target)

    assert target.read_bytes() == b"new"


async def test_keys_are_those_under_a_folder_sorted(store: FileStore) -> None:
    for key in ("b/2", "b/10", "b/deep/er/1", "bb/1", "a/1", "top"):
        await store.save_bytes(key, b"x")

    assert await store.keys("b") == await store.keys("b/") == ("b/10", "b/2", "b/deep/er/1")
    assert await store.keys("b/deep") == ("b/deep/er/1",)
    assert await store.keys("") == ("a/1", "b/10", "b/2", "b/deep/er/1", "bb/1", "top")
    assert await store.keys("nothing") == ()


async def test_removing_a_folder_takes_everything_under_it_and_nothing_beside(store: FileStore) -> None:
    for key in ("a/1", "a/deep/2", "ab/3", "b/a/4"):
        await store.save_bytes(key, b"x")

    await store.remove("a")

    assert await store.keys("") == ("ab/3", "b/a/4")
    with pytest.raises(NoSuchFile):
        await store.load("a/1")


async def test_removing_twice_or_nothing_is_harmless(store: FileStore) -> None:
    await store.save_bytes("a/1", b"x")

    await store.remove("a/")
    await store.remove("a")
    await store.remove("never/was")

    assert await store.keys("") == ()


async def test_removing_one_file_takes_nothing_beside_or_under_it(store: FileStore) -> None:
    for key in ("a/1", "a/10", "a/deep/1", "1"):
        await store.save_bytes(key, b"x")

    await store.remove_file("a/1")

    assert await store.keys("") == ("1", "a/10", "a/deep/1")
    with pytest.raises(NoSuchFile):
        await store.load("a/1")


async def test_removing_a_file_twice_or_where_none_is_harms_nothing(store: FileStore) -> None:
    await store.save_bytes("a/1", b"x")
    await store.save_bytes("a/2", b"x")

    await store.remove_file("a/1")
    await store.remove_file("a/1")
    await store.remove_file("never/was")

    assert await store.keys("") == ("a/2",)


@pytest.mark.parametrize("key", ["a", "a b/c.d-e_f", "A/1/2/3/4", ".hidden", "a/...", "a/" + "n" * 200])
async def test_a_key_of_safe_characters_is_taken(store: FileStore, key: str) -> None:
    await store.save_bytes(key, b"x")

    assert await store.keys("") == (key,)
    assert await store.load(key) == b"x"


BAD_KEYS = ["", "/a", "a/", "a//b", "..", "../a", "a/../b", "a/.", "a\\b", "a#1", "a\nb", "a\n", "ä", "a:b", "n" * 201]


@pytest.mark.parametrize("key", BAD_KEYS, ids=repr)
async def test_a_key_that_could_lead_elsewhere_is_refused_by_every_method(
    store: FileStore, key: str, tmp_path: Path
) -> None:
    local = a_local_file(tmp_path, b"x")

    for refused in (
        store.save(key, local),
        store.save_bytes(key, b""),
        store.load(key),
        store.fetch(key, local),
        store.size(key),
        opened(store, key),
        store.presigned_url(key, name="x", expires=HOUR),
        store.remove_file(key),
    ):
        with pytest.raises(ValueError, match="is no key"):
            await refused
    assert local.read_bytes() == b"x"


@pytest.mark.parametrize("prefix", ["/", "..", "a/../..", "a//"])
async def test_a_folder_that_could_lie_elsewhere_is_neither_listed_nor_removed(store: FileStore, prefix: str) -> None:
    await store.save_bytes("a/1", b"x")

    for refused in (store.keys(prefix), store.remove(prefix)):
        with pytest.raises(ValueError, match="is no key"):
            await refused
    assert await store.keys("") == ("a/1",)


async def test_everything_is_never_removed_at_once(store: FileStore) -> None:
    with pytest.raises(ValueError, match="is no key"):
        await store.remove("")


async def test_the_size_is_that_of_the_file(store: FileStore) -> None:
    await store.save_bytes("a/b", b"12345")
    await store.save_bytes("a/empty", b"")

    assert await store.size("a/b") == 5
    assert await store.size("a/empty") == 0


async def test_asking_what_is_not_there_for_its_size_or_bytes_is_refused(store: FileStore) -> None:
    with pytest.raises(NoSuchFile, match="a/nothing"):
        await store.size("a/nothing")
    with pytest.raises(NoSuchFile, match="a/nothing"):
        await opened(store, "a/nothing")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, slice(None)),
        ({"start": 0, "length": 4}, slice(4)),
        ({"start": 3}, slice(3, None)),
        ({"start": 3, "length": 4}, slice(3, 7)),
        ({"start": 8, "length": 100}, slice(8, None)),
        ({"start": 9, "length": 1}, slice(9, 10)),
        ({"start": 4, "length": 0}, slice(0)),
        ({"start": 10}, slice(0)),
        ({"start": 10**12, "length": 10**12}, slice(0)),
    ],
    ids=str,
)
async def test_any_stretch_of_a_file_can_be_opened(store: FileStore, where: dict[str, int], expected: slice) -> None:
    await store.save_bytes("a/b", b"0123456789")

    assert await opened(store, "a/b", **where) == b"0123456789"[expected]


async def test_an_empty_file_opens_as_nothing(store: FileStore) -> None:
    await store.save_bytes("a/empty", b"")

    assert await opened(store, "a/empty") == b""


async def test_a_large_file_is_opened_in_small_chunks_and_whole(store: FileStore, tmp_path: Path) -> None:
    data = bytes(range(251)) * (MANY_PARTS // 251)
    await store.save("results/one/model.glb", a_local_file(tmp_path, data))

    async with aclosing(store.open("results/one/model.glb", start=1_000_001)) as chunks:
        found = [chunk async for chunk in chunks]

    assert max(map(len, found)) <= 1024 * 1024
    assert b"".join(found) == data[1_000_001:]


async def test_an_opened_file_may_be_left_early(store: FileStore, tmp_path: Path) -> None:
    await store.save("a/b", a_local_file(tmp_path, bytes(MANY_PARTS)))

    async with aclosing(store.open("a/b")) as chunks:
        first = await anext(chunks)
    await store.remove("a")

    assert 0 < len(first) < MANY_PARTS


@pytest.mark.parametrize("store", [s3_store], ids=["s3"], indirect=True)
async def test_an_address_at_the_store_downloads_the_file_under_its_name(store: FileStore) -> None:
    await store.save_bytes("results/one/red tea.glb", b"0123456789")

    url = await store.presigned_url("results/one/red tea.glb", name="red tea.glb", expires=HOUR)

    assert url
    async with aiohttp.ClientSession() as session, session.get(url, headers={"Range": "bytes=2-4"}) as response:
        assert (response.status, await response.read()) == (206, b"234")
        assert response.headers["Content-Disposition"] == 'attachment; filename="red tea.glb"'


@pytest.mark.parametrize("store", [folder_store, bucket_store], ids=["folder", "bucket"], indirect=True)
async def test_a_place_without_addresses_of_its_own_says_so(store: FileStore) -> None:
    await store.save_bytes("results/one/1", b"x")

    assert await store.presigned_url("results/one/1", name="1", expires=HOUR) is None


async def test_an_address_at_the_store_never_gives_a_file_another_name(store: FileStore) -> None:
    await store.save_bytes("results/one/1", b"x")

    assert await store.presigned_url("results/one/1", name="teapot.glb", expires=HOUR) is None
