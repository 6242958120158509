"""Plants and fruit: trees, mushroom, flower, cactus, apple, pumpkin, crystal."""

import math

from .curves import straight
from .draws import Draws
from .pieces import Piece, Wave, around
from .solids import ball, cut, lathe, spun, tube


def lumps(draws: Draws, depth: float) -> list[Wave]:
    """Ripples at odd angles, which together look grown."""
    return [
        Wave(
            depth=depth * draws.between(0.5, 1.0),
            around=draws.whole(2, 5),
            along=draws.between(-2.5, 2.5),
            phase=draws.between(0, 1),
        )
        for _ in range(4)
    ]


def tree(draws: Draws) -> list[Piece]:
    """A broad-leaved tree of lumpy crowns."""
    tall, lean = draws.near(0.95, 0.15), draws.between(-0.15, 0.15)
    trunk = tube(
        [(0, 0, 0), (lean * 0.3, tall * 0.5, 0), (lean, tall + 0.1, 0)], [0.2, 0.12, 0.1], part="trunk", finish="wood"
    )
    roots = [
        piece.dressed("trunk", "wood")
        for piece in around(tube([(0.05, 0.1, 0), (0.34, 0.0, 0)], [0.1, 0.04]), 4, start=draws.between(0, 90))
    ]
    crown = ball(0.6, 0.52, 0.58, part="crown").rippled(*lumps(draws, 0.07)).moved(lean, tall + 0.42)
    tufts = []
    count = draws.whole(5, 7)
    for step in range(count):
        angle, size = 2 * math.pi * (step + draws.between(-0.2, 0.2)) / count, draws.between(0.28, 0.42)
        tuft = ball(size, size * 0.85, size, part="crown").rippled(*lumps(draws, 0.07))
        height = tall + draws.between(0.12, 0.62)
        tufts.append(tuft.moved(lean + 0.46 * math.cos(angle), height, 0.46 * math.sin(angle)))
    branch = tube(
        [(lean * 0.5, tall * 0.62, 0), (lean + 0.3, tall * 0.9, 0.1)], [0.06, 0.04], part="trunk", finish="wood"
    )
    return [trunk, *roots, branch, crown, *tufts]


def conifer(draws: Draws) -> list[Piece]:
    """A fir of stacked skirts."""
    layers, tall = draws.whole(4, 6), draws.near(1.5, 0.15)
    trunk = cut((0, 0), (0.14, 0), (0.08, tall * 0.5), (0, tall * 0.5), part="trunk", finish="wood")
    skirts = []
    for step in range(layers):
        share = step / layers
        radius, low = 0.66 * (1 - share * 0.82), 0.26 + tall * share * 0.86
        skirt = spun(
            (0, low + 0.06),
            (radius * 0.55, low + 0.05),
            (radius, low - 0.03),
            (radius * 0.5, low + 0.24),
            (0.02, low + 0.56),
            (0, low + 0.57),
            corners=(2,),
            part="branches",
        )
        skirts.append(skirt.rippled(Wave(depth=0.09, around=draws.whole(7, 11), phase=draws.between(0, 1))))
    return [trunk, *skirts]


def palm(draws: Draws) -> list[Piece]:
    """A palm with arching leaves and nuts."""
    tall, lean, leaves = draws.near(1.5, 0.15), draws.between(0.1, 0.45), draws.whole(7, 9)
    trunk = tube(
        [(0, 0, 0), (lean * 0.3, tall * 0.5, 0), (lean, tall, 0)], [0.15, 0.1, 0.085], part="trunk", finish="wood"
    )
    trunk = trunk.rippled(Wave(depth=0.08, around=0, along=14))
    blade = straight([(1, 0), (0, 0.16), (-1, 0), (0, -0.05)], closed=True)
    leaf = tube(
        [(0, 0, 0), (0.34, 0.2, 0), (0.72, 0.1, 0), (0.95, -0.26, 0)],
        [0.05, 0.15, 0.13, 0.02],
        ring=blade,
        part="leaves",
    )
    nuts = around(ball(0.09, part="nuts", finish="dark").moved(0.12, -0.06), 3, start=20)
    top = [*around(leaf, leaves, start=draws.between(0, 40)), *nuts]
    return [trunk, *(piece.moved(lean, tall) for piece in top)]


def mushroom(draws: Draws) -> list[Piece]:
    """A toadstool with spots."""
    tall, wide, high = draws.near(0.8, 0.2), draws.near(0.75, 0.15), draws.near(0.55, 0.25)
    stem = spun(
        (0, 0),
        (0.24, 0.0),
        (0.26, 0.08),
        (0.17, tall * 0.6),
        (0.2, tall + 0.04),
        (0, tall + 0.06),
        part="stem",
        finish="light",
    )
    cap = spun(
        (0, 0.05),
        (wide * 0.5, 0.03),
        (wide * 0.93, -0.04),
        (wide, 0.02),
        (wide * 0.86, high * 0.5),
        (wide * 0.45, high * 0.92),
        (0, high),
        corners=(3,),
        part="cap",
    )
    ring = spun((0.15, 0.06), (0.28, 0.0), (0.3, 0.02), (0.17, 0.1), part="ring", finish="light").moved(y=tall * 0.72)
    pieces = [stem, ring, cap.moved(y=tall)]
    for step in range(draws.whole(7, 11)):
        angle, rise = step * 2.4 + draws.between(0, 0.5), draws.between(0.25, 1.45)
        size = draws.between(0.06, 0.12)
        spot = ball(size, size * 0.4, size, part="spots", finish="accent").turned("z", -90 + math.degrees(rise))
        reach, lift = wide * 0.96 * math.cos(rise), high * 0.98 * math.sin(rise)
        pieces.append(spot.moved(reach, tall + lift).turned("y", math.degrees(angle)))
    return pieces


def flower(draws: Draws) -> list[Piece]:
    """A flower in a pot."""
    petals, tall = draws.whole(6, 10), draws.near(1.1, 0.15)
    pot = cut(
        (0, 0),
        (0.26, 0),
        (0.38, 0.4),
        (0.42, 0.4),
        (0.42, 0.5),
        (0.36, 0.5),
        (0.35, 0.42),
        (0, 0.42),
        part="pot",
        finish="clay",
    )
    stem = tube([(0, 0.4, 0), (0.05, tall * 0.7, 0), (0, tall + 0.3, 0.05)], 0.035, part="stem", finish="leaf")
    leaf = ball(0.3, 0.03, 0.12, part="leaves", finish="leaf").moved(0.3).turned("z", 30).moved(0.02, 0.62)
    petal = ball(0.27, 0.045, 0.15, part="petals").moved(0.32).turned("z", draws.between(5, 25))
    heart = ball(0.17, 0.1, 0.17, part="heart", finish="accent")
    bloom = [*around(petal, petals), heart]
    leaves = around(leaf, 3, start=draws.between(0, 90))
    return [pot, stem, *leaves, *(piece.turned("x", 42).moved(0, tall + 0.32, 0.06) for piece in bloom)]


def cactus(draws: Draws) -> list[Piece]:
    """A ribbed cactus with arms in a pot."""
    ribs, tall = draws.whole(9, 13), draws.near(1.25, 0.15)
    rib = Wave(depth=0.07, around=ribs)
    pot = cut(
        (0, 0),
        (0.3, 0),
        (0.42, 0.36),
        (0.47, 0.36),
        (0.47, 0.46),
        (0.38, 0.46),
        (0.38, 0.4),
        (0, 0.4),
        part="pot",
        finish="clay",
    )
    trunk = tube([(0, 0.35, 0), (0, 0.35 + tall, 0)], [0.23, 0.24], part="trunk").rippled(rib)
    pieces = [pot, trunk]
    for side in (1, -1):
        low, reach = draws.between(0.75, 1.05), draws.near(0.46, 0.15)
        path = [
            (side * 0.12, low, 0),
            (side * reach, low + 0.04, 0),
            (side * (reach + 0.04), low + draws.between(0.35, 0.55), 0),
        ]
        pieces.append(tube(path, 0.125, part="arms").rippled(rib))
    bloom = ball(0.11, 0.08, 0.11, part="bloom", finish="accent").moved(0, 0.62 + tall)
    return [*pieces, bloom]


def apple(draws: Draws) -> list[Piece]:
    """An apple with a stalk and a leaf."""
    tall = draws.near(0.82, 0.12)
    body = spun(
        (0, -0.58 * tall),
        (0.24, -0.72 * tall),
        (0.6, -0.45 * tall),
        (0.78, 0.15),
        (0.6, 0.62 * tall),
        (0.25, 0.72 * tall),
        (0, 0.5 * tall),
    )
    body = body.rippled(Wave(depth=0.025, around=5))
    stalk = tube(
        [(0, 0.45 * tall, 0), (0.02, 0.75 * tall, 0), (0.1, 0.98 * tall, 0.02)],
        [0.03, 0.03, 0.045],
        part="stalk",
        finish="wood",
    )
    leaf = (
        ball(0.27, 0.025, 0.12, part="leaf", finish="leaf")
        .turned("z", draws.between(10, 40))
        .turned("y", draws.between(-60, 60))
    )
    return [body, stalk, leaf.moved(0.26, 0.9 * tall)]


def pumpkin(draws: Draws) -> list[Piece]:
    """A ribbed pumpkin with a stalk."""
    tall, ribs = draws.near(0.58, 0.2), draws.whole(8, 12)
    body = spun(
        (0, -0.8 * tall),
        (0.3, -0.95 * tall),
        (0.72, -0.5 * tall),
        (0.8, 0.05),
        (0.66, 0.6 * tall),
        (0.3, 0.95 * tall),
        (0, 0.78 * tall),
    )
    stalk = tube(
        [(0, 0.7 * tall, 0), (0.02, 1.15 * tall, 0), (0.14, 1.5 * tall, 0)],
        [0.1, 0.07, 0.08],
        part="stalk",
        finish="leaf",
    )
    tendril = tube(
        [(0.05, 0.9 * tall, 0), (0.3, 1.15 * tall, 0.1), (0.42, 0.95 * tall, 0.2), (0.55, 1.05 * tall, 0.16)],
        0.02,
        part="stalk",
        finish="leaf",
    )
    return [body.rippled(Wave(depth=0.07, around=ribs)), stalk, tendril]


def crystal(draws: Draws) -> list[Piece]:
    """A cluster of six-sided crystals on rock."""
    hexagon = straight([(math.cos(a), math.sin(a)) for a in (math.pi / 3 * step for step in range(6))], closed=True)
    rock = ball(0.62, 0.22, 0.56, part="rock", finish="stone").rippled(*lumps(draws, 0.08))
    pieces = [rock]
    for step in range(draws.whole(6, 8)):
        size, tall = (0.2, 1.5) if step == 0 else (draws.between(0.1, 0.17), draws.between(0.6, 1.15))
        lean = 0.0 if step == 0 else draws.between(16, 42)
        shaft = lathe(straight([(0.82, 0), (1, tall * 0.55), (0.96, tall * 0.8), (0, tall)]), hexagon, part="crystals")
        shaft = shaft.scaled(size, 1, size).turned("y", draws.between(0, 60)).turned("z", -lean)
        pieces.append(shaft.turned("y", 137.5 * step).moved(y=0.05))
    return pieces
