"""An update as lines for a terminal."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from adapters.console.delivery import taken_home
from bot.chat import Version
from bot.model import FileRole, TaskState
from bot.policy import RightSetting, ServerSettings
from bot.trees import Branch, branches
from bot.update import Choice, Update
from bot.words_policy import to_whom

MARKS = {
    TaskState.READY: ("✔", "bold green"),
    TaskState.FAILED: ("✘", "bold red"),
    TaskState.UNCLEAR: ("?", "bold yellow"),
    TaskState.CANCELLED: ("-", "dim"),
}

CHOICES = {
    Choice.CANCEL: "cancel {id} calls it off",
    Choice.RESEND: "resend {id} sends it again",
    Choice.AGAIN: "again {id} makes another one, with another seed",
    Choice.VARIATION: "variation {id} WORDS makes it with other words, pictures or options",
    Choice.BETTER: "better {id} makes it in the next tier up",
    Choice.FORMAT: "format {id} FORMAT makes it in another file format",
    Choice.RETEXTURE: "retexture {id} WORDS puts a new texture over it",
    Choice.SPLIT: "split {id} takes it apart",
    Choice.LINKS: "links {id} gives links to its files",
    Choice.DELETE: "delete {id} removes its files",
}

NAMES = {
    FileRole.MODEL: "Model",
    FileRole.BUNDLE: "All in one",
    FileRole.REDUCED: "Smaller",
    FileRole.TEXTURE: "Texture",
    FileRole.STILL: "Still",
    FileRole.TURNTABLE: "Turntable",
    FileRole.PREVIEW: "Preview",
    FileRole.RENDER: "Render",
    FileRole.OTHER: "File",
    FileRole.FRAMES: "Frames",
}
"""What a line about a file begins with, in the order of the lines."""

BAR_WIDTH = 20

ZERO_WIDTH_JOINER = "\u200d"
"""Holds emoji together; the only format character that is let through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What was printed about a task before; nothing, by another process."""

    headline: str = ""
    lines: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()


def plain(words: str) -> str:
    """Return foreign words, people's or Rodin's, without anything that could steer a terminal or break its encoding."""
    return "".join(" " if _steers(char) else char for char in words)


def status_line(update: Update) -> Text:
    """Return a running task in one line."""
    return Text.assemble(
        (f"{update.task_id}  ", "cyan"), (f"{plain(update.title)}: ", ""), (plain(update.headline), "")
    )


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


def tree_text(version: Version, *, marks: bool = False) -> Text:
    """Return a tree of versions, one line each; with `marks`, the one that was asked about is pointed at."""
    return Text("\n").join(_branch_line(one, marks=marks) for one in branches(version))


def _branch_line(branch: Branch, *, marks: bool) -> Text:
    pointer = ("  ← this one", "bold") if marks and branch.version.is_asked_for else ""
    return Text.assemble(branch.stem, _version_line(branch.version), pointer)


def _version_line(version: Version) -> Text:
    """Return the first version by its title, every other one by what sets it apart."""
    if not version.difference:
        return short_line(version.update)
    mark, style = MARKS.get(version.update.state, ("…", "cyan"))
    return Text.assemble(
        (f"{mark} ", style),
        (f"{version.update.task_id}  ", "cyan"),
        f"{plain(version.difference)}  ",
        (f"{version.update.state}", style),
    )


def full_text(update: Update) -> Text:
    """Return everything about a task, as for `status`."""
    lines = [short_line(update), Text(f"  {plain(update.headline)}")]
    lines += [Text(f"  {plain(line)}", "dim") for line in update.lines]
    lines += _view_lines(update)
    lines += _choice_lines(update)
    return Text("\n").join(lines)


def ending_text(update: Update, delivered: Sequence[Path]) -> Text:
    """Return how a task ended, and where its files lie."""
    mark, style = MARKS[update.state]
    lines = [Text.assemble((f"{mark} ", style), (f"{update.task_id}  ", "cyan"), plain(update.title))]
    lines += [Text(f"  {plain(update.headline)}", style)]
    shown = update.lines[: len(update.lines) - len(update.files)] if delivered else update.lines
    lines += [Text(f"  {plain(line)}", "dim") for line in shown]
    lines += delivered_lines(update, delivered)
    lines += _view_lines(update)
    lines += _choice_lines(update)
    return Text("\n").join(lines)


def amendment_text(update: Update, delivered: Sequence[Path], *, earlier: Earlier) -> Text | None:
    """Return what is new about a task that had ended: facts, files that joined, or where they went; None if nothing."""
    known = () if earlier.headline == update.headline else (update.headline,)
    listed = update.lines[: len(update.lines) - len(update.files)]
    news = [Text(f"  {plain(line)}", "dim") for line in (*known, *listed) if line not in earlier.lines]
    news += delivered_lines(update, delivered, but=earlier.paths)
    if not news:
        return None
    title = Text.assemble("+ " if update.files else "- ", (f"{update.task_id}  ", "cyan"), plain(update.title))
    return Text("\n").join([title, *news])


def delivered_lines(update: Update, delivered: Sequence[Path], *, but: Sequence[Path] = ()) -> list[Text]:
    """Return one line for each delivered file but some, saying what it is and where."""
    order = list(NAMES)
    pairs = sorted(zip(taken_home(update), delivered, strict=False), key=lambda pair: order.index(pair[0].role))
    return [
        Text.assemble((f"  {NAMES[file.role] + ':':<11} ", "bold"), plain(_short_path(path)))
        for file, path in pairs
        if path not in but
    ]


def settings_lines(settings: ServerSettings) -> list[str]:
    """Return how the place is set up: whose key pays, what people were told, and who may do what."""
    width = max(len(str(one.right)) for one in settings.rights)
    rights = [f"  {one.right!s:<{width}}  {_right_line(one)}" for one in settings.rights]
    return [settings.key, settings.notice, "Who may do what, besides admins:", *rights]


def _right_line(setting: RightSetting) -> str:
    return f"{setting.sentence}: {plain(to_whom(setting.grant))}{'' if setting.is_default else ' (set here)'}"


def toolbar_text(updates: Sequence[Update], fractions: Sequence[float]) -> str:
    """Return the running tasks as bars, one a line, for the foot of the chat."""
    rows = []
    for update, fraction in zip(updates, fractions, strict=True):
        full = round(fraction * BAR_WIDTH)
        bar = "━" * full + "┄" * (BAR_WIDTH - full) if update.bar else " " * BAR_WIDTH
        rows.append(f" {update.task_id} {bar} {fraction:4.0%}  {plain(update.title)[:30]}: {plain(update.headline)}")
    return "\n".join(rows)


def _view_lines(update: Update) -> list[Text]:
    if update.viewer_url is None:
        return []
    return [Text.assemble((f"  {'View in 3D:':<11}", "bold"), " ", update.viewer_url)]


def _choice_lines(update: Update) -> list[Text]:
    return [Text(f"  {_choice_line(update, choice)}", "italic") for choice in update.choices]


def _choice_line(update: Update, choice: Choice) -> str:
    """Return what to type, and what that costs where it costs something."""
    cost = update.cost_of(choice)
    return CHOICES[choice].format(id=update.task_id) + (f" ({cost})" if cost else "")


def _short_path(path: Path) -> str:
    """Return a path as a person would type it here."""
    return os.path.relpath(path) if path.absolute().is_relative_to(Path.cwd()) else str(path)


def _steers(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char != ZERO_WIDTH_JOINER
