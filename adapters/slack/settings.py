"""A workspace's settings on Slack: as an answer, as forms, and as typed words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adapters.slack import blocks, limits, words
from adapters.slack.blocks import Json
from adapters.slack.drafts import Draft
from adapters.slack.people import Group
from bot import words_chat
from bot.cutting import plain, size_of
from bot.errors import UserMistake
from bot.policy import MOST_NAMED, Grant, RightSetting, ServerSettings
from bot.typed import EVERYONE, NOBODY_BESIDES, about_right
from bot.words_policy import to_whom

PREFIX = "settings:"
"""How the ids of the buttons below the settings begin."""

KEY_FORM, RIGHT_FORM = "settings:key", "settings:right"
"""Callbacks of the forms."""

KEY, RIGHT, WHO, NAMED, GROUPS = "key", "right", "who", "people", "groups"
"""Ids of fields."""


LONGEST_NAME = 150
MOST_SHOWN = 20
"""How many people and groups are named of one right."""

MOST_PARAGRAPHS = 3
"""How many paragraphs of rights find room in a message beside all else."""


class Act(StrEnum):
    """What the buttons below the settings do."""

    RIGHT = "right"
    KEY = "key"
    REMOVE_KEY = "remove_key"


class Who(StrEnum):
    """To whom the form gives a right."""

    EVERYONE = "everyone"
    NAMED = "named"
    ADMINS = "admins"
    UNASKED = "unasked"


WHO_LABELS: Mapping[Who, str] = {
    Who.EVERYONE: "Everyone",
    Who.NAMED: "Those named below, and admins",
    Who.ADMINS: "Admins only",
    Who.UNASKED: "As it is unless you say otherwise",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RightChange:
    """What a form or a typed line wants done with a right; without a grant it is given as it is unasked."""

    right: str
    grant: Grant | None


def settings_draft(settings: ServerSettings) -> Draft:
    """Return how a workspace is set up, with what can be changed. For the eyes of one admin."""
    listed = [one for one in settings.rights if not one.is_default or not one.right.name]
    rows = [f"{limits.escaped(_named(one), LONGEST_NAME)}: {_mentioned(one.grant)}" for one in listed]
    if len(listed) < len(settings.rights):
        rows.append(limits.escaped(words.other_rights(), limits.SECTION))
    shown = (
        blocks.header(words.SETTINGS_TITLE),
        blocks.paragraph([settings.key, settings.notice]),
        *map(blocks.marked_paragraph, _paragraphs(rows)),
        blocks.buttons(_buttons()),
        blocks.footnote([words.settings_by_words()]),
    )
    return Draft(text=words.SETTINGS_TITLE, blocks=shown)


def key_view(channel: str) -> Json:
    """Return the form for a key. What is typed there goes to the core and nowhere else."""
    field = _input(KEY, words_chat.KEY_LABEL, {"type": "plain_text_input"}, hint=words_chat.key_hint())
    about = blocks.paragraph([words_chat.about_key()])
    return _modal(KEY_FORM, words_chat.KEY_TITLE, channel, [about, field])


def right_view(channel: str, settings: ServerSettings, groups: Mapping[str, Group]) -> Json:
    """Return the form that gives a right to somebody. Of very many rights or groups, words reach the others."""
    rights = [_entry(_named(one), str(one.right), _counted(one.grant)) for one in settings.rights]
    who = [_entry(label, value) for value, label in WHO_LABELS.items()]
    people = {"type": "multi_users_select", "max_selected_items": MOST_NAMED}
    shown = [
        _input(RIGHT, "What", {"type": "static_select", "options": rights[: limits.OPTIONS]}),
        _input(WHO, "Who may", {"type": "radio_buttons", "options": who}),
        _input(NAMED, "People", people, is_optional=True),
    ]
    if groups:
        entries = [_entry(f"@{one.handle}", name) for name, one in groups.items()][: limits.OPTIONS]
        menu = {"type": "multi_static_select", "options": entries}
        shown.append(_input(GROUPS, "User groups", menu, is_optional=True))
    return _modal(RIGHT_FORM, words.RIGHTS_TITLE, channel, shown)


def read_key(view: Mapping[str, Any]) -> str:
    """Return the key that was typed into its form. It is a secret."""
    return str(_field(view, KEY).get("value") or "").strip()


def read_right_form(view: Mapping[str, Any]) -> RightChange:
    """Read the form for a right.

    Raises:
        UserMistake: people were to be named, and nobody is.
    """
    right = str((_field(view, RIGHT).get("selected_option") or {}).get("value") or "")
    who = str((_field(view, WHO).get("selected_option") or {}).get("value") or "")
    groups = [str(one.get("value")) for one in _field(view, GROUPS).get("selected_options") or ()]
    people = [str(one) for one in _field(view, NAMED).get("selected_users") or ()]
    if not right or who not in set(Who):
        raise UserMistake(words_chat.no_longer())
    if who == Who.UNASKED:
        return RightChange(right=right, grant=None)
    if who == Who.NAMED and not (groups or people):
        raise UserMistake(words.nobody_named())
    named = Grant(roles=frozenset(groups), people=frozenset(people))
    return RightChange(right=right, grant={Who.EVERYONE: Grant(everyone=True), Who.NAMED: named}.get(Who(who), Grant()))


def opened_in(view: Mapping[str, Any]) -> str:
    """Return the channel in which one of these forms was opened."""
    return str(view.get("private_metadata") or "")


def after_settings(line: str) -> str:
    """Return what follows the word `settings` in a command, as Slack sent it."""
    found = _SETTINGS.search(line)
    return line[found.end() :].strip() if found else ""


def read_allow(line: str, groups: Mapping[str, Group]) -> RightChange:
    """Read `RIGHT WHO…` as it follows `settings allow`: mentions of people and groups, `everyone`, or `admins`.

    Raises:
        UserMistake: nobody is named, or somebody whom Slack has not marked as a person or a group.
    """
    about = about_right(line)
    if not about.rest:
        raise UserMistake(words.allow_whom())
    handles = {group.handle.lower(): name for name, group in groups.items()}
    grant = Grant()
    for word in _WHO.findall(about.rest):
        grant = _joined(grant, _granted(word, handles))
    return RightChange(right=about.right, grant=grant)


_SETTINGS = re.compile(r"\bsettings\b", re.IGNORECASE)
_WHO = re.compile(r"<[^<>]*>|[^\s,<>]+")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>")
_EVERYONE = EVERYONE | {"<!everyone>"}


def _granted(word: str, handles: Mapping[str, str]) -> Grant:
    """Return what one word of a list of people means."""
    bare = word.lower().removeprefix("@")
    if (person := _PERSON.fullmatch(word)) is not None:
        return Grant(people=frozenset({person[1]}))
    if (group := _GROUP.fullmatch(word)) is not None:
        return Grant(roles=frozenset({group[1]}))
    if bare in _EVERYONE:
        return Grant(everyone=True)
    if bare in handles:
        return Grant(roles=frozenset({handles[bare]}))
    if bare in NOBODY_BESIDES:
        return Grant()
    raise UserMistake(words.unknown_person(plain(word.strip("<>"), limits.OPTION_TEXT)))


def _joined(one: Grant, other: Grant) -> Grant:
    return Grant(
        everyone=one.everyone or other.everyone, roles=one.roles | other.roles, people=one.people | other.people
    )


def _named(one: RightSetting) -> str:
    """Return a right as a person reads and types it."""
    return f"{one.sentence} ({one.right})"


def _mentioned(grant: Grant) -> str:
    """Return to whom a right is given, in Slack's markup: in an answer for one person's eyes nobody is notified."""
    roles = sorted(grant.roles)[:MOST_SHOWN]
    people = sorted(grant.people)[: MOST_SHOWN - len(roles)]
    few = Grant(everyone=grant.everyone, roles=frozenset(roles), people=frozenset(people))
    hidden = len(grant.roles) + len(grant.people) - len(roles) - len(people)
    said = to_whom(few, role=lambda name: _mention("!subteam^", name), person=lambda name: _mention("@", name))
    return f"{said} ({hidden} more)" if hidden else said


def _mention(kind: str, name: str) -> str:
    return f"<{kind}{name}>" if name.isalnum() else limits.escaped(name, limits.OPTION_TEXT)


def _paragraphs(rows: Sequence[str]) -> Iterator[str]:
    """Give rows in paragraphs that are short enough, as many as a message has room for."""
    kept: list[str] = []
    room = MOST_PARAGRAPHS
    for row in rows:
        if kept and size_of("\n".join([*kept, row])) > limits.SECTION:
            yield "\n".join(kept)
            kept, room = [], room - 1
        if not room:
            return
        kept.append(row)
    yield "\n".join(kept)


def _counted(grant: Grant) -> str:
    """Return the same for a place without markup."""
    if grant.everyone:
        return "Everyone"
    return "Admins, and others" if grant.roles or grant.people else "Admins only"


def _buttons() -> list[Json]:
    confirm = {
        "title": blocks.plain_text("Remove the key?", limits.CONFIRM_TITLE),
        "text": blocks.plain_text(words.remove_key_question(), limits.CONFIRM_TEXT),
        "confirm": blocks.plain_text("Remove it", limits.CONFIRM_BUTTON),
        "deny": blocks.plain_text("Keep it", limits.CONFIRM_BUTTON),
    }
    remove = blocks.button("Remove the key", action=f"{PREFIX}{Act.REMOVE_KEY}", style="danger")
    return [
        blocks.button("Who may do what…", action=f"{PREFIX}{Act.RIGHT}"),
        blocks.button("Rodin key…", action=f"{PREFIX}{Act.KEY}"),
        {**remove, "confirm": confirm},
    ]


def _modal(callback: str, title: str, channel: str, shown: Sequence[Json]) -> Json:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": blocks.plain_text(title, limits.VIEW_TITLE),
        "submit": blocks.plain_text("Save", limits.VIEW_TITLE),
        "close": blocks.plain_text("Cancel", limits.VIEW_TITLE),
        "private_metadata": channel,
        "blocks": list(shown),
    }


def _input(name: str, label: str, element: Json, *, hint: str = "", is_optional: bool = False) -> Json:
    field: Json = {
        "type": "input",
        "block_id": name,
        "optional": is_optional,
        "label": blocks.plain_text(label, limits.HINT),
        "element": {**element, "action_id": name},
    }
    return {**field, "hint": blocks.plain_text(hint, limits.HINT)} if hint else field


def _entry(label: str, value: str, description: str = "") -> Json:
    entry: Json = {"text": blocks.plain_text(label, limits.OPTION_TEXT), "value": value}
    return {**entry, "description": blocks.plain_text(description, limits.OPTION_TEXT)} if description else entry


def _field(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    values = (view.get("state") or {}).get("values") or {}
    found = (values.get(name) or {}).get(name)
    return found if isinstance(found, Mapping) else {}
