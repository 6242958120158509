"""Checks pictures from outside and brings them into the shape that Rodin takes.

Source of that shape: Deemos's own skill (rodin3d-skills, 2026) takes JPEG, PNG and WEBP of 512 to 4096 pixels a side
and at most 16 MB; the HTTP documents name no limits.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from io import BytesIO

import pi_heif  # type: ignore[import-untyped]  # it ships no types
from PIL import Image

from bot.errors import BadPicture
from bot.filetypes import FileType, recognise
from bot.pixels import LARGEST_SIDE_PX, LEAST_SIDE_PX, encoded, extrema, fitted, hush, upright
from bot.ports import PreparedPicture
from bot.rules import MOST_PICTURES

log = logging.getLogger(__name__)

LARGEST_INPUT_BYTES = 32_000_000
"""Ours: twice what Rodin takes, since photographs are made smaller here."""

LEAST_INPUT_SIDE_PX = 256
"""Ours: up to twice enlarged a picture still shows its subject; beyond that it is only blur."""

LARGEST_INPUT_SIDE_PX = 16_384
MOST_MEGAPIXELS = 64
"""Ours: phones make up to 50 megapixels, and 64 take 256 MB of memory while they are decoded."""

MOST_MEGAPIXELS_BY_KIND = {"progressive JPEG": 50, "HEIC": 50, "AVIF": 25, "WEBP": 20}
"""Ours: these are decoded whole into several buffers, so with the same memory they get less."""

BIG_MEGAPIXELS = 16
"""Ours: above this only one picture is decoded at once."""

_FLAT_SPREAD = 3  # of 255: JPEG noise around a single colour stays below
_one_big_picture = threading.Lock()
_SENDABLE = "JPEG, PNG, WEBP, HEIC, GIF, BMP, TIFF or AVIF"

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


class PillowDesk:
    """The picture desk on Pillow. Decoding happens in two threads of its own; `close` ends them.

    `timeout_s` is how long one set of pictures may take, waiting for a thread included.
    """

    def __init__(self, *, timeout_s: float = 120.0) -> None:
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures")

    async def prepare(self, pictures: Sequence[bytes]) -> tuple[PreparedPicture, ...]:
        """Return the normalised pictures in order. The same bytes always give the same bytes.

        Raises:
            BadPicture: with one sentence for each picture that cannot be used.
        """
        if len(pictures) > MOST_PICTURES:
            extra = len(pictures) - MOST_PICTURES
            raise BadPicture(
                f"Rodin takes at most {MOST_PICTURES} pictures; there are {len(pictures)}. Leave {extra} out."
            )
        loop = asyncio.get_running_loop()
        work = [loop.run_in_executor(self._threads, normalise, data, number) for number, data in enumerate(pictures, 1)]
        try:
            async with asyncio.timeout(self._timeout_s):
                results = await asyncio.gather(*work, return_exceptions=True)
        except TimeoutError as error:
            raise BadPicture("The pictures took too long to read. Send smaller ones.") from error
        return _all_good(results)

    def close(self) -> None:
        """End the threads; work that has not begun is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _all_good(results: Sequence[PreparedPicture | BaseException]) -> tuple[PreparedPicture, ...]:
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, BadPicture):
            raise result
    mistakes = [str(result) for result in results if isinstance(result, BadPicture)]
    if mistakes:
        raise BadPicture(" ".join(mistakes))
    return tuple(result for result in results if isinstance(result, PreparedPicture))


def normalise(data: bytes, number: int) -> PreparedPicture:
    """Return one picture, upright, in sRGB, without metadata, within Rodin's envelope. Blocks; takes up to seconds.

    `number` is the picture's place, for sentences.

    Raises:
        BadPicture: the sentence says why and what would work.
    """
    name = f"Picture {number}"
    file_type = _checked_type(data, name)
    image, is_moving = _decoded(data, file_type, name)
    _check_shape(image, name)
    _check_content(image, name)
    notes: list[str] = []
    if is_moving:
        notes.append(f"{name} has several frames or pages; only the first is used.")
    if min(image.size) < LEAST_SIDE_PX:
        size = f"{image.width} x {image.height} pixels"
        notes.append(f"{name} is small ({size}) and was enlarged; a larger one gives a better model.")
    return replace(encoded(fitted(image)), note=" ".join(notes))


def _checked_type(data: bytes, name: str) -> FileType:
    if not data:
        raise BadPicture(f"{name} is an empty file. Send it again.")
    if len(data) > LARGEST_INPUT_BYTES:
        size, most = len(data) / 1e6, LARGEST_INPUT_BYTES / 1e6
        raise BadPicture(f"{name} has {size:,.1f} MB; the limit is {most:.0f} MB. Send a smaller one or crop it.")
    file_type = recognise(data)
    if file_type is None:
        raise BadPicture(f"{name} is not a picture that we know. Send a {_SENDABLE}.")
    if file_type.codec is None:
        raise BadPicture(f"{name} is {file_type.name}, which cannot be used. Send a {_SENDABLE}.")
    return file_type


def _decoded(data: bytes, file_type: FileType, name: str) -> tuple[Image.Image, bool]:
    """Return the upright picture as RGB or RGBA, perhaps reduced, and whether there were more frames."""
    try:
        with hush, Image.open(BytesIO(data), formats=(file_type.codec or "",)) as image:
            _check_pixels(image, file_type, name)
            is_big = image.width * image.height > BIG_MEGAPIXELS * 1_000_000
            with _one_big_picture if is_big else nullcontext():
                # Phones put a second picture into a JPEG (MPO); that is no animation.
                is_moving = file_type.codec != "JPEG" and bool(getattr(image, "is_animated", False))
                return upright(image), is_moving
    except BadPicture:
        raise
    except Image.DecompressionBombError as error:  # Pillow's own limit, 179 megapixels, comes before ours
        limits = f"{MOST_MEGAPIXELS} megapixels and {LARGEST_INPUT_SIDE_PX:,} pixels a side"
        raise BadPicture(f"{name} is too large; the limit is {limits}. Make it smaller or crop it.") from error
    except Exception as error:  # decoders raise almost anything on hostile bytes
        log.info("picture refused type=%s size_bytes=%d error=%s", file_type.name, len(data), type(error).__name__)
        problem = f"{name} is a damaged or cut off {file_type.name} file"
        raise BadPicture(f"{problem}. Open it, save it anew and send that.") from error


def _check_pixels(image: Image.Image, file_type: FileType, name: str) -> None:
    """Refuse by the header alone what would take too much memory to decode."""
    width, height = image.size
    kind = "progressive JPEG" if "progressive" in image.info else file_type.name
    most = MOST_MEGAPIXELS_BY_KIND.get(kind, MOST_MEGAPIXELS)
    if max(width, height) > LARGEST_INPUT_SIDE_PX:
        raise BadPicture(
            f"{name} is {width:,} x {height:,} pixels; the limit is {LARGEST_INPUT_SIDE_PX:,} a side. "
            "Make it smaller or crop it."
        )
    if width * height > most * 1_000_000:
        raise BadPicture(
            f"{name} has {width * height / 1_000_000:,.1f} megapixels ({width:,} x {height:,}); "
            f"the limit for {kind} is {most}. Make it smaller or crop it."
        )


def _check_shape(image: Image.Image, name: str) -> None:
    width, height = image.size
    short, long = sorted(image.size)
    if short < LEAST_INPUT_SIDE_PX:
        raise BadPicture(
            f"{name} is only {width} x {height} pixels; both sides need at least {LEAST_INPUT_SIDE_PX}, "
            f"better {LEAST_SIDE_PX} or more. Send a larger one."
        )
    if long * LEAST_SIDE_PX > short * LARGEST_SIDE_PX:
        most = LARGEST_SIDE_PX // LEAST_SIDE_PX
        raise BadPicture(
            f"{name} is too long and narrow ({width} x {height} pixels); one side may be at most {most} times "
            "the other. Crop it to the subject."
        )


def _check_content(image: Image.Image, name: str) -> None:
    """Refuse what Rodin would refuse as a violation of its rules, though it only shows nothing."""
    ranges = [extrema(image.getchannel(band)) for band in image.getbands()]
    if image.mode == "RGBA" and ranges[3][1] <= _FLAT_SPREAD:
        raise BadPicture(f"{name} is transparent all over. Send one that shows the subject.")
    if all(high - low <= _FLAT_SPREAD for low, high in ranges):
        raise BadPicture(
            f"{name} is a single flat colour, so there is nothing to model. Send one that shows the subject."
        )
