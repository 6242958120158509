"""Frames as files: a still, WebP that moves, GIF that moves, and one picture with all frames.

Each is read back whole before it counts as saved. Raises Unreadable when it did not come out so.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

from PIL import Image

from adapters.preview.readback import check_whole

FRAMES = 36
COLUMNS = 6
FRAME_MS = 80
# Older Slack clients do not unfold larger GIFs. Source: Slack staff, quoted in community threads.
GIF_LIMIT_BYTES = 2_000_000
# Edge, colours, dithered: from the best to what surely fits.
_GIF_LADDER = (
    (384, 256, True),
    (384, 128, False),
    (320, 256, True),
    (320, 128, False),
    (256, 128, True),
    (256, 64, False),
    (192, 64, False),
    (128, 32, False),
)
_PALETTE_EVERY = 6


def save_still(frame: Image.Image, path: Path) -> None:
    """One frame, without loss."""
    frame.save(path, "PNG")
    check_whole(path)


def save_webp(frames: list[Image.Image], path: Path) -> None:
    """A turn for platforms that play WebP."""
    frames[0].save(
        path, "WEBP", save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0, quality=75, method=4
    )
    check_whole(path, plays_ms=len(frames) * FRAME_MS)


def save_gif(frames: list[Image.Image], path: Path) -> None:
    """A turn for platforms that play GIF, under GIF_LIMIT_BYTES; fewer pixels and colours until it fits."""
    data, worth = b"", 0.0
    for edge, colours, dithered in _GIF_LADDER:
        bits = edge**2 * math.log2(colours)
        # A rung that cannot fit by its number of bits is not even tried: each costs a third of a second.
        if data and len(data) * bits / worth > 1.2 * GIF_LIMIT_BYTES:
            continue
        data, worth = _gif(frames, edge, colours, dithered=dithered), bits
        if len(data) < GIF_LIMIT_BYTES:
            break
    path.write_bytes(data)
    check_whole(path, plays_ms=len(frames) * FRAME_MS)


def _gif(frames: list[Image.Image], edge: int, colours: int, *, dithered: bool) -> bytes:
    small = [frame.resize((edge, edge), Image.Resampling.BOX, reducing_gap=None) for frame in frames]
    # One palette from several frames at once: a palette for each would let the background flicker.
    chosen = small[::_PALETTE_EVERY]
    sheet = Image.new("RGB", (edge * len(chosen), edge))
    for number, frame in enumerate(chosen):
        sheet.paste(frame, (edge * number, 0))
    palette = sheet.quantize(colours)
    dither = Image.Dither.FLOYDSTEINBERG if dithered else Image.Dither.NONE
    indexed = [frame.quantize(palette=palette, dither=dither) for frame in small]
    out = io.BytesIO()
    indexed[0].save(out, "GIF", save_all=True, append_images=indexed[1:], duration=FRAME_MS, loop=0, optimize=False)
    return out.getvalue()


def save_strip(frames: list[Image.Image], path: Path) -> None:
    """All frames in one picture, COLUMNS to a row."""
    edge = frames[0].width
    rows = -(-len(frames) // COLUMNS)
    strip = Image.new("RGB", (edge * COLUMNS, edge * rows))
    for number, frame in enumerate(frames):
        strip.paste(frame, (edge * (number % COLUMNS), edge * (number // COLUMNS)))
    strip.save(path, "WEBP", quality=80, method=3)
    check_whole(path)
