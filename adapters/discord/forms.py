"""The forms: that of `/rodin new`, and those behind the buttons that want words.

A form has to be the very first answer to a click, so it is made of what is known without asking the database: which
task it is about stands in its id. discord.py forgets forms when it restarts, so what is sent in is read from the
interaction itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from adapters.discord import limits
from adapters.discord.asked import Asked
from bot import questions, words_chat
from bot.catalog import LONGEST_PROMPT, OPTIONS_BY_NAME, PRESETS, TIERS, Option
from bot.chat import FormatOffer
from bot.cutting import plain
from bot.questions import FORMAT, JOIN, MORE, PICTURES, PROMPT, WHERE, Field, Form, More, Pick, Pictures, Words
from bot.remakes import STRENGTH
from bot.words_convert import offer_label

FORM_ID = "rodin:new"
KEY_ID = "rodin:key"
KEY_FIELD = "key"

PRESET, TIER = "preset", "tier"

PICKED_OPTIONS = (PRESET, TIER, FORMAT, STRENGTH)
"""Fields that are options of Rodin's by themselves."""

LONGEST_MORE = 400
LONGEST_KEY = 400
"""More than any of Rodin's keys has."""

SHOWN_OPTIONS = (PRESET, TIER)
"""Options with a menu in the form of a new model: a form has five fields. Source: Discord developer docs, Modal."""

Part = discord.ui.Label[discord.ui.Modal] | discord.ui.TextDisplay[Any]


def opened(form: Form, custom_id: str, offers: Sequence[FormatOffer] = ()) -> discord.ui.Modal:
    """Return a form for one person to fill in. It needs nothing that would have to be fetched first.

    `offers` are the formats that there are, where they are known.
    """
    modal = discord.ui.Modal(title=form.title, custom_id=custom_id, timeout=None)
    if form.about:
        modal.add_item(discord.ui.TextDisplay(form.about))
    for one in form.fields:
        if isinstance(one, Pick) and one.id == FORMAT and offers:
            modal.add_item(_offered(one, offers))
        else:
            modal.add_item(_part(one))
    modal.stop()  # nobody listens to this very form: what is sent in comes by its id
    return modal


def new_form() -> discord.ui.Modal:
    """Return the form of a new model."""
    options = (OPTIONS_BY_NAME[name] for name in SHOWN_OPTIONS)
    return opened(questions.new_form(options, more=("--format fbx", "--faces 20k", "--pose")), FORM_ID)


def key_form() -> discord.ui.Modal:
    """Return the form into which an admin types a server's own key. Nothing of it is ever filled in before."""
    modal = discord.ui.Modal(title=words_chat.KEY_TITLE, custom_id=KEY_ID, timeout=None)
    modal.add_item(discord.ui.TextDisplay(words_chat.about_key()))
    component = discord.ui.TextInput[discord.ui.Modal](custom_id=KEY_FIELD, max_length=LONGEST_KEY)
    modal.add_item(discord.ui.Label(text=words_chat.KEY_LABEL, description=words_chat.key_hint(), component=component))
    modal.stop()
    return modal


def is_sent_in(interaction: discord.Interaction[Any]) -> bool:
    """Say whether a form was sent in."""
    return interaction.type is discord.InteractionType.modal_submit


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


def read_key(interaction: discord.Interaction[Any]) -> str:
    """Return what was typed as a key: a secret, for nobody's eyes and no log."""
    data: Mapping[str, Any] = interaction.data or {}
    return _first(dict(_filled_in(data.get("components", ()))), KEY_FIELD).strip()


def _part(field: Field) -> Part:
    match field:
        case Words():
            return _text(field)
        case Pictures():
            return _upload(field)
        case Pick():
            return _pick(field)
        case More():
            return _more(field)
        case Option():
            return _option(field)


def _text(field: Words) -> Part:
    component = discord.ui.TextInput[discord.ui.Modal](
        custom_id=PROMPT,
        style=discord.TextStyle.paragraph,
        required=False,
        placeholder=plain(field.hint, limits.FIELD_HINT),
        max_length=LONGEST_PROMPT,
    )
    return discord.ui.Label(text=field.label, component=component)


def _upload(field: Pictures) -> Part:
    component = discord.ui.FileUpload[discord.ui.Modal](
        custom_id=PICTURES, required=False, min_values=0, max_values=field.most
    )
    return discord.ui.Label(text=field.label, description=plain(field.hint, limits.FIELD_HINT), component=component)


def _more(field: More) -> Part:
    description = plain(f"As you would type them: {' '.join(field.examples)}", limits.FIELD_HINT)
    component = discord.ui.TextInput[discord.ui.Modal](custom_id=MORE, required=False, max_length=LONGEST_MORE)
    return discord.ui.Label(text="More options", description=description, component=component)


def _pick(field: Pick) -> Part:
    """Return a menu; what counts when nothing is picked is picked already."""
    picks = [
        discord.SelectOption(label=label, value=value, default=value == field.usual)
        for value, label in field.choices.items()
    ]
    hint = "" if field.usual else field.hint
    return _menu(field.id, field.label, picks, hint=hint, is_required=field.is_required)


def _offered(field: Pick, offers: Sequence[FormatOffer]) -> Part:
    """Return a menu of formats, each with what it costs and loses."""
    picks = [
        discord.SelectOption(
            label=plain(offer_label(one), limits.CHOICE_NAME),
            value=one.name,
            description=plain(one.sentence, limits.FIELD_HINT),
        )
        for one in offers
    ]
    return _menu(field.id, field.label, picks, hint=field.hint, is_required=field.is_required)


def _option(option: Option) -> Part:
    """Return a menu of an option's values, each with what it is for."""
    picks = [
        discord.SelectOption(label=value, value=value, description=plain(_purpose(option, value), limits.FIELD_HINT))
        for value in option.choices
    ]
    return _menu(option.name, option.title.capitalize(), picks, hint=option.summary)


def _purpose(option: Option, value: str) -> str:
    return PRESETS[value].summary if option.name == PRESET else TIERS[value].purpose


def _menu(
    name: str, label: str, picks: Sequence[discord.SelectOption], *, hint: str, is_required: bool = False
) -> Part:
    component = discord.ui.Select[discord.ui.Modal](
        custom_id=name,
        options=list(picks[: limits.CHOICES]),
        required=is_required,
        min_values=int(is_required),
        max_values=1,
    )
    return discord.ui.Label(text=label, description=plain(hint, limits.FIELD_HINT) or None, component=component)


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
