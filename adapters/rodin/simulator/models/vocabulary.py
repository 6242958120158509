"""Which words make which shape, and what each shape is made of when nobody says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from . import buildings, creatures, finishes, nature, ornaments, things, vessels
from .draws import Draws
from .finishes import Finish, rgb
from .pieces import Piece

_HAIR = finishes.FUR.tinted(rgb(0x4A2E1C))
_SKIN = Finish(colour=rgb(0xE2B58F), second=rgb(0xD49C76), roughness=0.7, bump=0.1)
_PAINT = Finish(colour=rgb(0xC8372D), second=rgb(0xB02F26), roughness=0.25, bump=0.08)

# What any shape's smaller parts are made of, unless its own palette says otherwise.
COMMON: Mapping[str, Finish] = {
    "main": finishes.CLAY,
    "trim": finishes.BRASS,
    "accent": finishes.DARK_WOOD,
    "light": finishes.IVORY,
    "dark": finishes.BLACK,
    "wood": finishes.WOOD,
    "leaf": finishes.LEAF,
    "stone": finishes.STONE,
    "brick": finishes.BRICK,
    "clay": finishes.CLAY,
    "glass": finishes.GLASS.tinted(rgb(0x8FB9CC)),
    "gem": finishes.GLASS.tinted(rgb(0x9FD4F0)),
    "glow": finishes.GLOW,
    "rubber": finishes.RUBBER,
    "chrome": finishes.SILVER,
    "red": finishes.PLASTIC,
    "skin": _SKIN,
    "hair": _HAIR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A way to draw pieces, the words that call for it, and its own finishes."""

    pieces: Callable[[Draws], list[Piece]]
    words: tuple[str, ...]
    palette: Mapping[str, Finish] = field(default_factory=dict)


def _metal(main: Finish = finishes.BRASS, accent: Finish = finishes.DARK_WOOD) -> dict[str, Finish]:
    return {"main": main, "trim": main.shaded(0.82), "accent": accent}


def _fur(colour: int, light: int) -> dict[str, Finish]:
    main = finishes.FUR.tinted(rgb(colour))
    return {"main": main, "light": finishes.FUR.tinted(rgb(light)), "accent": main.shaded(0.7)}


def _shape(pieces: Callable[[Draws], list[Piece]], words: str, palette: Mapping[str, Finish]) -> Shape:
    return Shape(pieces=pieces, words=tuple(words.split()), palette=palette)


def _beast(kind: str, words: str, palette: Mapping[str, Finish]) -> Shape:
    return _shape(partial(creatures.quadruped, kind=kind), words, palette)


def _fowl(kind: str, words: str, colour: int) -> Shape:
    main = finishes.FUR.tinted(rgb(colour))
    beak = finishes.PLASTIC.tinted(rgb(0xEE9A2E))
    light = finishes.FUR.tinted(rgb(0xF2EBDD))
    palette = {"main": main, "trim": main.shaded(0.75), "accent": beak, "light": light}
    return _shape(partial(creatures.bird, kind=kind), words, palette)


_GREEN = {"main": finishes.LEAF, "accent": finishes.PLASTIC.tinted(rgb(0xE85D8A))}
_SCALES = finishes.SHINGLE.tinted(rgb(0x3F7D4E))
_RED_CAP = {"main": _PAINT, "accent": finishes.PORCELAIN, "light": finishes.IVORY}
_HOUSE = {"main": finishes.PLASTER, "accent": finishes.SHINGLE, "light": finishes.PORCELAIN}
_FURNITURE = {"main": finishes.WOOD, "trim": finishes.WOOD.shaded(0.8), "accent": finishes.FABRIC.tinted(rgb(0xB4453B))}
_STEEL = {"main": finishes.STEEL, "accent": finishes.BRASS, "dark": finishes.LEATHER}
_JEWEL = {"main": finishes.GOLD, "trim": finishes.SILVER, "accent": finishes.FABRIC.tinted(rgb(0x8E1F3D))}
_ROCK = finishes.GLASS.tinted(rgb(0xA070D8))

SHAPES: tuple[Shape, ...] = (
    _shape(vessels.teapot, "teapot kettle coffeepot", _metal(finishes.PORCELAIN, finishes.PORCELAIN)),
    _shape(
        vessels.cup,
        "cup mug teacup tankard",
        {"main": finishes.PORCELAIN, "accent": finishes.PORCELAIN, "dark": finishes.LEATHER},
    ),
    _shape(vessels.vase, "vase urn amphora jar pot pitcher jug", {"main": finishes.CLAY, "accent": finishes.BRASS}),
    _shape(
        vessels.bottle,
        "bottle flask potion vial wine",
        {"main": finishes.GLASS.tinted(rgb(0x2E7D4F)), "accent": finishes.BRASS},
    ),
    _shape(vessels.lantern, "lantern lanterns", _metal(finishes.BRONZE, finishes.BRONZE)),
    _shape(
        vessels.lamp,
        "lamp lampshade nightlight",
        {"main": finishes.FABRIC.tinted(rgb(0xE9D9B4)), "accent": finishes.BRASS},
    ),
    _shape(vessels.candle, "candle candlestick", _metal()),
    _shape(vessels.trophy, "trophy goblet chalice grail award", _metal(finishes.GOLD)),
    _shape(vessels.chest, "chest treasure crate box trunk", {"main": finishes.WOOD, "accent": finishes.BRASS}),
    _shape(nature.tree, "tree bonsai bush forest", _GREEN),
    _shape(
        nature.conifer,
        "conifer fir spruce pinetree christmastree",
        _GREEN | {"main": finishes.LEAF.tinted(rgb(0x2F6B45))},
    ),
    _shape(nature.palm, "palm palmtree coconut", _GREEN),
    _shape(nature.mushroom, "mushroom toadstool fungus", _RED_CAP),
    _shape(
        nature.flower,
        "flower rose daisy tulip sunflower plant",
        {"main": finishes.PLASTIC.tinted(rgb(0xE0699B)), "accent": finishes.FABRIC.tinted(rgb(0xF0C040))},
    ),
    _shape(nature.cactus, "cactus succulent", _GREEN),
    _shape(nature.apple, "apple fruit cherry", {"main": _PAINT}),
    _shape(nature.pumpkin, "pumpkin gourd jackolantern", {"main": finishes.PLASTIC.tinted(rgb(0xE07A1F))}),
    _shape(nature.crystal, "crystals geode quartz crystalcluster", {"main": _ROCK}),
    _shape(buildings.house, "house cottage home hut cabin barn building", _HOUSE),
    _shape(
        buildings.castle,
        "castle fortress fort palace citadel",
        {"main": finishes.STONE, "trim": finishes.STONE.shaded(0.8), "accent": finishes.SHINGLE.tinted(rgb(0x3D5A8A))},
    ),
    _shape(
        buildings.tower,
        "tower lighthouse beacon",
        {"main": _PAINT, "light": finishes.PLASTER.tinted(rgb(0xF3F0E8)), "accent": _PAINT},
    ),
    _shape(buildings.windmill, "windmill mill", _HOUSE | {"accent": finishes.DARK_WOOD}),
    _shape(buildings.table, "table desk stool bench", _FURNITURE),
    _shape(buildings.chair, "chair throne seat", _FURNITURE),
    _shape(
        buildings.sofa,
        "sofa couch armchair settee",
        {"main": finishes.FABRIC, "accent": finishes.FABRIC.tinted(rgb(0xD9A441))},
    ),
    _shape(
        buildings.book,
        "book books tome spellbook",
        {"main": finishes.LEATHER, "accent": finishes.LEATHER.tinted(rgb(0x2F4A6B))},
    ),
    _shape(things.car, "car automobile taxi racecar truck vehicle van", {"main": _PAINT}),
    _shape(
        things.rocket,
        "rocket rocketship spaceship missile spacecraft",
        {"main": finishes.PORCELAIN, "accent": _PAINT, "trim": finishes.STEEL},
    ),
    _shape(things.ship, "ship boat sailboat galleon sailingship yacht", {"main": finishes.DARK_WOOD, "accent": _PAINT}),
    _shape(things.plane, "plane aeroplane airplane aircraft biplane", {"main": _PAINT, "accent": finishes.PORCELAIN}),
    _shape(things.sword, "sword dagger blade katana knife rapier", _STEEL),
    _shape(things.axe, "axe hatchet tomahawk", _STEEL),
    _shape(things.hammer, "hammer mallet warhammer mjolnir", _STEEL),
    _shape(things.shield, "shield buckler", _STEEL | {"main": _PAINT.tinted(rgb(0x2D4F9A)), "trim": finishes.BRASS}),
    _shape(ornaments.ring, "ring ringlet", _JEWEL),
    _shape(
        ornaments.gem,
        "gem gemstone jewel diamond",
        {"main": finishes.GLASS.tinted(rgb(0x4FA8E0)), "accent": finishes.GOLD},
    ),
    _shape(ornaments.star_ornament, "star", _metal(finishes.GOLD, finishes.GOLD)),
    _shape(ornaments.heart, "heart valentine", {"main": _PAINT, "accent": finishes.GOLD}),
    _shape(ornaments.crown, "crown tiara", _JEWEL),
    _shape(ornaments.key, "key", _metal(finishes.BRONZE, finishes.BRONZE)),
    _shape(ornaments.knot, "knot torusknot torus donut", _metal(finishes.COPPER, finishes.MARBLE)),
    _shape(
        ornaments.sculpture,
        "sculpture abstract column",
        {"main": finishes.MARBLE, "trim": finishes.BRASS, "accent": finishes.BLACK},
    ),
    _shape(
        creatures.robot,
        "robot android droid mech cyborg",
        {"main": finishes.STEEL, "accent": _PAINT, "glow": finishes.GLASS.tinted(rgb(0x6FE3FF))},
    ),
    _shape(
        creatures.figure,
        "figure person man woman boy girl knight wizard hero astronaut pirate "
        "warrior character doll king queen elf dwarf",
        {"main": finishes.FABRIC.tinted(rgb(0x2F5D8A)), "accent": finishes.FABRIC.tinted(rgb(0x4B4A52))},
    ),
    _shape(
        creatures.snowman,
        "snowman",
        {
            "main": finishes.SNOW,
            "accent": finishes.PLASTIC.tinted(rgb(0xEE8A2A)),
            "trim": finishes.FABRIC.tinted(rgb(0xC0392F)),
        },
    ),
    _shape(
        creatures.fish,
        "fish goldfish shark salmon whale dolphin",
        {"main": finishes.SHINGLE.tinted(rgb(0xE58A35)), "accent": finishes.PLASTIC.tinted(rgb(0xF2B84B))},
    ),
    _fowl("bird", "bird sparrow robin eagle parrot pigeon raven chicken", 0x3F7FBF),
    _fowl("owl", "owl owlet", 0x8A6844),
    _fowl("duck", "duck duckling goose swan", 0xF2CB3C),
    _fowl("penguin", "penguin puffin", 0x2A2D38),
    _beast("cat", "cat kitten kitty tiger lion panther animal", _fur(0xD08A45, 0xF2E3CB)),
    _beast("dog", "dog puppy corgi hound", _fur(0xA9713C, 0xEBD9BD)),
    _beast("fox", "fox", _fur(0xD5652A, 0xF4EDE2)),
    _beast("wolf", "wolf coyote", _fur(0x777A82, 0xC9CBD0)),
    _beast("horse", "horse pony unicorn deer donkey", _fur(0x7B4A2A, 0x5A3520)),
    _beast("bear", "bear teddy teddybear panda", _fur(0x8A5A34, 0xC99A68)),
    _beast("rabbit", "rabbit bunny hare", _fur(0xB9A48C, 0xF4EEE6)),
    _beast("mouse", "mouse rat hamster squirrel", _fur(0x9A9590, 0xE7C6BE)),
    _beast("pig", "pig piglet boar", _fur(0xEDA6A4, 0xF3BDB8)),
    _beast(
        "dragon",
        "dragon dinosaur wyvern lizard monster",
        {"main": _SCALES, "light": finishes.LEATHER.tinted(rgb(0xC9B26A)), "accent": _PAINT},
    ),
)

# What unknown words become: shapes that look well in any colour, and finishes that suit them.
FALLBACK_SHAPES: tuple[Shape, ...] = tuple(
    shape for shape in SHAPES if shape.words[0] in {"knot", "sculpture", "vase", "gem", "star", "trophy", "crystals"}
)
FALLBACK_FINISHES: tuple[Finish, ...] = (
    finishes.COPPER,
    finishes.GOLD,
    finishes.BRONZE,
    finishes.MARBLE,
    finishes.STEEL,
    finishes.MARBLE.tinted(rgb(0x3F9A6B)),
    finishes.PORCELAIN.tinted(rgb(0x3A6EA5)),
    finishes.PORCELAIN.tinted(rgb(0xC8553D)),
    finishes.PLASTIC.tinted(rgb(0x6C4AB6)),
    finishes.PLASTIC.tinted(rgb(0xF2A541)),
    finishes.CLAY,
    finishes.WOOD,
)

BY_WORD: Mapping[str, Shape] = {word: shape for shape in SHAPES for word in shape.words}
