"""Vehicles, tools and ornaments: car, rocket, ship, sword, ring, star, knot and the like."""

import math

import numpy as np

from .curves import circle, smooth, star, straight
from .draws import Draws
from .pieces import Piece, Wave, around, mirrored
from .solids import ball, box, cut, lathe, loop, slab, spun, torus, tube


def car(draws: Draws) -> list[Piece]:
    """A car with a cabin, wheels and lights."""
    long, cab = draws.near(1.0, 0.12), draws.between(-0.18, 0.06)
    roof = draws.near(0.92, 0.1)
    side = [(-long, 0.25), (long, 0.25), (long + 0.06, 0.42), (long * 0.95, 0.58), (long * 0.4, 0.66), (-long * 0.75, 0.68), (-long - 0.03, 0.6), (-long - 0.05, 0.4)]
    hull = slab(straight(side, closed=True), 0.92, 0.06, part="body")
    top = [(cab - 0.62, 0.6), (cab + 0.62, 0.6), (cab + 0.3, roof), (cab - 0.42, roof)]
    cabin = lathe(straight([(0.98, -0.4), (1, -0.1), (1, 0.1), (0.98, 0.4)]), straight(top, closed=True), part="windows", finish="glass")
    cabin = cabin.turned("x", 90).scaled(1, -1, 1)
    lid = box((0.74, 0.06, 0.78), 0.3, part="roof").moved(cab - 0.06, roof)
    tyre = torus(0.17, 0.085, part="wheels", finish="rubber").turned("x", 90)
    hub = cut((0, -0.06), (0.14, -0.06), (0.12, 0.07), (0, 0.09), part="wheels", finish="chrome").turned("x", 90)
    wheels = [piece.moved(x * long * 0.62, 0.24, 0.43) for x in (1, -1) for piece in (tyre, hub)]
    lamp = ball(0.05, 0.07, 0.09, part="lights", finish="glow").moved(long + 0.02, 0.47, 0.3)
    tail = box((0.04, 0.1, 0.16), 0.2, part="lights", finish="red").moved(-long - 0.04, 0.52, 0.3)
    bumper = [box((0.1, 0.1, 0.96), 0.3, part="bumpers", finish="chrome").moved(x * (long + 0.04), 0.31) for x in (1, -1)]
    return [hull, cabin, lid, *mirrored([*wheels, lamp, tail], "z"), *bumper]


def rocket(draws: Draws) -> list[Piece]:
    """A rocket on its fins."""
    fins, wide, tall = draws.whole(3, 4), draws.near(0.4, 0.15), draws.near(1.5, 0.12)
    body = spun((0, 0.2), (wide * 0.66, 0.2), (wide, tall * 0.45), (wide * 0.82, tall * 0.85), (wide * 0.6, tall), (0, tall), corners=(1, 4))
    nose = spun((0, tall), (wide * 0.6, tall - 0.01), (wide * 0.33, tall + 0.28), (0, tall + 0.5), corners=(1,), part="nose", finish="accent")
    nozzle = cut((0, 0.02), (wide * 0.55, 0), (wide * 0.36, 0.24), (0, 0.24), part="nozzle", finish="dark")
    outline = [(wide * 0.6, 0.32), (wide + 0.34, -0.12), (wide + 0.36, 0.22), (wide * 0.92, 0.75)]
    fin = slab(straight(outline, closed=True), 0.07, 0.06, part="fins", finish="accent")
    ring = torus(0.13, 0.035, part="window", finish="trim").turned("x", 90).moved(0, tall * 0.66, wide * 0.92)
    pane = ball(0.12, 0.12, 0.05, part="window", finish="glass").moved(0, tall * 0.66, wide * 0.92)
    band = torus(wide * 0.61, 0.03, part="band", finish="trim").moved(y=tall)
    return [body, nose, nozzle, band, ring, pane, *around(fin, fins, start=30)]


def ship(draws: Draws) -> list[Piece]:
    """A sailing ship."""
    half_round = [(0.0, -1.0), (0.55, -0.8), (0.9, -0.3), (1.0, 0.35), (-1.0, 0.35), (-0.9, -0.3), (-0.55, -0.8)]
    long = draws.near(0.95, 0.1)
    profile = smooth([(0.18, -long), (0.31, -long * 0.55), (0.35, 0), (0.27, long * 0.6), (0.03, long * 1.05)])
    hull = lathe(profile, straight(half_round, closed=True), part="hull").turned("x", 90).turned("y", 90).moved(y=0.36)
    hull = hull.scaled(1, 1.05, 1)
    rail = box((long * 1.1, 0.06, 0.6), 0.1, part="deck", finish="wood").moved(-0.12, 0.5)
    stern = box((0.4, 0.26, 0.5), 0.1, part="cabin", finish="wood").moved(-long * 0.72, 0.6)
    tall = draws.near(1.3, 0.12)
    masts, sails = [], []
    for x, height in ((-0.35, tall * 0.85), (0.22, tall)):
        masts.append(tube([(x, 0.4, 0), (x, 0.5 + height, 0)], 0.03, part="masts", finish="wood"))
        for low, wide in ((0.16, 0.44), (0.58, 0.34)):
            outline = [(-wide, 0), (wide, 0), (wide * 0.8, height * 0.36), (-wide * 0.8, height * 0.36)]
            sail = slab(straight(outline, closed=True), 0.03, part="sails", finish="light").turned("y", 90 - 24)
            sails.append(sail.moved(x + 0.05, 0.5 + low * height))
    flag = slab(straight([(0, 0), (-0.3, 0.07), (0, 0.16)], closed=True), 0.02, part="flag", finish="accent").moved(0.2, 0.5 + tall)
    spar = tube([(long * 0.9, 0.48, 0), (long * 1.45, 0.68, 0)], 0.028, part="masts", finish="wood")
    return [hull, rail, stern, *masts, *sails, flag, spar]


def plane(draws: Draws) -> list[Piece]:
    """A propeller aeroplane."""
    span = draws.near(1.05, 0.12)
    hull = spun((0, -0.95), (0.07, -0.9), (0.13, -0.55), (0.23, 0.1), (0.22, 0.5), (0.12, 0.66), (0, 0.68)).turned("x", 90)
    wing = slab(straight([(0, -0.16), (span, -0.08), (span, 0.14), (0, 0.2)], closed=True), 0.06, 0.04, part="wings", finish="accent").turned("x", 90)
    tail = slab(straight([(0, -0.1), (0.38, -0.08), (0.36, 0.06), (0, 0.1)], closed=True), 0.05, 0.04, part="tail", finish="accent").turned("x", 90).moved(0, 0.02, -0.82)
    rudder = slab(straight([(-0.12, 0), (0.16, 0), (0, 0.36), (-0.1, 0.36)], closed=True), 0.05, 0.04, part="tail", finish="accent").turned("y", 90).moved(0, 0.06, -0.82)
    canopy = ball(0.13, 0.13, 0.26, part="canopy", finish="glass").moved(0, 0.19, 0.12)
    blade = box((0.72, 0.08, 0.03), 0.2, part="propeller", finish="wood").turned("z", draws.between(20, 160)).moved(0, 0, 0.72)
    hub = ball(0.07, 0.07, 0.1, part="propeller", finish="dark").moved(0, 0, 0.7)
    strut = tube([(0.12, -0.12, 0.3), (0.26, -0.32, 0.34)], 0.025, part="gear", finish="dark")
    wheel = torus(0.07, 0.04, part="gear", finish="rubber").turned("z", 90).moved(0.27, -0.36, 0.34)
    return [piece.turned("x", -8) for piece in (hull, *mirrored([wing, tail, strut, wheel]), rudder, canopy, blade, hub)]


def sword(draws: Draws) -> list[Piece]:
    """A sword standing on its pommel."""
    long, wide = draws.near(1.9, 0.12), draws.near(0.12, 0.25)
    lens = straight([(1, 0), (0.25, 0.24), (-0.25, 0.24), (-1, 0), (-0.25, -0.24), (0.25, -0.24)], closed=True)
    blade = lathe(straight([(1.0, 0), (0.92, long * 0.5), (0.8, long * 0.84), (0, long)]), lens, part="blade").scaled(wide, 1, wide).moved(y=0.55)
    bend = draws.between(-0.16, 0.16)
    arm = tube([(0, 0.54, 0), (0.22, 0.54 + bend * 0.2, 0), (0.4, 0.54 + bend, 0)], [0.07, 0.05, 0.06], part="guard", finish="accent")
    centre = ball(0.09, 0.08, 0.09, part="guard", finish="accent").moved(y=0.54)
    grip = tube([(0, 0.08, 0), (0, 0.3, 0), (0, 0.5, 0)], [0.05, 0.062, 0.052], part="grip", finish="dark")
    grip = grip.rippled(Wave(depth=0.09, around=1, along=9))
    pommel = ball(0.1, part="pommel", finish="accent").moved(y=0.02)
    gem = ball(0.045, part="pommel", finish="red").moved(0, 0.54, 0.085)
    return [blade, *mirrored([arm]), centre, grip, pommel, gem]


def axe(draws: Draws) -> list[Piece]:
    """A hand axe."""
    tall, wide = draws.near(1.6, 0.12), draws.near(0.52, 0.2)
    shaft = tube([(0, 0, 0), (0.03, tall * 0.5, 0), (0, tall, 0)], [0.07, 0.055, 0.06], part="shaft", finish="wood")
    edge = [(-0.12, -0.1), (0.1, -0.12), (wide, -0.34), (wide + 0.08, 0), (wide, 0.3), (0.1, 0.12), (-0.12, 0.1)]
    head = lathe(straight([(0.9, -0.09), (1, 0), (0.9, 0.09)]), straight(edge, closed=True), part="head").turned("x", 90)
    cap = ball(0.085, 0.06, 0.085, part="shaft", finish="accent").moved(y=0.02)
    return [shaft, head.moved(0, tall * 0.84), cap]


def hammer(draws: Draws) -> list[Piece]:
    """A mallet."""
    tall, half, thick = draws.near(1.4, 0.15), draws.near(0.46, 0.15), draws.near(0.23, 0.15)
    shaft = tube([(0, 0, 0), (0, tall, 0)], [0.085, 0.065], part="shaft", finish="wood")
    head = box((2 * half, 2 * thick, 2 * thick), 0.12, part="head").moved(y=tall * 0.95)
    band = box((0.14, 2.12 * thick, 2.12 * thick), 0.1, part="head", finish="accent").moved(y=tall * 0.95)
    grip = torus(0.08, 0.03, part="shaft", finish="dark")
    return [shaft, head, *(band.moved(x * half * 0.72) for x in (-1, 1)), *(grip.moved(y=0.1 * step) for step in range(4))]


def shield(draws: Draws) -> list[Piece]:
    """A knight's shield with a boss."""
    wide, tall = draws.near(0.72, 0.1), draws.near(0.95, 0.1)
    half = smooth([(0, -tall), (wide * 0.55, -tall * 0.55), (wide, 0.1), (wide, tall * 0.7), (0, tall * 0.8)], (3,)).points
    outline = np.concatenate([half, half[-2:0:-1] * [-1, 1]])
    face = lathe(straight([(1, 0), (1, 0.06), (0.9, 0.13), (0, 0.26)]), straight(outline.tolist(), closed=True), part="face").turned("x", 90).scaled(1, -1, 1)
    rim_path = np.column_stack([outline, np.full(len(outline), 0.04)])
    rim = loop(rim_path, 0.055, part="rim", finish="accent")
    boss = ball(0.2, 0.2, 0.14, part="boss", finish="accent").moved(0, 0.1, 0.2)
    rays = around(tube([(0, 0, 0), (0, 0, 0.36)], [0.045, 0.02], part="boss", finish="trim"), draws.pick((4, 6, 8)))
    return [face, rim, boss, *(ray.turned("x", 90).moved(0, 0.1, 0.2) for ray in rays)]


def ring(draws: Draws) -> list[Piece]:
    """A finger ring with a cut stone."""
    band = torus(0.72, draws.near(0.11, 0.3), ring=circle(1.0, draws.between(0.9, 1.6)), part="band").turned("x", 90)
    size, sides = draws.near(0.32, 0.2), draws.pick((6, 8, 10))
    stone = _brilliant(sides).scaled(size).moved(y=0.98).dressed("stone", "gem")
    prong = tube([(size * 0.5, 0.74, 0), (size * 0.86, 0.9, 0), (size * 0.9, 1.06, 0)], [0.04, 0.035, 0.04], part="setting")
    seat = torus(size * 0.62, 0.04, part="setting").moved(y=0.86)
    return [band, stone, seat, *around(prong, 4, start=45)]


def _brilliant(sides: int) -> Piece:
    outline = straight([(math.cos(a), math.sin(a)) for a in (2 * math.pi * step / sides for step in range(sides))], closed=True)
    return lathe(straight([(0, -0.85), (1, 0), (1, 0.08), (0.62, 0.36), (0, 0.36)]), outline)


def gem(draws: Draws) -> list[Piece]:
    """One large cut stone on a little stand."""
    sides = draws.pick((6, 8, 10, 12))
    stone = _brilliant(sides).scaled(1, draws.between(0.85, 1.2), 1).moved(y=1.0).dressed("stone", "main")
    stand = spun((0, 0), (0.4, 0), (0.42, 0.05), (0.18, 0.14), (0.2, 0.34), (0, 0.36), corners=(1,), part="stand", finish="accent")
    claw = tube([(0.16, 0.3, 0), (0.42, 0.5, 0), (0.6, 0.78, 0)], [0.05, 0.045, 0.03], part="stand", finish="accent")
    return [stone, stand, *around(claw, 3)]


def star_ornament(draws: Draws) -> list[Piece]:
    """A faceted star on a foot."""
    tips, inner = draws.pick((5, 5, 5, 6, 8)), draws.between(0.38, 0.52)
    body = lathe(straight([(0, -0.28), (1, 0), (0, 0.28)]), star(tips, inner), part="star").turned("x", 90).scaled(1, -1, 1)
    turn = draws.between(-8, 8)
    ball_ = ball(0.12, 0.12, 0.31, part="heart", finish="accent")
    foot = spun((0, -1.3), (0.42, -1.3), (0.44, -1.24), (0.12, -1.14), (0.08, -0.7), (0, -0.7), corners=(1,), part="foot", finish="trim")
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
    band = torus(1.0, 0.05, part="band", finish="accent").scaled(0.9, 1, 0.5).turned("z", draws.between(14, 30)).moved(0, -0.02)
    return [body, band] if draws.chance(0.5) else [body]


def crown(draws: Draws) -> list[Piece]:
    """A crown with points and stones."""
    points, tall, wide = draws.whole(5, 8), draws.near(0.55, 0.2), 0.78
    band = cut((wide, 0), (wide + 0.06, 0.02), (wide + 0.04, 0.3), (wide - 0.04, 0.3), (wide - 0.04, 0.02), part="band")
    hoop = loop(_circle(wide), 0.05, part="band").moved(y=0.05)
    upper = loop(_circle(wide), 0.04, part="band", finish="trim").moved(y=0.3)
    spike = cut((0, 0.2), (0.26, 0.2), (0.02, 0.3 + tall), (0, 0.3 + tall), part="points").scaled(0.3, 1, 1).moved(wide, 0)
    tip = ball(0.06, part="points", finish="trim").moved(wide, 0.34 + tall)
    stone = ball(0.05, 0.08, 0.07, part="stones", finish="gem").moved(wide + 0.04, 0.17)
    velvet = spun((0, 0.28), (wide - 0.1, 0.2), (wide - 0.06, 0.34), (wide * 0.5, 0.5), (0, 0.54), part="cap", finish="accent")
    return [band, hoop, upper, velvet, *around(spike, points), *around(tip, points), *around(stone, points)]


def _circle(radius: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    angle = np.linspace(0, 2 * math.pi, 160, endpoint=False)
    return np.column_stack([radius * np.cos(angle), np.zeros(160), radius * np.sin(angle)])


def key(draws: Draws) -> list[Piece]:
    """An old key."""
    long = draws.near(1.2, 0.15)
    bow = torus(0.26, 0.075, part="bow").turned("x", 90).scaled(draws.between(0.85, 1.3), 1, 1).moved(0, long + 0.3)
    leaves = [ball(0.12, 0.12, 0.07, part="bow", finish="accent").moved(x, long + y) for x, y in ((-0.3, 0.36), (0.3, 0.36), (0, 0.66))]
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
    foot = cut((0, -0.1), (0.62, -0.1), (0.66, -0.04), (0.62, 0.02), (0.44, 0.1), (0.4, 0.24), (0, 0.24), part="pedestal", finish="accent")
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
    halo = torus(draws.near(0.48, 0.15), 0.03, part="halo", finish="accent").turned("x", draws.between(-40, 40)).moved(y=tall + 0.34)
    return [column, foot, orb, halo]
