"""How a person fills in a form. Source: Discord docs, Component Reference; Interactions, Modal Submit Data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.emulators.discord.answers import Modal
from tests.emulators.discord.commands import Filling, Impossible
from tests.emulators.discord.model import SELECTS, Json, Part, Upload, children

_MISSING = object()


def filled(modal: Modal, values: Mapping[str, Any], filling: Filling) -> list[Json]:
    """The components of a submission; what is not named keeps what the bot filled in before.

    Raises:
        Impossible: a name is unknown, a required input is empty, or a value does not fit.
    """
    fields = modal.fields
    left = dict(values)
    given: dict[str, Any] = {}
    for label, part in fields.items():
        for name in (label, part["custom_id"]):
            if name in left:
                given[part["custom_id"]] = left.pop(name)
    if left:
        raise Impossible(f"the form has {list(fields)}, not {list(left)}")
    return [_submitted(part, fields, given, filling) for part in modal.body["components"]]


def _submitted(part: Json, fields: Mapping[str, Json], given: Mapping[str, Any], filling: Filling) -> Json:
    if part["type"] == Part.TEXT:
        return {"type": int(Part.TEXT), "id": part["id"]}
    labels = {each["custom_id"]: label for label, each in fields.items()}
    inner = [
        _input(each, labels[each["custom_id"]], given.get(each["custom_id"], _MISSING), filling)
        for each in children(part)
    ]
    body: Json = {"component": inner[0]} if part["type"] == Part.LABEL else {"components": inner}
    return {"type": part["type"], "id": part["id"]} | body


def _input(part: Json, label: str, value: Any, filling: Filling) -> Json:
    made: Json = {"type": part["type"], "id": part["id"], "custom_id": part["custom_id"]}
    kind = part["type"]
    if kind == Part.TEXT_INPUT:
        return made | {"value": _words(part, label, part.get("value", "") if value is _MISSING else value)}
    if kind == Part.CHECKBOX:
        return made | {"value": bool(part.get("default", False) if value is _MISSING else value)}
    if kind == Part.FILE_UPLOAD:
        uploads = [] if value is _MISSING else list(value)
        if not all(isinstance(each, Upload) for each in uploads):
            raise Impossible(f"{label!r} takes uploads")
        _count(part, label, len(uploads))
        return made | {"values": [filling.upload(each) for each in uploads]}
    picked = _picked(part, label, value)
    if kind == Part.RADIO_GROUP:
        return made | {"value": picked[0] if picked else None}
    return made | {"values": picked}


def _words(part: Json, label: str, value: Any) -> str:
    if not value and not part.get("required", True):
        return ""
    least, most = max(part.get("min_length", 0), 1), part.get("max_length", 4000)
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise Impossible(f"{label!r} takes {least} to {most} characters")
    return value


def _picked(part: Json, label: str, value: Any) -> list[str]:
    if part["type"] in SELECTS and part["type"] != Part.STRING_SELECT:
        raise Impossible(f"{label!r}: only string selects are emulated in forms")
    options = part["options"]
    if value is _MISSING:
        picked = [each["value"] for each in options if each.get("default")]
    else:
        picked = [_value(options, label, each) for each in ([value] if isinstance(value, str) else value)]
    _count(part, label, len(picked))
    return picked


def _value(options: list[Json], label: str, wanted: str) -> str:
    for option in options:
        if wanted in (option["label"], option["value"]):
            return str(option["value"])
    raise Impossible(f"{label!r} offers {[each['label'] for each in options]}, not {wanted!r}")


def _count(part: Json, label: str, number: int) -> None:
    required = part.get("required", True)
    if number == 0 and not required:
        return
    least = max(part.get("min_values", 1), 1 if required else 0)
    most = part.get("max_values", len(part.get("options", [])) if part["type"] == Part.CHECKBOX_GROUP else 1)
    if not least <= number <= most:
        raise Impossible(f"{label!r} takes {least} to {most}, not {number}")
