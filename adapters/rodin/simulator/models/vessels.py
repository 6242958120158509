"""Things that hold something: teapot, cup, vase, bottle, lantern, lamp, candle, trophy."""

import math

from .curves import straight
from .draws import Draws
from .pieces import Piece, Wave, around, mirrored
from .solids import ball, box, cut, slab, spun, torus, tube


def teapot(draws: Draws) -> list[Piece]:
    """A lathe body on a foot, lid with knob, curved spout, handle."""
    belly, tall = draws.near(0.95, 0.1), draws.near(1.28, 0.14)
    shoulder = draws.between(0.82, 0.98)
    body = spun(
        (0, 0.04),
        (0.52, 0.04),
        (0.62 * belly, 0.08),
        (belly, 0.42 * tall),
        (shoulder * belly, 0.72 * tall),
        (0.56, tall),
        (0.5, tall + 0.06),
        (0, tall + 0.06),
        corners=(1, 6),
    )
    if draws.chance(0.35):
        body = body.rippled(Wave(depth=0.025, around=draws.whole(10, 16)))
    lid = spun((0, 0), (0.5, 0), (0.54, 0.04), (0.46, 0.12), (0.2, 0.24), (0, 0.27), corners=(1,), part="lid")
    lid = lid.moved(y=tall + 0.04)
    foot = torus(0.54, 0.07, part="foot", finish="trim").moved(y=0.06)
    rim = torus(0.53, 0.035, part="rim", finish="trim").moved(y=tall + 0.05)
    neck = spun((0, 0.2), (0.07, 0.22), (0.05, 0.3), (0.13, 0.38), (0.1, 0.48), (0, 0.52), part="knob", finish="accent")
    return [body, lid, neck.moved(y=tall + 0.04), foot, rim, *_pouring(belly, tall, draws)]


def _pouring(belly: float, tall: float, draws: Draws) -> list[Piece]:
    reach, lift = draws.near(0.72, 0.2), draws.near(0.92, 0.1) * tall
    spout_path = [
        (0.72 * belly, 0.32 * tall, 0.0),
        (belly + 0.32 * reach, 0.42 * tall, 0.0),
        (belly + 0.52 * reach, 0.72 * tall, 0.0),
        (belly + 0.92 * reach, lift + 0.06, 0.0),
    ]
    spout = tube(spout_path, [0.27, 0.2, 0.125, 0.085], part="spout")
    lip = torus(0.085, 0.03, part="lip", finish="trim").turned("z", -40)
    lip = lip.moved(belly + 0.95 * reach, lift + 0.1)
    wide = draws.near(0.62, 0.2)
    arc = [math.radians(angle) for angle in range(72, 289, 36)]
    points = [(-0.72 * belly + wide * math.cos(a) * 1.15, 0.56 * tall + 0.4 * math.sin(a), 0.0) for a in arc]
    handle = tube(points, [0.075, 0.085, 0.1, 0.1, 0.085, 0.075, 0.07], part="handle", finish="accent")
    return [spout, lip, handle]


def cup(draws: Draws) -> list[Piece]:
    """A mug with a handle, sometimes on a saucer."""
    tall, wide, flare = draws.near(1.05, 0.2), draws.near(0.52, 0.12), draws.between(0.85, 1.12)
    body = spun(
        (0, 0),
        (wide * 0.8, 0),
        (wide * 0.88, 0.05),
        (wide, tall * 0.4),
        (wide * flare, tall),
        (wide * flare - 0.04, tall + 0.03),
        (wide * flare - 0.08, tall - 0.02),
        (wide - 0.09, tall * 0.4),
        (wide * 0.74, 0.12),
        (0, 0.1),
        corners=(1, 8),
    )
    arc = [math.radians(angle) for angle in range(70, 291, 44)]
    points = [(-wide * 0.93 + 0.33 * math.cos(a), tall * 0.52 + tall * 0.33 * math.sin(a), 0.0) for a in arc]
    handle = tube(points, draws.near(0.07, 0.2), part="handle", finish="accent").turned("y", 180)
    drink = cut((0, 0), (wide * 0.93 - 0.06, 0), (wide * 0.93 - 0.06, 0.02), (0, 0.02), part="drink", finish="dark")
    pieces = [body, handle, drink.moved(y=tall * 0.78)]
    if draws.chance(0.4):
        saucer = spun((0, 0), (0.35, 0), (0.95, 0.12), (0.93, 0.17), (0.4, 0.07), (0, 0.07), part="saucer")
        pieces.append(saucer.moved(y=-0.06))
    return pieces


def vase(draws: Draws) -> list[Piece]:
    """A hollow vase with a random belly, neck and lip, often fluted or twisted."""
    tall, belly, neck = draws.near(1.8, 0.2), draws.near(0.62, 0.2), draws.between(0.18, 0.36)
    low, lip = draws.between(0.25, 0.5), draws.between(0.3, 0.5)
    wall = 0.045
    outside = [(0.0, 0.0), (0.34, 0.0), (0.36, 0.05), (belly, tall * low), (neck, tall * 0.82), (lip, tall)]
    inside = [
        (lip - wall, tall - 0.01),
        (neck - wall, tall * 0.81),
        (belly - 0.08, tall * low),
        (0.27, 0.1),
        (0.0, 0.1),
    ]
    body = spun(*outside, *inside, corners=(1, 5, 9))
    style = draws.whole(0, 3)
    if style == 1:
        body = body.rippled(Wave(depth=0.05, around=draws.whole(8, 16)))
    if style == 2:
        body = body.rippled(Wave(depth=0.07, around=draws.whole(5, 9), along=draws.between(0.6, 1.6)))
    if style == 3:
        body = body.rippled(Wave(depth=0.05, around=0, along=draws.whole(8, 14)))
    band = torus(neck + 0.015, 0.03, part="band", finish="accent").moved(y=tall * 0.82)
    foot = torus(0.35, 0.045, part="foot", finish="trim").moved(y=0.03)
    return [body, band, foot]


def bottle(draws: Draws) -> list[Piece]:
    """A bottle with a label and a cork."""
    tall, wide, neck = draws.near(1.2, 0.2), draws.near(0.42, 0.2), draws.near(0.13, 0.2)
    shoulder = draws.between(0.12, 0.4)
    body = spun(
        (0, 0),
        (wide * 0.9, 0),
        (wide, 0.06),
        (wide, tall * 0.8),
        (wide * 0.85, tall + shoulder * 0.4),
        (neck, tall + shoulder),
        (neck, tall + shoulder + 0.42),
        (0, tall + shoulder + 0.42),
        corners=(1, 6),
    )
    label = cut((0, 0), (wide + 0.012, 0), (wide + 0.012, tall * 0.36), (0, tall * 0.36), part="label", finish="light")
    ring = torus(neck + 0.01, 0.035, part="ring", finish="trim").moved(y=tall + shoulder + 0.36)
    cork = cut((0, 0), (neck * 0.8, 0), (neck * 0.95, 0.2), (0, 0.2), part="cork", finish="wood")
    return [body, label.moved(y=tall * 0.26), ring, cork.moved(y=tall + shoulder + 0.36)]


def lantern(draws: Draws) -> list[Piece]:
    """A lamp of glass and posts under a roof, with a carrying ring."""
    posts, tall, wide = draws.pick((4, 6)), draws.near(1.1, 0.15), draws.near(0.55, 0.12)
    base = cut((0, 0), (0.7, 0), (0.72, 0.06), (0.62, 0.14), (0.62, 0.22), (0, 0.22), part="base")
    glass = spun(
        (0, 0.2),
        (wide - 0.12, 0.2),
        (wide - 0.06, tall * 0.6),
        (wide - 0.14, tall + 0.18),
        (0, tall + 0.18),
        corners=(1, 3),
        part="glass",
        finish="glow",
    )
    post = tube([(wide, 0.16, 0), (wide, tall + 0.2, 0)], 0.045, part="posts", finish="trim")
    roof = cut((0, 0), (0.74, 0), (0.76, 0.05), (0.4, 0.26), (0.24, 0.34), (0.2, 0.46), (0, 0.46), part="roof")
    eave = torus(0.74, 0.04, part="roof", finish="trim").moved(y=tall + 0.18)
    cap = ball(0.17, 0.1, 0.17, part="cap", finish="trim").moved(y=tall + 0.64)
    ring = torus(0.2, 0.035, part="ring", finish="accent").turned("x", 90).moved(y=tall + 0.9)
    return [base, glass, roof.moved(y=tall + 0.16), eave, cap, ring, *around(post, posts, start=45)]


def lamp(draws: Draws) -> list[Piece]:
    """A table lamp."""
    tall, wide = draws.near(1.0, 0.2), draws.near(0.62, 0.15)
    foot = spun(
        (0, 0), (0.42, 0), (0.43, 0.05), (0.2, 0.1), (0.06, 0.16), (0, 0.17), corners=(1,), part="foot", finish="accent"
    )
    stem = spun(
        (0, 0.1),
        (0.06, 0.12),
        (0.16, tall * 0.4),
        (0.06, tall * 0.8),
        (0.04, tall + 0.1),
        (0, tall + 0.1),
        part="stem",
        finish="accent",
    )
    top = draws.between(0.45, 0.75) * wide
    shade = cut((0, 0.02), (wide - 0.03, 0.02), (wide, 0), (top, 0.62), (top - 0.03, 0.6), (0, 0.6), part="shade")
    knob = ball(0.06, part="knob", finish="accent").moved(y=tall + 0.68)
    return [foot, stem, shade.moved(y=tall * 0.95), knob]


def candle(draws: Draws) -> list[Piece]:
    """A burning candle on a holder."""
    tall, wide = draws.near(1.1, 0.25), draws.near(0.2, 0.2)
    wax = spun(
        (0, 0.1),
        (wide, 0.1),
        (wide, tall),
        (wide * 0.8, tall + 0.03),
        (0, tall - 0.03),
        corners=(1, 2),
        part="wax",
        finish="light",
    )
    plate = spun((0, 0), (0.5, 0), (0.62, 0.1), (0.58, 0.14), (0.4, 0.08), (0, 0.08), part="plate")
    socket = torus(wide + 0.02, 0.05, part="socket").moved(y=0.16)
    wick = tube([(0, tall - 0.05, 0), (0.01, tall + 0.12, 0)], 0.018, part="wick", finish="dark")
    flame = spun((0, 0), (0.08, 0.08), (0.06, 0.2), (0, 0.38), part="flame", finish="glow").moved(y=tall + 0.06)
    grip = torus(0.16, 0.04, part="grip", finish="trim").turned("x", 90).moved(0.72, 0.12)
    return [wax, plate, socket, wick, flame, grip]


def trophy(draws: Draws) -> list[Piece]:
    """A cup with two handles on a plinth."""
    tall, wide = draws.near(1.0, 0.15), draws.near(0.55, 0.12)
    plinth = box((0.8, 0.3, 0.8), 0.08, part="plinth", finish="accent")
    cup_ = spun(
        (0, 0.15),
        (0.3, 0.16),
        (0.1, 0.34),
        (0.09, 0.5),
        (wide * 0.8, 0.75),
        (wide, tall + 0.5),
        (wide - 0.05, tall + 0.5),
        (wide * 0.7, 0.85),
        (0, 0.75),
        corners=(5, 6),
        part="cup",
    )
    curve = [
        (wide * 0.95, tall + 0.38, 0),
        (wide + 0.3, tall + 0.4, 0),
        (wide + 0.3, tall + 0.05, 0),
        (wide * 0.8, 0.82, 0),
    ]
    handle = tube(curve, 0.055, part="handles")
    badge = ball(0.13, 0.13, 0.04, part="badge", finish="trim").moved(y=tall + 0.1, z=wide * 0.94)
    return [plinth, cup_, badge, *mirrored([handle])]


def chest(draws: Draws) -> list[Piece]:
    """A treasure chest with bands and a lock."""
    wide, deep, tall = draws.near(1.5, 0.12), draws.near(0.9, 0.1), draws.near(0.6, 0.12)
    body = box((wide, tall, deep), 0.05, part="body")
    half_round = [
        (deep / 2 * math.cos(a), deep * 0.42 * math.sin(a)) for a in (math.pi * step / 12 for step in range(13))
    ]
    lid = _barrel(half_round, wide + 0.04).dressed("lid", "main").moved(y=tall / 2 + 0.02)
    bands = [
        _barrel([(x * 1.05, y * 1.06) for x, y in half_round], 0.1)
        .dressed("bands", "accent")
        .moved(x, tall / 2 + 0.015)
        for x in (-wide * 0.33, wide * 0.33)
    ]
    straps = [
        box((0.1, tall + 0.03, deep + 0.04), 0.05, part="bands", finish="accent").moved(x)
        for x in (-wide * 0.33, wide * 0.33)
    ]
    lock = box((0.2, 0.24, 0.08), 0.1, part="lock", finish="accent").moved(y=tall / 2, z=deep / 2 + 0.04)
    return [body, lid, *bands, *straps, lock]


def _barrel(outline: list[tuple[float, float]], width: float) -> Piece:
    """A half-round outline (z, y) drawn out along x."""
    return slab(straight(outline, closed=True), width).turned("y", 90)
