"""The forms, for a new model and for what comes after one, from data alone: Slack lets them open for three seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack import blocks, limits
from adapters.slack.asked import Asked
from adapters.slack.blocks import Json
from adapters.slack.wire import files_of
from bot.catalog import LONGEST_PROMPT, OPTIONS, PRESETS, Option, OptionKind
from bot.chat import Draft, FormatOffer
from bot.cutting import clusters, cut
from bot.questions import (
    FORMAT,
    FORMS,
    JOIN,
    MORE,
    PICTURES,
    PROMPT,
    WHERE,
    Field,
    Form,
    More,
    Pick,
    Pictures,
    Words,
    new_form,
)
from bot.remakes import STRENGTH
from bot.typed import typed_options
from bot.update import Choice
from bot.words_convert import offer_details, offer_label

CALLBACK = "rodin:form"

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
class Known:
    """What is known of a task when a form about it opens: its values, and what it costs in which format."""

    draft: Draft | None = None
    offers: tuple[FormatOffer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a form held, and how it came to be opened."""

    asked: Asked
    opened: Opened


def form_view(opened: Opened, known: Known | None = None) -> Json:
    """Return a form, which remembers how it was opened and begins with what is known of its task."""
    form = FORMS.get(Choice(opened.choice)) if opened.choice in set(Choice) else None
    made = _made(form or new_form(_SHOWN, more=("--pose", "--bbox 100x320x100")))
    if known is not None:
        said = [blocks.paragraph([one.sentence for one in known.offers])] if known.offers else []
        made = {**made, "blocks": [*said, *(_begun(block, known) for block in made["blocks"])]}
    place = {name: getattr(opened, name) for name in _PLACE}
    return {**made, "private_metadata": json.dumps({name: value for name, value in place.items() if value})}


def read_form(view: Mapping[str, Any]) -> Submitted:
    """Read a form as it was submitted; blank fields are left out."""
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    picked = {name: _chosen(values, name) for name in _PICKED}
    asked = Asked(
        prompt=_chosen(values, PROMPT),
        typed=_chosen(values, MORE),
        files=files_of(_input(values, PICTURES)),
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
    block = values.get(name)
    found = block.get(name) if isinstance(block, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _chosen(values: Mapping[str, Any], name: str) -> str:
    found = _input(values, name)
    option = found.get("selected_option")
    chosen = option if isinstance(option, Mapping) else found
    return str(chosen.get("value") or "")


def _made(form: Form) -> Json:
    about = [blocks.paragraph([form.about])] if form.about else []
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": blocks.plain_text(form.title, limits.VIEW_TITLE),
        "submit": blocks.plain_text("Make it", limits.VIEW_TITLE),
        "close": blocks.plain_text("Cancel", limits.VIEW_TITLE),
        "blocks": [*about, *map(_block, form.fields)],
    }


def _block(field: Field) -> Json:
    match field:
        case Words():
            element = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_PROMPT}
            return _field(PROMPT, field.label, element, field.hint)
        case Pictures():
            element = {"type": "file_input", "filetypes": list(PICTURE_TYPES), "max_files": field.most}
            return _field(PICTURES, field.label, element, field.hint)
        case Pick():
            return _field(field.id, field.label, _menu(field.choices), field.hint, is_optional=not field.is_required)
        case More():
            return _more(field)
        case Option():
            return _option(field)


def _begun(block: Json, known: Known) -> Json:
    """Return a block of a form with what is known of its task."""
    element: Json = {}
    match block.get("block_id"):
        case name if name == PROMPT and known.draft is not None and known.draft.prompt:
            element = {"initial_value": cut(clusters(known.draft.prompt), LONGEST_PROMPT)}
        case name if name == MORE and known.draft is not None:
            element = {"initial_value": typed_options(known.draft.options)}
        case name if name == FORMAT and known.offers:
            element = {"options": [_offer(one) for one in known.offers[: limits.OPTIONS]]}
    return {**block, "element": {**block["element"], **element}} if element else block


def _offer(offer: FormatOffer) -> Json:
    return {
        "text": blocks.plain_text(offer_label(offer), limits.OPTION_TEXT),
        "description": blocks.plain_text(offer_details(offer), limits.OPTION_TEXT),
        "value": offer.name,
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


def _more(field: More) -> Json:
    examples = blocks.plain_text(" ".join(field.examples), limits.PLACEHOLDER)
    element = {"type": "plain_text_input", "placeholder": examples}
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


_PLACE = ("channel", "thread", "choice", "task")
_SHOWN = tuple(option for option in OPTIONS if option.is_common)[:FORM_OPTIONS]
_PICKED = tuple(dict.fromkeys((*(option.name for option in _SHOWN), FORMAT, STRENGTH)))
