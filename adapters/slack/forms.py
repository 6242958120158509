"""The forms: for a new model, and for what comes after one. Made once: Slack lets them open for three seconds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack import blocks, limits, words
from adapters.slack.asked import Asked
from adapters.slack.blocks import Json
from adapters.slack.wire import shared_file
from bot.catalog import (
    FORMATS,
    LONGEST_PROMPT,
    MOST_PICTURES,
    OPTIONS,
    PRESETS,
    SPLIT_CHOICES,
    TEXTURE_CHOICES,
    Option,
    OptionKind,
)
from bot.remakes import LEAST_STRENGTH, MOST_STRENGTH, STRENGTH, USUAL_STRENGTH
from bot.update import Choice

CALLBACK = "rodin:form"
PROMPT, PICTURES, MORE, WHERE, FORMAT = "prompt", "pictures", "more", "where", "format"
REPLACE, JOIN = "replace", "join"

PICTURE_TYPES = ("png", "jpg", "jpeg", "webp", "heic", "heif", "gif", "bmp", "tif", "tiff", "avif")
"""What Slack offers to choose; the bytes decide."""

FORM_OPTIONS = 8
"""How many options have a field of their own; all others are typed into the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Where a form was opened, and for what: after which choice about which task; a new model without one."""

    channel: str = ""
    thread: str = ""
    choice: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a form held, and how it came to be opened."""

    asked: Asked
    opened: Opened


def form_view(opened: Opened) -> Json:
    """Return a form, which remembers how it was opened."""
    made = _AFTER.get(Choice(opened.choice), _NEW) if opened.choice in set(Choice) else _NEW
    place = {name: getattr(opened, name) for name in _PLACE}
    return {**made, "private_metadata": json.dumps({name: value for name, value in place.items() if value})}


def read_form(view: Mapping[str, Any]) -> Submitted:
    """Read a form as it was submitted; blank fields are left out."""
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    picked = {name: _chosen(values, name) for name in _PICKED}
    asked = Asked(
        prompt=_chosen(values, PROMPT),
        typed=_chosen(values, MORE),
        files=tuple(shared_file(file) for file in _input(values, PICTURES).get("files") or ()),
        options={name: value for name, value in picked.items() if value},
        keeps_pictures=_chosen(values, WHERE) == JOIN,
    )
    return Submitted(asked=asked, opened=_opened(str(view.get("private_metadata") or "")))


def _opened(metadata: str) -> Opened:
    try:
        place = json.loads(metadata)
    except ValueError:
        return Opened()
    if not isinstance(place, Mapping):
        return Opened()
    return Opened(**{name: str(place.get(name) or "") for name in _PLACE})


def _input(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = (values.get(name) or {}).get(name)
    return found if isinstance(found, Mapping) else {}


def _chosen(values: Mapping[str, Any], name: str) -> str:
    found = _input(values, name)
    option = found.get("selected_option")
    return str((option or {}).get("value") or "") if option else str(found.get("value") or "")


def _form(title: str, fields: Sequence[Json], *, about: str = "") -> Json:
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": blocks.plain_text(title, limits.VIEW_TITLE),
        "submit": blocks.plain_text("Make it", limits.VIEW_TITLE),
        "close": blocks.plain_text("Cancel", limits.VIEW_TITLE),
        "blocks": [*([blocks.paragraph([about])] if about else []), *fields],
    }


def _field(name: str, label: str, element: Json, hint: str, *, is_optional: bool = True) -> Json:
    return {
        "type": "input",
        "block_id": name,
        "optional": is_optional,
        "label": blocks.plain_text(label, limits.HINT),
        "hint": blocks.plain_text(hint, limits.HINT),
        "element": {**element, "action_id": name},
    }


def _words(label: str, hint: str) -> Json:
    element = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_PROMPT}
    return _field(PROMPT, label, element, hint)


def _pictures(hint: str, *, most: int = MOST_PICTURES) -> Json:
    element = {"type": "file_input", "filetypes": list(PICTURE_TYPES), "max_files": most}
    return _field(PICTURES, "Pictures" if most > 1 else "Picture", element, hint)


def _more(example: str) -> Json:
    element = {"type": "plain_text_input", "placeholder": blocks.plain_text(example, limits.PLACEHOLDER)}
    return _field(MORE, "More options", element, "As after /rodin; /rodin help generate names them all.")


def _menu(choices: Mapping[str, str]) -> Json:
    entries = [
        {"text": blocks.plain_text(label, limits.OPTION_TEXT), "value": value} for value, label in choices.items()
    ]
    return {"type": "static_select", "options": entries}


def _option(option: Option) -> Json:
    """Return the field of one option."""
    choices = {choice: _described(option, choice) for choice in option.choices}
    if option.kind is OptionKind.SWITCH:
        choices = {"yes": "Yes", "no": "No"}
    example = blocks.plain_text(f"such as {option.example}", limits.PLACEHOLDER)
    element = _menu(choices) if choices else {"type": "plain_text_input", "placeholder": example}
    return _field(option.name, option.title.capitalize(), element, option.summary)


def _described(option: Option, choice: str) -> str:
    return f"{choice}: {PRESETS[choice].summary}" if option.name == "preset" else choice


def _switches(names: Iterable[str]) -> str:
    return " ".join(f"--{name}" for name in names)


def _new() -> Json:
    shown = [option for option in OPTIONS if option.name in _SHOWN]
    fields = [
        _words("What it should be", "In words; or leave it empty and give a picture."),
        _pictures("Up to five of the same thing, 10 MB each; the first one leads."),
        *map(_option, shown),
        _more("--pose --bbox 100x320x100"),
    ]
    return _form("New 3D model", fields)


def _variation() -> Json:
    places = {REPLACE: "Take the place of the earlier ones", JOIN: "Join the earlier ones"}
    fields = [
        _words("What it should be now", "Leave it empty to keep the words."),
        _pictures("Up to five; without any, the earlier ones stay."),
        _field(WHERE, "New pictures", _menu(places), "They take the place of the earlier ones unless you choose."),
        _more("--tier high --faces 20k --seed 7"),
    ]
    return _form("Variation", fields, about=words.about_variation())


def _other_format() -> Json:
    menu = _menu({name: name for name in FORMATS})
    field = _field(FORMAT, "File format", menu, "glb for viewers, fbx or obj for editors.", is_optional=False)
    return _form("Other file format", [field], about=words.about_format())


def _retexture() -> Json:
    fields = [
        _words("How it should look", "Such as: weathered copper with green patina."),
        _pictures("Shows how it should look, and says more than words.", most=1),
        _more(_switches(TEXTURE_CHOICES)),
    ]
    return _form("New texture", fields, about=words.about_remake())


def _split() -> Json:
    strengths = _menu({str(n): str(n) for n in range(LEAST_STRENGTH, MOST_STRENGTH + 1)})
    fields = [
        _field(STRENGTH, "Strength", strengths, f"More gives more parts; {USUAL_STRENGTH} unless you choose."),
        _words("Or how to split it", "Such as: the wheels apart from the body."),
        _more(_switches(name for name in SPLIT_CHOICES if name != STRENGTH)),
    ]
    return _form("Split into parts", fields, about=words.about_remake())


_PLACE = ("channel", "thread", "choice", "task")
_SHOWN = tuple(option.name for option in OPTIONS if option.is_common)[:FORM_OPTIONS]
_PICKED = tuple(dict.fromkeys((*_SHOWN, FORMAT, STRENGTH)))
_NEW = _new()
_AFTER: Mapping[Choice, Json] = {
    Choice.VARIATION: _variation(),
    Choice.FORMAT: _other_format(),
    Choice.RETEXTURE: _retexture(),
    Choice.SPLIT: _split(),
}
