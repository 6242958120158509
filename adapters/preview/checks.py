"""What the drawing process made is looked at before anybody relies on it: it handled a file nobody vouches for."""

from __future__ import annotations

import struct
from pathlib import Path

from PIL import Image

from bot.errors import PreviewFailed

_MOST_EDGE_PX = 4096
_WRONG = "The drawing process made something that is no picture."


def check_picture(path: Path, kind: str, *, frames: int, most_bytes: int) -> None:
    """Check by its headers that a picture is of this kind, of sane size, and has at most `frames` frames.

    Nothing is decoded: that would cost this process the memory that drawing in another one saves. Whether it is whole,
    the drawing process has checked (`adapters.preview.readback`).

    Raises:
        PreviewFailed: it is missing, not of this kind, or larger than it should be.
    """
    if not path.is_file() or path.is_symlink() or path.stat().st_size > most_bytes:
        raise PreviewFailed(_WRONG)
    try:
        with Image.open(path, formats=(kind,)) as image:
            found = getattr(image, "n_frames", 1)
            # Frames that look alike (a ball turning) are stored as one that stands longer.
            if max(image.size) > _MOST_EDGE_PX or found > frames:
                raise PreviewFailed(_WRONG)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PreviewFailed(_WRONG) from error


def check_glb(path: Path, limit_bytes: int) -> None:
    """Check that a smaller copy is a whole GLB and small enough.

    Raises:
        PreviewFailed: it is not.
    """
    size = path.stat().st_size if path.is_file() and not path.is_symlink() else 0
    with path.open("rb") as file:
        head = file.read(12)
    if size > limit_bytes or len(head) < 12 or struct.unpack("<4sII", head) != (b"glTF", 2, size):
        raise PreviewFailed("The smaller copy of the model did not come out whole.")
