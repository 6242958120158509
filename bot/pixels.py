"""The work on pixels: turning, converting to sRGB, scaling, encoding. Blocks; belongs into a thread."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from io import BytesIO
from math import sqrt
from typing import TYPE_CHECKING, cast

from PIL import Image, ImageCms

from bot.ports import PreparedPicture

if TYPE_CHECKING:
    from PIL._imagingcms import CmsProfile

log = logging.getLogger(__name__)

LARGEST_RESULT_BYTES = 16_000_000
LEAST_SIDE_PX = 512
LARGEST_SIDE_PX = 4096
"""What Rodin surely takes. Source: Deemos's own skill (rodin3d-skills, 2026); the HTTP documents name no limits."""

HALVED_MEGAPIXELS = 32
"""Ours: above this a picture is halved first, in bands, so that 64 megapixels stay under 400 MB of memory."""

_JPEG_QUALITIES = (95, 92)  # below 92 artefacts show up in textures; then the picture is made smaller instead
_BAND_PX = 256

_MODES_WITH_ALPHA = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
_ORIENTATION_TAG = 0x0112  # EXIF 2.32, Orientation
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright(image: Image.Image) -> Image.Image:
    """Decode the first frame and return it as a new RGB or RGBA picture in sRGB, turned as its EXIF says."""
    if image.width * image.height > HALVED_MEGAPIXELS * 1_000_000:
        image.draft(None, (image.width // 2, image.height // 2))  # JPEG decodes at half size; others ignore it
    image.load()
    orientation = _orientation(image)  # after load, because TIFF turns itself there
    if image.width * image.height > HALVED_MEGAPIXELS * 1_000_000:
        plain = _halved(image)
    else:
        plain = _plain(_in_eight_bits(image))
    srgb = _in_srgb(plain, image.info.get("icc_profile"))
    return srgb.transpose(_TURNS[orientation]) if orientation in _TURNS else srgb


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - broken metadata fails in any way, and the picture beside it is sound
        return 1


def _halved(image: Image.Image) -> Image.Image:
    """Return a plain copy of half the size, made in bands: no second full-size copy is ever held."""
    width, height = image.size
    target = image
    for top in range(0, height, _BAND_PX):
        band = image.crop((0, top, width, min(top + _BAND_PX, height)))
        piece = _plain(_in_eight_bits(band, like=image)).reduce(2)
        if top == 0:
            target = Image.new(piece.mode, (piece.width, (height + 1) // 2))
        target.paste(piece, (0, top // 2))
    return target


def _in_eight_bits(image: Image.Image, *, like: Image.Image | None = None) -> Image.Image:
    """Return a picture with 8 bits a channel. Greys of more are scaled, by the range in `like` if it is unknown."""
    if image.mode.startswith("I;16"):
        low, high = 0.0, 65_535.0
    elif image.mode in {"I", "F"}:
        low, high = extrema(like or image)
        low, high = (0.0, 255.0) if low >= 0.0 and high <= 255.0 else (low, high)
    else:
        return image
    scale = 255.0 / (high - low or 1.0)
    levelled = image.convert("F").point(lambda value: value * scale - low * scale)
    return levelled.convert("L")


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture as L, RGB, RGBA or CMYK, its transparency as a channel."""
    if image.mode in _MODES_WITH_ALPHA or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "LAB":
        return _transformed(image, ImageCms.createProfile("LAB"))
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture as RGB or RGBA in sRGB; an alpha channel that hides nothing is dropped."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    is_opaque = alpha is None or extrema(alpha)[0] == 255
    if profile or is_opaque:
        image = _colours(image if alpha is None else image.convert("RGB"), profile)
        if alpha and not is_opaque:
            image.putalpha(alpha)
    image.info.clear()
    return image


def _colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            return _transformed(image, ImageCms.ImageCmsProfile(BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A broken profile, or one for another kind of colour: every viewer then takes the numbers as they are.
            log.info("colour profile ignored mode=%s size_bytes=%d", image.mode, len(profile))
    return image if image.mode == "RGB" else image.convert("RGB")


def extrema(channel: Image.Image) -> tuple[float, float]:
    """Return the lowest and the highest value of a picture with one channel."""
    return cast("tuple[float, float]", channel.getextrema())


def _transformed(image: Image.Image, profile: ImageCms.ImageCmsProfile | CmsProfile) -> Image.Image:
    srgb = ImageCms.createProfile("sRGB")
    return cast("Image.Image", ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB"))


def fitted(image: Image.Image) -> Image.Image:
    """Return the picture with both sides within Rodin's, its proportions kept."""
    short, long = sorted(image.size)
    scale = LARGEST_SIDE_PX / long if long > LARGEST_SIDE_PX else max(1.0, LEAST_SIDE_PX / short)
    return _scaled(image, scale)


def _scaled(image: Image.Image, scale: float) -> Image.Image:
    width, height = (min(max(round(side * scale), LEAST_SIDE_PX), LARGEST_SIDE_PX) for side in image.size)
    if (width, height) == image.size:
        return image
    return image.resize((width, height), Image.Resampling.LANCZOS)


def encoded(image: Image.Image) -> PreparedPicture:
    """Return the picture as JPEG, or as PNG where it is transparent; as large as fits into Rodin's limit."""
    while True:
        for data in _attempts(image):
            if len(data) <= LARGEST_RESULT_BYTES:
                has_alpha = image.mode == "RGBA"
                return PreparedPicture(
                    data=data,
                    media_type="image/png" if has_alpha else "image/jpeg",
                    extension="png" if has_alpha else "jpg",
                    width_px=image.width,
                    height_px=image.height,
                )
        # Bytes go with the area; a little less than that, so that the second round is mostly the last.
        image = _scaled(image, min(0.95 * sqrt(LARGEST_RESULT_BYTES / len(data)), 0.95))


def _attempts(image: Image.Image) -> Iterator[bytes]:
    if image.mode == "RGBA":
        yield _saved(image, "PNG")
        return
    for quality in _JPEG_QUALITIES:
        yield _saved(image, "JPEG", quality=quality, subsampling=0)


def _saved(image: Image.Image, codec: str, **settings: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, codec, **settings)
    return buffer.getvalue()


class _Hush:
    """Keeps Pillow's warnings about odd files off the screen while any thread decodes.

    `warnings.catch_warnings` alone is not safe between threads: they would restore each other's filters.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._filters = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if self._users == 0:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL\b|pi_heif\b")
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._filters.__exit__(None, None, None)


hush = _Hush()
"""Enter it around every use of Pillow on bytes from outside."""
