import numpy as np
import pytest
from PIL import Image, ImageDraw

from adapters.rodin.simulator.models import UnreadablePicture, build
from adapters.rodin.simulator.models.cutout import cut_out

from .making import Glb, apple_on_white, edge_uses, encoded, logo, made, scene, solid, spec

WIDE = Image.effect_noise((900, 24), 60).convert("RGB")
STROKE = Image.new("RGB", (60, 700), "white")
ImageDraw.Draw(STROKE).line((30, 20, 30, 680), fill="green", width=14)
TURNED = Image.Exif()
TURNED[0x0112] = 6
PICTURES = {
    "photo": encoded(scene(), "JPEG"),
    "photo turned by EXIF": encoded(scene(), "JPEG", exif=TURNED),
    "plain background": encoded(apple_on_white()),
    "palette": encoded(apple_on_white().quantize(16)),
    "grey": encoded(apple_on_white().convert("L")),
    "cmyk": encoded(apple_on_white().convert("CMYK"), "JPEG"),
    "sixteen bits": encoded(Image.fromarray(np.full((40, 40), 40_000, np.uint16))),
    "logo": encoded(logo(), "WEBP", lossless=True),
    "very wide": encoded(WIDE),
    "very tall": encoded(STROKE),
    "one colour": encoded(Image.new("RGB", (90, 90), (90, 120, 200))),
    "fully transparent": encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0))),
    "one pixel": encoded(Image.new("RGB", (1, 1), "red")),
    "one row": encoded(Image.new("RGB", (300, 1), "red")),
}


@pytest.mark.parametrize("name", PICTURES)
def test_any_picture_becomes_a_closed_solid_with_thickness(tmp_path, name):
    model = solid(made(tmp_path, pictures=(PICTURES[name],), file_format="stl")["base_basic_pbr.stl"])

    assert edge_uses(model) == {2}
    assert model.is_winding_consistent
    assert model.volume > 0
    assert model.extents.max() == pytest.approx(1.9, abs=1e-3)
    assert model.extents[2] > 0.05, "not a flat card"


@pytest.mark.parametrize("faces", [500, 30_000])
def test_a_checkerboard_of_transparency_is_still_closed(tmp_path, faces):
    cells = (np.indices((64, 64)) // 4).sum(axis=0) % 2
    picture = Image.fromarray(np.dstack([np.full((64, 64, 3), 90), cells * 255]).astype(np.uint8))

    model = solid(made(tmp_path, pictures=(encoded(picture),), faces=faces, file_format="stl")["base_basic_pbr.stl"])

    assert edge_uses(model) == {2}


def test_transparency_gives_the_outline_with_its_holes(tmp_path):
    model = solid(made(tmp_path, pictures=(encoded(logo()),), faces=8000, file_format="stl")["base_basic_pbr.stl"])

    # Euler's number is 0 for a ring and 2 for a block; two blocks would make 4.
    assert model.euler_number == 2


def test_a_plain_background_is_cut_away():
    apple, whole = cut_out(encoded(apple_on_white()), keep_alpha=False), cut_out(encoded(scene()), keep_alpha=False)

    assert 0.4 < apple.inside.mean() < 0.8
    assert apple.aspect == pytest.approx(140 / 180, rel=0.1)
    assert whole.inside.mean() > 0.95
    edge = apple.picture[0].astype(int)
    assert (edge.min(axis=1) < 200).all(), "no white is left beside the thing"


def test_keeping_the_original_alpha_keeps_an_opaque_picture_whole():
    kept = cut_out(encoded(apple_on_white().convert("RGBA")), keep_alpha=True)

    assert kept.inside.all()
    assert kept.picture.shape[:2] == (240, 240)


def test_the_front_shows_the_picture_upright_and_unmirrored(tmp_path):
    picture = Image.new("RGB", (200, 200), (0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 99, 99), fill=(255, 0, 0))
    draw.rectangle((100, 0, 199, 99), fill=(0, 255, 0))
    draw.rectangle((0, 100, 99, 199), fill=(0, 0, 255))
    glb = Glb.read(made(tmp_path, pictures=(encoded(picture),), keep_alpha=True, texture_px=256)["base_basic_pbr.glb"])
    colours, (mesh,) = np.asarray(glb.image(0)), glb.primitives()

    def seen_at(x, y, *, side):
        points = mesh["POSITION"]
        facing = mesh["NORMAL"][:, 2] * side > 0.9
        nearest = np.flatnonzero(facing)[np.abs(points[facing, :2] - [x, y]).sum(axis=1).argmin()]
        column, row = (mesh["TEXCOORD_0"][nearest] * 255).astype(int)
        return "rgb"[int(colours[row, column].argmax())]

    assert [seen_at(-0.5, 0.5, side=1), seen_at(0.5, 0.5, side=1), seen_at(-0.5, -0.5, side=1)] == ["r", "g", "b"]
    assert seen_at(-0.5, 0.5, side=-1) == "r", "the back carries the same picture"


def test_a_second_picture_is_the_back(tmp_path):
    red, blue = (encoded(Image.new("RGB", (80, 80), colour)) for colour in ("red", "blue"))
    glb = Glb.read(made(tmp_path, pictures=(red, blue), keep_alpha=True)["base_basic_pbr.glb"])
    colours, (mesh,) = np.asarray(glb.image(0)).astype(int), glb.primitives()

    texels = (mesh["TEXCOORD_0"] * 63).astype(int)
    seen = colours[texels[:, 1], texels[:, 0]]
    front, back = mesh["NORMAL"][:, 2] > 0.95, mesh["NORMAL"][:, 2] < -0.95
    assert (seen[front, 0] > seen[front, 2]).mean() > 0.95
    assert (seen[back, 2] > seen[back, 0]).mean() > 0.95


def test_a_picture_model_splits_into_closed_parts(tmp_path):
    glb = Glb.read(made(tmp_path, pictures=(encoded(apple_on_white()),), parts=4, faces=5000)["base_basic_pbr.glb"])

    assert [node["name"] for node in glb.document["nodes"]] == ["part_1", "part_2", "part_3", "part_4"]


@pytest.mark.parametrize("wrong", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", encoded(scene())[:900], b"\0" * 5000])
def test_bytes_that_are_no_picture_are_refused_before_anything_is_written(tmp_path, wrong):
    with pytest.raises(UnreadablePicture, match="picture"):
        build(spec(pictures=(wrong,)), tmp_path)

    assert not list(tmp_path.iterdir())
