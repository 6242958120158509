"""How the picture desk works: in threads of its own, in order, in time, and the same way every time."""

import asyncio
import warnings
from collections.abc import AsyncIterator

import pytest
from PIL import ImageFilter

from bot.pictures import PillowDesk
from tests.unit.picture_samples import quarters, refusal, saved


@pytest.fixture
async def desk() -> AsyncIterator[PillowDesk]:
    desk = PillowDesk()
    yield desk
    desk.close()


async def test_the_event_loop_runs_on_while_pictures_are_read(desk):
    work = asyncio.ensure_future(desk.prepare([saved(quarters((4000, 3000)), "PNG")]))
    turns = 0

    while not work.done():
        turns += 1
        await asyncio.sleep(0)

    assert turns > 50
    assert (await work)[0].width_px == 4000


async def test_pictures_that_take_too_long_are_refused_in_words():
    desk = PillowDesk(timeout_s=0.0)

    sentence = await refusal(desk, saved(quarters(), "PNG"))

    desk.close()
    assert sentence == "The pictures took too long to read. Send smaller ones."


async def test_a_mistake_of_ours_is_not_blamed_on_the_picture(desk):
    with pytest.raises(TypeError):
        await desk.prepare([5])


async def test_warnings_of_odd_files_stay_inside(desk):
    data = saved(quarters(), "PNG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\xff\xff\x06\0\0\0")

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        await desk.prepare([data, data, data])

    # The recorder hears everything in the process, also what other tests left to be collected.
    assert [warning for warning in seen if "PIL" in warning.filename or "bot" in warning.filename] == []


async def test_the_same_bytes_always_give_the_same_bytes(desk):
    data = saved(quarters().filter(ImageFilter.GaussianBlur(3)), "PNG")

    first, second = await desk.prepare([data, data])

    assert first.data == second.data


async def test_six_pictures_are_one_too_many(desk):
    sentence = await refusal(desk, *[saved(quarters(), "PNG")] * 6)

    assert sentence == "Rodin takes at most 5 pictures; there are 6. Leave 1 out."


async def test_no_pictures_are_no_pictures(desk):
    assert await desk.prepare([]) == ()


async def test_the_order_is_kept(desk):
    wide, high = saved(quarters((800, 600)), "PNG"), saved(quarters((600, 800)), "PNG")

    pictures = await desk.prepare([wide, high, wide])

    assert [(p.width_px, p.height_px) for p in pictures] == [(800, 600), (600, 800), (800, 600)]
