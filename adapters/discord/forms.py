"""The form of `/rodin new`: pictures to upload, words, and the choices that matter most.

discord.py forgets forms when it restarts, so what is sent in is read from the interaction itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import discord

from adapters.discord import limits
from adapters.discord.desk import Asked
from bot.catalog import LONGEST_PROMPT, MOST_PICTURES, OPTIONS_BY_NAME, PRESETS, TIERS

FORM_ID = "rodin:new"

PROMPT, PICTURES, PRESET, TIER, MORE = "prompt", "pictures", "preset", "tier", "more"
"""The form's fields, by the ids under which they come back."""

LONGEST_MORE = 400
LONGEST_FIELD_LABEL = 45
LONGEST_FIELD_HINT = 100


def new_form() -> discord.ui.Modal:
    """Return the form. It needs nothing that would have to be fetched first."""
    form = discord.ui.Modal(title="New 3D model", custom_id=FORM_ID, timeout=None)
    for field in _fields():
        form.add_item(field)
    form.stop()  # nobody listens to this very form: see `is_form`
    return form


def is_form(interaction: discord.Interaction[Any]) -> bool:
    """Say whether our form was sent in."""
    return interaction.type is discord.InteractionType.modal_submit and interaction.custom_id == FORM_ID


def read_form(interaction: discord.Interaction[Any]) -> Asked:
    """Return what a person filled in. Fields left empty, or missing in an older form, are not asked for."""
    data: Mapping[str, Any] = interaction.data or {}
    fields = dict(_filled_in(data.get("components", ())))
    resolved: Mapping[str, Any] = data.get("resolved", {}).get("attachments", {})
    uploads = [resolved[one] for one in fields.get(PICTURES, ()) if one in resolved]
    options = {name: fields[name][0] for name in (PRESET, TIER) if fields.get(name)}
    return Asked(
        prompt=_first(fields, PROMPT),
        attachments=[discord.Attachment(data=one, state=interaction._state) for one in uploads],
        options=options,
        typed=_first(fields, MORE),
    )


def _fields() -> Iterator[discord.ui.Label[discord.ui.Modal]]:
    yield discord.ui.Label(
        text="What should it be?",
        component=discord.ui.TextInput(
            custom_id=PROMPT, style=discord.TextStyle.paragraph, required=False, max_length=LONGEST_PROMPT
        ),
    )
    yield discord.ui.Label(
        text="Pictures",
        description="Up to five; the first one leads. Words, pictures or both.",
        component=discord.ui.FileUpload(custom_id=PICTURES, required=False, min_values=0, max_values=MOST_PICTURES),
    )
    yield _menu(PRESET, {name: preset.summary for name, preset in PRESETS.items()})
    yield _menu(TIER, {name: TIERS[name].purpose for name in OPTIONS_BY_NAME[TIER].choices})
    yield discord.ui.Label(
        text="More options",
        description="As you would type them: --format fbx --faces 20k --pose",
        component=discord.ui.TextInput(custom_id=MORE, required=False, max_length=LONGEST_MORE),
    )


def _menu(name: str, values: Mapping[str, str]) -> discord.ui.Label[discord.ui.Modal]:
    options = [
        discord.SelectOption(label=value, value=value, description=limits.plain(what, LONGEST_FIELD_HINT))
        for value, what in list(values.items())[: limits.CHOICES]
    ]
    return discord.ui.Label(
        text=name.capitalize(),
        description=limits.plain(OPTIONS_BY_NAME[name].summary, LONGEST_FIELD_HINT),
        component=discord.ui.Select(custom_id=name, options=options, required=False, min_values=0, max_values=1),
    )


def _filled_in(components: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each field's id and what was put in: words, picks, or ids of uploads."""
    for row in components:
        inner = row.get("component")
        yield from _filled_in(row.get("components", ()) if inner is None else (inner,))
        if "custom_id" in row:
            values = row.get("values") or ([row["value"]] if row.get("value") else [])
            yield row["custom_id"], tuple(map(str, values))


def _first(fields: Mapping[str, tuple[str, ...]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")
