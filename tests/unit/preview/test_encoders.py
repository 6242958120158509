"""Turns as files that chat platforms play."""

import numpy as np
import pytest
from PIL import Image

from adapters.preview.encoders import COLUMNS, FRAME_MS, FRAMES, GIF_LIMIT_BYTES, save_gif, save_strip, save_webp


def turn(make) -> list[Image.Image]:
    return [Image.fromarray(make(number)) for number in range(FRAMES)]


def shades(number: int) -> np.ndarray:
    return np.full((512, 512, 3), 40 + 5 * number, dtype=np.uint8)


def noise(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 255, (512, 512, 3), dtype=np.uint8)


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
