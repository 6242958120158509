"""What every Previewer keeps to: pictures, facts, smaller copies, and calm in the face of bad files."""

import asyncio
import gc
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from adapters.preview.previewer import ChildPreviewer
from adapters.preview.process import Limits, _environment
from bot.errors import PreviewFailed
from bot.looks import Previewer
from bot.scratch import PREFIX
from tests.fakes.previewer import ScriptedPreviewer
from tests.unit.preview.hostile import CASES, laid_out
from tests.unit.preview.samples import ball, box, names, png, textured_ball, written
from tests.unit.simulator_models.making import made

_MISSING = "no OpenGL here; apt-get install libegl1 libgl1-mesa-dri libopengl0"


# Those that would hurt the process that reads them; the rest is refused in tests/unit/preview too, and here when slow.
_DIRE = {
    "an empty file",
    "a truncated glb",
    "JSON nested too deeply",
    "ten million triangles that are not there",
    "nodes twenty thousand deep",
    "a node that is its own child",
    "vertices that are no number",
    "a texture of thirty thousand pixels",
    "Draco that is noise",
    "a zip bomb",
    "an STL of ten million",
    "an OBJ whose materials lie elsewhere",
}


@pytest.fixture(params=[ChildPreviewer, ScriptedPreviewer], ids=["child", "scripted"])
def any_previewer(request) -> Previewer:
    return request.param()


@pytest.fixture
async def any_drawing(any_previewer) -> Previewer:
    """A previewer that can draw; else the test is skipped, with the reason."""
    if await any_previewer.ready():
        pytest.skip(_MISSING)
    return any_previewer


@pytest.fixture(params=["child", "scripted"])
def any_blind(request, monkeypatch, tmp_path) -> Previewer:
    """A previewer where nothing can be drawn."""
    if request.param == "scripted":
        return ScriptedPreviewer(missing="Models cannot be drawn here (no driver). Try apt-get install.")
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", str(tmp_path / "none.json"))
    return ChildPreviewer()


@pytest.fixture
def previewer() -> Previewer:
    """The real one, for what it does to files, processes and memory."""
    return ChildPreviewer()


@pytest.fixture
async def drawing(previewer) -> Previewer:
    if await previewer.ready():
        pytest.skip(_MISSING)
    return previewer


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


@pytest.mark.slow
async def test_pictures_lie_in_the_folder_under_their_names_and_may_be_made_again(any_drawing, tmp_path, results):
    model = written(tmp_path, box().bytes())

    for _ in range(2):
        look = await any_drawing.look(model, results)
        turn = await any_drawing.turn(model, results)

    assert look.still == results / "still.png"
    assert (look.facts.triangles > 0, look.problem) == (True, "")
    made = (turn.webp, turn.gif, turn.strip)
    assert made == tuple(results / name for name in ("turntable.webp", "turntable.gif", "frames.webp"))
    assert all(path.stat().st_size for path in (look.still, *made))
    assert names(results) == {"still.png", "turntable.webp", "turntable.gif", "frames.webp"}
    assert turn.frames % turn.columns == 0
    assert min(turn.frame_ms, turn.strip_px) > 0


async def test_a_look_brings_a_still_and_the_facts(drawing, tmp_path, results):
    model = made(tmp_path, faces=3000, texture_px=128)["base_basic_pbr.glb"]

    look = await drawing.look(model, results)

    with Image.open(look.still) as still:
        assert (still.format, still.size) == ("PNG", (512, 512))
        assert 60 < np.asarray(still).mean() < 245
    assert look.facts.triangles == pytest.approx(3000, rel=0.1)
    assert look.facts.textures == ((128, 128),) * 3
    assert look.facts.is_watertight is True
    assert look.problem == ""
    assert names(results) == {"still.png"}


async def test_a_turn_brings_what_every_platform_plays(drawing, tmp_path, results):
    model = made(tmp_path, faces=1000, file_format="obj", prompt="a chair")["base_basic_pbr.obj"]

    turn = await drawing.turn(model, results)

    with Image.open(turn.webp) as webp, Image.open(turn.gif) as gif, Image.open(turn.strip) as strip:
        assert (webp.format, webp.size, webp.n_frames) == ("WEBP", (512, 512), turn.frames)
        assert (gif.format, gif.n_frames) == ("GIF", turn.frames)
        assert strip.size == (turn.columns * turn.strip_px, turn.frames // turn.columns * turn.strip_px)
    assert turn.gif.stat().st_size < 2_000_000
    assert names(results) == {"turntable.webp", "turntable.gif", "frames.webp"}


async def test_parts_stand_apart_in_the_pictures_and_not_in_the_facts(drawing, tmp_path, results):
    model = made(tmp_path, faces=1000, prompt="a chair", parts=4)["base_basic_pbr.glb"]

    whole = await drawing.look(model, results)
    before = whole.still.read_bytes()
    apart = await drawing.look(model, results, spread=0.6)

    assert apart.facts == whole.facts
    assert apart.still.read_bytes() != before


@pytest.mark.slow
async def test_a_ball_that_looks_the_same_from_everywhere_still_gets_its_turn(drawing, tmp_path, results):
    points, _, faces = ball()
    text = "".join(f"v {x} {y} {z}\n" for x, y, z in points)
    text += "".join(f"f {a} {b} {c}\n" for a, b, c in faces + 1)
    model = written(tmp_path, text.encode(), "model.obj")

    turn = await drawing.turn(model, results)

    assert turn.webp.is_file()


async def test_a_smaller_copy_fits_and_says_what_was_given_up(any_previewer, tmp_path, results):
    model = made(tmp_path, faces=10_000, texture_px=256)["base_basic_pbr.glb"]
    limit = model.stat().st_size // 2

    reduction = await any_previewer.reduce(model, results / "small.glb", limit_bytes=limit)

    assert reduction.size_bytes == (results / "small.glb").stat().st_size <= limit
    assert any(" from " in words for words in reduction.given_up)
    assert names(results) == {"small.glb"}


async def test_only_glb_files_are_made_smaller(any_previewer, tmp_path, results):
    model = made(tmp_path, file_format="stl", faces=500, material="None")["base.stl"]

    with pytest.raises(PreviewFailed, match="Only GLB"):
        await any_previewer.reduce(model, results / "small.glb", limit_bytes=1000)


@pytest.mark.parametrize("file_format", ["fbx", "usdz"])
async def test_formats_that_are_not_drawn_are_named(previewer, file_format, tmp_path, results):
    files = made(tmp_path, file_format=file_format, faces=500)
    model = next(path for name, path in files.items() if name.endswith(file_format))

    with pytest.raises(PreviewFailed, match=f"{file_format.upper()} models are not drawn here"):
        await previewer.look(model, results)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in _DIRE else pytest.mark.slow) for name in CASES]
)
async def test_a_hostile_file_ends_in_a_sentence(previewer, name, tmp_path, results):
    model, word = laid_out(tmp_path, name)
    began = time.monotonic()

    with pytest.raises(PreviewFailed, match=r"\.$") as failed:
        await previewer.look(model, results)

    assert word in str(failed.value)
    assert time.monotonic() - began < 20
    assert names(results) == set()
    assert children() == []


async def test_the_parents_memory_does_not_grow_with_the_model(previewer, tmp_path, results):
    model, _ = laid_out(tmp_path, "a texture of thirty thousand pixels")
    large = written(tmp_path, box().attribute("POSITION", np.zeros((3_000_000, 3))).bytes(), "large.glb")
    gc.collect()
    before = psutil.Process().memory_info().rss

    with pytest.raises(PreviewFailed):
        await previewer.look(model, results)
    for _ in range(2):
        assert (await previewer.look(large, results)).facts.vertices == 3_000_000

    gc.collect()
    assert psutil.Process().memory_info().rss - before < 30 * 2**20


ASKED = {
    "look": lambda previewer, model, results: previewer.look(model, results),
    "turn": lambda previewer, model, results: previewer.turn(model, results),
    "reduce": lambda previewer, model, results: previewer.reduce(model, results / "small.glb", limit_bytes=1000),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
async def test_a_missing_file_is_a_sentence_too(any_previewer, ask, tmp_path, results):
    with pytest.raises(PreviewFailed, match=r"cannot be read.*\.$"):
        await ask(any_previewer, tmp_path / "gone.glb", results)

    assert names(results) == set()


async def test_a_process_that_takes_too_long_is_ended(tmp_path, results):
    model = written(tmp_path, textured_ball(png()).bytes())

    with pytest.raises(PreviewFailed, match="too long"):
        await ChildPreviewer(Limits(seconds=0.05)).turn(model, results)

    assert names(results) == set()
    assert children() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to RLIMIT_AS")
async def test_a_process_that_wants_too_much_memory_is_stopped(tmp_path, results):
    model = written(tmp_path, box().attribute("POSITION", np.zeros((4_000_000, 3))).bytes())

    with pytest.raises(PreviewFailed, match=r"\.$"):
        await ChildPreviewer(Limits(memory_bytes=400 * 2**20)).look(model, results)

    assert names(results) == set()


async def test_a_cancelled_call_leaves_nothing_running(previewer, tmp_path, results):
    model = written(tmp_path, textured_ball(png()).bytes())
    call = asyncio.ensure_future(previewer.turn(model, results))
    while not children():
        await asyncio.sleep(0.005)

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert children() == []
    assert names(results) == set()


async def test_calls_wait_for_each_other(previewer, tmp_path, results):
    model = written(tmp_path, box().bytes())
    most = 0
    calls = asyncio.gather(*(previewer.look(model, results) for _ in range(3)))

    while not calls.done():
        most = max(most, len(children()))
        await asyncio.sleep(0.01)

    assert most == 1
    assert {look.facts.triangles for look in await calls} == {12}


async def test_files_beside_an_obj_are_opened_and_no_others(previewer, tmp_path, results):
    text = "mtllib m.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nusemtl a\nf 1/1 2/1 3/1\n"
    model = written(tmp_path, text.encode(), "model.obj")
    written(tmp_path, b"newmtl a\nmap_Kd ../secret.png\n", "m.mtl")

    with pytest.raises(PreviewFailed, match="outside its own folder"):
        await previewer.look(model, results)


def test_the_drawing_process_gets_no_secrets(monkeypatch, tmp_path):
    for name in ("RODIN_API_KEY", "DISCORD_TOKEN", "SECRET_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "hush")

    assert "hush" not in _environment(tmp_path).values()


async def test_without_a_driver_facts_are_told_and_the_way_out(any_blind, tmp_path, results):
    model = written(tmp_path, box().bytes())

    missing = await any_blind.ready()
    look = await any_blind.look(model, results)

    assert "apt-get install" in missing
    assert look.still is None
    assert look.facts.triangles > 0
    assert "cannot be drawn here" in look.problem
    with pytest.raises(PreviewFailed, match="drawn"):
        await any_blind.turn(model, results)
    assert names(results) == set()


@pytest.fixture
def temporary(monkeypatch, tmp_path) -> Path:
    folder = tmp_path / "temporary"
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    folder.mkdir()
    return folder


async def test_asking_what_can_be_drawn_works_in_a_folder_that_is_swept_after_a_kill(previewer, temporary):
    call = asyncio.ensure_future(previewer.ready())
    while not children():
        await asyncio.sleep(0.005)
    used = names(temporary)

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert [name.startswith(PREFIX) for name in used] == [True]
    assert names(temporary) == set()
    assert children() == []


async def test_a_disk_that_takes_nothing_is_a_reason_not_to_draw(previewer, temporary):
    temporary.rmdir()

    assert "Models cannot be drawn here: no folder" in await previewer.ready()


@pytest.mark.slow
async def test_half_a_million_triangles_with_large_textures_are_drawn_in_time(drawing, tmp_path, results):
    model = made(tmp_path, faces=500_000, texture_px=4096)["base_basic_pbr.glb"]

    look = await drawing.look(model, results)
    turn = await drawing.turn(model, results)

    assert look.facts.triangles == pytest.approx(500_000, rel=0.1)
    assert turn.gif.stat().st_size < 2_000_000
