"""Finding the thing in a picture: its outline from transparency, else from a plain background."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, UnidentifiedImageError

from .arrays import Flags, Longs, Pixels, Reals

_FORMATS = ("PNG", "JPEG", "WEBP")
_LARGEST_PX = 1024
_LARGEST_PIXELS = 120_000_000
_OUTLINE_PX = 224
# A cut-out that leaves less or more than this of the picture has surely gone wrong.
_LEAST_SHARE, _MOST_SHARE = 0.02, 0.97
# How far, in 0..1 steps of colour, a background may stray from its own middle.
_PLAIN_BACKGROUND = 0.13
# Separate pieces smaller than this share of the largest are specks.
_SPECK = 0.01


class UnreadablePicture(ValueError):
    """The bytes are no PNG, JPEG or WEBP picture, or one too large to open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutout:
    """A picture cropped to the thing in it."""

    picture: Pixels  # (h, w, 3), the thing's colours drawn out over the background
    inside: Reals  # (h', w'), 1 on the thing, 0 beside it, the same crop, at most 224 on its longer side

    @property
    def aspect(self) -> float:
        """Width over height."""
        rows, columns, _ = self.picture.shape
        return float(columns) / float(rows)


def cut_out(data: bytes, *, keep_alpha: bool) -> Cutout:
    """Open a picture and cut the thing out of it.

    With `keep_alpha` the picture's own transparency is the whole truth, so that an opaque picture stays whole.

    Raises:
        UnreadablePicture: nothing to be done with these bytes.
    """
    image = _opened(data)
    outline = _outline(image, keep_alpha=keep_alpha)
    rows, columns = np.flatnonzero(outline.any(axis=1)), np.flatnonzero(outline.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    across, down = image.width / outline.shape[1], image.height / outline.shape[0]
    crop = (round(left * across), round(top * down), round(right * across), round(bottom * down))
    cropped = image.crop((crop[0], crop[1], max(crop[2], crop[0] + 1), max(crop[3], crop[1] + 1)))
    inside = outline[top:bottom, left:right].astype(np.float32)
    return Cutout(picture=_drawn_out(cropped, inside), inside=inside)


def _opened(data: bytes) -> Image.Image:
    try:
        opened = Image.open(io.BytesIO(data), formats=_FORMATS)
        if opened.width * opened.height > _LARGEST_PIXELS:
            raise UnreadablePicture(f"the picture has {opened.width} x {opened.height} pixels, which is too many")
        opened.draft("RGB", (_LARGEST_PX, _LARGEST_PX))
        image = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadablePicture("the bytes are no readable PNG, JPEG or WEBP picture") from error
    image.thumbnail((_LARGEST_PX, _LARGEST_PX), Image.Resampling.BOX)
    return image


def _outline(image: Image.Image, *, keep_alpha: bool) -> Flags:
    """The thing's cells on a coarse copy of the picture."""
    scale = min(1.0, _OUTLINE_PX / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = np.asarray(image.resize(size, Image.Resampling.BOX))
    alpha = small[..., 3] >= 128
    if alpha.any() and (keep_alpha or not alpha.all()):
        return _without_specks(alpha)
    thing = _against_background(small[..., :3].astype(np.float32) / 255)
    if thing is not None:
        return thing
    return _rounded(size)


def _against_background(colours: Reals) -> Flags | None:
    """What stands out from an even border, or None when there is no such border or no such thing."""
    border = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    middle = np.median(border, axis=0)
    spread = float(np.quantile(np.abs(border - middle).max(axis=1), 0.85))
    if spread > _PLAIN_BACKGROUND or min(colours.shape[:2]) < 8:
        return None
    apart = np.abs(colours - middle).max(axis=2) > max(0.07, 1.6 * spread)
    thing = _filled(_largest(apart))
    smooth = Image.fromarray(thing.astype(np.uint8) * 255).filter(ImageFilter.MedianFilter(5))
    thing = _largest(np.asarray(smooth) >= 128)
    return thing if _LEAST_SHARE < float(thing.mean()) < _MOST_SHARE else None


def _rounded(size: tuple[int, int]) -> Flags:
    if min(size) < 8:
        return np.ones(size[::-1], dtype=np.bool_)
    mask = Image.new("L", size, 0)
    corner = min(size) * 0.12
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius=corner, fill=255)
    return np.asarray(mask) >= 128


def _largest(mask: Flags) -> Flags:
    labels = _labelled(mask)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    largest: Flags = labels == int(sizes.argmax())
    return largest if sizes.any() else mask


def _without_specks(mask: Flags) -> Flags:
    labels = _labelled(mask)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    kept: Flags = (sizes >= sizes.max() * _SPECK)[labels]
    return kept & mask


def _filled(mask: Flags) -> Flags:
    """The mask with its holes closed: everything the border cannot reach."""
    outside = _labelled(~np.pad(mask, 1))
    inside: Flags = outside != outside[0, 0]
    return inside[1:-1, 1:-1]


def _labelled(mask: Flags) -> Longs:
    """Number connected cells (side by side) from 1; 0 where the mask is not set."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    parent = list(range(len(rows)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    above = 0
    for run, (row, start, end) in enumerate(zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True)):
        while rows[above] < row - 1 or (rows[above] == row - 1 and ends[above] <= start):
            above += 1
        touching = above
        while touching < run and rows[touching] == row - 1 and starts[touching] < end:
            parent[root(touching)] = root(run)
            touching += 1
    labels = np.zeros(mask.shape, dtype=np.int64)
    for run, (row, start, end) in enumerate(zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True)):
        labels[row, start:end] = root(run) + 1
    return labels


def _drawn_out(image: Image.Image, inside: Reals) -> Pixels:
    """The thing's colours continued beyond its outline, so that its edge shows no background."""
    colours = np.asarray(image.convert("RGB"))
    mask = Image.fromarray((_core(inside) * 255).astype(np.uint8)).resize(image.size, Image.Resampling.BILINEAR)
    weight = (np.asarray(mask) / np.float32(255)) * (np.asarray(image.getchannel("A")) / np.float32(255))
    if float(weight.min()) > 0.99:
        return colours
    around = np.zeros((*weight.shape, 3), np.float32)
    missing = np.ones_like(weight)
    for radius in (3, 12, 48, 200):
        blurred = _blurred(colours * weight[..., None], radius)
        share = _blurred(np.repeat(weight[..., None], 3, axis=2) * 255, radius)[..., :1] / 255
        known = np.clip(share[..., 0] * 8, 0, 1) * missing
        around += blurred / np.maximum(share, 1 / 255) * known[..., None]
        missing -= known
    around += missing[..., None] * _mean_colour(colours, weight)
    mixed = colours * weight[..., None] + np.clip(around, 0, 255) * (1 - weight[..., None])
    return mixed.astype(np.uint8)


def _core(inside: Reals) -> Reals:
    """The outline drawn in by two cells, where colours are surely the thing's own; thin things keep theirs."""
    coarse = Image.fromarray((np.pad(inside, 2) * 255).astype(np.uint8))
    core = np.asarray(coarse.filter(ImageFilter.MinFilter(5)), dtype=np.float32)[2:-2, 2:-2] / 255
    return core if core.sum() > 0.2 * inside.sum() else inside


def _blurred(values: Reals, radius: int) -> Reals:
    picture = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    return np.asarray(picture.filter(ImageFilter.BoxBlur(radius)), dtype=np.float32)


def _mean_colour(colours: Pixels, weight: Reals) -> Reals:
    mean: Reals = (colours * weight[..., None]).sum(axis=(0, 1)) / max(float(weight.sum()), 1e-6)
    return mean.astype(np.float32)
