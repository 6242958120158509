"""Which pictures Rodin takes. Checklist 7: flat colours and missing objects."""

import pytest

from tests.unit.simulator.stand import Stand, flat_picture, picture


async def test_a_picture_sent_as_text_is_refused(stand: Stand):
    answer = await stand.submit(images="https://example.org/cup.png")

    assert answer.json["error"] == "INVALID_REQUEST"
    assert answer.json["message"].startswith("images: must be a file part")


@pytest.mark.parametrize("count", [1, 5])
async def test_up_to_five_pictures_are_taken_in_order(stand: Stand, count: int):
    pictures = [picture(96 + n, 96) for n in range(count)]

    await stand.accepted(images=pictures)
    await stand.models_made()

    assert stand.maker.built[0].pictures == tuple(pictures)
    assert (await stand.ledger())["tasks"][0]["pictures"] == count


async def test_six_pictures_are_refused(stand: Stand):
    answer = await stand.submit(images=[picture()] * 6)

    assert answer.json["message"] == "images: 6 pictures; at most 5 are accepted"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a picture",
        picture()[:100],
        picture(kind="GIF"),
        picture(kind="BMP"),
        b"<svg/>",
        picture(63, 200),
        picture(8_193, 64),
    ],
    ids=["empty", "text", "cut", "gif", "bmp", "svg", "small", "large"],
)
async def test_a_file_that_is_no_usable_picture_is_refused(stand: Stand, body: bytes):
    answer = await stand.submit(images=[body])

    assert (answer.status, answer.json["error"]) == (201, "INVALID_REQUEST")
    assert answer.json["message"].startswith("images:")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
async def test_jpeg_png_and_webp_are_read(stand: Stand, kind: str, mode: str):
    assert (await stand.submit(images=[picture(kind=kind, mode=mode)])).json["uuid"]


@pytest.mark.parametrize("mode", ["P", "RGBA", "1", "LA", "I;16"])
async def test_unusual_pngs_are_read(stand: Stand, mode: str):
    assert (await stand.submit(images=[picture(mode=mode)])).json["uuid"]


async def test_a_picture_over_16_mb_is_refused_after_it_was_read(stand: Stand):
    answer = await stand.submit(images=[picture() + bytes(16 * 1024 * 1024)])

    assert answer.json["message"].endswith("at most 16777216 are accepted")


async def test_a_large_picture_is_kept_small(stand: Stand):
    await stand.accepted(images=[picture(3_000, 2_500, mode="RGBA"), picture(3_000, 100)])
    await stand.models_made()

    kept = stand.maker.built[0].pictures
    assert [one[:4] for one in kept] == [b"\xff\xd8\xff\xe0"] * 2


async def test_a_flat_colour_is_a_violation_as_real_rodin_finds(stand: Stand):
    answer = await stand.submit(images=[flat_picture()])

    assert answer.json["error"] == "IMAGE_CONTENT_VIOLATION"


async def test_a_fully_transparent_picture_has_no_object(stand: Stand):
    answer = await stand.submit(images=[flat_picture((1, 2, 3, 0))])

    assert answer.json["error"] == "API_OBJECT_NOT_FOUND_ON_IMAGE"
