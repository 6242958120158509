"""The grains materials show: one painter each, all built on shared noise."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .arrays import Reals
from .finishes import Grain
from .noise import clouds, tiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A stretch of texture to paint: its pixels and how large the surface under it is."""

    size: tuple[int, int]  # rows, columns
    girth: float  # scene units around, over all columns
    length: float  # scene units along, over all rows
    shift: tuple[int, int]  # where in the noise to start

    def noise(self, scale: float = 1.0, stretch: float = 1.0, *, octaves: int = 6) -> Reals:
        """Noise 0..1, about `scale` repeats for each scene unit, `stretch` times finer along than around."""
        across = max(1, round(self.girth * scale))
        along = max(0.25, self.length * scale * stretch)
        return tiled(clouds(octaves), self.size, (along, across), self.shift)

    def across(self) -> Reals:
        """0..1 over the columns, as one row."""
        return np.linspace(0, 1, self.size[1], endpoint=False, dtype=np.float32)[None, :]

    def along(self) -> Reals:
        """0..1 over the rows, as one column."""
        return np.linspace(0, 1, self.size[0], endpoint=False, dtype=np.float32)[:, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grained:
    """What a grain makes of an area; each (rows, columns)."""

    mix: Reals  # 0 the finish's colour .. 1 its second colour
    height: Reals  # 0..1
    rough: Reals  # added to the finish's roughness


Painter = Callable[[Area], Grained]


def _plain(area: Area) -> Grained:
    large, small = area.noise(0.6), area.noise(2.5)
    return Grained(mix=large * 0.3, height=small * 0.35, rough=(small - 0.5) * 0.08)


def _brushed(area: Area) -> Grained:
    streaks, large = area.noise(0.5, 14.0), area.noise(0.8)
    patina = np.clip(large * 2.6 - 1.35, 0, 1)
    return Grained(
        mix=0.35 * streaks + 0.55 * patina, height=streaks * 0.5, rough=0.16 * patina + (streaks - 0.5) * 0.14
    )


def _cast(area: Area) -> Grained:
    large, small = area.noise(0.9), area.noise(3.0)
    stain = np.clip(large * 3 - 1.1, 0, 1)
    return Grained(mix=stain * 0.7 + small * 0.2, height=small, rough=(stain - 0.4) * 0.18)


def _wood(area: Area) -> Grained:
    rings = max(2, round(area.girth * 2.2))
    bend, fibre = area.noise(0.5, 0.6), area.noise(3.0, 0.12)
    wave = 0.5 + 0.5 * np.sin(2 * np.float32(math.pi) * (rings * area.across() + 2.4 * bend))
    return Grained(
        mix=0.65 * wave * wave + 0.4 * fibre - 0.1, height=0.5 * wave + 0.5 * fibre, rough=(fibre - 0.5) * 0.2
    )


def _stone(area: Area) -> Grained:
    large, small = area.noise(0.7), area.noise(3.0)
    cracks = np.clip(1 - np.abs(large - 0.5) * 22, 0, 1)
    return Grained(
        mix=np.clip(0.2 + large * 0.6 + cracks * 0.4, 0, 1),
        height=0.7 * small + 0.5 * large - 0.5 * cracks,
        rough=(small - 0.5) * 0.1,
    )


def _brick(area: Area) -> Grained:
    rows, columns = max(2, round(area.length * 9)), max(2, round(area.girth * 4.5))
    down = area.along() * rows
    over = area.across() * columns + 0.5 * (np.floor(down) % 2)
    edge = np.minimum(_edge(down) / 0.1, _edge(over) / 0.06)
    mortar = 1 - np.clip(edge, 0, 1)
    return Grained(
        mix=np.clip(mortar + 0.25 * area.noise(2.0), 0, 1),
        height=(1 - mortar) * 0.8 + 0.3 * area.noise(3.0),
        rough=mortar * 0.05,
    )


def _edge(values: Reals) -> Reals:
    """Distance to the nearest whole number."""
    distance: Reals = 0.5 - np.abs(values % 1 - 0.5)
    return distance


def _shingle(area: Area) -> Grained:
    rows, columns = max(3, round(area.length * 9)), max(3, round(area.girth * 8))
    down = area.along() * rows
    over = area.across() * columns + 0.5 * (np.floor(down) % 2)
    arch = (down % 1) + 1.2 * (over % 1 - 0.5) ** 2
    gap = np.clip(1 - _edge(over) / 0.05, 0, 1)
    shade = np.clip(arch * arch, 0, 1)
    return Grained(
        mix=np.clip(0.75 * shade + 0.3 * area.noise(1.5) + 0.3 * gap - 0.1, 0, 1),
        height=1 - shade - 0.4 * gap,
        rough=shade * 0.08,
    )


def _foliage(area: Area) -> Grained:
    large, small = area.noise(0.8), area.noise(4.5)
    tufts = np.clip((small - 0.42) * 4, 0, 1)
    return Grained(
        mix=np.clip(0.25 + 0.55 * tufts - 0.5 * (large - 0.5), 0, 1), height=1 - tufts, rough=(small - 0.5) * 0.1
    )


def _fabric(area: Area) -> Grained:
    threads, rows = max(8, round(area.girth * 40)), max(8.0, area.length * 40)
    turn = np.float32(2 * math.pi)
    weave = np.sin(area.across() * threads * turn) * np.sin(area.along() * np.float32(rows) * turn)
    return Grained(mix=0.5 + 0.3 * weave - 0.3 * area.noise(1.0), height=0.5 + 0.5 * weave, rough=0.05 * weave)


def _marble(area: Area) -> Grained:
    veins = (1 - np.abs(2 * area.noise(0.55) - 1)) ** 14
    fine = (1 - np.abs(2 * area.noise(1.2) - 1)) ** 22
    return Grained(mix=np.clip(0.75 * veins + 0.4 * fine, 0, 1), height=1 - veins, rough=veins * 0.1)


PAINTERS: Mapping[Grain, Painter] = {
    Grain.PLAIN: _plain,
    Grain.BRUSHED: _brushed,
    Grain.CAST: _cast,
    Grain.WOOD: _wood,
    Grain.STONE: _stone,
    Grain.BRICK: _brick,
    Grain.SHINGLE: _shingle,
    Grain.FOLIAGE: _foliage,
    Grain.FABRIC: _fabric,
    Grain.MARBLE: _marble,
}
