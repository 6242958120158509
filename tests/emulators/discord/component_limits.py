"""Discord's limits on components of messages and modals. Source: Discord docs, Component Reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.emulators.discord.errors import Problem
from tests.emulators.discord.model import LINK_STYLE, SELECTS, Part, walk

Path = tuple[str, ...]

# What each type's texts may measure.
TEXTS: Mapping[int, Mapping[str, int]] = {
    Part.BUTTON: {"label": 80, "custom_id": 100, "url": 512},
    Part.TEXT_INPUT: {"custom_id": 100, "label": 45, "placeholder": 100, "value": 4000},
    Part.TEXT: {"content": 4000},
    Part.THUMBNAIL: {"description": 1024},
    Part.LABEL: {"label": 45, "description": 100},
    Part.FILE_UPLOAD: {"custom_id": 100},
    Part.RADIO_GROUP: {"custom_id": 100},
    Part.CHECKBOX_GROUP: {"custom_id": 100},
    Part.CHECKBOX: {"custom_id": 100},
    **{kind: {"custom_id": 100, "placeholder": 150} for kind in SELECTS},
}
OPTION_TEXTS: Mapping[str, int] = {"label": 100, "value": 100, "description": 100}
# The most options: selects 25, radio and checkbox groups 10.
OPTIONS: Mapping[int, int] = {Part.STRING_SELECT: 25, Part.RADIO_GROUP: 10, Part.CHECKBOX_GROUP: 10}
ROWS = 5
BUTTONS_IN_A_ROW = 5
V2_COMPONENTS = 40
V2_TEXT = 4000
GALLERY = 10
ALT_TEXT = 1024
LEGACY_TOP = frozenset({Part.ROW})
V2_TOP = frozenset({Part.ROW, Part.SECTION, Part.TEXT, Part.GALLERY, Part.FILE, Part.SEPARATOR, Part.CONTAINER})
MODAL_TOP = frozenset({Part.ROW, Part.LABEL, Part.TEXT})
CONTAINED = V2_TOP - {Part.CONTAINER}


def component_problems(parts: list[Mapping[str, Any]], *, v2: bool, modal: bool = False) -> Iterator[Problem]:
    """What is wrong with the components of a message, or of a modal."""
    allowed = MODAL_TOP if modal else V2_TOP if v2 else LEGACY_TOP
    for number, part in enumerate(parts):
        path = ("components", str(number))
        if part.get("type") not in allowed:
            yield _problem((*path, "type"), "UNION_TYPE_CHOICES", "This component cannot stand here.")
        yield from _part(part, path)
    yield from _whole([dict(part) for part in parts], v2=v2)


def _whole(parts: list[dict[str, Any]], *, v2: bool) -> Iterator[Problem]:
    everything = list(walk(parts))
    if not v2 and len(parts) > ROWS:
        yield _problem(("components",), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ROWS} in length.")
    if v2 and len(everything) > V2_COMPONENTS:
        yield _problem(("components",), "COMPONENT_MAX_TOTAL", f"At most {V2_COMPONENTS} components in all.")
    text = sum(len(part.get("content", "")) for part in everything if part.get("type") == Part.TEXT)
    if text > V2_TEXT:
        words = f"The texts together must be {V2_TEXT} or fewer in length."
        yield _problem(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", words)
    for name, words in (("custom_id", "Component custom id cannot be duplicated"), ("id", "Component id is repeated")):
        counted = Counter(part[name] for part in everything if part.get(name))
        if any(times > 1 for times in counted.values()):
            yield _problem(("components",), f"COMPONENT_{name.upper()}_DUPLICATED", words)


def _part(part: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    kind = part.get("type", 0)
    for name, most in TEXTS.get(kind, {}).items():
        yield from _too_long(part.get(name), most, (*path, name))
    if "custom_id" in TEXTS.get(kind, {}) and kind != Part.BUTTON and not part.get("custom_id"):
        yield _problem((*path, "custom_id"), "BASE_TYPE_REQUIRED", "This field is required")
    if kind == Part.BUTTON:
        yield from _button(part, path)
    if kind in OPTIONS:
        yield from _options(part, path, OPTIONS[kind])
    yield from _counts(part, path)
    yield from _media(part, path)
    yield from _inside(part, path)


def _inside(part: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    inside = part.get("components") or []
    kind = part.get("type")
    if kind == Part.ROW and not 1 <= len(inside) <= BUTTONS_IN_A_ROW:
        yield _problem((*path, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    if kind == Part.ROW and len(inside) > 1 and any(each.get("type") != Part.BUTTON for each in inside):
        yield _problem((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A menu fills its row alone.")
    if kind == Part.SECTION and not (1 <= len(inside) <= 3 and part.get("accessory")):
        yield _problem(path, "BASE_TYPE_BAD_LENGTH", "A section holds one to three texts and an accessory.")
    if kind == Part.CONTAINER and any(each.get("type") not in CONTAINED for each in inside):
        yield _problem((*path, "components"), "UNION_TYPE_CHOICES", "This component cannot stand in a container.")
    for number, each in enumerate(inside):
        yield from _part(each, (*path, "components", str(number)))
    for name in ("accessory", "component"):
        if part.get(name):
            yield from _part(part[name], (*path, name))


def _button(part: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    link = part.get("style") == LINK_STYLE
    if link != bool(part.get("url")) or link == bool(part.get("custom_id")):
        yield _problem(path, "BUTTON_COMPONENT_INVALID", "A link button has a url, any other one a custom id.")
    if not part.get("label") and not part.get("emoji"):
        yield _problem(path, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji.")
    if part.get("style") not in range(1, 7):
        yield _problem((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")


def _options(part: Mapping[str, Any], path: Path, most: int) -> Iterator[Problem]:
    options = part.get("options") or []
    if not 1 <= len(options) <= most:
        yield _problem((*path, "options"), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most} in length.")
    for number, option in enumerate(options):
        for name, length in OPTION_TEXTS.items():
            yield from _too_long(option.get(name), length, (*path, "options", str(number), name))
    if len({option.get("value") for option in options}) < len(options):
        yield _problem((*path, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The value is already used")


def _counts(part: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    most = 10 if part.get("type") in (Part.FILE_UPLOAD, Part.CHECKBOX_GROUP) else 25
    for name in ("min_values", "max_values"):
        value = part.get(name)
        if value is not None and not 0 <= value <= most:
            yield _problem((*path, name), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")


def _media(part: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    items = part.get("items") or []
    if part.get("type") == Part.GALLERY and not 1 <= len(items) <= GALLERY:
        yield _problem((*path, "items"), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {GALLERY} in length.")
    for number, item in enumerate(items):
        yield from _too_long(item.get("description"), ALT_TEXT, (*path, "items", str(number), "description"))
        yield from _reference(item.get("media"), (*path, "items", str(number), "media"))
    yield from _reference(part.get("media"), (*path, "media"))
    yield from _reference(part.get("file"), (*path, "file"))
    if part.get("type") == Part.FILE and not str((part.get("file") or {}).get("url")).startswith("attachment://"):
        yield _problem((*path, "file", "url"), "URL_TYPE_INVALID_SCHEME", "A file is named as attachment://name.")


def _reference(item: Mapping[str, Any] | None, path: Path) -> Iterator[Problem]:
    if item is not None and not item.get("url"):
        yield _problem((*path, "url"), "BASE_TYPE_REQUIRED", "This field is required")


def _too_long(value: Any, most: int, path: Path) -> Iterator[Problem]:
    if isinstance(value, str) and len(value) > most:
        yield _problem(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def _problem(path: Path, code: str, message: str) -> Problem:
    return Problem(path=path, code=code, message=message)
