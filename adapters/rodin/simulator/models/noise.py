"""Noise fields that repeat without a seam, made once and kept for the life of the process."""

import functools

import numpy as np
from PIL import Image

from .arrays import Singles

FIELD_PX = 512


@functools.cache
def clouds(octaves: int = 6, coarsest: int = 4) -> Singles:
    """Fractal noise 0..1 that tiles in both directions: (512, 512), read only."""
    chance = np.random.Generator(np.random.PCG64(octaves * 100 + coarsest))
    total = np.zeros((FIELD_PX, FIELD_PX), dtype=np.float32)
    for octave in range(octaves):
        cells = coarsest * 2**octave
        total += _octave(chance.random((cells, cells), dtype=np.float32)) * np.float32(0.5**octave)
    total -= total.min()
    total /= total.max()
    total.setflags(write=False)
    return total


def _octave(values: Singles) -> Singles:
    """Random values spread smoothly over the field; padded by wrapping, so that the edges meet."""
    cells, margin = len(values), 2
    padded = np.pad(values, margin, mode="wrap")
    size = FIELD_PX * (cells + 2 * margin) // cells
    spread = np.asarray(Image.fromarray(padded).resize((size, size), Image.Resampling.BICUBIC))
    start = margin * FIELD_PX // cells
    return spread[start : start + FIELD_PX, start : start + FIELD_PX]


def tiled(field: Singles, size: tuple[int, int], repeats: tuple[float, float], shift: tuple[int, int]) -> Singles:
    """Sample a tiling field over an area of (rows, columns), repeating it (down, across) times."""
    rows = _steps(size[0], repeats[0], shift[0])
    columns = _steps(size[1], repeats[1], shift[1])
    return field[np.ix_(rows, columns)]


def _steps(count: int, repeats: float, shift: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return ((np.arange(count) * (FIELD_PX * repeats / count)).astype(np.int64) + shift) % FIELD_PX
