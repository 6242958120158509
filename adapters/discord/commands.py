"""The commands as Discord knows them: one group made from the catalogue, and an entry in every message's menu."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from adapters.discord import limits, words
from adapters.discord.answering import Answerer
from adapters.discord.desk import Asked, Desk
from adapters.discord.drafts import Draft
from adapters.discord.forms import LONGEST_MORE, new_form
from adapters.discord.trouble import translated
from bot.catalog import LONGEST_PROMPT, MOST_PICTURES, OPTIONS, PRESETS, TIERS, Option, OptionKind
from bot.errors import BotError, StorageError
from bot.update import Choice, Update

log = logging.getLogger(__name__)

GROUP = "rodin"
GROUP_SUMMARY = "Make 3D models from words and pictures"
MENU = "Make 3D model"

PROMPT_SUMMARY = "What it should be, in words"
PICTURE_SUMMARY = "A picture to make it from; the first one leads"
PRIVATE_SUMMARY = "Only you see it; a late result comes as a direct message"
MORE_SUMMARY = "Finer options as you would type them, such as --hd --bake"
TASK_SUMMARY = "The task's id; pick one of yours"

CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)

LONGEST_TYPED_VALUE = 60
LONGEST_TASK_ID = 40

SUGGEST_WITHIN_S = 2.0
"""Discord waits three seconds for suggestions; an id can be typed without them."""

Asking = discord.Interaction[Any]
Do = Callable[[Desk, Asking], Awaitable[Draft | None]]
DoWithTask = Callable[[Desk, Asking, str], Awaitable[Draft | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """A command that asks for nothing."""

    name: str
    summary: str
    do: Do


@dataclass(frozen=True, slots=True, kw_only=True)
class WithTask:
    """A command about one task; `need` is what must be possible for a task to be suggested."""

    name: str
    summary: str
    do: DoWithTask
    need: Choice | None = None


GENERATE_SUMMARY = "Make a model from words, pictures or both"
NEW_SUMMARY = "Open a form: upload pictures, describe it, choose options"

WITH_TASK = (
    WithTask(name="status", summary="How one of your tasks stands", do=lambda d, i, t: d.status(i, t)),
    WithTask(
        name="show",
        summary="Show a task again, with its picture, files and links",
        do=lambda d, i, t: d.show(i, t),
    ),
    WithTask(name="cancel", summary="Call a task off", do=lambda d, i, t: d.cancel(i, t), need=Choice.CANCEL),
    WithTask(
        name="resend",
        summary="Ask again for what failed or stayed unclear",
        do=lambda d, i, t: d.resend(i, t),
        need=Choice.RESEND,
    ),
    WithTask(
        name="delete",
        summary="Remove the files of a finished task, for good",
        do=lambda d, i, t: d.delete(i, t),
        need=Choice.DELETE,
    ),
)
SIMPLE = (
    Simple(name="list", summary="Your newest tasks", do=lambda d, i: d.list(i)),
    Simple(name="usage", summary="What you have used", do=lambda d, i: d.usage(i)),
    Simple(name="balance", summary="The credits that are left (for admins)", do=lambda d, i: d.balance(i)),
    Simple(name="help", summary="What the bot can do", do=lambda _, __: _help()),
)
"""A new command is one line here, or in `WITH_TASK`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One option of a command: its type for discord.py, and the values to pick from."""

    name: str
    summary: str
    annotation: Any
    is_required: bool = False
    choices: tuple[app_commands.Choice[str], ...] = ()


def commands_of(desk: Desk, answerer: Answerer) -> tuple[app_commands.Group, app_commands.ContextMenu]:
    """Return the group and the menu entry, bound to what they ask."""
    group = app_commands.Group(
        name=GROUP, description=GROUP_SUMMARY, allowed_contexts=CONTEXTS, allowed_installs=INSTALLS
    )
    group.add_command(_generate(desk, answerer))
    group.add_command(app_commands.Command(name="new", description=NEW_SUMMARY, callback=_open_form))
    for about in WITH_TASK:
        group.add_command(_with_task(about, desk, answerer))
    for simple in SIMPLE:
        group.add_command(_simple(simple, desk, answerer))
    return group, _menu(desk, answerer)


def help_draft() -> Draft:
    """Return what can be done, a line each."""
    pairs = [("generate", GENERATE_SUMMARY), ("new", NEW_SUMMARY), *((one.name, one.summary) for one in WITH_TASK)]
    pairs += [(one.name, one.summary) for one in SIMPLE]
    lines = [f"`/{GROUP} {name}` {limits.escaped(what, 200)}" for name, what in pairs]
    intro, elsewhere = (limits.escaped(one, 800) for one in (words.help_intro(), words.help_elsewhere()))
    return Draft(embed=discord.Embed(description="\n".join((intro, "", *lines, "", elsewhere))))


def entries() -> tuple[Entry, ...]:
    """Return the options of `generate`: words, pictures, the catalogue's common ones, the rest."""
    first = (
        Entry(
            name="prompt",
            summary=PROMPT_SUMMARY,
            annotation=app_commands.Range[str, 1, LONGEST_PROMPT] | None,
        ),
        *(
            Entry(name=f"image{number}", summary=PICTURE_SUMMARY, annotation=discord.Attachment | None)
            for number in range(1, MOST_PICTURES + 1)
        ),
    )
    last = (
        Entry(name="private", summary=PRIVATE_SUMMARY, annotation=bool | None),
        Entry(name="more", summary=MORE_SUMMARY, annotation=app_commands.Range[str, 1, LONGEST_MORE] | None),
    )
    room = limits.OPTIONS_OF_COMMAND - len(first) - len(last)
    common = [option for option in OPTIONS if option.is_common][:room]
    return (*first, *map(_entry, common), *last)


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
    return app_commands.Choice(name=limits.plain(label, limits.CHOICE_NAME), value=value)


def _generate(desk: Desk, answerer: Answerer) -> app_commands.Command[Any, ..., Any]:
    offered = entries()

    async def generate(interaction: Asking, **values: Any) -> None:
        await answerer.answer(interaction, lambda: desk.generate(interaction, asked_with(values)))

    _sign(generate, offered)
    for decorate in (
        app_commands.describe(**{one.name: one.summary for one in offered}),
        app_commands.choices(**{one.name: list(one.choices) for one in offered if one.choices}),
    ):
        decorate(generate)
    return app_commands.Command(name="generate", description=GENERATE_SUMMARY, callback=generate)


def asked_with(values: dict[str, Any]) -> Asked:
    """Return the wish that the options of `generate` express."""
    given = {name: value for name, value in values.items() if value is not None}
    pictures = [given.pop(name) for name in (f"image{n}" for n in range(1, MOST_PICTURES + 1)) if name in given]
    return Asked(
        prompt=given.pop("prompt", ""),
        is_private=given.pop("private", False),
        typed=given.pop("more", ""),
        attachments=pictures,
        options=given,
    )


def _sign(callback: Callable[..., Awaitable[None]], offered: Sequence[Entry]) -> None:
    """Give a function the signature from which discord.py makes the command."""
    parameters = [inspect.Parameter("interaction", _KIND, annotation=Asking), *map(_parameter, offered)]
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]


_KIND = inspect.Parameter.POSITIONAL_OR_KEYWORD


def _parameter(entry: Entry) -> inspect.Parameter:
    default = inspect.Parameter.empty if entry.is_required else None
    return inspect.Parameter(entry.name, _KIND, default=default, annotation=entry.annotation)


async def _open_form(interaction: Asking) -> None:
    """Open the form: the acknowledgement itself, since Discord allows no form after another one."""
    try:
        with translated():
            await interaction.response.send_modal(new_form())
    except BotError as error:
        raise app_commands.AppCommandError(f"form not opened: {error}") from error


def _with_task(about: WithTask, desk: Desk, answerer: Answerer) -> app_commands.Command[Any, ..., Any]:
    async def suggest(interaction: Asking, current: str) -> list[app_commands.Choice[str]]:
        try:
            async with asyncio.timeout(SUGGEST_WITHIN_S):
                found = await desk.suggestions(interaction, current, about.need)
        except (StorageError, TimeoutError) as error:
            log.info("no suggestions command=%s error=%r", about.name, error)
            return []
        return [app_commands.Choice(name=_suggestion(update), value=update.task_id) for update in found]

    async def callback(interaction: Asking, task: str) -> None:
        await answerer.answer(interaction, lambda: about.do(desk, interaction, task))

    typed = app_commands.Range[str, 1, LONGEST_TASK_ID]
    entry = Entry(name="task", summary=TASK_SUMMARY, annotation=typed, is_required=True)
    _sign(callback, [entry])
    app_commands.describe(task=TASK_SUMMARY)(callback)
    app_commands.autocomplete(task=suggest)(callback)
    return app_commands.Command(name=about.name, description=about.summary, callback=callback)


def _simple(simple: Simple, desk: Desk, answerer: Answerer) -> app_commands.Command[Any, ..., Any]:
    async def callback(interaction: Asking) -> None:
        await answerer.answer(interaction, lambda: simple.do(desk, interaction))

    return app_commands.Command(name=simple.name, description=simple.summary, callback=callback)


def _menu(desk: Desk, answerer: Answerer) -> app_commands.ContextMenu:
    async def from_message(interaction: Asking, message: discord.Message) -> None:
        await answerer.answer(interaction, lambda: desk.from_message(interaction, message))

    menu = app_commands.ContextMenu(name=app_commands.locale_str(MENU), callback=from_message)
    menu.allowed_contexts, menu.allowed_installs = CONTEXTS, INSTALLS
    return menu


def _suggestion(update: Update) -> str:
    title = " ".join(update.title.split())
    return limits.plain(f"{update.task_id} · {update.state} · {title}", limits.CHOICE_NAME)


async def _help() -> Draft:
    return help_draft()
