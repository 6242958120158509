"""The commands as Discord knows them: one group made from the catalogue, and an entry in every message's menu."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from adapters.discord import entries, limits, words
from adapters.discord.affairs import forget_draft, suggested_rights
from adapters.discord.answering import Answerer
from adapters.discord.asked import Asked, asked_with
from adapters.discord.desk import Desk
from adapters.discord.drafts import Draft
from adapters.discord.entries import Entry
from adapters.discord.forms import key_form, new_form
from adapters.discord.render import sentence_draft
from bot import words_chat
from bot.catalog import FORMATS
from bot.chat import Suggestion
from bot.cutting import plain
from bot.errors import StorageError, UserMistake
from bot.update import Choice

log = logging.getLogger(__name__)

GROUP = "rodin"
GROUP_SUMMARY = "Make 3D models from words and pictures"
MENU = "Make 3D model"

CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)

SUGGEST_WITHIN_S = 2.0
"""Discord waits three seconds for suggestions; an id can be typed without them."""

Asking = discord.Interaction[Any]
Do = Callable[[Desk, Asking, Asked], Awaitable[Draft | None]]
Suggesting = Callable[[Asking, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]
DoWithTask = Callable[[Desk, Asking, str, Asked], Awaitable[Draft | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """A command that is about no task; `group` is the word before its name, of `GROUPS`."""

    name: str
    summary: str
    do: Do
    options: tuple[Entry, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A command that opens a form, which says the rest; `for_admins` says that it opens for nobody else."""

    name: str
    summary: str
    form: Callable[[], discord.ui.Modal]
    group: str = ""
    for_admins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithTask:
    """A command about one task; `need` is what must be possible for a task to be suggested."""

    name: str
    summary: str
    do: DoWithTask
    need: Choice | None = None
    options: tuple[Entry, ...] = ()


SETTINGS, FORGET = "settings", "forget"

GROUPS = {
    SETTINGS: "Who may do what in this server, and its own Rodin key (for admins)",
    FORGET: "Have what is kept about you removed",
}
"""Words that several commands begin with, or that make a short command harder to give by mistake."""

GENERATE_SUMMARY = "Make a model from words, pictures or both"

OPENINGS = (
    Opening(name="new", summary="Open a form: upload pictures, describe it, choose options", form=new_form),
    Opening(
        name="key",
        summary="Have this server's models made with a Rodin key of its own",
        form=key_form,
        group=SETTINGS,
        for_admins=True,
    ),
)

NEXT_VERSIONS = (
    WithTask(
        name="again",
        summary="Make the same once more, with another seed",
        do=lambda d, i, t, a: d.again(i, t, a),
        need=Choice.AGAIN,
        options=(entries.PRIVATE,),
    ),
    WithTask(
        name="variation",
        summary="Make the next version, with other words, pictures or options",
        do=lambda d, i, t, a: d.variation(i, t, a),
        need=Choice.VARIATION,
        options=entries.variation_entries(),
    ),
    WithTask(
        name="better",
        summary="Make the same in the next tier up",
        do=lambda d, i, t, a: d.better(i, t, a),
        need=Choice.BETTER,
        options=(entries.PRIVATE,),
    ),
    WithTask(
        name="format",
        summary="Make the same in another file format",
        do=lambda d, i, t, a: d.other_format(i, t, a),
        need=Choice.FORMAT,
        options=entries.format_entries(),
    ),
    WithTask(
        name="retexture",
        summary="Put a new texture over a finished model",
        do=lambda d, i, t, a: d.retexture(i, t, a),
        need=Choice.RETEXTURE,
        options=entries.retexture_entries(),
    ),
    WithTask(
        name="split",
        summary="Take a finished model apart",
        do=lambda d, i, t, a: d.split(i, t, a),
        need=Choice.SPLIT,
        options=entries.split_entries(),
    ),
)
"""From one model to the next: what the buttons do, too."""

WITH_TASK = (
    *NEXT_VERSIONS,
    WithTask(name="status", summary="How one of your tasks stands", do=lambda d, i, t, _: d.status(i, t)),
    WithTask(
        name="show",
        summary="Show a task again, with its picture, files and links",
        do=lambda d, i, t, _: d.show(i, t),
    ),
    WithTask(
        name="links",
        summary="Links to the files of a finished task",
        do=lambda d, i, t, _: d.links(i, t),
        need=Choice.LINKS,
    ),
    WithTask(name="cancel", summary="Call a task off", do=lambda d, i, t, _: d.cancel(i, t), need=Choice.CANCEL),
    WithTask(
        name="resend",
        summary="Ask again for what failed or stayed unclear",
        do=lambda d, i, t, a: d.resend(i, t, a),
        need=Choice.RESEND,
        options=(entries.PRIVATE,),
    ),
    WithTask(
        name="delete",
        summary="Remove the files of a finished task, for good",
        do=lambda d, i, t, a: d.delete(i, t, a),
        need=Choice.DELETE,
        options=(entries.FORGET,),
    ),
)
SIMPLE = (
    Simple(
        name="list",
        summary="Your newest tasks",
        do=lambda d, i, a: d.list(i, a),
        options=(*entries.LIST_FILTERS, entries.TREE),
    ),
    Simple(name="usage", summary="What you have used", do=lambda d, i, _: d.usage(i)),
    Simple(name="balance", summary="The credits that are left (for admins)", do=lambda d, i, _: d.balance(i)),
    Simple(
        name="show",
        summary="Show who may do what, and with which key models are made",
        do=lambda d, i, _: d.affairs.settings(i),
        group=SETTINGS,
    ),
    Simple(
        name="key-remove",
        summary="Forget this server's own Rodin key",
        do=lambda d, i, _: d.affairs.remove_key(i),
        group=SETTINGS,
    ),
    Simple(
        name="allow",
        summary="Say who may do something; nobody named means admins only",
        do=lambda d, i, a: d.affairs.allow(i, a),
        options=entries.allow_entries(),
        group=SETTINGS,
    ),
    Simple(
        name="reset",
        summary="Let a right be as it was before anybody changed it",
        do=lambda d, i, a: d.affairs.reset(i, a),
        options=(entries.RIGHT,),
        group=SETTINGS,
    ),
    Simple(
        name="privacy",
        summary="What goes where, for how long it is kept, and who sees it",
        do=lambda d, i, _: d.affairs.privacy(i),
    ),
    Simple(
        name="export", summary="Everything that is kept about you, as a file", do=lambda d, i, _: d.affairs.export(i)
    ),
    Simple(
        name="me",
        summary="Have everything that is kept about you removed, once you confirm it",
        do=lambda _, __, ___: _forget_first(),
        group=FORGET,
    ),
    Simple(name="help", summary="What the bot can do", do=lambda _, __, ___: _help()),
)
"""A new command is one line here, or in `WITH_TASK`."""

FIRST_WORDS = frozenset(
    {"generate", *(one.name for one in WITH_TASK), *(one.group or one.name for one in (*OPENINGS, *SIMPLE))}
)
"""What can stand behind `/rodin`."""


def commands_of(desk: Desk, answerer: Answerer) -> tuple[app_commands.Group, app_commands.ContextMenu]:
    """Return the group and the menu entry, bound to what they ask."""
    group = app_commands.Group(
        name=GROUP, description=GROUP_SUMMARY, allowed_contexts=CONTEXTS, allowed_installs=INSTALLS
    )
    groups = {"": group} | {name: _inner(group, name, summary) for name, summary in GROUPS.items()}
    group.add_command(_generate(desk, answerer))
    for opening in OPENINGS:
        groups[opening.group].add_command(_opening(opening, desk, answerer))
    for about in WITH_TASK:
        group.add_command(_with_task(about, desk, answerer))
    for simple in SIMPLE:
        groups[simple.group].add_command(_simple(simple, desk, answerer))
    return group, _menu(desk, answerer)


def help_draft() -> Draft:
    """Return what can be done, a line each."""
    pairs = [("generate", GENERATE_SUMMARY), *((one.name, one.summary) for one in WITH_TASK)]
    pairs += [(f"{one.group} {one.name}".strip(), one.summary) for one in (*OPENINGS, *SIMPLE)]
    lines = [f"`/{GROUP} {name}` {limits.escaped(what, 200)}" for name, what in pairs]
    intro, elsewhere = (limits.escaped(one, 800) for one in (words_chat.help_intro(), words.help_elsewhere()))
    return Draft(embed=discord.Embed(description="\n".join((intro, "", *lines, "", elsewhere))))


def _inner(group: app_commands.Group, name: str, summary: str) -> app_commands.Group:
    return app_commands.Group(name=name, description=summary, parent=group)


def _generate(desk: Desk, answerer: Answerer) -> app_commands.Command[Any, ..., Any]:
    async def generate(interaction: Asking, **values: Any) -> None:
        await answerer.answer(interaction, lambda: desk.generate(interaction, asked_with(values)))

    entries.sign(generate, entries.generate_entries())
    return app_commands.Command(name="generate", description=GENERATE_SUMMARY, callback=generate)


def _opening(opening: Opening, desk: Desk, answerer: Answerer) -> app_commands.Command[Any, ..., Any]:
    async def callback(interaction: Asking) -> None:
        try:
            if opening.for_admins:
                await desk.check_admin(interaction)
        except UserMistake as refusal:
            said = sentence_draft(str(refusal))
            await answerer.answer(interaction, lambda: _said(said))
        else:
            await answerer.open(interaction, opening.form())

    return app_commands.Command(name=opening.name, description=opening.summary, callback=callback)


def _with_task(about: WithTask, desk: Desk, answerer: Answerer) -> app_commands.Command[Any, ..., Any]:
    async def suggest(interaction: Asking, current: str) -> list[app_commands.Choice[str]]:
        try:
            async with asyncio.timeout(SUGGEST_WITHIN_S):
                found = await desk.suggestions(interaction, current, about.need)
        except (StorageError, TimeoutError) as error:
            log.info("no suggestions command=%s error=%r", about.name, error)
            return []
        return [app_commands.Choice(name=_described(one), value=one.task_id) for one in found]

    async def callback(interaction: Asking, task: str, **values: Any) -> None:
        await answerer.answer(interaction, lambda: about.do(desk, interaction, task, asked_with(values)))

    entries.sign(callback, (entries.TASK, *about.options))
    app_commands.autocomplete(task=suggest)(callback)
    if entries.FORMAT in about.options:
        app_commands.autocomplete(format=_suggesting_formats(desk))(callback)
    return app_commands.Command(name=about.name, description=about.summary, callback=callback)


def _suggesting_formats(desk: Desk) -> Suggesting:
    async def suggest(interaction: Asking, current: str) -> list[app_commands.Choice[str]]:
        offers = await desk.offers(interaction, str(interaction.namespace.task or ""))
        told = {one.name: one.sentence for one in offers} or {name: name for name in FORMATS}
        return [
            app_commands.Choice(name=plain(said, limits.CHOICE_NAME), value=name)
            for name, said in told.items()
            if current.strip().lower() in name
        ]

    return suggest


def _simple(simple: Simple, desk: Desk, answerer: Answerer) -> app_commands.Command[Any, ..., Any]:
    async def callback(interaction: Asking, **values: Any) -> None:
        await answerer.answer(interaction, lambda: simple.do(desk, interaction, asked_with(values)))

    entries.sign(callback, simple.options)
    if entries.RIGHT in simple.options:
        app_commands.autocomplete(right=_suggest_rights)(callback)
    return app_commands.Command(name=simple.name, description=simple.summary, callback=callback)


async def _suggest_rights(_: Asking, current: str) -> list[app_commands.Choice[str]]:
    told = suggested_rights(current)
    return [app_commands.Choice(name=plain(said, limits.CHOICE_NAME), value=name) for name, said in told]


def _menu(desk: Desk, answerer: Answerer) -> app_commands.ContextMenu:
    async def from_message(interaction: Asking, message: discord.Message) -> None:
        await answerer.answer(interaction, lambda: desk.from_message(interaction, message))

    menu = app_commands.ContextMenu(name=app_commands.locale_str(MENU), callback=from_message)
    menu.allowed_contexts, menu.allowed_installs = CONTEXTS, INSTALLS
    return menu


def _described(one: Suggestion) -> str:
    return plain(f"{one.task_id} · {one.state} · {one.title}", limits.CHOICE_NAME)


async def _help() -> Draft:
    return help_draft()


async def _said(draft: Draft) -> Draft:
    return draft


async def _forget_first() -> Draft:
    return forget_draft()
