"""Ornaments and jewels: ring, gem, star, heart, crown, key, knot, and a sculpture for words nobody knows."""

import math

import numpy as np

from .arrays import Floats
from .curves import circle, smooth, star, straight
from .draws import Draws
from .pieces import Piece, Wave, around
from .solids import ball, box, cut, lathe, loop, spun, torus, tube


def ring(draws: Draws) -> list[Piece]:
    """A finger ring with a cut stone."""
    band = torus(0.72, draws.near(0.11, 0.3), ring=circle(1.0, draws.between(0.9, 1.6)), part="band").turned("x", 90)
    size, sides = draws.near(0.32, 0.2), draws.pick((6, 8, 10))
    stone = _brilliant(sides).scaled(size).moved(y=0.98).dressed("stone", "gem")
    prong = tube(
        [(size * 0.5, 0.74, 0), (size * 0.86, 0.9, 0), (size * 0.9, 1.06, 0)], [0.04, 0.035, 0.04], part="setting"
    )
    seat = torus(size * 0.62, 0.04, part="setting").moved(y=0.86)
    return [band, stone, seat, *around(prong, 4, start=45)]


def _brilliant(sides: int) -> Piece:
    outline = straight(
        [(math.cos(a), math.sin(a)) for a in (2 * math.pi * step / sides for step in range(sides))], closed=True
    )
    return lathe(straight([(0, -0.85), (1, 0), (1, 0.08), (0.62, 0.36), (0, 0.36)]), outline)


def gem(draws: Draws) -> list[Piece]:
    """One large cut stone on a little stand."""
    sides = draws.pick((6, 8, 10, 12))
    stone = _brilliant(sides).scaled(1, draws.between(0.85, 1.2), 1).moved(y=1.0).dressed("stone", "main")
    stand = spun(
        (0, 0),
        (0.4, 0),
        (0.42, 0.05),
        (0.18, 0.14),
        (0.2, 0.34),
        (0, 0.36),
        corners=(1,),
        part="stand",
        finish="accent",
    )
    claw = tube([(0.16, 0.3, 0), (0.42, 0.5, 0), (0.6, 0.78, 0)], [0.05, 0.045, 0.03], part="stand", finish="accent")
    return [stone, stand, *around(claw, 3)]


def star_ornament(draws: Draws) -> list[Piece]:
    """A faceted star on a foot."""
    tips, inner = draws.pick((5, 5, 5, 6, 8)), draws.between(0.38, 0.52)
    body = (
        lathe(straight([(0, -0.28), (1, 0), (0, 0.28)]), star(tips, inner), part="star")
        .turned("x", 90)
        .scaled(1, -1, 1)
    )
    turn = draws.between(-8, 8)
    ball_ = ball(0.12, 0.12, 0.31, part="heart", finish="accent")
    foot = spun(
        (0, -1.3),
        (0.42, -1.3),
        (0.44, -1.24),
        (0.12, -1.14),
        (0.07, -0.3),
        (0, -0.3),
        corners=(1,),
        part="foot",
        finish="trim",
    )
    return [body.turned("z", turn), ball_, foot]


def heart(draws: Draws) -> list[Piece]:
    """A puffed heart."""
    angles = np.linspace(0, 2 * math.pi, 120, endpoint=False)
    x = 16 * np.sin(angles) ** 3 / 16
    y = (13 * np.cos(angles) - 5 * np.cos(2 * angles) - 2 * np.cos(3 * angles) - np.cos(4 * angles)) / 16
    outline = straight(np.column_stack([x, y + 0.1]).tolist(), closed=True)
    outline = type(outline)(points=outline.points, sharp=np.isin(np.arange(120), (0, 60)), closed=True)
    deep = draws.near(0.42, 0.25)
    turns = [math.pi * step / 16 - math.pi / 2 for step in range(17)]
    profile = smooth([(max(0.0, math.cos(a)) ** 0.8, deep * math.sin(a)) for a in turns], steps=2)
    body = lathe(profile, outline, part="heart").turned("x", 90).scaled(1, -1, 1).turned("z", draws.between(-7, 7))
    band = (
        torus(1.0, 0.05, part="band", finish="accent")
        .scaled(0.9, 1, 0.5)
        .turned("z", draws.between(14, 30))
        .moved(0, -0.02)
    )
    return [body, band] if draws.chance(0.5) else [body]


def crown(draws: Draws) -> list[Piece]:
    """A crown with points and stones."""
    points, tall, wide = draws.whole(5, 8), draws.near(0.55, 0.2), 0.78
    band = cut((wide, 0), (wide + 0.06, 0.02), (wide + 0.04, 0.3), (wide - 0.04, 0.3), (wide - 0.04, 0.02), part="band")
    hoop = loop(_circle(wide), 0.05, part="band").moved(y=0.05)
    upper = loop(_circle(wide), 0.04, part="band", finish="trim").moved(y=0.3)
    spike = (
        cut((0, 0.2), (0.26, 0.2), (0.02, 0.3 + tall), (0, 0.3 + tall), part="points").scaled(0.3, 1, 1).moved(wide, 0)
    )
    tip = ball(0.06, part="points", finish="trim").moved(wide, 0.34 + tall)
    stone = ball(0.05, 0.08, 0.07, part="stones", finish="gem").moved(wide + 0.04, 0.17)
    velvet = spun(
        (0, 0.28), (wide - 0.1, 0.2), (wide - 0.06, 0.34), (wide * 0.5, 0.5), (0, 0.54), part="cap", finish="accent"
    )
    return [band, hoop, upper, velvet, *around(spike, points), *around(tip, points), *around(stone, points)]


def _circle(radius: float) -> Floats:
    angle = np.linspace(0, 2 * math.pi, 160, endpoint=False)
    return np.column_stack([radius * np.cos(angle), np.zeros(160), radius * np.sin(angle)])


def key(draws: Draws) -> list[Piece]:
    """An old key."""
    long = draws.near(1.2, 0.15)
    bow = torus(0.26, 0.075, part="bow").turned("x", 90).scaled(draws.between(0.85, 1.3), 1, 1).moved(0, long + 0.3)
    leaves = [
        ball(0.12, 0.12, 0.07, part="bow", finish="accent").moved(x, long + y)
        for x, y in ((-0.3, 0.36), (0.3, 0.36), (0, 0.66))
    ]
    shaft = tube([(0, 0, 0), (0, long, 0)], 0.065, part="shaft")
    collar = [torus(0.075, 0.035, part="shaft", finish="trim").moved(y=long * share) for share in (0.98, 0.9, 0.3)]
    teeth = [box((0.3, 0.1, 0.08), 0.1, part="bit").moved(0.2, 0.06 + 0.15 * step) for step in range(draws.whole(2, 3))]
    return [bow, *leaves, shaft, *collar, *teeth]


def knot(draws: Draws) -> list[Piece]:
    """A torus knot on a pedestal."""
    winds, loops = draws.pick(((2, 3), (2, 5), (3, 4), (3, 5)))
    fat, rise = draws.near(0.2, 0.2), draws.between(0.34, 0.46)
    t = np.linspace(0, 2 * math.pi, 480, endpoint=False)
    reach = 0.72 + rise * 0.75 * np.cos(loops * t)
    path = np.column_stack([reach * np.cos(winds * t), rise * np.sin(loops * t), reach * np.sin(winds * t)])
    strand = loop(path, fat, part="knot").rippled(Wave(depth=draws.pick((0.0, 0.05, 0.08)), around=6))
    strand = strand.turned("x", 90).moved(y=1.2 + fat)
    foot = cut(
        (0, -0.1),
        (0.62, -0.1),
        (0.66, -0.04),
        (0.62, 0.02),
        (0.44, 0.1),
        (0.4, 0.24),
        (0, 0.24),
        part="pedestal",
        finish="accent",
    )
    return [strand, foot]


def sculpture(draws: Draws) -> list[Piece]:
    """A twisted, rippled column under a ball: what to make of words nobody knows."""
    tall, crests = draws.near(1.5, 0.15), draws.whole(3, 6)
    widths = [(0.0, 0.1), (draws.between(0.3, 0.5), 0.12)]
    widths += [(draws.between(0.22, 0.55), 0.1 + tall * share) for share in (0.3, 0.55, 0.8)]
    column = spun(*widths, (0.16, tall + 0.1), (0, tall + 0.12), corners=(1,), part="column")
    column = column.rippled(Wave(depth=draws.between(0.1, 0.2), around=crests, along=draws.between(0.6, 1.8)))
    foot = cut((0, 0), (0.6, 0), (0.62, 0.06), (0.5, 0.16), (0, 0.16), part="foot", finish="accent")
    orb = ball(draws.near(0.3, 0.2), part="orb", finish="trim").moved(y=tall + 0.34)
    halo = (
        torus(draws.near(0.48, 0.15), 0.03, part="halo", finish="accent")
        .turned("x", draws.between(-40, 40))
        .moved(y=tall + 0.34)
    )
    return [column, foot, orb, halo]
