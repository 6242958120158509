"""The form for a new model: made once from the catalogue, so that it opens within Slack's three seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack import blocks, limits
from adapters.slack.blocks import Json
from adapters.slack.wire import SharedFile, shared_file
from bot.catalog import LONGEST_PROMPT, MOST_PICTURES, OPTIONS, PRESETS, Option, OptionKind

CALLBACK = "rodin:form"
TITLE = "New 3D model"
PROMPT, PICTURES, MORE = "prompt", "pictures", "more"

PICTURE_TYPES = ("png", "jpg", "jpeg", "webp", "heic", "heif", "gif", "bmp", "tif", "tiff", "avif")
"""What Slack offers to choose; the bytes decide."""

FORM_OPTIONS = 8
"""How many options have a field of their own; all others are typed into the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a form held. `options` by name, blank ones left out; `channel` and `thread` are where it was opened."""

    prompt: str
    more: str
    files: tuple[SharedFile, ...]
    options: Mapping[str, str]
    channel: str
    thread: str


def form_view(*, channel: str = "", thread: str = "") -> Json:
    """Return the form, which remembers where it was opened."""
    return {**_FORM, "private_metadata": json.dumps({"channel": channel, "thread": thread})}


def read_form(view: Mapping[str, Any]) -> Submitted:
    """Read a form as it was submitted."""
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    place = _place(str(view.get("private_metadata") or ""))
    options = {option.name: _chosen(values, option.name) for option in _SHOWN}
    return Submitted(
        prompt=_chosen(values, PROMPT),
        more=_chosen(values, MORE),
        files=tuple(shared_file(file) for file in _input(values, PICTURES).get("files") or ()),
        options={name: value for name, value in options.items() if value},
        channel=str(place.get("channel") or ""),
        thread=str(place.get("thread") or ""),
    )


def _place(metadata: str) -> Mapping[str, Any]:
    try:
        place = json.loads(metadata)
    except ValueError:
        return {}
    return place if isinstance(place, Mapping) else {}


def _input(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = (values.get(name) or {}).get(name)
    return found if isinstance(found, Mapping) else {}


def _chosen(values: Mapping[str, Any], name: str) -> str:
    found = _input(values, name)
    option = found.get("selected_option")
    return str((option or {}).get("value") or "") if option else str(found.get("value") or "")


def _form() -> Json:
    prompt = {"type": "plain_text_input", "action_id": PROMPT, "multiline": True, "max_length": LONGEST_PROMPT}
    pictures = {
        "type": "file_input",
        "action_id": PICTURES,
        "filetypes": list(PICTURE_TYPES),
        "max_files": MOST_PICTURES,
    }
    more = {
        "type": "plain_text_input",
        "action_id": MORE,
        "placeholder": blocks.plain_text("--pose --bbox 100x320x100", limits.PLACEHOLDER),
    }
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": blocks.plain_text(TITLE, limits.VIEW_TITLE),
        "submit": blocks.plain_text("Make it", limits.VIEW_TITLE),
        "close": blocks.plain_text("Cancel", limits.VIEW_TITLE),
        "blocks": [
            _field(PROMPT, "What it should be", prompt, "In words; or leave it empty and give a picture."),
            _field(PICTURES, "Pictures", pictures, "Up to five of the same thing, 10 MB each; the first one leads."),
            *(_field(option.name, option.title.capitalize(), _element(option), option.summary) for option in _SHOWN),
            _field(MORE, "More options", more, "As after /rodin; /rodin help generate names them all."),
        ],
    }


def _field(name: str, label: str, element: Json, hint: str) -> Json:
    return {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": blocks.plain_text(label, limits.HINT),
        "hint": blocks.plain_text(hint, limits.HINT),
        "element": element,
    }


def _element(option: Option) -> Json:
    choices = {choice: _described(option, choice) for choice in option.choices}
    if option.kind is OptionKind.SWITCH:
        choices = {"yes": "Yes", "no": "No"}
    if not choices:
        example = blocks.plain_text(f"such as {option.example}", limits.PLACEHOLDER)
        return {"type": "plain_text_input", "action_id": option.name, "placeholder": example}
    entries = [
        {"text": blocks.plain_text(label, limits.OPTION_TEXT), "value": value} for value, label in choices.items()
    ]
    return {"type": "static_select", "action_id": option.name, "options": entries}


def _described(option: Option, choice: str) -> str:
    return f"{choice}: {PRESETS[choice].summary}" if option.name == "preset" else choice


_SHOWN = tuple(option for option in OPTIONS if option.is_common)[:FORM_OPTIONS]
_FORM = _form()
