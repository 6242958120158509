"""Which words make which shape, and what each shape is made of when nobody says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from . import buildings, creatures, finishes, nature, things, vessels
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


def _beast(kind: str, words: tuple[str, ...], palette: Mapping[str, Finish]) -> Shape:
    return Shape(pieces=partial(creatures.quadruped, kind=kind), words=words, palette=palette)


def _fowl(kind: str, words: tuple[str, ...], colour: int) -> Shape:
    main = finishes.FUR.tinted(rgb(colour))
    beak = finishes.PLASTIC.tinted(rgb(0xEE9A2E))
    light = finishes.FUR.tinted(rgb(0xF2EBDD))
    palette = {"main": main, "trim": main.shaded(0.75), "accent": beak, "light": light}
    return Shape(pieces=partial(creatures.bird, kind=kind), words=words, palette=palette)


_GREEN = {"main": finishes.LEAF, "accent": finishes.PLASTIC.tinted(rgb(0xE85D8A))}
_SCALES = finishes.SHINGLE.tinted(rgb(0x3F7D4E))
_RED_CAP = {"main": _PAINT, "accent": finishes.PORCELAIN, "light": finishes.IVORY}
_HOUSE = {"main": finishes.PLASTER, "accent": finishes.SHINGLE, "light": finishes.PORCELAIN}
_FURNITURE = {"main": finishes.WOOD, "trim": finishes.WOOD.shaded(0.8), "accent": finishes.FABRIC.tinted(rgb(0xB4453B))}
_STEEL = {"main": finishes.STEEL, "accent": finishes.BRASS, "dark": finishes.LEATHER}
_JEWEL = {"main": finishes.GOLD, "trim": finishes.SILVER, "accent": finishes.FABRIC.tinted(rgb(0x8E1F3D))}
_ROCK = finishes.GLASS.tinted(rgb(0xA070D8))

SHAPES: tuple[Shape, ...] = (
    Shape(pieces=vessels.teapot, words=("teapot", "kettle", "coffeepot"), palette=_metal(finishes.PORCELAIN, finishes.PORCELAIN)),
    Shape(pieces=vessels.cup, words=("cup", "mug", "teacup", "tankard"), palette={"main": finishes.PORCELAIN, "accent": finishes.PORCELAIN, "dark": finishes.LEATHER}),
    Shape(pieces=vessels.vase, words=("vase", "urn", "amphora", "jar", "pot", "pitcher", "jug"), palette={"main": finishes.CLAY, "accent": finishes.BRASS}),
    Shape(pieces=vessels.bottle, words=("bottle", "flask", "potion", "vial", "wine"), palette={"main": finishes.GLASS.tinted(rgb(0x2E7D4F)), "accent": finishes.BRASS}),
    Shape(pieces=vessels.lantern, words=("lantern", "lanterns"), palette=_metal(finishes.BRONZE, finishes.BRONZE)),
    Shape(pieces=vessels.lamp, words=("lamp", "lampshade", "nightlight"), palette={"main": finishes.FABRIC.tinted(rgb(0xE9D9B4)), "accent": finishes.BRASS}),
    Shape(pieces=vessels.candle, words=("candle", "candlestick"), palette=_metal()),
    Shape(pieces=vessels.trophy, words=("trophy", "goblet", "chalice", "grail", "award"), palette=_metal(finishes.GOLD)),
    Shape(pieces=vessels.chest, words=("chest", "treasure", "crate", "box", "trunk"), palette={"main": finishes.WOOD, "accent": finishes.BRASS}),
    Shape(pieces=nature.tree, words=("tree", "bonsai", "bush", "forest"), palette=_GREEN),
    Shape(pieces=nature.conifer, words=("conifer", "fir", "spruce", "pinetree", "christmastree"), palette=_GREEN | {"main": finishes.LEAF.tinted(rgb(0x2F6B45))}),
    Shape(pieces=nature.palm, words=("palm", "palmtree", "coconut"), palette=_GREEN),
    Shape(pieces=nature.mushroom, words=("mushroom", "toadstool", "fungus"), palette=_RED_CAP),
    Shape(pieces=nature.flower, words=("flower", "rose", "daisy", "tulip", "sunflower", "plant"), palette={"main": finishes.PLASTIC.tinted(rgb(0xE0699B)), "accent": finishes.FABRIC.tinted(rgb(0xF0C040))}),
    Shape(pieces=nature.cactus, words=("cactus", "succulent"), palette=_GREEN),
    Shape(pieces=nature.apple, words=("apple", "fruit", "cherry"), palette={"main": _PAINT}),
    Shape(pieces=nature.pumpkin, words=("pumpkin", "gourd", "jackolantern"), palette={"main": finishes.PLASTIC.tinted(rgb(0xE07A1F))}),
    Shape(pieces=nature.crystal, words=("crystals", "geode", "quartz", "crystalcluster"), palette={"main": _ROCK}),
    Shape(pieces=buildings.house, words=("house", "cottage", "home", "hut", "cabin", "barn", "building"), palette=_HOUSE),
    Shape(pieces=buildings.castle, words=("castle", "fortress", "fort", "palace", "citadel"), palette={"main": finishes.STONE, "trim": finishes.STONE.shaded(0.8), "accent": finishes.SHINGLE.tinted(rgb(0x3D5A8A))}),
    Shape(pieces=buildings.tower, words=("tower", "lighthouse", "beacon"), palette={"main": _PAINT, "light": finishes.PLASTER.tinted(rgb(0xF3F0E8)), "accent": _PAINT}),
    Shape(pieces=buildings.windmill, words=("windmill", "mill"), palette=_HOUSE | {"accent": finishes.DARK_WOOD}),
    Shape(pieces=buildings.table, words=("table", "desk", "stool", "bench"), palette=_FURNITURE),
    Shape(pieces=buildings.chair, words=("chair", "throne", "seat"), palette=_FURNITURE),
    Shape(pieces=buildings.sofa, words=("sofa", "couch", "armchair", "settee"), palette={"main": finishes.FABRIC, "accent": finishes.FABRIC.tinted(rgb(0xD9A441))}),
    Shape(pieces=buildings.book, words=("book", "books", "tome", "spellbook"), palette={"main": finishes.LEATHER, "accent": finishes.LEATHER.tinted(rgb(0x2F4A6B))}),
    Shape(pieces=things.car, words=("car", "automobile", "taxi", "racecar", "truck", "vehicle", "van"), palette={"main": _PAINT}),
    Shape(pieces=things.rocket, words=("rocket", "rocketship", "spaceship", "missile", "spacecraft"), palette={"main": finishes.PORCELAIN, "accent": _PAINT, "trim": finishes.STEEL}),
    Shape(pieces=things.ship, words=("ship", "boat", "sailboat", "galleon", "sailingship", "yacht"), palette={"main": finishes.DARK_WOOD, "accent": _PAINT}),
    Shape(pieces=things.plane, words=("plane", "aeroplane", "airplane", "aircraft", "biplane"), palette={"main": _PAINT, "accent": finishes.PORCELAIN}),
    Shape(pieces=things.sword, words=("sword", "dagger", "blade", "katana", "knife", "rapier"), palette=_STEEL),
    Shape(pieces=things.axe, words=("axe", "hatchet", "tomahawk"), palette=_STEEL),
    Shape(pieces=things.hammer, words=("hammer", "mallet", "warhammer", "mjolnir"), palette=_STEEL),
    Shape(pieces=things.shield, words=("shield", "buckler"), palette=_STEEL | {"main": _PAINT.tinted(rgb(0x2D4F9A)), "trim": finishes.BRASS}),
    Shape(pieces=things.ring, words=("ring", "ringlet"), palette=_JEWEL),
    Shape(pieces=things.gem, words=("gem", "gemstone", "jewel", "diamond"), palette={"main": finishes.GLASS.tinted(rgb(0x4FA8E0)), "accent": finishes.GOLD}),
    Shape(pieces=things.star_ornament, words=("star",), palette=_metal(finishes.GOLD, finishes.GOLD)),
    Shape(pieces=things.heart, words=("heart", "valentine"), palette={"main": _PAINT, "accent": finishes.GOLD}),
    Shape(pieces=things.crown, words=("crown", "tiara"), palette=_JEWEL),
    Shape(pieces=things.key, words=("key",), palette=_metal(finishes.BRONZE, finishes.BRONZE)),
    Shape(pieces=things.knot, words=("knot", "torusknot", "torus", "donut"), palette=_metal(finishes.COPPER, finishes.MARBLE)),
    Shape(pieces=things.sculpture, words=("sculpture", "abstract", "column"), palette={"main": finishes.MARBLE, "trim": finishes.BRASS, "accent": finishes.BLACK}),
    Shape(pieces=creatures.robot, words=("robot", "android", "droid", "mech", "cyborg"), palette={"main": finishes.STEEL, "accent": _PAINT, "glow": finishes.GLASS.tinted(rgb(0x6FE3FF))}),
    Shape(pieces=creatures.figure, words=("figure", "person", "man", "woman", "boy", "girl", "knight", "wizard", "hero", "astronaut", "pirate", "warrior", "character", "doll", "king", "queen", "elf", "dwarf"), palette={"main": finishes.FABRIC.tinted(rgb(0x2F5D8A)), "accent": finishes.FABRIC.tinted(rgb(0x4B4A52))}),
    Shape(pieces=creatures.snowman, words=("snowman",), palette={"main": finishes.SNOW, "accent": finishes.PLASTIC.tinted(rgb(0xEE8A2A)), "trim": finishes.FABRIC.tinted(rgb(0xC0392F))}),
    Shape(pieces=creatures.fish, words=("fish", "goldfish", "shark", "salmon", "whale", "dolphin"), palette={"main": finishes.SHINGLE.tinted(rgb(0xE58A35)), "accent": finishes.PLASTIC.tinted(rgb(0xF2B84B))}),
    _fowl("bird", ("bird", "sparrow", "robin", "eagle", "parrot", "pigeon", "raven", "chicken"), 0x3F7FBF),
    _fowl("owl", ("owl", "owlet"), 0x8A6844),
    _fowl("duck", ("duck", "duckling", "goose", "swan"), 0xF2CB3C),
    _fowl("penguin", ("penguin", "puffin"), 0x2A2D38),
    _beast("cat", ("cat", "kitten", "kitty", "tiger", "lion", "panther", "animal"), _fur(0xD08A45, 0xF2E3CB)),
    _beast("dog", ("dog", "puppy", "corgi", "hound"), _fur(0xA9713C, 0xEBD9BD)),
    _beast("fox", ("fox",), _fur(0xD5652A, 0xF4EDE2)),
    _beast("wolf", ("wolf", "coyote"), _fur(0x777A82, 0xC9CBD0)),
    _beast("horse", ("horse", "pony", "unicorn", "deer", "donkey"), _fur(0x7B4A2A, 0x5A3520)),
    _beast("bear", ("bear", "teddy", "teddybear", "panda"), _fur(0x8A5A34, 0xC99A68)),
    _beast("rabbit", ("rabbit", "bunny", "hare"), _fur(0xB9A48C, 0xF4EEE6)),
    _beast("mouse", ("mouse", "rat", "hamster", "squirrel"), _fur(0x9A9590, 0xE7C6BE)),
    _beast("pig", ("pig", "piglet", "boar"), _fur(0xEDA6A4, 0xF3BDB8)),
    _beast("dragon", ("dragon", "dinosaur", "wyvern", "lizard", "monster"), {"main": _SCALES, "light": finishes.LEATHER.tinted(rgb(0xC9B26A)), "accent": _PAINT}),
)  # fmt: skip

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
