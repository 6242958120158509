"""The pages as a person sees them: in a browser, against the running web part, with a model from the simulator."""

from __future__ import annotations

import io
import math
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from adapters.rodin.simulator.models import ModelSpec, build
from adapters.web.build_assets import CARRIED
from adapters.web.build_assets import build as build_assets
from adapters.web.shelf import STATIC, Shelf
from bot.model import FileRole
from tests.edge.web.browser import DESKTOP, DRAWS_NOTHING, PHONE, ROOT, differ, is_varied, needs_browser, visit
from tests.edge.web.hall import Hall, an_exhibit, open_hall, stored

pytestmark = needs_browser

LOADED = "document.querySelector('model-viewer')?.loaded && document.getElementById('progress').hidden"
TURNS = "!document.getElementById('turner').hidden"
ORBIT = "document.querySelector('model-viewer').getCameraOrbit().theta"
ROTATION = "document.querySelector('model-viewer').turntableRotation"
ANGLE = "Number(document.getElementById('turner').getAttribute('aria-valuenow'))"
STILL = {**DESKTOP, "reducedMotion": "reduce"}
PAYLOADS = ROOT / "tests" / "payloads" / "models"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """A small model with its render, as Rodin's stand-in makes them, and pictures of something that turns."""
    folder = tmp_path_factory.mktemp("model")
    paths = build(ModelSpec(prompt="a brass teapot", seed=7, faces=4000, texture_px=256, preview_render=True), folder)
    return {path.name: path.read_bytes() for path in paths} | {"frames.webp": strip()}


def strip(count: int = 36, columns: int = 6, edge: int = 128) -> bytes:
    """A disk with a spot that goes round it."""
    sheet = Image.new("RGB", (edge * columns, edge * math.ceil(count / columns)), (226, 227, 230))
    brush = ImageDraw.Draw(sheet)
    for frame in range(count):
        x, y = frame % columns * edge, frame // columns * edge
        brush.ellipse((x + 24, y + 24, x + edge - 24, y + edge - 24), fill=(180, 140, 60))
        at = x + edge / 2 + edge * 0.3 * math.sin(frame / count * math.tau)
        brush.ellipse((at - 9, y + edge / 2 - 9, at + 9, y + edge / 2 + 9), fill=(40, 30, 20))
    target = io.BytesIO()
    sheet.save(target, "WEBP", quality=90)
    return target.getvalue()


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The assets as `make assets` builds them, from what npm brought."""
    return Shelf(STATIC, build_assets(ROOT / "node_modules", tmp_path_factory.mktemp("web") / "assets"))


async def exhibited(hall: Hall, pack: Mapping[str, bytes], **changes: Any) -> None:
    roles = {".glb": FileRole.MODEL, ".jpg": FileRole.RENDER}
    files = [
        await stored(hall.files, name, data, role=roles.get(Path(name).suffix, FileRole.OTHER))
        for name, data in pack.items()
    ]
    shown = {"model": "base_basic_pbr.glb", "poster": "render.jpg", "frames": "frames.webp"}
    hall.library.exhibits["du9xkna"] = an_exhibit(files=tuple(files), **(shown | changes))


@pytest.fixture
async def with_viewer(tmp_path: Path, viewer: Shelf, pack: Mapping[str, bytes]) -> AsyncIterator[Hall]:
    async with open_hall(tmp_path, shelf=viewer) as hall:
        await exhibited(hall, pack)
        yield hall


@pytest.fixture
async def without_viewer(tmp_path: Path, pack: Mapping[str, bytes]) -> AsyncIterator[Hall]:
    async with open_hall(tmp_path) as hall:
        await exhibited(hall, pack)
        yield hall


def address(hall: Hall) -> str:
    return hall.web.url + hall.path()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_model_is_seen_and_only_we_are_asked(
    with_viewer: Hall, tmp_path: Path, device: Mapping[str, Any], scheme: str
) -> None:
    shot = tmp_path / "model.png"

    seen = await visit(
        address(with_viewer),
        ["until", LOADED],
        ["shot", ["model-viewer", str(shot)]],
        ["evaluate", "document.documentElement.scrollWidth <= innerWidth"],
        ["evaluate", "getComputedStyle(document.body).backgroundColor"],
        ["evaluate", "document.querySelector('model-viewer').shadowRoot.querySelector('canvas').width > 0"],
        **device,
        colorScheme=scheme,
    )

    assert is_varied(shot)
    assert seen.steps[2] is True, "the page is wider than the screen"
    assert seen.steps[3] == {"light": "rgb(244, 244, 242)", "dark": "rgb(15, 16, 19)"}[scheme]
    assert seen.steps[4] is True
    assert [
        url for url in seen.requests if not url.startswith((with_viewer.web.url, "blob:" + with_viewer.web.url))
    ] == []
    assert (seen.console, seen.errors) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_nothing_on_the_pages_keeps_people_out(
    without_viewer: Hall, with_viewer: Hall, device: Mapping[str, Any], scheme: str
) -> None:
    look = {**device, "colorScheme": scheme, "reducedMotion": "reduce"}

    pictures = await visit(address(without_viewer), ["until", TURNS], ["barriers", ""], **look)
    words = await visit(without_viewer.web.url + "/privacy", ["barriers", ""], **look)
    model = await visit(address(with_viewer), ["until", LOADED], ["barriers", ""], **look)

    assert (pictures.steps[1], words.steps[0], model.steps[1]) == ([], [], [])


async def test_the_model_turns_until_somebody_takes_hold_of_it(with_viewer: Hall, tmp_path: Path) -> None:
    one, other = tmp_path / "1.png", tmp_path / "2.png"

    seen = await visit(
        address(with_viewer),
        ["until", LOADED],
        ["shot", ["model-viewer", str(one)]],
        ["until", f"{ROTATION} > 0.5"],
        ["shot", ["model-viewer", str(other)]],
        ["evaluate", ORBIT],
        ["drag", [400, 400, 550, 400]],
        ["until", "!document.querySelector('model-viewer').hasAttribute('auto-rotate')"],
        ["until", f"Math.abs({ORBIT}) > 0.1"],
        ["evaluate", "document.getElementById('turn').textContent"],
        ["click", "#turn"],
        ["evaluate", "document.querySelector('model-viewer').hasAttribute('auto-rotate')"],
        **DESKTOP,
    )

    assert differ(one, other) > 1
    assert seen.steps[8] == "Turn"
    assert seen.steps[10] is True


async def test_who_wants_stillness_gets_it(with_viewer: Hall) -> None:
    seen = await visit(
        address(with_viewer),
        ["until", LOADED],
        ["evaluate", f"new Promise((done) => setTimeout(() => done({ROTATION}), 1000))"],
        ["evaluate", "document.getElementById('turn').getAttribute('aria-pressed')"],
        **STILL,
    )

    assert seen.steps[1:] == [0, "false"]


async def test_everything_can_be_done_with_the_keyboard(with_viewer: Hall, tmp_path: Path) -> None:
    before, after = tmp_path / "1.png", tmp_path / "2.png"
    focused = "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"

    seen = await visit(
        address(with_viewer),
        ["until", LOADED],
        ["shot", ["model-viewer", str(before)]],
        ["press", "Tab"],
        ["evaluate", focused],
        *[["press", "ArrowRight"]] * 6,
        ["until", f"Math.abs({ORBIT}) > 0.3"],
        ["shot", ["model-viewer", str(after)]],
        ["press", "Tab"],
        ["evaluate", focused],
        ["press", "Tab"],
        ["evaluate", focused],
        ["press", "Enter"],
        ["until", f"Math.abs({ORBIT}) < 0.05"],
        ["press", "Tab"],
        ["press", "Tab"],
        ["evaluate", focused],
        **STILL,
    )

    assert seen.steps[3] == "model"
    assert differ(before, after) > 1
    assert (seen.steps[13], seen.steps[15], seen.steps[20]) == ("turn", "reset", "take")


async def test_a_press_downloads_the_model_under_its_name(with_viewer: Hall) -> None:
    seen = await visit(address(with_viewer), ["download", "a.take"], **DESKTOP, acceptDownloads=True)

    assert seen.steps[0]["name"] == "base_basic_pbr.glb"


async def test_a_large_model_is_fetched_when_it_is_asked_for(with_viewer: Hall, pack: Mapping[str, bytes]) -> None:
    heavy = pack | {"base_basic_pbr.glb": padded(pack["base_basic_pbr.glb"], 21_000_000)}
    await exhibited(with_viewer, heavy)

    seen = await visit(
        address(with_viewer),
        ["until", "!document.getElementById('fetch').hidden"],
        ["evaluate", "performance.getEntriesByType('resource').some((one) => one.name.includes('.glb'))"],
        ["click", "#fetch"],
        ["until", LOADED],
        **STILL,
    )

    assert seen.steps[1] is False


def padded(glb: bytes, size: int) -> bytes:
    """Add a chunk of a kind that readers skip. Source: glTF 2.0, binary glTF layout, section 4.4.3."""
    filler = size // 4 * 4
    longer = glb + filler.to_bytes(4, "little") + b"NONE" + bytes(filler)
    return longer[:8] + len(longer).to_bytes(4, "little") + longer[12:]


async def test_without_javascript_there_are_the_picture_and_the_downloads(with_viewer: Hall, tmp_path: Path) -> None:
    shot = tmp_path / "stage.png"

    seen = await visit(address(with_viewer), ["shot", ["#stage", str(shot)]], **PHONE, javaScriptEnabled=False)

    assert is_varied(shot)
    assert not [url for url in seen.requests if ".js" in url or ".glb" in url]


async def test_without_webgl_pictures_turn_instead_and_the_page_says_why(with_viewer: Hall) -> None:
    seen = await visit(
        address(with_viewer),
        ["until", TURNS],
        ["evaluate", "document.getElementById('failed').checkVisibility()"],
        ["evaluate", "document.querySelector('model-viewer').checkVisibility()"],
        flags=DRAWS_NOTHING,
        **DESKTOP,
    )

    assert seen.steps[1:] == [True, False]


async def test_a_model_that_cannot_be_read_is_replaced_by_pictures(
    with_viewer: Hall, pack: Mapping[str, bytes]
) -> None:
    await exhibited(with_viewer, pack | {"base_basic_pbr.glb": b"glTF and then nothing that makes sense"})

    seen = await visit(
        address(with_viewer), ["until", TURNS], ["evaluate", "document.getElementById('failed').hidden"], **DESKTOP
    )

    assert seen.steps[1] is False


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_without_the_viewers_assets_pictures_turn_by_drag_and_keys(
    without_viewer: Hall, tmp_path: Path, device: Mapping[str, Any]
) -> None:
    one, other = tmp_path / "1.png", tmp_path / "2.png"

    seen = await visit(
        address(without_viewer),
        ["until", TURNS],
        ["shot", ["#turner", str(one)]],
        ["drag", [150, 200, 200, 200]],
        ["evaluate", ANGLE],
        ["shot", ["#turner", str(other)]],
        ["focus", "#turner"],
        ["press", "Home"],
        ["evaluate", ANGLE],
        ["press", "ArrowRight"],
        ["evaluate", ANGLE],
        ["press", "ArrowLeft"],
        ["press", "ArrowLeft"],
        ["evaluate", ANGLE],
        **{**device, "reducedMotion": "reduce"},
    )

    assert seen.steps[3] > 0
    assert differ(one, other) > 0.5
    assert [seen.steps[at] for at in (7, 9, 12)] == [0, 10, 350]
    assert (seen.console, seen.errors) == ([], [])
    assert all(url.startswith(without_viewer.web.url) for url in seen.requests)


async def test_pictures_turn_by_themselves_until_somebody_takes_hold_of_them(without_viewer: Hall) -> None:
    seen = await visit(
        address(without_viewer),
        ["until", TURNS],
        ["until", f"{ANGLE} > 30"],
        ["focus", "#turner"],
        ["press", "Home"],
        ["evaluate", f"new Promise((done) => setTimeout(() => done({ANGLE}), 500))"],
        **DESKTOP,
    )

    assert seen.steps[4] == 0


@pytest.mark.parametrize("name", ["draco.glb", "meshopt.glb"])
async def test_compressed_models_are_decoded_with_what_we_carry(with_viewer: Hall, tmp_path: Path, name: str) -> None:
    await with_viewer.add_file(name, (PAYLOADS / name).read_bytes())
    with_viewer.library.change("du9xkna", model=name)
    shot = tmp_path / "model.png"

    seen = await visit(address(with_viewer), ["until", LOADED], ["shot", ["model-viewer", str(shot)]], **DESKTOP)

    assert is_varied(shot)
    assert (seen.console, seen.errors) == ([], [])
    assert all(url.startswith((with_viewer.web.url, "blob:")) for url in seen.requests)


def test_all_that_the_page_names_is_carried() -> None:
    named = (STATIC / "decoders.js").read_text()

    assert "draco/" in named
    assert "meshopt_decoder.js" in named
    assert {"draco/draco_decoder.wasm", "draco/draco_wasm_wrapper.js", "meshopt_decoder.js"} <= set(CARRIED)
