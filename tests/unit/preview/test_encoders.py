"""Turns as files that chat platforms play."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from adapters.preview import orders
from adapters.preview.encoders import (
    COLUMNS,
    FRAME_MS,
    FRAMES,
    GIF_LIMIT_BYTES,
    save_gif,
    save_still,
    save_strip,
    save_webp,
)
from adapters.preview.solid import Unreadable
from tests.unit.preview.samples import box, written


def turn(make) -> list[Image.Image]:
    return [Image.fromarray(make(number)) for number in range(FRAMES)]


def shades(number: int) -> np.ndarray:
    return np.full((512, 512, 3), 40 + 5 * number, dtype=np.uint8)


def noise(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 255, (512, 512, 3), dtype=np.uint8)


def same(_number: int) -> np.ndarray:
    return np.full((512, 512, 3), 90, dtype=np.uint8)


@pytest.fixture
def cut_off(monkeypatch):
    """A disk that loses the end of every picture, as much as a test says: a share, or so many bytes."""
    save, write_bytes = Image.Image.save, Path.write_bytes
    lost = {"share": 0.5, "bytes": 0}

    def cut(path: Path) -> None:
        data = path.read_bytes()
        write_bytes(path, data[: int(len(data) * (1 - lost["share"])) - lost["bytes"]])

    def save_less(image, target, *args, **settings):
        save(image, target, *args, **settings)
        if isinstance(target, Path):
            cut(target)

    def write_less(path, data):
        write_bytes(path, data)
        cut(path)

    monkeypatch.setattr(Image.Image, "save", save_less)
    monkeypatch.setattr(Path, "write_bytes", write_less)
    return lost


def playing_ms(image: Image.Image) -> int:
    """How long one turn takes; frames that look alike are stored as one that stands longer."""
    total = 0
    for number in range(image.n_frames):
        image.seek(number)
        image.load()
        total += image.info["duration"]
    return total


def test_a_webp_plays_all_frames_for_ever(tmp_path):
    save_webp(turn(shades), tmp_path / "turn.webp")

    with Image.open(tmp_path / "turn.webp") as image:
        assert (image.size, image.info["loop"]) == ((512, 512), 0)
        assert playing_ms(image) == FRAMES * FRAME_MS


@pytest.mark.parametrize("make", [shades, noise], ids=["easy", "hardest"])
def test_a_gif_stays_under_what_slack_unfolds(make, tmp_path):
    save_gif(turn(make), tmp_path / "turn.gif")

    assert (tmp_path / "turn.gif").stat().st_size < GIF_LIMIT_BYTES
    with Image.open(tmp_path / "turn.gif") as image:
        assert playing_ms(image) == FRAMES * FRAME_MS


def test_a_strip_holds_the_frames_row_by_row(tmp_path):
    save_strip(turn(shades), tmp_path / "frames.webp")

    with Image.open(tmp_path / "frames.webp") as image:
        assert image.size == (512 * COLUMNS, 512 * FRAMES // COLUMNS)
        assert image.convert("RGB").getpixel((512 * 1 + 256, 512 * 2 + 256))[0] == pytest.approx(40 + 5 * 13, abs=3)


SAVERS = {
    "still.png": lambda frames, path: save_still(frames[0], path),
    "turn.webp": save_webp,
    "turn.gif": save_gif,
    "frames.webp": save_strip,
}


@pytest.mark.parametrize("lost", [{"share": 0.5}, {"share": 0, "bytes": 6}], ids=["half", "the end"])
@pytest.mark.parametrize("name", SAVERS)
def test_a_picture_that_lost_its_end_does_not_count_as_saved(name, lost, cut_off, tmp_path):
    cut_off.update(lost)

    with pytest.raises(Unreadable, match=f"{name} did not come out whole"):
        SAVERS[name](turn(noise)[:3], tmp_path / name)


def test_a_turn_that_lost_its_last_frames_between_two_of_them_does_not_count_as_saved(monkeypatch, tmp_path):
    save = Image.Image.save

    def save_fewer(image, target, *args, append_images=(), **settings):
        save(image, target, *args, append_images=append_images[:-1], **settings)

    monkeypatch.setattr(Image.Image, "save", save_fewer)

    with pytest.raises(Unreadable, match="did not come out whole"):
        save_webp(turn(shades), tmp_path / "turn.webp")


@pytest.mark.parametrize("name", SAVERS)
def test_frames_that_all_look_alike_are_whole(name, tmp_path):
    SAVERS[name](turn(same), tmp_path / name)

    assert (tmp_path / name).is_file()


@pytest.fixture
def model(tmp_path) -> Path:
    return written(tmp_path, box().bytes())


@pytest.mark.usefixtures("gl")
def test_a_still_that_lost_its_end_leaves_the_facts(model, cut_off, tmp_path):
    answer = orders.look(orders.Job(model=model, folder=tmp_path))

    assert answer["still"] is False
    assert answer["facts"]["triangles"] == 12
    assert answer["problem"] == "The picture still.png did not come out whole."
