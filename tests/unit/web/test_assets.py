"""The pages' assets: how they are built, and in which form a browser gets them."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from adapters.web.build_assets import CARRIED, LICENCES, build
from adapters.web.shelf import STATIC, Shelf

SCRIPT = b"/* a script that can be made smaller */ " * 50


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """What npm brings, in small."""
    for source in (*CARRIED.values(), *LICENCES.values()):
        path = tmp_path / "node_modules" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(SCRIPT)
    return tmp_path / "node_modules"


def test_every_file_and_licence_is_carried_and_what_is_sent_is_compressed_beside(modules: Path, tmp_path: Path) -> None:
    target = build(modules, tmp_path / "web" / "assets")

    names = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert names >= {*CARRIED, *LICENCES, *(f"{name}.gz" for name in CARRIED)}
    assert gzip.decompress((target / "model-viewer.min.js.gz").read_bytes()) == SCRIPT
    assert (shutil.which("node") is not None) == ("model-viewer.min.js.br" in names)


def test_building_again_replaces_what_was_there_and_leaves_nothing_beside(modules: Path, tmp_path: Path) -> None:
    target = build(modules, tmp_path / "web" / "assets")
    (target / "of an older version.js").touch()

    build(modules, target)

    assert not (target / "of an older version.js").exists()
    assert list(target.parent.iterdir()) == [target]


def test_a_package_that_is_missing_leaves_the_assets_of_before_and_says_what_to_do(
    modules: Path, tmp_path: Path
) -> None:
    target = build(modules, tmp_path / "assets")
    (modules / CARRIED["meshopt_decoder.js"]).unlink()

    run = subprocess.run(
        [sys.executable, "-m", "adapters.web.build_assets", "--modules", str(modules), "--target", str(target)],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert run.returncode == 1
    assert "meshopt_decoder.cjs is not there. Run `npm ci` first." in run.stderr
    assert (target / "model-viewer.min.js").read_bytes() == SCRIPT


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "a.js").write_bytes(SCRIPT)
    (tmp_path / "a.js.gz").write_bytes(b"gzipped")
    (tmp_path / "a.js.br").write_bytes(b"brotlied")
    (tmp_path / "b.wasm").write_bytes(b"plain")
    return Shelf(tmp_path)


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", b"brotlied"),
        ("gzip", "gzip", b"gzipped"),
        ("GZIP;q=0.5", "gzip", b"gzipped"),
        ("br;q=0, gzip", "gzip", b"gzipped"),
        ("br;q=0, gzip;q=0.0", None, SCRIPT),
        ("identity", None, SCRIPT),
        ("", None, SCRIPT),
        ("x" * 100_000, None, SCRIPT),
    ],
)
def test_a_browser_gets_the_smallest_form_that_it_takes(
    shelf: Shelf, accepted: str, encoding: str | None, body: bytes
) -> None:
    answer = shelf.answer(asking(shelf, "a.js", accepted))

    assert answer.body == body
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_each_form_has_an_etag_of_its_own(shelf: Shelf) -> None:
    etags = {shelf.answer(asking(shelf, "a.js", accepted)).headers["ETag"] for accepted in ("", "gzip", "br")}

    assert len(etags) == 3


def test_a_file_without_a_smaller_form_is_sent_as_it_is(shelf: Shelf) -> None:
    answer = shelf.answer(asking(shelf, "b.wasm", "br, gzip"))

    assert (answer.body, answer.headers["Content-Type"]) == (b"plain", "application/wasm")
    assert "Content-Encoding" not in answer.headers


def test_the_digest_changes_with_any_asset(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    before = Shelf(tmp_path).digest
    (tmp_path / "a.css").write_text("b")

    assert Shelf(tmp_path).digest != before
    assert Shelf(tmp_path).digest == Shelf(tmp_path).digest


def test_a_folder_that_was_never_built_is_an_empty_one(tmp_path: Path) -> None:
    shelf = Shelf(STATIC, tmp_path / "assets")

    assert not shelf.has_viewer


def asking(shelf: Shelf, name: str, accepted: str) -> web.Request:
    match_info = {"digest": shelf.digest, "name": name}
    return make_mocked_request("GET", "/", headers={"Accept-Encoding": accepted}, match_info=match_info)
