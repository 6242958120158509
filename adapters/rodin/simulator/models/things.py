"""Vehicles and tools: car, rocket, ship, plane, sword, axe, hammer, shield."""

import numpy as np

from .curves import smooth, straight
from .draws import Draws
from .pieces import Piece, Wave, around, mirrored
from .solids import ball, box, cut, lathe, loop, slab, spun, torus, tube


def car(draws: Draws) -> list[Piece]:
    """A car with a cabin, wheels and lights."""
    long, cab = draws.near(1.0, 0.12), draws.between(-0.18, 0.06)
    roof = draws.near(0.92, 0.1)
    side = [
        (-long, 0.25),
        (long, 0.25),
        (long + 0.06, 0.42),
        (long * 0.95, 0.58),
        (long * 0.4, 0.66),
        (-long * 0.75, 0.68),
        (-long - 0.03, 0.6),
        (-long - 0.05, 0.4),
    ]
    hull = slab(straight(side, closed=True), 0.92, 0.06, part="body")
    top = [(cab - 0.62, 0.6), (cab + 0.62, 0.6), (cab + 0.3, roof), (cab - 0.42, roof)]
    cabin = slab(straight(top, closed=True), 0.8, 0.03, part="windows", finish="glass")
    lid = box((0.74, 0.06, 0.78), 0.3, part="roof").moved(cab - 0.06, roof)
    tyre = torus(0.17, 0.085, part="wheels", finish="rubber").turned("x", 90)
    hub = cut((0, -0.06), (0.14, -0.06), (0.12, 0.07), (0, 0.09), part="wheels", finish="chrome").turned("x", 90)
    wheels = [piece.moved(x * long * 0.62, 0.24, 0.43) for x in (1, -1) for piece in (tyre, hub)]
    lamp = ball(0.05, 0.07, 0.09, part="lights", finish="glow").moved(long + 0.02, 0.47, 0.3)
    tail = box((0.04, 0.1, 0.16), 0.2, part="lights", finish="red").moved(-long - 0.04, 0.52, 0.3)
    bumper = [
        box((0.1, 0.1, 0.96), 0.3, part="bumpers", finish="chrome").moved(x * (long + 0.04), 0.31) for x in (1, -1)
    ]
    return [hull, cabin, lid, *mirrored([*wheels, lamp, tail], "z"), *bumper]


def rocket(draws: Draws) -> list[Piece]:
    """A rocket on its fins."""
    fins, wide, tall = draws.whole(3, 4), draws.near(0.4, 0.15), draws.near(1.5, 0.12)
    body = spun(
        (0, 0.2),
        (wide * 0.66, 0.2),
        (wide, tall * 0.45),
        (wide * 0.82, tall * 0.85),
        (wide * 0.6, tall),
        (0, tall),
        corners=(1, 4),
    )
    nose = spun(
        (0, tall),
        (wide * 0.6, tall - 0.01),
        (wide * 0.33, tall + 0.28),
        (0, tall + 0.5),
        corners=(1,),
        part="nose",
        finish="accent",
    )
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
    flag = slab(straight([(0, 0), (-0.3, 0.07), (0, 0.16)], closed=True), 0.02, part="flag", finish="accent").moved(
        0.2, 0.5 + tall
    )
    spar = tube([(long * 0.9, 0.48, 0), (long * 1.45, 0.68, 0)], 0.028, part="masts", finish="wood")
    return [hull, rail, stern, *masts, *sails, flag, spar]


def plane(draws: Draws) -> list[Piece]:
    """A propeller aeroplane."""
    profile = [(0, -0.95), (0.07, -0.9), (0.13, -0.55), (0.23, 0.1), (0.22, 0.5), (0.12, 0.66), (0, 0.68)]
    hull = spun(*profile).turned("x", 90)
    canopy = ball(0.13, 0.13, 0.26, part="canopy", finish="glass").moved(0, 0.19, 0.12)
    blade = box((0.72, 0.08, 0.03), 0.2, part="propeller", finish="wood").turned("z", draws.between(20, 160))
    hub = ball(0.07, 0.07, 0.1, part="propeller", finish="dark").moved(0, 0, 0.7)
    strut = tube([(0.12, -0.12, 0.3), (0.26, -0.32, 0.34)], 0.025, part="gear", finish="dark")
    wheel = torus(0.07, 0.04, part="gear", finish="rubber").turned("z", 90).moved(0.27, -0.36, 0.34)
    pieces = [hull, canopy, blade.moved(0, 0, 0.72), hub, *mirrored([strut, wheel]), *_wings(draws)]
    return [piece.turned("x", -8) for piece in pieces]


def _wings(draws: Draws) -> list[Piece]:
    span = draws.near(1.05, 0.12)
    wing = _panel([(-0.04, -0.16), (span, -0.08), (span, 0.14), (-0.04, 0.2)], "wings").turned("x", 90)
    tail = (
        _panel([(-0.02, -0.1), (0.38, -0.08), (0.36, 0.06), (-0.02, 0.1)], "tail").turned("x", 90).moved(0, 0.02, -0.82)
    )
    rudder = _panel([(-0.12, 0), (0.16, 0), (0, 0.36), (-0.1, 0.36)], "tail").turned("y", 90).moved(0, 0.06, -0.82)
    return [*mirrored([wing, tail]), rudder]


def _panel(outline: list[tuple[float, float]], part: str) -> Piece:
    return slab(straight(outline, closed=True), 0.055, 0.04, part=part, finish="accent")


def sword(draws: Draws) -> list[Piece]:
    """A sword standing on its pommel."""
    long, wide = draws.near(1.9, 0.12), draws.near(0.12, 0.25)
    lens = straight([(1, 0), (0.25, 0.24), (-0.25, 0.24), (-1, 0), (-0.25, -0.24), (0.25, -0.24)], closed=True)
    blade = (
        lathe(straight([(1.0, 0), (0.92, long * 0.5), (0.8, long * 0.84), (0, long)]), lens, part="blade")
        .scaled(wide, 1, wide)
        .moved(y=0.55)
    )
    bend = draws.between(-0.16, 0.16)
    arm = tube(
        [(0, 0.54, 0), (0.22, 0.54 + bend * 0.2, 0), (0.4, 0.54 + bend, 0)],
        [0.07, 0.05, 0.06],
        part="guard",
        finish="accent",
    )
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
    head = lathe(straight([(0.9, -0.09), (1, 0), (0.9, 0.09)]), straight(edge, closed=True), part="head").turned(
        "x", 90
    )
    cap = ball(0.085, 0.06, 0.085, part="shaft", finish="accent").moved(y=0.02)
    return [shaft, head.moved(0, tall * 0.84), cap]


def hammer(draws: Draws) -> list[Piece]:
    """A mallet."""
    tall, half, thick = draws.near(1.4, 0.15), draws.near(0.46, 0.15), draws.near(0.23, 0.15)
    shaft = tube([(0, 0, 0), (0, tall, 0)], [0.085, 0.065], part="shaft", finish="wood")
    head = box((2 * half, 2 * thick, 2 * thick), 0.12, part="head").moved(y=tall * 0.95)
    band = box((0.14, 2.12 * thick, 2.12 * thick), 0.1, part="head", finish="accent").moved(y=tall * 0.95)
    grip = torus(0.08, 0.03, part="shaft", finish="dark")
    return [
        shaft,
        head,
        *(band.moved(x * half * 0.72) for x in (-1, 1)),
        *(grip.moved(y=0.1 * step) for step in range(4)),
    ]


def shield(draws: Draws) -> list[Piece]:
    """A knight's shield with a boss."""
    wide, tall = draws.near(0.72, 0.1), draws.near(0.95, 0.1)
    half = smooth(
        [(0, -tall), (wide * 0.55, -tall * 0.55), (wide, 0.1), (wide, tall * 0.7), (0, tall * 0.8)], (3,)
    ).points
    outline = np.concatenate([half, half[-2:0:-1] * [-1, 1]])
    face = (
        lathe(
            straight([(1, 0), (1, 0.06), (0.9, 0.13), (0, 0.26)]), straight(outline.tolist(), closed=True), part="face"
        )
        .turned("x", 90)
        .scaled(1, -1, 1)
    )
    rim_path = np.column_stack([outline, np.full(len(outline), 0.04)])
    rim = loop(rim_path, 0.055, part="rim", finish="accent")
    boss = ball(0.2, 0.2, 0.14, part="boss", finish="accent").moved(0, 0.1, 0.2)
    rays = around(tube([(0, 0, 0), (0, 0, 0.36)], [0.045, 0.02], part="boss", finish="trim"), draws.pick((4, 6, 8)))
    return [face, rim, boss, *(ray.turned("x", 90).moved(0, 0.1, 0.2) for ray in rays)]
