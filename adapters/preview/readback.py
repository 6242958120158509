"""Finished pictures are read back whole in the process that drew them: here decoding may cost memory, elsewhere not."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from adapters.preview.pictures import BROKEN
from adapters.preview.solid import Unreadable


def check_whole(path: Path, *, plays_ms: int = 0) -> None:
    """Decode a picture to its last pixel and check that its frames stand for `plays_ms` together.

    Frames that look alike are stored as one that stands longer; a turn in which all do has become a single frame, and
    that plays no time at all in some formats.

    Raises:
        Unreadable: it is cut off or broken.
    """
    try:
        with Image.open(path) as image:
            image.verify()  # of a PNG, every checksum up to its end
        with Image.open(path) as image:
            played_ms = _played_ms(image)
            is_still = getattr(image, "n_frames", 1) == 1
    except BROKEN as error:
        raise Unreadable(f"The picture {path.name} did not come out whole.") from error
    if not is_still and played_ms != plays_ms:
        raise Unreadable(f"The picture {path.name} did not come out whole.")


def _played_ms(image: Image.Image) -> int:
    """Decode every frame, one in memory at a time, and return how long they stand together."""
    played_ms = 0
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        image.load()
        played_ms += int(image.info.get("duration", 0))
    return played_ms
