"""What surfaces are made of: colours, metals and materials people name in prompts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

Colour = tuple[float, float, float]


class Grain(StrEnum):
    """The pattern a material shows; each is painted by one function in `patterns.py`."""

    PLAIN = "plain"
    BRUSHED = "brushed"
    CAST = "cast"
    WOOD = "wood"
    STONE = "stone"
    BRICK = "brick"
    SHINGLE = "shingle"
    FOLIAGE = "foliage"
    FABRIC = "fabric"
    MARBLE = "marble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """One material: sRGB colours 0..1, metallic and roughness 0..1 as glTF means them."""

    colour: Colour
    metallic: float = 0.0
    roughness: float = 0.6
    grain: Grain = Grain.PLAIN
    second: Colour | None = None  # what the grain mixes in; None: a darker shade
    bump: float = 0.4  # 0 polished .. 1 rough to the touch

    def tinted(self, colour: Colour) -> "Finish":
        """The same material in another colour."""
        return replace(self, colour=colour, second=None)

    def shaded(self, share: float) -> "Finish":
        """The same material darker (below 1) or lighter (above 1)."""
        return replace(self, colour=_times(self.colour, share), second=_times(self.other, share))

    @property
    def other(self) -> Colour:
        """The grain's second colour."""
        return self.second or _times(self.colour, 0.68)


def _times(colour: Colour, share: float) -> Colour:
    red, green, blue = (min(1.0, part * share) for part in colour)
    return red, green, blue


def rgb(code: int) -> Colour:
    """A colour from its usual hexadecimal form, 0xRRGGBB."""
    return (code >> 16) / 255, (code >> 8 & 255) / 255, (code & 255) / 255


def _metal(code: int, second: int, roughness: float, grain: Grain = Grain.BRUSHED) -> Finish:
    return Finish(colour=rgb(code), second=rgb(second), metallic=1.0, roughness=roughness, grain=grain, bump=0.25)


def _matter(code: int, second: int, roughness: float, grain: Grain, bump: float = 0.5) -> Finish:
    return Finish(colour=rgb(code), second=rgb(second), roughness=roughness, grain=grain, bump=bump)


BRASS = _metal(0xD9B15C, 0xA87D33, 0.26)
GOLD = _metal(0xFFCB57, 0xE0A030, 0.18)
COPPER = _metal(0xE08A62, 0xB05F3E, 0.28)
BRONZE = _metal(0xB98A50, 0x6F7A52, 0.38, Grain.CAST)
SILVER = _metal(0xE9E9EC, 0xC5C6CC, 0.16)
STEEL = _metal(0xB9BEC6, 0x8F959F, 0.3)
IRON = _metal(0x74757A, 0x4A4744, 0.52, Grain.CAST)
RUST = Finish(colour=rgb(0x9A5230), second=rgb(0x5A3524), metallic=0.35, roughness=0.85, grain=Grain.CAST, bump=0.9)
WOOD = _matter(0xA8723F, 0x6E4523, 0.6, Grain.WOOD)
DARK_WOOD = _matter(0x5C3A22, 0x3A2416, 0.5, Grain.WOOD)
STONE = _matter(0xA5A19A, 0x75716B, 0.88, Grain.STONE, 0.9)
MARBLE = _matter(0xEDEAE4, 0x9D9A9C, 0.22, Grain.MARBLE, 0.1)
BRICK = _matter(0xA9573D, 0xCFC4B4, 0.9, Grain.BRICK, 0.8)
CLAY = _matter(0xC2714A, 0x9B5334, 0.85, Grain.CAST, 0.5)
PORCELAIN = _matter(0xF6F3EE, 0xDFE4EA, 0.12, Grain.PLAIN, 0.05)
GLASS = _matter(0x9CCFCB, 0xC9ECE6, 0.05, Grain.PLAIN, 0.03)
PLASTIC = _matter(0xE3483C, 0xC43A30, 0.35, Grain.PLAIN, 0.15)
LEATHER = _matter(0x6B4226, 0x4A2C18, 0.7, Grain.CAST, 0.8)
FABRIC = _matter(0x7C86A8, 0x5F688A, 0.95, Grain.FABRIC, 0.7)
FUR = _matter(0xC98B4E, 0x96612F, 0.95, Grain.FOLIAGE, 0.8)
LEAF = _matter(0x5E9C3C, 0x35682A, 0.85, Grain.FOLIAGE, 0.9)
PLASTER = _matter(0xEADFC9, 0xD0C2A6, 0.9, Grain.CAST, 0.4)
SHINGLE = _matter(0xA3472F, 0x6E2E20, 0.8, Grain.SHINGLE, 0.9)
ICE = _matter(0xCDEBF5, 0x97CBE4, 0.08, Grain.MARBLE, 0.3)
SNOW = _matter(0xF7FAFC, 0xDDE7F0, 0.95, Grain.CAST, 0.5)
RUBBER = _matter(0x26262A, 0x1A1A1D, 0.9, Grain.PLAIN, 0.3)
BLACK = _matter(0x1D1E22, 0x141518, 0.4, Grain.PLAIN, 0.1)
IVORY = _matter(0xF1E6CF, 0xDBCBA8, 0.4, Grain.PLAIN, 0.2)
GLOW = _matter(0xFFD873, 0xFFF0B8, 0.3, Grain.PLAIN, 0.05)
GREY = Finish(colour=(0.72, 0.72, 0.72), roughness=0.7, bump=0.0)

MATERIALS: Mapping[str, Finish] = {
    "brass": BRASS,
    "gold": GOLD,
    "golden": GOLD,
    "gilded": GOLD,
    "copper": COPPER,
    "bronze": BRONZE,
    "silver": SILVER,
    "chrome": SILVER.tinted(rgb(0xE3E6EA)),
    "platinum": SILVER,
    "steel": STEEL,
    "metal": STEEL,
    "metallic": STEEL,
    "aluminium": STEEL,
    "aluminum": STEEL,
    "titanium": STEEL.shaded(0.9),
    "pewter": STEEL.shaded(0.8),
    "iron": IRON,
    "rusty": RUST,
    "rusted": RUST,
    "wood": WOOD,
    "wooden": WOOD,
    "oak": WOOD,
    "pine": WOOD.shaded(1.15),
    "bamboo": WOOD.tinted(rgb(0xC9B36A)),
    "walnut": DARK_WOOD,
    "mahogany": DARK_WOOD.tinted(rgb(0x6B2F22)),
    "stone": STONE,
    "rock": STONE,
    "granite": STONE.shaded(0.85),
    "concrete": STONE.shaded(1.1),
    "marble": MARBLE,
    "brick": BRICK,
    "clay": CLAY,
    "terracotta": CLAY,
    "pottery": CLAY,
    "porcelain": PORCELAIN,
    "ceramic": PORCELAIN.tinted(rgb(0xE9E2D4)),
    "china": PORCELAIN,
    "glass": GLASS,
    "crystal": GLASS.tinted(rgb(0xBFD8F2)),
    "emerald": GLASS.tinted(rgb(0x17A05C)),
    "ruby": GLASS.tinted(rgb(0xC01538)),
    "sapphire": GLASS.tinted(rgb(0x1F49B8)),
    "amethyst": GLASS.tinted(rgb(0x8E55C9)),
    "jade": MARBLE.tinted(rgb(0x3F9A6B)),
    "obsidian": GLASS.tinted(rgb(0x1A1820)),
    "ice": ICE,
    "icy": ICE,
    "frozen": ICE,
    "snow": SNOW,
    "plastic": PLASTIC,
    "rubber": RUBBER,
    "leather": LEATHER,
    "fabric": FABRIC,
    "cloth": FABRIC,
    "velvet": FABRIC.tinted(rgb(0x7A1F3D)),
    "plush": FUR,
    "furry": FUR,
    "fluffy": FUR,
    "mossy": LEAF,
    "ivory": IVORY,
    "bone": IVORY,
    "chocolate": PLASTIC.tinted(rgb(0x4A2A1A)),
}

COLOURS: Mapping[str, Colour] = {
    "red": rgb(0xC8302A),
    "crimson": rgb(0xA31530),
    "scarlet": rgb(0xD9261C),
    "orange": rgb(0xE8812A),
    "yellow": rgb(0xF0C330),
    "green": rgb(0x3F9A48),
    "lime": rgb(0x9ACB3A),
    "olive": rgb(0x7C7F3A),
    "mint": rgb(0xA5DDBE),
    "teal": rgb(0x1F8A88),
    "turquoise": rgb(0x38B8B2),
    "cyan": rgb(0x3CC4D9),
    "blue": rgb(0x2F62B8),
    "azure": rgb(0x3E8FE0),
    "navy": rgb(0x22305C),
    "indigo": rgb(0x40358C),
    "purple": rgb(0x7A3F9E),
    "violet": rgb(0x8456B8),
    "magenta": rgb(0xC23A98),
    "pink": rgb(0xEE93B4),
    "brown": rgb(0x7A4E2D),
    "beige": rgb(0xDCCBA8),
    "cream": rgb(0xF2E8CF),
    "white": rgb(0xF3F2EE),
    "grey": rgb(0x8C8E92),
    "gray": rgb(0x8C8E92),
    "black": rgb(0x26262A),
    "ginger": rgb(0xD07F3A),
}
