"""The options of the commands as Discord shows them: those of the catalogue, and those that say about what."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Optional, Union

import discord
from discord import app_commands

from adapters.discord import limits
from adapters.discord.asked import NUMBERED_NAMES, WHO_NAMES
from adapters.discord.forms import LONGEST_MORE
from bot.catalog import LONGEST_PROMPT, OPTIONS, OPTIONS_BY_NAME, PRESETS, TIERS, Option, OptionKind
from bot.cutting import plain
from bot.folding import LONGEST_SEARCH
from bot.remakes import LEAST_STRENGTH, MOST_STRENGTH, STRENGTH

LONGEST_TYPED_VALUE = 60
LONGEST_TASK_ID = 40

Words = app_commands.Range[str, 1, LONGEST_PROMPT] | None
TypedOptions = app_commands.Range[str, 1, LONGEST_MORE] | None
SearchedWords = app_commands.Range[str, 1, LONGEST_SEARCH] | None
Picture = discord.Attachment | None
Mentionable = Optional[Union[discord.User, discord.Role]]  # noqa: UP007, UP045 - discord.py reads no other spelling


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One option of a command: its type for discord.py, and the values to pick from."""

    name: str
    summary: str
    annotation: Any
    is_required: bool = False
    choices: tuple[app_commands.Choice[str], ...] = ()


TASK = Entry(
    name="task",
    summary="The task's id; pick one of yours",
    annotation=app_commands.Range[str, 1, LONGEST_TASK_ID],
    is_required=True,
)
"""About which task a command is."""

PRIVATE = Entry(
    name="private", summary="Only you see it; a late result comes as a direct message", annotation=bool | None
)
"""Of every command that makes a task."""

TREE = Entry(name="tree", summary="Show what was made from what", annotation=bool | None)

LIST_FILTERS = (
    Entry(name="channel", summary="Those of this channel, everybody's", annotation=bool | None),
    Entry(name="everybody", summary="Other people's too, as far as you may see them", annotation=bool | None),
    Entry(name="failed", summary="Only those that ended without a model", annotation=bool | None),
    Entry(name="words", summary="Only those asked for with these words", annotation=SearchedWords),
)
"""What narrows a list, or widens it."""

FILTERS = frozenset(entry.name for entry in LIST_FILTERS)

FORMAT = Entry(
    name="format",
    summary=OPTIONS_BY_NAME["format"].summary,
    annotation=app_commands.Range[str, 1, LONGEST_TYPED_VALUE],
    is_required=True,
)
"""Into which format; what each costs is suggested once the task is named."""

RIGHT = Entry(
    name="right",
    summary="What somebody may do; pick one",
    annotation=app_commands.Range[str, 1, LONGEST_TYPED_VALUE],
    is_required=True,
)
"""About which right a command is."""

EVERYONE = Entry(name="everyone", summary="Let everyone do it", annotation=bool | None)

FORGET = Entry(name="forget", summary="Remove the words and pictures it was made from, too", annotation=bool | None)
"""Of a deletion."""

MORE = Entry(name="more", summary="Finer options as you would type them, such as --hd --bake", annotation=TypedOptions)
MORE_OF_REMAKE = Entry(
    name="more", summary="Options as you would type them, such as --material shaded --uhd", annotation=TypedOptions
)


def generate_entries() -> tuple[Entry, ...]:
    """Return the options of `generate`: words, pictures, the catalogue's common ones, the rest."""
    first = (
        Entry(name="prompt", summary="What it should be, in words", annotation=Words),
        *_pictures("A picture to make it from; the first one leads"),
    )
    last = (PRIVATE, MORE)
    room = limits.OPTIONS_OF_COMMAND - len(first) - len(last)
    common = [option for option in OPTIONS if option.is_common][:room]
    return (*first, *map(_entry, common), *last)


def variation_entries() -> tuple[Entry, ...]:
    """Return the options of `variation`, beside the task."""
    keep = "Let the pictures join the earlier ones instead of taking their place"
    return (
        Entry(name="prompt", summary="Other words; without any, the earlier ones stay", annotation=Words),
        *_pictures("A picture in the place of the earlier ones"),
        Entry(name="keep_pictures", summary=keep, annotation=bool | None),
        PRIVATE,
        MORE,
    )


def format_entries() -> tuple[Entry, ...]:
    """Return the options of `format`, beside the task."""
    return (FORMAT, PRIVATE)


def retexture_entries() -> tuple[Entry, ...]:
    """Return the options of `retexture`, beside the task."""
    return (
        Entry(name="prompt", summary="How it should look, in words", annotation=Words),
        Entry(name="image", summary="How it should look; a picture says more than words", annotation=Picture),
        PRIVATE,
        MORE_OF_REMAKE,
    )


def split_entries() -> tuple[Entry, ...]:
    """Return the options of `split`, beside the task."""
    strength = app_commands.Range[int, LEAST_STRENGTH, MOST_STRENGTH] | None
    return (
        Entry(name=STRENGTH, summary="How strongly, from 2 to 12: more gives more parts", annotation=strength),
        Entry(name="instruction", summary="How to take it apart, such as: the wheels off the body", annotation=Words),
        PRIVATE,
        MORE_OF_REMAKE,
    )


def allow_entries() -> tuple[Entry, ...]:
    """Return the options of `settings allow`: roles and people are picked in any mixture."""
    who = (Entry(name=name, summary="A role or a person who may", annotation=Mentionable) for name in WHO_NAMES)
    return (RIGHT, *who, EVERYONE)


def sign(callback: Callable[..., Awaitable[None]], offered: Sequence[Entry]) -> None:
    """Give a function the signature and the texts from which discord.py makes a command with these options."""
    about = inspect.Parameter("interaction", _KIND, annotation=discord.Interaction[Any])
    callback.__signature__ = inspect.Signature([about, *map(_parameter, offered)])  # type: ignore[attr-defined]
    app_commands.describe(**{one.name: one.summary for one in offered})(callback)
    app_commands.choices(**{one.name: list(one.choices) for one in offered if one.choices})(callback)


_KIND = inspect.Parameter.POSITIONAL_OR_KEYWORD


def _parameter(entry: Entry) -> inspect.Parameter:
    default = inspect.Parameter.empty if entry.is_required else None
    return inspect.Parameter(entry.name, _KIND, default=default, annotation=entry.annotation)


def _pictures(summary: str) -> tuple[Entry, ...]:
    return tuple(Entry(name=name, summary=summary, annotation=Picture) for name in NUMBERED_NAMES)


def _entry(option: Option) -> Entry:
    return Entry(
        name=option.name,
        summary=option.summary,
        annotation=_annotation(option),
        choices=tuple(_choice(option, value) for value in option.choices)[: limits.CHOICES]
        if option.kind is OptionKind.CHOICE
        else (),
    )


def _annotation(option: Option) -> Any:
    """Return the type Discord checks. Numbers whose range it cannot know are typed, so that "60k" is one."""
    if option.kind is OptionKind.SWITCH:
        return bool | None
    if option.kind is OptionKind.INTEGER and option.least is not None and option.most is not None:
        return app_commands.Range[int, int(option.least), int(option.most)] | None
    if option.kind is OptionKind.CHOICE:
        return str | None
    return app_commands.Range[str, 1, LONGEST_TYPED_VALUE] | None


def _choice(option: Option, value: str) -> app_commands.Choice[str]:
    known = {"preset": PRESETS[value].summary} if option.name == "preset" else {}
    if option.name == "tier":
        known = {"tier": TIERS[value].purpose}
    label = ": ".join((value, *known.values()))
    return app_commands.Choice(name=plain(label, limits.CHOICE_NAME), value=value)
