"""The form: within Discord's limits, and read from whatever comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import discord

from adapters.discord.forms import FORM_ID, is_form, new_form, read_form


@dataclass
class SentIn:
    """What the form's reader looks at of an interaction."""

    data: dict[str, Any]
    custom_id: str = FORM_ID
    type: discord.InteractionType = discord.InteractionType.modal_submit
    _state: Any = field(default_factory=lambda: SimpleNamespace(http=None))


def a_label(component: dict[str, Any]) -> dict[str, Any]:
    return {"type": 18, "id": 1, "component": component}


async def test_the_form_keeps_discords_limits():
    form = new_form().to_dict()

    labels = form["components"]
    assert len(form["title"]) <= 45
    assert 1 <= len(labels) <= 5
    assert all(len(label["label"]) <= 45 and len(label.get("description") or "") <= 100 for label in labels)
    for label in labels:
        options = label["component"].get("options", [])
        assert len(options) <= 25
        assert all(len(option["label"]) <= 100 and len(option["description"]) <= 100 for option in options)


async def test_nobody_keeps_forms_that_are_never_sent_in():
    assert new_form().is_finished()


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


def test_only_our_form_is_ours():
    assert is_form(SentIn(data={}))
    assert not is_form(SentIn(data={}, custom_id="other"))
    assert not is_form(SentIn(data={}, type=discord.InteractionType.component))
