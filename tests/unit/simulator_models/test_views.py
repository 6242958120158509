import numpy as np
import pytest

from .making import apple_on_white, encoded, logo, made, picture

SUBJECTS = {
    "a red teapot": (),
    "a green sword": (),
    "a blue car": (),
    "an orange torus knot": (),
    "apple": (encoded(apple_on_white()),),
    "logo": (encoded(logo()),),
}


def bounds(mask):
    """Where a mask begins and ends, as shares of the picture: top, bottom, left, right; specks left out."""
    rows, columns = (np.flatnonzero(mask.sum(axis=axis) > 2) for axis in (1, 0))
    return rows.min() / len(mask), rows.max() / len(mask), columns.min() / len(mask), columns.max() / len(mask)


def clay_in(image):
    """The clay is a warm grey, wall and shadow are a cool one."""
    values = np.asarray(image.convert("RGB"), dtype=int)
    return values[..., 0] > values[..., 2]


def colour_in(image):
    """The wall and the shadow are grey."""
    values = np.asarray(image.convert("RGB"), dtype=int)
    return values.max(axis=2) - values.min(axis=2) > 40


@pytest.mark.parametrize("prompt", SUBJECTS)
def test_pictures_show_the_whole_model_large_and_centred(tmp_path, prompt):
    files = made(tmp_path, prompt=prompt, pictures=SUBJECTS[prompt], faces=8000, texture_px=256, preview_render=True)

    for name, size, mask in (("preview.webp", 512, clay_in), ("render.jpg", 768, colour_in)):
        image = picture(files[name])
        top, bottom, left, right = bounds(mask(image))
        assert image.size == (size, size)
        assert min(top, left) > 0.08
        assert max(bottom, right) < 0.92
        # Compression takes the tint off thin ends, so that a little of the 0.8 may go unseen.
        assert 0.62 < max(bottom - top, right - left) < 0.84
        assert (top + bottom) / 2 == pytest.approx(0.5, abs=0.09)
        assert (left + right) / 2 == pytest.approx(0.5, abs=0.09)


def colourfulness(image):
    """How far the most colourful spots are from grey."""
    values = np.asarray(image.convert("RGB"), dtype=float)
    return np.quantile(values.max(axis=2) - values.min(axis=2), 0.97)


def test_the_preview_is_grey_and_the_render_is_not(tmp_path):
    files = made(tmp_path, prompt="a red car", preview_render=True, texture_px=256)

    assert colourfulness(picture(files["preview.webp"])) < 16
    assert colourfulness(picture(files["render.jpg"])) > 90


def test_a_picture_can_be_recognised_in_the_render(tmp_path):
    image = picture(
        made(tmp_path, pictures=(encoded(apple_on_white()),), preview_render=True, texture_px=256)["render.jpg"]
    )

    pixels = np.asarray(image, dtype=int).reshape(-1, 3)
    red = (pixels[:, 0] > pixels[:, 1] + 60) & (pixels[:, 0] > pixels[:, 2] + 60)
    green = (pixels[:, 1] > pixels[:, 0] + 25) & (pixels[:, 1] > pixels[:, 2] + 25)
    assert red.mean() > 0.15
    assert green.mean() > 0.005


@pytest.mark.parametrize("faces", [20_000, 400_000])
def test_dense_models_look_like_their_coarser_selves(tmp_path, faces):
    coarse, dense = (
        np.asarray(picture(made(tmp_path, faces=count, material="None")["preview.webp"]).convert("L"), dtype=float)
        for count in (13_000, faces)
    )

    assert np.abs(coarse - dense).mean() < 2


def test_a_low_face_count_shows_its_facets(tmp_path):
    few, many = (
        np.asarray(picture(made(tmp_path, faces=faces)["preview.webp"]).convert("L"), dtype=float)
        for faces in (500, 13_000)
    )

    assert np.abs(few - many).mean() > 0.5


def test_the_render_stands_on_a_light_background_with_a_shadow(tmp_path):
    image = picture(made(tmp_path, prompt="an apple", preview_render=True)["render.jpg"])
    pixels = np.asarray(image.convert("L"), dtype=float)

    corners = [pixels[:20, :20], pixels[:20, -20:], pixels[-20:, :20]]
    assert min(corner.mean() for corner in corners) > 170
    assert pixels[600:760, 500:760].min() < 0.8 * pixels[600:760, :40].mean()
