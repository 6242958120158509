"""docs/platforms.md says of every feature on which platform it works, and why not where it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.console.commands import Verb as ConsoleVerb
from adapters.console.render import CHOICES as CONSOLE_CHOICES
from adapters.discord import commands as discord_commands
from adapters.discord.buttons import ACTS as DISCORD_ACTS
from adapters.slack.buttons import ACTS as SLACK_ACTS
from adapters.slack.commands import HELP as SLACK_HELP
from adapters.slack.commands import OTHER_WORDS as SLACK_WORDS
from adapters.slack.commands import Verb as SlackVerb
from adapters.slack.manifest import ManifestOptions, manifest
from bot.labels import LABELS
from bot.update import Choice

DOCS = Path(__file__).parents[2] / "docs" / "platforms.md"
HEADINGS = ("Ways to begin", "Commands", "Buttons under a task", "What a thread shows")
PLATFORMS = ("Discord", "Slack", "console")
HOLE = "no: "
LEAST_WORDS_OF_A_REASON = 3


def table(heading: str) -> dict[str, dict[str, str]]:
    """Return a table's rows by their first cell, without marks, and in each the platforms' cells."""
    section = DOCS.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in _rows(section))
    assert tuple(head[1:]) == PLATFORMS
    return {row[0].strip("`*"): dict(zip(PLATFORMS, row[1:], strict=True)) for row in rows}


def _rows(section: str) -> list[str]:
    return re.findall(r"^\|.*\|$", section, re.MULTILINE)


def slack_name(verb: SlackVerb) -> str:
    """Return the word that a verb is asked by: its own, or for the form what people type for it."""
    return "new" if SLACK_WORDS["new"] is verb else verb.value


def offered() -> Mapping[str, set[str]]:
    """Return the commands of each platform, by the words that people type."""
    return {
        "Discord": set(discord_commands.FIRST_WORDS),
        "Slack": {slack_name(verb) for verb in SlackVerb},
        "console": {verb.value for verb in ConsoleVerb},
    }


def test_the_table_of_commands_names_each_command_of_each_platform() -> None:
    told = table("Commands")

    assert set(told) == set().union(*offered().values())
    for platform, commands in offered().items():
        assert {name for name, cells in told.items() if cells[platform].startswith("`")} == commands, platform


def test_the_table_of_buttons_names_each_choice_by_its_label() -> None:
    told = table("Buttons under a task")

    assert list(told) == [LABELS[choice].words for choice in LABELS]
    assert set(LABELS) == set(Choice)
    for choice, label in LABELS.items():
        cells = told[label.words]
        says = "button and form" if choice.wants_words else "button"
        assert cells["Discord"] == (says if choice in DISCORD_ACTS else "")
        assert cells["Slack"] == (says if choice in SLACK_ACTS else "")
        assert cells["console"].startswith(f"`{CONSOLE_CHOICES[choice].split()[0]} ID`")


def test_the_ways_to_begin_are_called_what_the_platforms_call_them() -> None:
    told = table("Ways to begin")
    shortcuts = [one["name"] for one in manifest(ManifestOptions())["features"]["shortcuts"]]

    on_slack = " ".join(cells["Slack"] for cells in told.values())
    assert [name for name in shortcuts if f"*{name}*" not in on_slack] == []
    assert f"*{discord_commands.MENU}*" in told["pictures that somebody posted"]["Discord"]


def test_what_slack_helps_with_is_what_it_takes() -> None:
    first_words = {usage.split()[0] for usage in SLACK_HELP if usage and usage != "WORDS"}

    assert first_words <= offered()["Slack"]


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_hole_has_its_reason(heading: str) -> None:
    cells = [cell for row in table(heading).values() for cell in row.values()]

    assert all(cells)
    reasons = [cell.removeprefix(HOLE) for cell in cells if cell.startswith(HOLE)]
    assert [one for one in reasons if len(one.split()) < LEAST_WORDS_OF_A_REASON] == []
