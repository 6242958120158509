"""With a bucket, a download may come from there; what the page itself loads never does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.web.server import WebOptions
from bot.exhibit import ShownFile
from bot.model import FileRole
from storage.files import ObjectFileStore
from tests.edge.web.hall import MODEL, Hall, an_exhibit, open_hall
from tests.fakes.library import FakeLibrary
from tests.fakes.s3 import S3Server, s3_server

REDIRECTING = WebOptions(port=0, redirects_downloads=True)
FILE = ShownFile(
    name="red tea.glb",
    role=FileRole.MODEL,
    size_bytes=len(MODEL),
    sha256="0" * 64,
    key="results/du9xkna/red tea.glb",
)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> ObjectFileStore:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    s3.make_bucket("models")
    return ObjectFileStore("s3://models/prefix")


@pytest.fixture
async def hall(bucket: ObjectFileStore, tmp_path: Path) -> AsyncIterator[Hall]:
    await bucket.save_bytes(FILE.key, MODEL)
    library = FakeLibrary(an_exhibit(files=(FILE,)))
    async with open_hall(tmp_path, options=REDIRECTING, files=bucket, library=library) as opened:
        yield opened


async def test_a_download_is_sent_to_the_bucket_which_gives_it_under_its_name(hall: Hall, s3: S3Server) -> None:
    answer = await hall.get(hall.path("red%20tea.glb"))

    assert (answer.status, answer.body) == (302, b"")
    assert answer.headers["Cache-Control"] == "private, no-store"
    location = answer.headers["Location"]
    assert location.startswith(f"{s3.url}/models/prefix/")
    assert "X-Amz-Expires=3600" in urlsplit(location).query
    async with hall.session.get(location) as followed:
        assert (followed.status, await followed.read()) == (200, MODEL)
        assert followed.headers["Content-Disposition"] == 'attachment; filename="red tea.glb"'


async def test_what_the_page_loads_comes_through_us(hall: Hall) -> None:
    answer = await hall.get(hall.path("red%20tea.glb") + "?inline")
    stretch = await hall.get(hall.path("red%20tea.glb") + "?inline", Range="bytes=5-9")

    assert (answer.status, answer.body) == (200, MODEL)
    assert (stretch.status, stretch.body) == (206, MODEL[5:10])


async def test_a_deleted_task_gives_no_address_at_the_bucket(hall: Hall) -> None:
    hall.library.change("du9xkna", is_deleted=True)

    assert (await hall.get(hall.path("red%20tea.glb"))).status == 410


async def test_a_file_that_the_bucket_knows_by_another_name_comes_through_us(hall: Hall) -> None:
    hall.library.change("du9xkna", files=(replace(FILE, name="käse.glb"),))

    answer = await hall.get(hall.path("k%C3%A4se.glb"))

    assert (answer.status, answer.body) == (200, MODEL)


async def test_nothing_is_sent_to_the_bucket_unless_the_operator_wants_it(
    bucket: ObjectFileStore, tmp_path: Path
) -> None:
    await bucket.save_bytes(FILE.key, MODEL)
    library = FakeLibrary(an_exhibit(files=(FILE,)))
    async with open_hall(tmp_path, files=bucket, library=library) as hall:
        assert (await hall.get(hall.path("red%20tea.glb"))).status == 200


async def test_a_folder_sends_its_files_itself(tmp_path: Path) -> None:
    async with open_hall(tmp_path, options=REDIRECTING) as hall:
        assert (await hall.get(hall.path("base_basic_pbr.glb"))).status == 200
