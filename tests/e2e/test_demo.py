"""`rodin-bot demo`: one model from words or pictures, with no account, no key and no settings."""

from __future__ import annotations

import json
import re
import signal
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest
import requests
from PIL import Image

from tests.e2e.harness import PROGRAM, Ran, empty_environment, eventually, run, running
from tests.e2e.photographs import camera_jpeg, cut_out_png, web_picture

QUICK = ("--speed", "300", "--faces", "2000")


def delivered(ran: Ran, home: Path) -> dict[str, Path]:
    """Return the files that the output names, by what it calls them; they must be there."""
    found = re.findall(
        r"^  (Model|Smaller|Preview|Render|Texture|Still|Turntable|File): +(\S.*)$", ran.output, re.MULTILINE
    )
    files = {what: home / path for what, path in found}
    assert files, ran.output + ran.errors
    assert all(path.is_file() and path.stat().st_size for path in files.values()), files
    return files


def glb_json(path: Path) -> dict[str, object]:
    """Return the description in a binary glTF whose header tells the truth about its length."""
    data = path.read_bytes()
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    described: dict[str, object] = json.loads(data[20 : 20 + size])
    return described


def picture_format(path: Path) -> str | None:
    with Image.open(path) as image:
        return image.format


def left_behind(home: Path) -> list[str]:
    """Name what a demo left in the place for temporary files."""
    return [path.name for path in (home / "scratch").iterdir()]


def assert_clean(ran: Ran, home: Path) -> None:
    assert "Traceback" not in ran.errors
    assert ran.leftovers == ()
    assert left_behind(home) == []


def test_words_become_a_model_in_the_folder_that_was_named(tmp_path: Path) -> None:
    ran = run(["demo", "a brass teapot", "--out", "out", *QUICK], home=tmp_path)

    files = delivered(ran, tmp_path)
    assert ran.code == 0
    assert ran.errors == ""
    assert files["Model"].parent == tmp_path / "out"
    assert glb_json(files["Model"])["meshes"]
    assert picture_format(files["Preview"]) == "WEBP"
    assert picture_format(files["Still"]) == "PNG"
    assert picture_format(files["Turntable"]) == "GIF"
    assert re.search(r"^  View in 3D: http://127\.0\.0\.1:\d+/t/\S+$", ran.output, re.MULTILINE)
    assert "The page goes with this command" in ran.words
    # As open as the folder they lie in, which the person's umask has made.
    assert files["Model"].stat().st_mode & 0o666 == files["Model"].parent.stat().st_mode & 0o666
    assert "2,000 triangles" in ran.words
    assert "Charged: 0.5 credits." in ran.words
    assert_clean(ran, tmp_path)


@pytest.mark.slow
def test_the_demo_reads_no_settings_and_writes_nothing_but_its_files(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RODIN_API_KEY=real\nRODIN_API_URL=https://api.hyper3d.com/api/v2\n")

    ran = run(["demo", "a bell", *QUICK], home=tmp_path, RODIN_API_KEY="real", DATABASE_URL="sqlite:///real.db")

    delivered(ran, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "out", "scratch"]


@pytest.mark.slow
def test_without_a_terminal_the_sample_is_made_and_that_is_all(tmp_path: Path) -> None:
    ran = run(["demo", "--speed", "300"], home=tmp_path)

    assert ran.code == 0
    assert delivered(ran, tmp_path)["Model"].is_relative_to(tmp_path / "out")
    assert "rodin>" not in ran.output
    assert_clean(ran, tmp_path)


@pytest.mark.slow
def test_the_same_folder_twice_overwrites_nothing(tmp_path: Path) -> None:
    first = delivered(run(["demo", "a bell", "--out", "out", *QUICK], home=tmp_path), tmp_path)
    before = first["Model"].read_bytes()

    second = delivered(run(["demo", "a kettle", "--out", "out", *QUICK], home=tmp_path), tmp_path)

    assert first["Model"].read_bytes() == before
    assert second["Model"] != first["Model"]


def test_a_photograph_taken_upright_is_modelled_upright(tmp_path: Path, pictures: Path) -> None:
    photograph = camera_jpeg(pictures / "IMG 0001.JPG")

    ran = run(["demo", "--image", str(photograph), "--render", *QUICK], home=tmp_path)

    files = delivered(ran, tmp_path)
    assert ran.code == 0
    # The scene's left half is red and its right half blue; the raw pixels lie on their side.
    assert sides_of(files["Render"]) == ("red", "blue")


def sides_of(render: Path) -> tuple[str, str]:
    """Say which of the scene's colours prevails in the left and in the right half of a picture."""
    with Image.open(render) as opened:
        image = opened.convert("RGB").resize((64, 64))
    counts = []
    for left in (0, 32):
        half = [image.getpixel((x, y)) for x in range(left, left + 32) for y in range(64)]
        red = sum(r > 1.6 * b and r > 1.6 * g for r, g, b in half)
        blue = sum(b > 1.6 * r and b > 1.3 * g for r, g, b in half)
        counts.append("red" if red > 2 * blue else "blue" if blue > 2 * red else f"red {red}, blue {blue}")
    return counts[0], counts[1]


@pytest.mark.slow
@pytest.mark.parametrize("make", [cut_out_png, web_picture], ids=["png-with-alpha", "webp"])
def test_a_picture_becomes_a_model_in_its_colours(make, tmp_path: Path, pictures: Path) -> None:
    ran = run(["demo", "--image", str(make(pictures / "thing")), "--render", *QUICK], home=tmp_path)

    assert ran.code == 0
    assert sides_of(delivered(ran, tmp_path)["Render"]) == ("red", "blue")


@pytest.mark.slow
def test_two_pictures_become_one_model(tmp_path: Path, pictures: Path) -> None:
    front, back = web_picture(pictures / "front.webp"), cut_out_png(pictures / "back.png")

    ran = run(["demo", "a toy", "--image", str(front), "--image", str(back), *QUICK], home=tmp_path)

    assert ran.code == 0
    glb_json(delivered(ran, tmp_path)["Model"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "begins"), [("obj", b"mtllib "), ("stl", b""), ("usdz", b"PK\x03\x04"), ("fbx", b"Kaydara FBX Binary")]
)
def test_every_format_is_delivered_as_that_format(kind: str, begins: bytes, tmp_path: Path) -> None:
    ran = run(["demo", "a bell", "--format", kind, *QUICK], home=tmp_path)

    model = delivered(ran, tmp_path)["Model"]
    assert ran.code == 0
    assert model.suffix == f".{kind}"
    assert model.read_bytes().startswith(begins)
    if kind == "stl":
        assert model.stat().st_size == 84 + 50 * struct.unpack_from("<I", model.read_bytes(), 80)[0]
    if kind == "usdz":
        assert zipfile.ZipFile(model).testzip() is None


def test_a_task_that_fails_ends_with_exit_code_1(tmp_path: Path) -> None:
    ran = run(["demo", "a bell", "--faults", "all_failed", *QUICK], home=tmp_path)

    assert ran.code == 1
    assert "Rodin could not make this model" in ran.words
    assert "resend" not in ran.output  # there is nobody left to type it to
    assert_clean(ran, tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [["--speed", "fast"], ["--speed", "0"], ["--faults", "gremlins"], ["--nonsense"]],
    ids=" ".join,
)
def test_wrong_arguments_end_with_exit_code_2_before_anything_starts(arguments: list[str], tmp_path: Path) -> None:
    ran = run(["demo", *arguments], home=tmp_path)

    assert ran.code == 2
    assert "usage:" in ran.errors
    assert_clean(ran, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
@pytest.mark.parametrize("moment", ["start", "making"])
def test_being_stopped_is_clean_at_any_moment(number: signal.Signals, moment: str, tmp_path: Path) -> None:
    with running(["demo", "a bell", "--speed", "1"], home=tmp_path) as process:
        if moment == "making":
            process.hear("Rodin has it")
        else:
            eventually(lambda: left_behind(tmp_path), "the demo's folder")
        process.signal(number)
        code = process.wait(within_s=20)
        ran = Ran(code, process.output, process.errors, tuple(process.leftovers()))

    assert ran.code == 130
    assert ran.errors == ""
    assert_clean(ran, tmp_path)
    if moment == "making":
        assert "Stopped." in ran.output


@pytest.mark.slow
def test_ctrl_c_reaches_every_process_of_the_group_and_is_clean_all_the_same(tmp_path: Path) -> None:
    with running(["demo", "a bell", "--speed", "1"], home=tmp_path) as process:
        process.hear("Rodin has it")
        process.interrupt()
        code = process.wait(within_s=20)
        ran = Ran(code, process.output, process.errors, tuple(process.leftovers()))

    assert (ran.code, ran.errors) == (130, "")
    assert_clean(ran, tmp_path)


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_reason_for_a_traceback(tmp_path: Path) -> None:
    pipeline = f"{PROGRAM} demo 'a bell' --speed 300 --faces 2000 --out out | head -1"

    ended = subprocess.run(
        ["/bin/sh", "-c", pipeline],
        cwd=tmp_path,
        env=empty_environment(tmp_path),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )

    assert ended.stdout.startswith("Task ")
    assert ended.stderr == ""
    assert left_behind(tmp_path) == []


def test_help_names_every_option_and_needs_nothing(tmp_path: Path) -> None:
    ran = run(["demo", "--help"], home=tmp_path)

    assert ran.code == 0
    assert all(word in ran.output for word in ("--image", "--out", "--speed", "--faults", "--tier", "--format"))


@pytest.mark.slow
def test_the_page_stays_for_as_long_as_one_wants(tmp_path: Path) -> None:
    with running(["demo", "a bell", "--serve", *QUICK], home=tmp_path) as process:
        page = process.hear(r"^  View in 3D: (http://\S+)$").group(1)
        process.hear("The page is there until you press Ctrl-C")
        found = requests.get(page, timeout=20)
        model = requests.get(f"{page}/base_basic_pbr.glb", headers={"Range": "bytes=0-3"}, timeout=20)
        process.interrupt()
        code = process.wait(within_s=20)
        ran = Ran(code, process.output, process.errors, tuple(process.leftovers()))

    assert (found.status_code, model.status_code, model.content) == (200, 206, b"glTF")
    assert "a bell" in found.text
    assert (ran.code, ran.errors) == (0, "")
    assert_clean(ran, tmp_path)
