"""The commands' definition: within Discord's limits in every language, and made from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import discord
import pytest
from discord import app_commands

from adapters.discord import sync
from adapters.discord.asked import asked_with
from adapters.discord.commands import WITH_TASK, commands_of, help_draft
from adapters.discord.entries import generate_entries
from adapters.discord.locales import LOCALES, TRANSLATIONS
from bot.catalog import OPTIONS
from bot.update import Choice

NAME = re.compile(r"^[-_'\w]{1,32}$")
EVERYTHING = 8000
"""Characters of names, descriptions and values of one command. Source: Discord docs, Application Commands."""

Json = Mapping[str, Any]


@pytest.fixture
async def defined() -> list[dict[str, Any]]:
    nobody: Any = None  # what stands behind the commands is never called here
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    for command in commands_of(nobody, nobody):
        tree.add_command(command)
    return await sync.definitions(tree)


def walk(one: Json) -> Iterator[Json]:
    yield one
    for option in one.get("options", ()):
        yield from walk(option)


def longest(one: Json, text: str) -> int:
    """Return the length of a text in the language where it is longest: only that one counts."""
    return max(map(len, [one.get(text, ""), *one.get(f"{text}_localizations", {}).values()]))


async def test_all_texts_fit_in_every_language(defined: list[Json]):
    parts = [part for command in defined for part in walk(command)]

    assert all(longest(part, "description") <= 100 for part in parts)
    assert all(NAME.match(part["name"]) for part in parts if part["name"] != "Make 3D model")
    assert all(longest(part, "name") <= 32 for part in parts)


async def test_every_text_has_every_language(defined: list[Json]):
    texts = {part["description"] for command in defined for part in walk(command) if part.get("description")}
    menus = {command["name"] for command in defined if command["type"] == 3}

    assert texts | menus <= set(TRANSLATIONS)
    assert all(set(TRANSLATIONS[text]) == set(LOCALES) for text in texts | menus)


async def test_no_translation_is_left_over(defined: list[Json]):
    texts = {part.get("description") for command in defined for part in walk(command)}
    menus = {command["name"] for command in defined if command["type"] == 3}

    assert set(TRANSLATIONS) <= texts | menus


async def test_counts_and_the_total_stay_within_limits(defined: list[Json]):
    for command in defined:
        parts = list(walk(command))
        assert all(len(part.get("options", ())) <= 25 for part in parts)
        assert all(len(part.get("choices", ())) <= 25 for part in parts)
        values = [choice for part in parts for choice in part.get("choices", ())]
        total = sum(longest(part, "name") + longest(part, "description") for part in parts)
        total += sum(len(choice["name"]) + len(str(choice["value"])) for choice in values)
        assert total <= EVERYTHING
        assert all(len(choice["name"]) <= 100 for choice in values)


async def test_a_group_holds_no_more_commands_than_discord_takes(defined: list[Json]):
    group = next(command for command in defined if command["name"] == "rodin")

    assert len(group["options"]) <= 25


@pytest.mark.parametrize("choice", list(Choice))
def test_every_choice_has_a_command_too(choice: Choice):
    assert [command.need for command in WITH_TASK if command.name == choice] == [choice]


async def test_every_common_option_of_the_catalogue_is_offered(defined: list[Json]):
    offered = {entry.name for entry in generate_entries()}

    assert {option.name for option in OPTIONS if option.is_common} <= offered


async def test_commands_work_in_servers_direct_messages_and_by_user_install(defined: list[Json]):
    assert all(command["contexts"] == [0, 1, 2] for command in defined)
    assert all(command["integration_types"] == [0, 1] for command in defined)


async def test_a_definition_equals_itself_as_discord_gives_it_back(defined: list[Json]):
    known = [as_discord_tells(command) for command in defined]

    assert sync.is_same(known, defined)


@pytest.mark.parametrize("change", [{"description": "other"}, {"contexts": [0]}, {"name_localizations": {"de": "x"}}])
async def test_any_difference_is_seen(defined: list[Json], change: Json):
    assert not sync.is_same([{**defined[0], **change}, *defined[1:]], defined)
    assert not sync.is_same(defined[1:], defined)


def test_options_become_a_wish():
    asked = asked_with(
        {"prompt": "an owl", "image1": None, "preset": "game", "seed": 0, "pose": False, "private": True, "more": None}
    )

    assert asked.prompt == "an owl"
    assert asked.options == {"preset": "game", "seed": 0, "pose": False}
    assert asked.is_private


def test_pictures_of_a_command_keep_their_order_and_a_split_its_words():
    first, second = object(), object()

    varied = asked_with({"image2": second, "image1": first, "keep_pictures": True})
    split = asked_with({"instruction": "the head off", "strength": 4, "more": "--uhd"})

    assert (list(varied.attachments), varied.keeps_pictures) == ([first, second], True)
    assert (split.prompt, split.options, split.typed) == ("the head off", {"strength": 4}, "--uhd")


async def test_help_fits_into_one_message():
    embed = help_draft().embed

    assert embed is not None
    assert len(embed) <= 4096


def as_discord_tells(one: Json) -> dict[str, Any]:
    """Return a definition with ids and without the defaults that Discord leaves out."""
    kept = {name: value for name, value in one.items() if value is not None and value is not False and value != {}}
    if "options" in one:
        kept["options"] = [as_discord_tells(option) for option in one["options"]]
    return {"id": "1", "application_id": "2", "version": "3", **kept}
