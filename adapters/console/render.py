"""An update as lines for a terminal."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from bot.model import FileRole, TaskState
from bot.update import Choice, Update

MARKS = {
    TaskState.READY: ("✔", "bold green"),
    TaskState.FAILED: ("✘", "bold red"),
    TaskState.UNCLEAR: ("?", "bold yellow"),
    TaskState.CANCELLED: ("-", "dim"),
}

CHOICES = {
    Choice.CANCEL: "cancel {id} calls it off",
    Choice.RESEND: "resend {id} sends it again",
}

BAR_WIDTH = 20

ZERO_WIDTH_JOINER = "\u200d"
"""Holds emoji together; the only format character that is let through."""


def plain(words: str) -> str:
    """Return people's words without anything that could steer a terminal (control and format characters)."""
    return "".join(" " if _steers(char) else char for char in words)


def status_line(update: Update) -> Text:
    """Return a running task in one line."""
    return Text.assemble((f"{update.task_id}  ", "cyan"), (f"{plain(update.title)}: ", ""), (update.headline, ""))


def short_line(update: Update) -> Text:
    """Return a task in one line of a list."""
    mark, style = MARKS.get(update.state, ("…", "cyan"))
    percent = f" {update.bar.fraction:.0%}" if update.bar else ""
    return Text.assemble(
        (f"{mark} ", style),
        (f"{update.task_id}  ", "cyan"),
        f"{plain(update.title)}  ",
        (f"{update.state}{percent}", style),
    )


def full_text(update: Update) -> Text:
    """Return everything about a task, as for `status`."""
    lines = [short_line(update), Text(f"  {update.headline}")]
    lines += [Text(f"  {line}", "dim") for line in update.lines]
    lines += _choice_lines(update)
    return Text("\n").join(lines)


def ending_text(update: Update, delivered: Sequence[Path]) -> Text:
    """Return how a task ended, and where its files lie."""
    mark, style = MARKS[update.state]
    lines = [Text.assemble((f"{mark} ", style), (f"{update.task_id}  ", "cyan"), plain(update.title))]
    lines += [Text(f"  {update.headline}", style)]
    shown = update.lines[: len(update.lines) - len(update.files)] if delivered else update.lines
    lines += [Text(f"  {line}", "dim") for line in shown]
    lines += delivered_lines(update, delivered)
    lines += _choice_lines(update)
    return Text("\n").join(lines)


def delivered_lines(update: Update, delivered: Sequence[Path]) -> list[Text]:
    """Return one line for each file, saying what it is and where."""
    names = {
        FileRole.MODEL: "Model",
        FileRole.PREVIEW: "Preview",
        FileRole.RENDER: "Render",
        FileRole.TEXTURE: "Texture",
    }
    pairs = sorted(zip(update.files, delivered, strict=False), key=lambda pair: list(FileRole).index(pair[0].role))
    return [
        Text.assemble((f"  {names.get(file.role, 'File') + ':':<9}", "bold"), plain(_short_path(path)))
        for file, path in pairs
    ]


def toolbar_text(updates: Sequence[Update], fractions: Sequence[float]) -> str:
    """Return the running tasks as bars, one a line, for the foot of the chat."""
    rows = []
    for update, fraction in zip(updates, fractions, strict=True):
        full = round(fraction * BAR_WIDTH)
        bar = "━" * full + "┄" * (BAR_WIDTH - full) if update.bar else " " * BAR_WIDTH
        rows.append(f" {update.task_id} {bar} {fraction:4.0%}  {plain(update.title)[:30]}: {update.headline}")
    return "\n".join(rows)


def _choice_lines(update: Update) -> list[Text]:
    return [Text(f"  {CHOICES[choice].format(id=update.task_id)}", "italic") for choice in update.choices]


def _short_path(path: Path) -> str:
    """Return a path as a person would type it here."""
    return os.path.relpath(path) if path.absolute().is_relative_to(Path.cwd()) else str(path)


def _steers(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} and char != ZERO_WIDTH_JOINER
