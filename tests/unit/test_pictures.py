"""What the picture desk makes of pictures from outside: upright, in sRGB, without metadata, within Rodin's sizes."""

from collections.abc import AsyncIterator, Callable
from io import BytesIO

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from bot.pictures import PillowDesk
from tests.unit.picture_samples import (
    GPS,
    MAKER,
    ORIENTATION,
    PAYLOADS,
    corners,
    opened,
    prepared,
    quarters,
    refusal,
    saved,
    with_hole,
)


@pytest.fixture
async def desk() -> AsyncIterator[PillowDesk]:
    desk = PillowDesk()
    yield desk
    desk.close()


# What is read


@pytest.mark.parametrize(
    ("codec", "settings"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("GIF", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}),
        ("AVIF", {}),
    ],
)
async def test_every_kind_of_picture_becomes_a_jpeg_that_shows_the_same(desk, codec, settings):
    picture = await prepared(desk, saved(quarters(), codec, **settings))

    assert (picture.media_type, picture.extension, picture.note) == ("image/jpeg", "jpg", "")
    assert opened(picture).format == "JPEG"
    assert corners(opened(picture)) == ["red", "green", "white", "blue"]


async def test_a_heic_photograph_is_read(desk):
    picture = await prepared(desk, (PAYLOADS / "quarters.heic").read_bytes())

    assert (picture.width_px, picture.height_px) == (640, 520)
    assert corners(opened(picture)) == ["red", "green", "white", "blue"]


async def test_a_heic_photograph_that_turns_itself_is_turned_once(desk):
    picture = await prepared(desk, (PAYLOADS / "turned.heic").read_bytes())

    assert (picture.width_px, picture.height_px) == (520, 640)
    assert corners(opened(picture)) == ["white", "red", "blue", "green"]


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "RGBX", "LAB"])
async def test_every_colour_mode_becomes_rgb(desk, mode):
    source = quarters()
    if mode == "LAB":
        source = ImageCms.profileToProfile(
            source, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        )
    else:
        source = source.convert(mode)

    picture = await prepared(desk, saved(source, "PNG" if mode in {"1", "L", "P"} else "TIFF"))

    assert opened(picture).mode == "RGB"
    if mode not in {"1", "L"}:
        assert corners(opened(picture)) == ["red", "green", "white", "blue"]


@pytest.mark.parametrize("codec", ["PNG", "TIFF"])
async def test_sixteen_bit_grey_keeps_its_shades(desk, codec):
    dark, light = 8_000, 50_000
    source = Image.new("I", (600, 600), dark)
    source.paste(light, (300, 0, 600, 600))

    picture = await prepared(desk, saved(source.convert("I;16"), codec))

    left, right = opened(picture).getpixel((100, 300)), opened(picture).getpixel((500, 300))
    assert left == pytest.approx((31, 31, 31), abs=2)
    assert right == pytest.approx((194, 194, 194), abs=2)


async def test_floating_point_grey_is_spread_over_its_range(desk):
    source = Image.new("F", (600, 600), -1.0)
    source.paste(3.0, (300, 0, 600, 600))

    picture = await prepared(desk, saved(source, "TIFF"))

    assert opened(picture).getpixel((100, 300)) == pytest.approx((0, 0, 0), abs=2)
    assert opened(picture).getpixel((500, 300)) == pytest.approx((255, 255, 255), abs=2)


# Upright, without metadata


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("codec", ["JPEG", "PNG", "WEBP", "TIFF"])
async def test_every_exif_orientation_ends_upright(desk, codec, orientation):
    as_stored = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    source = quarters() if as_stored is None else quarters().transpose(as_stored)

    picture = await prepared(desk, saved(source, codec, exif=exif))

    assert (picture.width_px, picture.height_px) == (640, 520)
    assert corners(opened(picture)) == ["red", "green", "white", "blue"]


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif_with_place() -> Image.Exif:
    exif = Image.Exif()
    exif[MAKER] = "SecretMaker"
    exif[GPS] = {1: "N", 2: (52.0, 31.0, 12.0)}
    return exif


def photograph(profile: bytes = b"") -> bytes:
    return saved(
        quarters(),
        "JPEG",
        exif=exif_with_place(),
        comment=b"SecretComment",
        icc_profile=profile,
        xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SecretXmp</x:xmpmeta>",
        dpi=(300, 300),
    )


def png_with_texts() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "SecretComment")
    texts.add_itxt("XML:com.adobe.xmp", "SecretXmp")
    return saved(with_hole(), "PNG", pnginfo=texts, exif=exif_with_place())


@pytest.mark.parametrize(
    "data", [photograph(), photograph(SRGB), png_with_texts(), (PAYLOADS / "quarters.heic").read_bytes()]
)
async def test_no_metadata_leaves(desk, data):
    picture = await prepared(desk, data)

    image = opened(picture)
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    assert b"Secret" not in picture.data
    assert b"FixtureMaker" not in picture.data
    assert b"Exif" not in picture.data


async def test_a_colour_profile_is_turned_into_srgb(desk):
    swapped = ImageCms.ImageCmsProfile(BytesIO(profile_with_red_and_blue_swapped()))
    data = saved(quarters(), "PNG", icc_profile=swapped.tobytes())

    picture = await prepared(desk, data)

    red, _, _, blue = corners(opened(picture))
    assert (red, blue) == ("blue", "red")


def profile_with_red_and_blue_swapped() -> bytes:
    """sRGB whose red and blue primaries have changed places, so that a viewer that ignores it shows other colours."""
    return SRGB.replace(b"rXYZ", b"tmpX", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"tmpX", b"bXYZ", 1)


async def test_a_colour_profile_does_not_cost_the_transparency(desk):
    profile = profile_with_red_and_blue_swapped()

    picture = await prepared(desk, saved(with_hole(), "PNG", icc_profile=profile))

    assert opened(picture).getpixel((10, 10))[3] == 0
    assert corners(opened(picture))[3] == "red"


@pytest.mark.parametrize("profile", [b"not a profile at all", b""])
async def test_a_broken_colour_profile_does_not_spoil_the_picture(desk, profile):
    picture = await prepared(desk, saved(quarters(), "PNG", icc_profile=profile))

    assert corners(opened(picture)) == ["red", "green", "white", "blue"]


@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff broken", b"Exif\0\0"])
@pytest.mark.parametrize("codec", ["JPEG", "PNG", "WEBP"])
async def test_broken_exif_does_not_spoil_the_picture(desk, codec, exif):
    data = saved(quarters(), codec, exif=exif)

    picture = await prepared(desk, data)

    assert corners(opened(picture)) == ["red", "green", "white", "blue"]


# Transparency


@pytest.mark.parametrize("codec", ["PNG", "WEBP", "TIFF"])
async def test_transparency_is_kept_in_a_png(desk, codec):
    picture = await prepared(desk, saved(with_hole(), codec))

    image = opened(picture)
    assert (picture.media_type, picture.extension, image.mode) == ("image/png", "png", "RGBA")
    assert image.getpixel((10, 10))[3] == 0
    assert image.getpixel((300, 300))[3] == 255


async def test_a_palette_with_a_transparent_colour_keeps_it(desk):
    data = saved(with_hole(), "GIF")
    assert Image.open(BytesIO(data)).mode == "P"

    picture = await prepared(desk, data)

    assert opened(picture).getpixel((10, 10))[3] == 0


async def test_grey_with_transparency_keeps_it(desk):
    picture = await prepared(desk, saved(with_hole().convert("LA"), "PNG"))

    assert opened(picture).getpixel((10, 10))[3] == 0


async def test_an_alpha_channel_that_hides_nothing_is_dropped(desk):
    picture = await prepared(desk, saved(quarters(mode="RGBA"), "PNG"))

    assert picture.media_type == "image/jpeg"


async def test_a_picture_that_is_transparent_all_over_is_refused(desk):
    sentence = await refusal(desk, saved(Image.new("RGBA", (600, 600), (1, 2, 3, 0)), "PNG"))

    assert "Picture 1 is transparent all over" in sentence


# Sizes


async def test_a_large_picture_is_reduced_to_4096_pixels(desk):
    picture = await prepared(desk, saved(quarters((5000, 1250)), "PNG"))

    assert (picture.width_px, picture.height_px) == (4096, 1024)


async def test_a_very_large_picture_is_halved_first_and_keeps_its_content(desk):
    picture = await prepared(desk, saved(quarters((7000, 5001)), "PNG"))

    assert (picture.width_px, picture.height_px) == (3500, 2501)
    assert corners(opened(picture)) == ["red", "green", "white", "blue"]


async def test_a_very_large_photograph_is_turned_and_reduced(desk):
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    data = saved(quarters((8000, 4500)).transpose(Image.Transpose.ROTATE_180), "JPEG", exif=exif)

    picture = await prepared(desk, data)

    assert (picture.width_px, picture.height_px) == (4000, 2250)
    assert corners(opened(picture)) == ["red", "green", "white", "blue"]


async def test_a_small_picture_is_enlarged_with_a_note(desk):
    picture = await prepared(desk, saved(quarters((300, 400)), "PNG"))

    assert (picture.width_px, picture.height_px) == (512, 683)
    assert "300 x 400" in picture.note
    assert "enlarged" in picture.note


async def test_a_tiny_picture_is_refused_with_its_size(desk):
    sentence = await refusal(desk, saved(quarters((255, 2000)), "PNG"))

    assert "255 x 2000" in sentence
    assert "256" in sentence


@pytest.mark.parametrize("size", [(256, 2048), (512, 4096), (8192, 1024), (257, 2056)])
async def test_eight_to_one_still_fits(desk, size):
    picture = await prepared(desk, saved(quarters(size), "PNG"))

    assert min(picture.width_px, picture.height_px) >= 512
    assert max(picture.width_px, picture.height_px) <= 4096


@pytest.mark.parametrize("size", [(300, 2401), (5000, 600)])
async def test_longer_than_eight_to_one_is_refused_in_words(desk, size):
    sentence = await refusal(desk, saved(quarters(size), "PNG"))

    assert "too long and narrow" in sentence
    assert "8 times" in sentence


async def test_a_noisy_transparent_picture_is_made_smaller_until_it_fits(desk):
    noise = Image.merge("RGBA", [Image.effect_noise((2200, 2200), 120) for _ in range(4)])

    picture = await prepared(desk, saved(noise, "TIFF"))

    assert len(picture.data) <= 16_000_000
    assert 1500 < picture.width_px < 2200


# Several frames


def gif() -> bytes:
    return saved(quarters(), "GIF", save_all=True, append_images=[quarters().transpose(Image.Transpose.ROTATE_180)])


def apng() -> bytes:
    return saved(quarters(), "PNG", save_all=True, append_images=[quarters().transpose(Image.Transpose.ROTATE_180)])


def webp() -> bytes:
    return saved(quarters(), "WEBP", save_all=True, append_images=[quarters().transpose(Image.Transpose.ROTATE_180)])


def tiff() -> bytes:
    return saved(quarters(), "TIFF", save_all=True, append_images=[quarters().transpose(Image.Transpose.ROTATE_180)])


def heic() -> bytes:
    return (PAYLOADS / "two_pictures.heic").read_bytes()


@pytest.mark.parametrize("make", [gif, apng, webp, tiff, heic])
async def test_of_several_frames_the_first_is_used_with_a_note(desk, make: Callable[[], bytes]):
    picture = await prepared(desk, make())

    assert corners(opened(picture)) == ["red", "green", "white", "blue"]
    assert picture.note == "Picture 1 has several frames or pages; only the first is used."


async def test_the_second_picture_in_a_photograph_is_not_mentioned(desk):
    data = saved(quarters(), "MPO", save_all=True, append_images=[quarters().transpose(Image.Transpose.ROTATE_180)])

    picture = await prepared(desk, data)

    assert corners(opened(picture)) == ["red", "green", "white", "blue"]
    assert picture.note == ""
