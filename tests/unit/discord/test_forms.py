"""The form: within Discord's limits, and read from whatever comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from adapters.discord.affairs import FORGET_ID
from adapters.discord.asked import Asked
from adapters.discord.buttons import TEMPLATE, form_of
from adapters.discord.forms import FORM_ID, KEY_ID, key_form, new_form, opened, read_form, read_key
from bot.questions import FORMS
from bot.update import Choice

LABEL = 18
"""Source: Discord developer docs, Component Reference."""

LONGEST_ID = f"rodin:{'a' * 20}:{'b' * 40}"

EVERY_FORM: dict[str, Callable[[], discord.ui.Modal]] = {
    "new": new_form,
    "key": key_form,
    **{choice.value: partial(opened, form, LONGEST_ID) for choice, form in FORMS.items()},
}
every_form = pytest.mark.parametrize("form", EVERY_FORM.values(), ids=EVERY_FORM.keys())


@dataclass
class SentIn:
    """What the form's reader looks at of an interaction."""

    data: dict[str, Any]
    custom_id: str = FORM_ID
    type: discord.InteractionType = discord.InteractionType.modal_submit
    _state: Any = field(default_factory=lambda: SimpleNamespace(http=None))


def a_label(component: dict[str, Any]) -> dict[str, Any]:
    return {"type": 18, "id": 1, "component": component}


@every_form
async def test_a_form_keeps_discords_limits(form: Callable[[], discord.ui.Modal]):
    modal = form().to_dict()

    parts = modal["components"]
    labels = [part for part in parts if part["type"] == LABEL]
    assert len(modal["title"]) <= 45
    assert len(modal["custom_id"]) <= 100
    assert 1 <= len(parts) <= 5
    assert all(len(label["label"]) <= 45 and len(label.get("description") or "") <= 100 for label in labels)
    for part in (label["component"] for label in labels):
        options = part.get("options", [])
        assert len(part.get("placeholder") or "") <= 100
        assert len(options) <= 25
        assert all(len(option["label"]) <= 100 and len(option.get("description") or "") <= 100 for option in options)


@every_form
async def test_nobody_keeps_forms_that_are_never_sent_in(form: Callable[[], discord.ui.Modal]):
    assert form().is_finished()


@every_form
async def test_a_form_left_as_it_opens_asks_for_nothing(form: Callable[[], discord.ui.Modal]):
    parts = form().to_dict()["components"]
    fields = [part["component"] for part in parts if part["type"] == LABEL and not part["component"].get("required")]
    filled = [
        {**field, "values": [one["value"] for one in field.get("options", ()) if one["default"]]} for field in fields
    ]

    asked = read_form(SentIn(data={"components": [a_label(field) for field in filled]}))

    assert asked == Asked()


async def test_a_click_opens_the_form_that_names_its_task():
    forms = {choice: form_of(choice, "ab2c3de") for choice in Choice}

    found = {form.custom_id for form in forms.values() if form is not None}
    assert found == {f"rodin:{choice}:ab2c3de" for choice in Choice if choice.wants_words}
    assert form_of("paint", "ab2c3de") is None


def test_words_and_picks_are_read():
    sent = SentIn(
        data={
            "custom_id": FORM_ID,
            "components": [
                a_label({"type": 4, "custom_id": "prompt", "value": "an owl"}),
                a_label({"type": 3, "custom_id": "preset", "values": ["print"]}),
                a_label({"type": 3, "custom_id": "tier", "values": []}),
                a_label({"type": 4, "custom_id": "more", "value": "--seed 7"}),
            ],
        }
    )

    asked = read_form(sent)

    assert (asked.prompt, asked.options, asked.typed) == ("an owl", {"preset": "print"}, "--seed 7")


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("format", "fbx", Asked(options={"format": "fbx"})),
        ("strength", "12", Asked(options={"strength": "12"})),
        ("where", "join", Asked(keeps_pictures=True)),
        ("where", "replace", Asked()),
        ("where", "elsewhere", Asked()),
    ],
)
def test_picks_of_the_forms_behind_buttons_are_read(field: str, value: str, wanted: Asked):
    picked = a_label({"type": 3, "custom_id": field, "values": [value]})

    assert read_form(SentIn(data={"components": [picked]})) == wanted


def test_uploads_are_read_in_their_order_and_missing_ones_left_out():
    files = {str(n): {"id": str(n), "filename": f"{n}.png", "size": n, "url": "u", "proxy_url": "p"} for n in (1, 2)}
    upload = a_label({"type": 19, "custom_id": "pictures", "values": ["2", "9", "1"]})
    sent = SentIn(data={"components": [upload], "resolved": {"attachments": files}})

    assert [one.filename for one in read_form(sent).attachments] == ["2.png", "1.png"]


def test_a_form_of_another_version_is_read_as_far_as_it_goes():
    row = {"type": 1, "components": [{"type": 4, "custom_id": "prompt", "value": "an owl"}]}
    sent = SentIn(data={"components": [row, a_label({"type": 4, "custom_id": "unheard", "value": "x"})]})

    asked = read_form(sent)

    assert (asked.prompt, asked.options, asked.typed) == ("an owl", {}, "")


def test_a_key_is_read_from_its_own_field_without_the_blanks_that_copying_adds():
    typed = a_label({"type": 4, "custom_id": "key", "value": "  vsk-abc \n"})

    assert read_key(SentIn(data={"components": [typed]})) == "vsk-abc"
    assert read_key(SentIn(data={"components": []})) == ""


async def test_nothing_of_a_key_is_filled_in_before():
    [field] = [part["component"] for part in key_form().to_dict()["components"] if part["type"] == LABEL]

    assert not field.get("value")


@pytest.mark.parametrize("custom_id", [FORM_ID, KEY_ID, FORGET_ID])
def test_what_is_about_no_task_is_mistaken_for_nothing_about_one(custom_id: str):
    assert re.fullmatch(TEMPLATE, custom_id) is None
