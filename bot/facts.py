"""Facts of a mesh in words."""

from __future__ import annotations

from bot.looks import MeshFacts
from bot.model import Ask, Request
from bot.tiers import QUAD

FAR_OFF = 1.5
"""A face count this many times above or below the wanted one is worth a word. Rodin does not guarantee counts:
2 of 50 meshes in one public report came back unreduced."""


def fact_line(facts: MeshFacts) -> str:
    """Tell the most important facts of a mesh in one line."""
    return ", ".join(value if name in BARE else f"{name.lower()} {value}" for name, value in fact_table(facts))


BARE = frozenset({"Faces", "Vertices", "Materials", "Parts", "Surface"})
"""Facts whose value names what it counts."""


def fact_table(facts: MeshFacts) -> tuple[tuple[str, str], ...]:
    """Tell every fact of a mesh as a name and its value."""
    rows = [("Faces", _faces(facts)), ("Vertices", _count(facts.vertices, "vertex", "vertices"))]
    if facts.parts > 1:
        rows.append(("Parts", f"{facts.parts} parts"))
    rows.append(("Proportions", proportions(facts.size)))
    if facts.materials:
        rows.append(("Materials", _count(facts.materials, "material", "materials")))
    if facts.textures:
        rows.append(("Textures", _textures(facts.textures)))
    if facts.is_watertight is not None:
        rows.append(("Surface", "closed surface" if facts.is_watertight else "surface with open edges"))
    return tuple(rows)


def face_warning(facts: MeshFacts, request: Ask) -> str:
    """Say that a mesh is far from what was asked for; empty when it is not, or no number was asked for."""
    if not isinstance(request, Request):
        return ""
    wanted = request.quality_override
    if not wanted or not facts.triangles:
        return ""
    got = facts.triangles - facts.quads  # a quad counts as two triangles
    if request.mesh_mode == QUAD and not facts.quads:
        wanted *= 2  # the format holds triangles only
    if wanted / FAR_OFF <= got <= wanted * FAR_OFF:
        return ""
    return f"You asked for {wanted:,} faces and Rodin made {got:,}; it does not guarantee the number."


def proportions(size: tuple[float, float, float]) -> str:
    """Tell a bounding box by its ratios, the longest side being 1: "1 x 0.62 x 0.58" (width, height, length)."""
    longest = max(size)
    if longest <= 0:
        return "a single point"
    return " x ".join(f"{side / longest:.2f}".rstrip("0").rstrip(".") for side in size)


def _faces(facts: MeshFacts) -> str:
    if facts.quads:
        return f"{facts.quads:,} quads ({facts.triangles:,} triangles)"
    return _count(facts.triangles, "triangle", "triangles")


def _textures(sizes: tuple[tuple[int, int], ...]) -> str:
    kinds = sorted(set(sizes), reverse=True)
    named = ", ".join(f"{width} x {height}" for width, height in kinds)
    return f"{len(sizes)} of {named} pixels"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
