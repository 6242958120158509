"""What people ask of a model, or only want to know: the same on every platform, in the words of each way to say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.e2e.torture.books import WORDED
from tests.e2e.torture.crowd import FACES, FORM_BUTTONS, Impatient, mark_of, options_of, owned, pick, tier_of, words_of
from tests.e2e.torture.plan import Act, Deed
from tests.e2e.torture.world import World

FORMATS = ("obj", "stl", "glb", "obj", "stl", "fbx", "usdz")
"""Into which formats models are wanted: most of them are made here and free, the last ones are Rodin's and paid."""

STRENGTH = "3"
"""How strongly models are split: into few parts, which are made in moments."""

COMMANDS = {Act.VARY: "variation", Act.FORMAT: "format", Act.RETEXTURE: "retexture", Act.SPLIT: "split"}

LEFT_OPEN = 0.25
"""How many of the forms that people open lie on their screens until later, mostly until a later life."""

LOOKS = ("list", "list --tree", "status", "show", "links", "usage", "balance", "privacy", "export", "help")
"""What is answered to one person alone."""

ABOUT_TASK = frozenset({"status", "show", "links"})
"""Those of them that are about a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a deed asks of a model. `fields` are those of its form by id, `line` is what is typed after its id."""

    command: str
    line: str
    fields: Mapping[str, str] = field(default_factory=dict)
    takes_picture: bool = False


def errand_of(deed: Deed) -> Errand:
    """Return what a deed asks for."""
    command, words = COMMANDS.get(deed.act, "new"), words_of(deed)
    match deed.act:
        case Act.FORMAT:
            wanted = FORMATS[_turn(deed) % len(FORMATS)]
            return Errand(command=command, line=wanted, fields={"format": wanted})
        case Act.RETEXTURE:
            return Errand(command=command, line=words, fields={"prompt": words}, takes_picture=_turn(deed) % 4 > 0)
        case Act.SPLIT:
            fields = {"strength": STRENGTH, "prompt": words}
            return Errand(command=command, line=f"{STRENGTH} {words}", fields=fields)
    return Errand(
        command=command,
        line=f"{words} {options_of(deed)}",
        fields={"prompt": words, "more": f"--tier {tier_of(deed)} --faces {FACES}"},
        takes_picture=deed.act is Act.FORM and _turn(deed) % 2 > 0,
    )


def mark_in(deed: Deed) -> str:
    """Return the mark of a deed whose words go along, else nothing."""
    return mark_of(deed) if deed.act in WORDED else ""


def is_typed(deed: Deed) -> bool:
    """Whether what is wanted of a model is typed: in a third of the deeds, else a form is filled in."""
    return deed.act in FORM_BUTTONS and _turn(deed) % 3 == 0


def is_left_open(deed: Deed) -> bool:
    """Whether a form that was opened is not sent in now."""
    return deed.pick < LEFT_OPEN


def finished(world: World, platform: str, user: str, deed: Deed) -> str:
    """Choose one of somebody's finished models.

    Raises:
        Impatient: there is none.
    """
    found = owned(world, platform, user, deed.act).values()
    return pick(deed, [task.id for task in found if task.state == "ready"])


def look_of(world: World, platform: str, user: str, deed: Deed) -> str:
    """Return what somebody wants to know, as a line that is typed."""
    look = LOOKS[_turn(deed) % len(LOOKS)]
    if look not in ABOUT_TASK:
        return look
    try:
        return f"{look} {finished(world, platform, user, deed)}"
    except Impatient:
        return "list"


def _turn(deed: Deed) -> int:
    """Return a number of which every remainder comes up: the last digit of a deed's number is its place in a life."""
    return deed.number // 10 + deed.number % 10
