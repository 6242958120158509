"""Living things on legs, wings or fins, and robots: all built of limbs and balls."""

from dataclasses import dataclass

from .curves import circle, straight
from .draws import Draws
from .pieces import Piece, mirrored
from .solids import Point3, ball, box, cut, slab, spun, torus, tube


@dataclass(frozen=True, slots=True, kw_only=True)
class Breed:
    """What makes one four-legged animal differ from another; lengths in body heights."""

    legs: float = 0.62
    girth: float = 0.36
    neck: float = 0.3
    head: float = 0.3
    snout: float = 0.16
    ears: str = "pointed"  # pointed round long floppy none
    tail: float = 0.9
    tail_width: float = 0.07


BREEDS = {
    "cat": Breed(),
    "dog": Breed(snout=0.27, ears="floppy", tail=0.6),
    "fox": Breed(snout=0.28, tail=0.85, tail_width=0.17),
    "wolf": Breed(legs=0.75, snout=0.3, tail=0.7, tail_width=0.12),
    "horse": Breed(legs=1.05, girth=0.38, neck=0.62, head=0.24, snout=0.34, tail=0.8, tail_width=0.1),
    "bear": Breed(legs=0.5, girth=0.5, head=0.36, snout=0.2, ears="round", tail=0.12, tail_width=0.09),
    "rabbit": Breed(legs=0.36, girth=0.36, head=0.29, snout=0.12, ears="long", tail=0.06, tail_width=0.13),
    "mouse": Breed(legs=0.26, girth=0.36, neck=0.14, head=0.27, snout=0.2, ears="round", tail=1.1, tail_width=0.035),
    "pig": Breed(legs=0.38, girth=0.48, neck=0.16, head=0.33, snout=0.18, ears="floppy", tail=0.24, tail_width=0.04),
    "dragon": Breed(legs=0.55, girth=0.4, neck=0.75, head=0.27, snout=0.34, ears="none", tail=1.5, tail_width=0.14),
}


def quadruped(draws: Draws, kind: str) -> list[Piece]:
    """A four-legged animal of one of the breeds."""
    breed = BREEDS[kind]
    long, girth, legs = draws.near(0.5, 0.12), draws.near(breed.girth, 0.08), draws.near(breed.legs, 0.1)
    top = legs + girth * 0.75
    trunk = tube([(0, top, -long), (0, top + 0.04, 0), (0, top + 0.02, long)], [girth * 0.86, girth, girth * 0.9])
    leg = [
        tube(
            [(girth * 0.55, top - 0.12, z), (girth * 0.6, legs * 0.45, z + bend), (girth * 0.58, 0.1, z)],
            [0.15, 0.1, 0.085],
            part="legs",
        )
        for z, bend in ((long * 0.92, 0.03), (-long * 0.95, -0.1))
    ]
    paw = [
        ball(0.11, 0.08, 0.15, part="legs", finish="light").moved(girth * 0.58, 0.07, z * long + 0.05)
        for z in (0.92, -0.95)
    ]
    place = (0.0, top + breed.neck * 0.95 + 0.12, long + 0.16 + breed.neck * 0.55)
    neck = tube(
        [(0, top + 0.06, long * 0.85), (0, place[1] - 0.02, place[2] - 0.06)],
        [girth * 0.66, breed.head * 0.62],
        part="neck",
    )
    pieces = [
        trunk,
        neck,
        *mirrored([*leg, *paw]),
        *_head(draws, breed, place),
        _tail(draws, breed, (0, top + 0.1, -long - girth * 0.5)),
    ]
    return pieces + (_dragon_parts(draws, (0, top, long), place) if kind == "dragon" else [])


def _head(draws: Draws, breed: Breed, place: Point3) -> list[Piece]:
    size = draws.near(breed.head, 0.08)
    skull = ball(size, size * 0.92, size * 0.95, part="head")
    muzzle = tube(
        [(0, -size * 0.22, size * 0.5), (0, -size * 0.3, size * 0.72 + breed.snout)],
        [size * 0.5, size * 0.34],
        part="head",
        finish="light",
    )
    nose = ball(size * 0.16, size * 0.12, size * 0.12, part="nose", finish="dark").moved(
        0, -size * 0.16, size * 1.04 + breed.snout
    )
    eye = ball(size * 0.15, part="eyes", finish="dark").moved(size * 0.42, size * 0.22, size * 0.78)
    pupils = mirrored([eye])
    return [piece.moved(*place) for piece in (skull, muzzle, nose, *pupils, *_ears(breed, size))]


def _ears(breed: Breed, size: float) -> list[Piece]:
    if breed.ears == "none":
        return []
    if breed.ears == "pointed":
        ear = cut((0, 0), (size * 0.34, 0), (0, size * 0.85), part="ears").scaled(1, 1, 0.55).turned("z", -18)
        return mirrored([ear.moved(size * 0.5, size * 0.62)])
    if breed.ears == "round":
        return mirrored([ball(size * 0.36, size * 0.36, size * 0.14, part="ears").moved(size * 0.68, size * 0.72)])
    if breed.ears == "long":
        ear = tube(
            [(0, 0, 0), (size * 0.2, size, -0.04), (size * 0.32, size * 2.1, -0.1)],
            [size * 0.2, size * 0.3, size * 0.14],
            ring=circle(1.0, 0.5),
            part="ears",
        )
        return mirrored([ear.moved(size * 0.35, size * 0.65)])
    ear = tube(
        [(0, 0, 0), (size * 0.42, 0.0, 0), (size * 0.56, -size * 0.8, 0.05)],
        [size * 0.2, size * 0.24, size * 0.28],
        ring=circle(1.0, 0.5),
        part="ears",
        finish="accent",
    )
    return mirrored([ear.moved(size * 0.55, size * 0.62)])


def _tail(draws: Draws, breed: Breed, root: Point3) -> Piece:
    x, y, z = root
    swing, lift = draws.between(-0.25, 0.25), draws.between(0.1, 0.9)
    end = breed.tail
    if end < 0.2:
        return ball(breed.tail_width * 1.2, part="tail", finish="light").moved(x, y, z)
    path = [
        (x, y, z),
        (x + swing * 0.3, y - 0.02, z - end * 0.35),
        (x + swing, y + lift * 0.3 * end, z - end * 0.6),
        (x + swing, y + lift * 0.9 * end, z - end * 0.7),
    ]
    fat = breed.tail_width
    return tube(path, [fat * 0.9, fat, fat * 1.15, fat * 0.35], part="tail", finish="main")


def _dragon_parts(draws: Draws, chest: Point3, head: Point3) -> list[Piece]:
    span = draws.near(1.25, 0.15)
    outline = [(-0.02, -0.1), (-0.02, 0.26), (span * 0.5, 0.56), (span, 0.64), (span * 0.84, 0.1), (span * 0.42, -0.12)]
    wing = slab(straight(outline, closed=True), 0.04, part="wings", finish="accent").turned("x", -24).turned("y", 24)
    horn = tube(
        [(0.1, 0.18, -0.02), (0.16, 0.42, -0.2), (0.16, 0.52, -0.42)],
        [0.06, 0.045, 0.015],
        part="horns",
        finish="light",
    )
    spikes = [
        cut((0, 0), (0.07, 0), (0, 0.2), part="spikes", finish="accent")
        .scaled(0.5, 1, 1)
        .moved(0, chest[1] + 0.36, chest[2] - 0.22 * step)
        for step in range(1, 5)
    ]
    return [*mirrored([wing.moved(0.2, chest[1] + 0.2, 0.1)]), *mirrored([horn.moved(*head)]), *spikes]


def bird(draws: Draws, kind: str = "bird") -> list[Piece]:
    """A bird, owl, duck or penguin."""
    upright = kind in ("owl", "penguin")
    plump, tall = draws.near(0.46, 0.1), draws.near(0.62, 0.1) if upright else 0.42
    body = ball(plump, tall, plump * (0.9 if upright else 1.45)).moved(y=0.75)
    place = (0.0, 0.75 + tall + (0.0 if upright else 0.06), 0.08 if upright else plump * 1.05)
    belly = ball(plump * 0.8, tall * 0.84, plump * 0.6, part="belly", finish="light")
    wing = ball(0.11, 0.45 if upright else 0.28, 0.3 if upright else 0.52, part="wings", finish="trim").turned("z", 9)
    leg = tube([(0.17, 0.42, 0.02), (0.18, 0.08, 0.04)], 0.045, part="legs", finish="accent")
    foot = ball(0.12, 0.045, 0.18, part="legs", finish="accent").moved(0.18, 0.04, 0.1)
    outline = straight([(-0.14, 0), (0.14, 0), (0.24, 0.6), (-0.24, 0.6)], closed=True)
    feathers = slab(outline, 0.06, part="tail", finish="trim").turned("x", -112 if not upright else -150)
    tail = feathers.moved(0, 0.8 if not upright else 0.5, -plump * (1.2 if not upright else 0.7))
    belly = belly.moved(0, 0.7, plump * (0.42 if upright else 0.8))
    sides = mirrored([wing.moved(plump * 0.95, 0.78, -0.08), leg, foot])
    return [body, belly, tail, *sides, *(piece.moved(*place) for piece in _beaked_head(draws, kind))]


def _beaked_head(draws: Draws, kind: str) -> list[Piece]:
    """A bird's head around the origin; an owl's has tufts and discs about its eyes."""
    size = draws.near(0.38 if kind == "owl" else 0.3, 0.08)
    head = ball(size, size * 0.95, size, part="head")
    beak = cut((0, 0), (0.11, 0), (0.02, 0.3), (0, 0.3), part="beak", finish="accent")
    if kind != "owl":
        beak = beak.scaled(1.6 if kind == "duck" else 0.8, 1, 0.7).turned("x", 98).moved(0, -0.03, size * 0.88)
        eye = ball(size * 0.2, part="eyes", finish="dark").moved(size * 0.5, size * 0.25, size * 0.76)
        return [head, beak, *mirrored([eye])]
    beak = beak.scaled(0.7, 0.7, 0.7).turned("x", 125).moved(0, -0.06, size * 0.9)
    disc = ball(size * 0.42, size * 0.42, size * 0.14, part="eyes", finish="light").turned("y", 24)
    pupil = ball(size * 0.2, size * 0.2, size * 0.1, part="eyes", finish="dark").turned("y", 24)
    tuft = cut((0, 0), (size * 0.26, 0), (0, size * 0.7), part="head", finish="trim").turned("z", -28)
    looks = [
        disc.moved(size * 0.4, size * 0.12, size * 0.84),
        pupil.moved(size * 0.43, size * 0.12, size * 0.96),
        tuft.moved(size * 0.52, size * 0.7),
    ]
    return [head, beak, *mirrored(looks)]


def fish(draws: Draws) -> list[Piece]:
    """A fish with fins."""
    long, tall = draws.near(0.9, 0.12), draws.near(0.46, 0.2)
    body = spun(
        (0, -long), (0.4, -long * 0.78), (1.0, -long * 0.2), (0.72, long * 0.4), (0.2, long * 0.85), (0, long * 0.95)
    )
    body = body.scaled(tall, 1, 0.26).turned("z", 90)
    fan = [(0, 0), (0.5, 0.5), (0.36, 0.06), (0.5, -0.42)]
    tail = (
        slab(straight(fan, closed=True), 0.07, 0.3, part="fins", finish="accent").turned("y", 180).moved(-long * 0.75)
    )
    fin = slab(
        straight([(-0.35, 0), (0.3, 0), (-0.05, 0.34), (-0.4, 0.3)], closed=True),
        0.06,
        0.3,
        part="fins",
        finish="accent",
    ).moved(0, tall * 0.88)
    side = (
        slab(straight([(0, 0), (-0.35, 0.1), (-0.42, -0.16)], closed=True), 0.05, part="fins", finish="accent")
        .turned("y", 34)
        .moved(0.1, -0.08, 0.22)
    )
    eye = ball(0.09, part="eyes", finish="light").moved(long * 0.62, tall * 0.22, 0.14)
    pupil = ball(0.05, part="eyes", finish="dark").moved(long * 0.66, tall * 0.23, 0.2)
    return [piece.turned("y", -20) for piece in (body, tail, fin, *mirrored([side, eye, pupil], "z"))]


def robot(draws: Draws) -> list[Piece]:
    """A friendly robot."""
    wide, tall = draws.near(0.72, 0.15), draws.near(0.78, 0.12)
    chest = box((wide, tall, 0.5), 0.18, part="body").moved(y=0.95)
    head_wide = draws.near(0.56, 0.18)
    head = box((head_wide, 0.42, 0.44), 0.22, part="head").moved(y=1.66)
    if draws.chance(0.4):
        head = ball(0.34, 0.3, 0.3, part="head").moved(y=1.66)
    neck = cut((0, 0), (0.13, 0), (0.13, 0.2), (0, 0.2), part="head", finish="dark").moved(y=0.9 + tall / 2)
    eye = ball(0.085, 0.085, 0.06, part="eyes", finish="glow").moved(0.13, 1.7, 0.235)
    mouth = box((0.24, 0.05, 0.06), 0.2, part="head", finish="dark").moved(0, 1.55, 0.215)
    rod = tube([(0, 1.84, 0), (0, 2.08, 0)], 0.022, part="antenna", finish="dark")
    lamp = ball(0.06, part="antenna", finish="accent").moved(0, 2.12)
    panel = box((wide * 0.6, 0.3, 0.08), 0.1, part="body", finish="accent").moved(0, 1.05, 0.24)
    button = ball(0.05, 0.05, 0.03, part="body", finish="glow").moved(-0.1, 1.05, 0.29)
    return [chest, head, neck, mouth, rod, lamp, panel, button, *mirrored([eye, *_machine_limbs(draws, wide, tall)])]


def _machine_limbs(draws: Draws, wide: float, tall: float) -> list[Piece]:
    reach = wide / 2 + 0.16
    swing = draws.between(-0.1, 0.3)
    shoulder = ball(0.14, part="arms", finish="dark").moved(wide / 2 + 0.06, 0.85 + tall / 2)
    arm = tube(
        [(wide / 2 + 0.08, 0.84 + tall / 2, 0), (reach + 0.08, 0.86, 0.04), (reach + 0.04, 0.62, swing)],
        0.085,
        part="arms",
    )
    hand = torus(0.09, 0.05, part="arms", finish="dark").turned("z", 90).moved(reach + 0.04, 0.54, swing + 0.03)
    leg = tube([(wide * 0.26, 0.62, 0), (wide * 0.28, 0.14, 0)], 0.12, part="legs", finish="dark")
    foot = box((0.3, 0.16, 0.44), 0.2, part="legs").moved(wide * 0.28, 0.08, 0.06)
    return [shoulder, arm, hand, leg, foot]


def figure(draws: Draws) -> list[Piece]:
    """A person, as a simple statuette in a coat."""
    raise_, stride = draws.between(-0.5, 0.75), draws.between(0.02, 0.18)
    coat = spun(
        (0, 0.55), (0.34, 0.56), (0.24, 0.95), (0.3, 1.22), (0.24, 1.38), (0, 1.42), corners=(1,), part="coat"
    ).scaled(1, 1, 0.72)
    belt = torus(0.24, 0.035, part="belt", finish="dark").scaled(1, 1, 0.74).moved(y=0.94)
    head = ball(0.19, 0.23, 0.2, part="head", finish="skin").moved(0, 1.66)
    hair = ball(0.205, 0.16, 0.215, part="hair", finish="hair").moved(0, 1.78, -0.03)
    neck = tube([(0, 1.36, 0), (0, 1.52, 0)], 0.08, part="head", finish="skin")
    left = tube([(0.25, 1.3, 0), (0.44, 1.1, 0.03), (0.46, 0.86, 0.14)], [0.1, 0.085, 0.07], part="arms")
    right = tube(
        [(-0.25, 1.3, 0), (-0.46, 1.2 + raise_ * 0.1, 0.04), (-0.54, 1.0 + raise_ * 0.5, 0.14)],
        [0.1, 0.085, 0.07],
        part="arms",
    )
    hands = [
        ball(0.075, part="arms", finish="skin").moved(*place)
        for place in ((0.46, 0.8, 0.16), (-0.55, 0.97 + raise_ * 0.58, 0.16))
    ]
    legs = [
        tube([(side * 0.13, 0.62, 0), (side * 0.14, 0.1, side * stride)], [0.12, 0.09], part="legs", finish="accent")
        for side in (1, -1)
    ]
    boots = [
        ball(0.11, 0.09, 0.18, part="legs", finish="dark").moved(side * 0.14, 0.07, side * stride + 0.06)
        for side in (1, -1)
    ]
    eye = ball(0.03, part="head", finish="dark").moved(0.075, 1.68, 0.175)
    return [coat, belt, neck, head, hair, *mirrored([eye]), left, right, *hands, *legs, *boots]


def snowman(draws: Draws) -> list[Piece]:
    """Three balls, a carrot, a hat and a scarf."""
    low, middle, top = draws.near(0.55, 0.08), draws.near(0.4, 0.08), draws.near(0.29, 0.08)
    y1 = low * 1.5 + middle * 0.5
    y2 = y1 + middle * 0.75 + top * 0.75
    balls = [
        ball(r, r * 0.95, r, part=part).moved(y=y)
        for r, y, part in ((low, low * 0.9, "body"), (middle, y1, "body"), (top, y2, "head"))
    ]
    nose = cut((0, 0), (0.06, 0), (0, 0.36), part="nose", finish="accent").turned("x", 95).moved(0, y2, top * 0.92)
    eye = ball(0.04, part="eyes", finish="dark").moved(0.1, y2 + 0.08, top * 0.92)
    buttons = [
        ball(0.04, part="buttons", finish="dark").moved(0, y1 + step * 0.15, middle * 0.97) for step in (-1, 0, 1)
    ]
    scarf = torus(top * 0.86, 0.075, part="scarf", finish="trim").moved(y=y2 - top * 0.68)
    hat = cut((0, 0), (0.36, 0), (0.36, 0.04), (0.22, 0.05), (0.23, 0.34), (0, 0.34), part="hat", finish="dark").moved(
        y=y2 + top * 0.72
    )
    arm = tube(
        [(middle * 0.8, y1 + 0.1, 0), (middle + 0.3, y1 + 0.26, 0.05), (middle + 0.5, y1 + 0.3, 0)],
        [0.03, 0.025, 0.02],
        part="arms",
        finish="wood",
    )
    return [*balls, nose, *mirrored([eye, arm]), *buttons, scarf, hat]
