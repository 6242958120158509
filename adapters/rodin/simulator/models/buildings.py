"""Buildings and furniture: house, castle, tower, lighthouse, windmill, table, chair, sofa, book."""

from .curves import circle, rectangle, straight
from .draws import Draws
from .nature import lumps
from .pieces import Piece, around, mirrored
from .solids import ball, box, cut, lathe, slab, spun, torus, tube


def house(draws: Draws) -> list[Piece]:
    """A house with a gable roof, door, windows and chimney."""
    wide, deep, tall = draws.near(1.5, 0.15), draws.near(1.1, 0.15), draws.near(0.85, 0.2)
    ridge = draws.near(0.75, 0.25)
    walls = box((wide, tall, deep), 0.01, part="walls").moved(y=tall / 2)
    gable = straight([(-wide / 2 + 0.01, 0), (wide / 2 - 0.01, 0), (0, ridge - 0.05)], closed=True)
    gables = slab(gable, deep - 0.03, part="walls").moved(y=tall - 0.01)
    eave = wide / 2 + 0.16
    drop = 0.16 * ridge / (wide / 2)
    outline = [(-0.01, ridge), (-0.01, ridge + 0.12), (eave, -drop + 0.12), (eave, -drop)]
    roof = slab(straight(outline, closed=True), deep + 0.3, part="roof", finish="accent").moved(y=tall - 0.02)
    roofs = mirrored([roof])
    side = draws.pick((-1, 1))
    door = box((0.3, 0.55, 0.08), 0.06, part="door", finish="wood").moved(side * 0.3, 0.27, deep / 2 + 0.01)
    knob = ball(0.025, part="door", finish="trim").moved(side * 0.3 + 0.09, 0.27, deep / 2 + 0.06)
    chimney = box((0.2, 0.7, 0.2), 0.05, part="chimney", finish="brick").moved(
        -side * wide * 0.27, tall + ridge * 0.72, -0.1
    )
    step = box((0.5, 0.08, 0.26), 0.1, part="step", finish="stone").moved(side * 0.3, 0.04, deep / 2 + 0.12)
    return [walls, gables, *roofs, door, knob, chimney, step, *_windows(draws, (wide, deep, tall), side)]


def _windows(draws: Draws, size: tuple[float, float, float], door_side: int) -> list[Piece]:
    wide, deep, tall = size
    frame = box((0.38, 0.38, 0.07), 0.1, part="windows", finish="light")
    pane = box((0.3, 0.3, 0.09), 0.05, part="windows", finish="glass")
    front = [piece.moved(-door_side * wide * 0.22, tall * 0.55, deep / 2) for piece in (frame, pane)]
    flank = [piece.turned("y", 90).moved(wide / 2, tall * 0.55, draws.near(0.01)) for piece in (frame, pane)]
    other = [piece.turned("y", 90).moved(-wide / 2, tall * 0.55, draws.near(0.01)) for piece in (frame, pane)]
    return [*front, *flank, *other]


def castle(draws: Draws) -> list[Piece]:
    """Four round towers, curtain walls, a gate and a keep."""
    half, tall, thick = draws.near(0.85, 0.08), draws.near(0.7, 0.15), draws.near(0.27, 0.15)
    tower = _turret(thick, tall * 1.45).moved(half, 0, half)
    wall = box((2 * half - 0.06, tall, 0.2), 0.02, part="walls").moved(0, tall / 2, half)
    keep_tall = draws.near(1.25, 0.15)
    keep = box((0.75, keep_tall, 0.7), 0.02, part="keep").moved(0, keep_tall / 2)
    crown = box((0.85, 0.14, 0.8), 0.1, part="keep").moved(0, keep_tall)
    roof = lathe(straight([(1, 0), (0.06, 0.65)]), rectangle(0.8, 0.75), part="keep", finish="accent").moved(
        0, keep_tall + 0.06
    )
    gate = box((0.34, 0.46, 0.12), 0.04, part="gate", finish="wood").moved(0, 0.23, half + 0.1)
    arch = box((0.5, 0.62, 0.14), 0.1, part="gate", finish="trim").moved(0, 0.31, half + 0.06)
    cone = cut((0, 0), (thick * 1.35, 0), (0, draws.near(0.62, 0.2)), part="towers", finish="accent").moved(
        half, tall * 1.45, half
    )
    merlon = box((0.14, 0.16, 0.22), 0.08, part="walls").moved(0, tall + 0.06, half)
    battlement = [merlon.moved(x).turned("y", turn) for turn in (0, 90, -90) for x in (-0.3, 0.0, 0.3)]
    return [*around(tower, 4), *around(wall, 4), *around(cone, 4), keep, crown, roof, arch, gate, *battlement]


def _turret(radius: float, tall: float) -> Piece:
    return cut(
        (0, 0),
        (radius * 1.15, 0),
        (radius, 0.16),
        (radius, tall * 0.82),
        (radius * 1.22, tall * 0.87),
        (radius * 1.22, tall),
        (0, tall),
        part="towers",
    )


def tower(draws: Draws) -> list[Piece]:
    """A lighthouse: banded tower, gallery, lamp room, dome."""
    tall, wide = draws.near(1.5, 0.15), draws.near(0.42, 0.15)
    pieces = []
    bands = draws.whole(4, 6)
    for step in range(bands):
        low, high = step / bands, (step + 1) / bands
        r0, r1 = wide * (1 - 0.42 * low), wide * (1 - 0.42 * high)
        band = cut((0, tall * low - 0.01), (r0, tall * low - 0.01), (r1, tall * high), (0, tall * high), part="tower")
        pieces.append(band.dressed("tower", "main" if step % 2 == 0 else "light"))
    gallery = cut((0, 0), (0.36, 0), (0.38, 0.05), (0.36, 0.1), (0, 0.1), part="gallery", finish="dark").moved(y=tall)
    room = cut((0, 0), (0.2, 0), (0.2, 0.3), (0, 0.3), part="lamp", finish="glow").moved(y=tall + 0.08)
    rail = torus(0.35, 0.02, part="gallery", finish="dark").moved(y=tall + 0.22)
    post = tube([(0.35, 0, 0), (0.35, 0.2, 0)], 0.018, part="gallery", finish="dark").moved(y=tall + 0.05)
    dome = spun((0.27, 0), (0.2, 0.14), (0.03, 0.24), (0.02, 0.34), (0, 0.36), part="dome", finish="accent").moved(
        y=tall + 0.37
    )
    rock = ball(0.72, 0.2, 0.66, part="rock", finish="stone").rippled(*lumps(draws, 0.07)).moved(y=-0.03)
    door = box((0.2, 0.34, 0.12), 0.1, part="door", finish="wood").moved(0, 0.25, wide * 0.94)
    return [*pieces, gallery, room, rail, *around(post, 6), dome, rock, door]


def windmill(draws: Draws) -> list[Piece]:
    """A mill with four sails."""
    tall = draws.near(1.3, 0.12)
    body = cut((0, 0), (0.55, 0), (0.36, tall), (0, tall), part="mill")
    cap = spun((0.42, 0), (0.4, 0.12), (0.22, 0.32), (0, 0.4), part="cap", finish="accent").moved(y=tall)
    hub = tube([(0, tall + 0.12, 0.3), (0, tall + 0.12, 0.62)], 0.06, part="sails", finish="wood")
    spar = box((0.05, 0.95, 0.05), 0.05, part="sails", finish="wood").moved(0, 0.47)
    cloth = box((0.24, 0.72, 0.025), 0.1, part="sails", finish="light").moved(0.13, 0.58)
    turn = draws.between(10, 80)
    sails = [
        piece.turned("z", turn + 90 * step).moved(0, tall + 0.12, 0.58) for step in range(4) for piece in (spar, cloth)
    ]
    door = box((0.24, 0.4, 0.1), 0.1, part="door", finish="wood").moved(0, 0.2, 0.5)
    return [body, cap, hub, *sails, door]


def table(draws: Draws) -> list[Piece]:
    """A round or square table on turned legs."""
    tall, half = draws.near(0.75, 0.15), draws.near(0.75, 0.15)
    leg = spun(
        (0, 0),
        (0.05, 0),
        (0.06, 0.1),
        (0.09, tall * 0.35),
        (0.05, tall * 0.55),
        (0.09, tall * 0.8),
        (0.09, tall),
        (0, tall),
        part="legs",
    )
    pieces = around(leg.moved(half * 0.68, 0, half * 0.68), 4)
    if draws.chance(0.5):
        top = spun(
            (0, 0), (half * 1.08, 0), (half * 1.13, 0.05), (half * 1.08, 0.1), (0, 0.1), corners=(1, 3), part="top"
        )
        apron = cut((0, -0.12), (half * 0.96, -0.12), (half * 0.96, 0.02), (0, 0.02), part="apron", finish="trim")
    else:
        long = draws.between(1.0, 1.4)
        top = box((2.1 * half * long, 0.1, 2.1 * half), 0.2, part="top").moved(y=0.05)
        apron = box((1.7 * half * long, 0.14, 1.7 * half), 0.02, part="apron", finish="trim").moved(y=-0.05)
        pieces = [leg.moved(x * half * long * 0.8, 0, z * half * 0.8) for x in (-1, 1) for z in (-1, 1)]
    return [top.moved(y=tall), apron.moved(y=tall), *pieces]


def chair(draws: Draws) -> list[Piece]:
    """A chair with a cushion and slats."""
    seat, wide, back = draws.near(0.8, 0.1), draws.near(0.42, 0.12), draws.near(0.95, 0.15)
    board = box((2 * wide + 0.12, 0.09, 2 * wide + 0.1), 0.2, part="seat").moved(y=seat)
    pad = ball(wide, 0.09, wide, part="cushion", finish="accent").moved(y=seat + 0.07)
    front = spun(
        (0, 0), (0.04, 0), (0.05, seat * 0.3), (0.065, seat * 0.7), (0.05, seat), (0, seat), part="legs"
    ).moved(wide, 0, wide)
    rear = tube([(wide, 0, -wide - 0.06), (wide, seat, -wide), (wide, seat + back, -wide - 0.14)], 0.052, part="legs")
    slats = draws.whole(2, 4)
    rungs = [
        _rung(wide, seat + back * (0.28 + 0.66 * step / (slats - 1)), -wide - 0.05 - 0.07 * step / (slats - 1))
        for step in range(slats)
    ]
    brace = tube([(-wide, seat * 0.4, wide), (wide, seat * 0.4, wide)], 0.03, part="legs")
    return [board, pad, *mirrored([front, rear]), *rungs, brace]


def _rung(wide: float, height: float, depth: float) -> Piece:
    path = [(-wide, height, depth), (0.0, height + 0.03, depth - 0.05), (wide, height, depth)]
    return tube(path, 0.07, ring=circle(0.45, 1.0), part="back")


def sofa(draws: Draws) -> list[Piece]:
    """A sofa with cushions."""
    seats, depth = draws.whole(2, 3), draws.near(0.8, 0.1)
    wide = 0.7 * seats
    base = box((wide + 0.1, 0.3, depth), 0.1, part="base").moved(y=0.28)
    back = box((wide + 0.1, 0.75, 0.24), 0.25, part="back").moved(0, 0.6, -depth / 2)
    arm = tube([(wide / 2 + 0.12, 0.56, -depth / 2), (wide / 2 + 0.12, 0.56, depth / 2)], 0.14, part="arms")
    side = box((0.2, 0.5, depth), 0.1, part="arms").moved(wide / 2 + 0.12, 0.33)
    foot = cut((0, 0), (0.05, 0), (0.07, 0.16), (0, 0.16), part="feet", finish="wood").moved(
        wide / 2, 0, depth / 2 - 0.1
    )
    feet = mirrored(mirrored([foot]), "z")
    places = [(step - (seats - 1) / 2) * 0.68 for step in range(seats)]
    pads = [box((0.64, 0.2, depth - 0.12), 0.35, part="cushions", finish="accent").moved(x, 0.5, 0.06) for x in places]
    rests = [
        ball(0.3, 0.26, 0.12, part="cushions", finish="accent").turned("x", -14).moved(x, 0.82, -depth / 2 + 0.2)
        for x in places
    ]
    return [base, back, *mirrored([arm, side]), *feet, *pads, *rests]


def book(draws: Draws) -> list[Piece]:
    """A stack of one to four books."""
    pieces = []
    height = 0.0
    for step in range(draws.whole(1, 4)):
        wide, deep, thick = draws.near(1.0, 0.15), draws.near(1.35, 0.12), draws.near(0.24, 0.35)
        turn = draws.between(-16, 16)
        leaves = box((wide - 0.08, thick - 0.06, deep - 0.1), 0.02, part="pages", finish="light")
        covers = [
            box((wide, 0.05, deep), 0.2, part="covers", finish="main" if step % 2 == 0 else "accent").moved(0.02, y)
            for y in (-thick / 2, thick / 2)
        ]
        spine = tube(
            [(-wide / 2, 0, -deep / 2 + 0.02), (-wide / 2, 0, deep / 2 - 0.02)],
            thick / 2 + 0.02,
            ring=circle(0.3, 1.0),
            part="covers",
            finish="main" if step % 2 == 0 else "accent",
        )
        pieces += [piece.turned("y", turn).moved(y=height + thick / 2) for piece in (leaves, *covers, spine)]
        height += thick + 0.056
    return pieces
