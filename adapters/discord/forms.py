"""The forms: that of `/rodin new`, and those behind the buttons that want words.

A form has to be the very first answer to a click, so it is made of what is known without asking the database: which
task it is about stands in its id. discord.py forgets forms when it restarts, so what is sent in is read from the
interaction itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord import limits, words
from adapters.discord.asked import Asked
from bot.catalog import (
    FORMATS,
    LONGEST_PROMPT,
    MOST_PICTURES,
    OPTIONS_BY_NAME,
    PRESETS,
    SPLIT_CHOICES,
    TEXTURE_CHOICES,
    TIERS,
)
from bot.remakes import LEAST_STRENGTH, MOST_STRENGTH, STRENGTH, USUAL_STRENGTH

FORM_ID = "rodin:new"

PROMPT, PICTURES, PRESET, TIER, MORE = "prompt", "pictures", "preset", "tier", "more"
FORMAT, WHERE = "format", "where"
"""The forms' fields, by the ids under which they come back."""

PICKED_OPTIONS = (PRESET, TIER, FORMAT, STRENGTH)
"""Fields that are options of Rodin's by themselves."""

JOIN, REPLACE = "join", "replace"
"""Where new pictures of a variation go."""

LONGEST_MORE = 400

Field = discord.ui.Label[discord.ui.Modal] | discord.ui.TextDisplay[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form: what stands above it, and what makes its fields anew for everybody who opens it."""

    title: str
    fields: Callable[[], Iterable[Field]]


def opened(form: Form, custom_id: str) -> discord.ui.Modal:
    """Return a form for one person to fill in. It needs nothing that would have to be fetched first."""
    modal = discord.ui.Modal(title=form.title, custom_id=custom_id, timeout=None)
    for field in form.fields():
        modal.add_item(field)
    modal.stop()  # nobody listens to this very form: what is sent in comes by its id
    return modal


def new_form() -> discord.ui.Modal:
    """Return the form of a new model."""
    return opened(NEW, FORM_ID)


def is_sent_in(interaction: discord.Interaction[Any]) -> bool:
    """Say whether a form was sent in."""
    return interaction.type is discord.InteractionType.modal_submit


def is_form(interaction: discord.Interaction[Any]) -> bool:
    """Say whether the form of a new model was sent in."""
    return is_sent_in(interaction) and interaction.custom_id == FORM_ID


def read_form(interaction: discord.Interaction[Any]) -> Asked:
    """Return what a person filled in. Fields left empty, or missing in an older form, are not asked for."""
    data: Mapping[str, Any] = interaction.data or {}
    fields = dict(_filled_in(data.get("components", ())))
    resolved: Mapping[str, Any] = data.get("resolved", {}).get("attachments", {})
    uploads = [resolved[one] for one in fields.get(PICTURES, ()) if one in resolved]
    return Asked(
        prompt=_first(fields, PROMPT),
        attachments=tuple(discord.Attachment(data=one, state=interaction._state) for one in uploads),
        options={name: fields[name][0] for name in PICKED_OPTIONS if fields.get(name)},
        typed=_first(fields, MORE),
        keeps_pictures=_first(fields, WHERE) == JOIN,
    )


def _new_fields() -> Iterator[Field]:
    yield _text(PROMPT, "What should it be?")
    yield _pictures("Up to five; the first one leads. Words, pictures or both.")
    yield _option_menu(PRESET, {name: preset.summary for name, preset in PRESETS.items()})
    yield _option_menu(TIER, {name: TIERS[name].purpose for name in OPTIONS_BY_NAME[TIER].choices})
    yield _more("--format fbx --faces 20k --pose")


def _variation_fields() -> Iterator[Field]:
    yield discord.ui.TextDisplay(words.about_variation())
    yield _text(PROMPT, "What should it be now?", hint="leave empty to keep the words")
    yield _pictures("Up to five; without any, the earlier ones stay.")
    places = {REPLACE: "Take the place of the earlier ones", JOIN: "Join the earlier ones"}
    picks = [discord.SelectOption(label=what, value=name, default=name == REPLACE) for name, what in places.items()]
    yield _menu(WHERE, "New pictures", picks)
    yield _more("--tier high --faces 20k --seed 7")


def _format_fields() -> Iterator[Field]:
    yield discord.ui.TextDisplay(words.about_format())
    picks = [discord.SelectOption(label=name, value=name) for name in FORMATS]
    yield _menu(FORMAT, "File format", picks, description=OPTIONS_BY_NAME[FORMAT].summary, is_required=True)


def _retexture_fields() -> Iterator[Field]:
    yield discord.ui.TextDisplay(words.about_remake())
    yield _text(PROMPT, "How should it look?", hint="such as: weathered copper with green patina")
    yield _pictures("Shows how it should look, and says more than words.", most=1)
    yield _more(_switches(TEXTURE_CHOICES))


def _split_fields() -> Iterator[Field]:
    yield discord.ui.TextDisplay(words.about_remake())
    picks = [discord.SelectOption(label=str(n), value=str(n)) for n in range(LEAST_STRENGTH, MOST_STRENGTH + 1)]
    summary = f"More gives more parts; {USUAL_STRENGTH} unless you choose."
    yield _menu(STRENGTH, "Strength", picks, description=summary)
    yield _text(PROMPT, "Or say how to split it", hint="such as: the wheels apart from the body")
    yield _more(_switches(name for name in SPLIT_CHOICES if name != STRENGTH))


NEW = Form(title="New 3D model", fields=_new_fields)
VARIATION = Form(title="Variation", fields=_variation_fields)
OTHER_FORMAT = Form(title="Other file format", fields=_format_fields)
RETEXTURE = Form(title="New texture", fields=_retexture_fields)
SPLIT = Form(title="Split into parts", fields=_split_fields)


def _text(name: str, label: str, *, hint: str | None = None) -> Field:
    """Return a field for words that may stay empty."""
    component = discord.ui.TextInput[discord.ui.Modal](
        custom_id=name,
        style=discord.TextStyle.paragraph,
        required=False,
        placeholder=hint,
        max_length=LONGEST_PROMPT,
    )
    return discord.ui.Label(text=label, component=component)


def _pictures(description: str, *, most: int = MOST_PICTURES) -> Field:
    return discord.ui.Label(
        text="Pictures" if most > 1 else "Picture",
        description=description,
        component=discord.ui.FileUpload(custom_id=PICTURES, required=False, min_values=0, max_values=most),
    )


def _more(example: str) -> Field:
    return discord.ui.Label(
        text="More options",
        description=f"As you would type them: {example}",
        component=discord.ui.TextInput(custom_id=MORE, required=False, max_length=LONGEST_MORE),
    )


def _switches(names: Iterable[str]) -> str:
    return ", ".join(f"--{name}" for name in names)


def _option_menu(name: str, values: Mapping[str, str]) -> Field:
    """Return a menu of an option's values, each with what it is for."""
    picks = [
        discord.SelectOption(label=value, value=value, description=limits.plain(what, limits.FIELD_HINT))
        for value, what in values.items()
    ]
    return _menu(name, name.capitalize(), picks, description=OPTIONS_BY_NAME[name].summary)


def _menu(
    name: str,
    label: str,
    picks: Sequence[discord.SelectOption],
    *,
    description: str | None = None,
    is_required: bool = False,
) -> Field:
    return discord.ui.Label(
        text=label,
        description=None if description is None else limits.plain(description, limits.FIELD_HINT),
        component=discord.ui.Select(
            custom_id=name,
            options=list(picks[: limits.CHOICES]),
            required=is_required,
            min_values=int(is_required),
            max_values=1,
        ),
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
