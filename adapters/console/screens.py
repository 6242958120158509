"""Three ways to show running tasks in a terminal: a live bar, plain lines, and the foot of a chat."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from adapters.console.render import plain, status_line, toolbar_text
from bot.schedule import eased
from bot.update import Update


class Paper(Console):
    """A console that notes when nobody reads it any more, as after `rodin-bot demo | head -1`, and then is quiet."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = asyncio.Event()

    def on_broken_pipe(self) -> None:
        """Write into nothing from now on; Python's own flush at its end as well."""
        self.quiet = True
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
        self.closed.set()


class Screen(Protocol):
    """Where updates appear. `closed` is set when nobody reads it any more."""

    @property
    def closed(self) -> asyncio.Event:
        """The event of the paper."""

    def status(self, update: Update) -> None:
        """Show how a running task stands, in place of what was shown of it before."""

    def over(self, update: Update) -> None:
        """Forget a task that has ended."""

    def write(self, words: Text | str) -> None:
        """Write lines that stay."""


def write_lines(console: Console, words: Text | str) -> None:
    """Print without markup, emoji codes, or breaking a path at the terminal's edge."""
    console.print(words, markup=False, highlight=False, emoji=False, soft_wrap=True)


class LineScreen:
    """Plain lines, for pipes and logs: one whenever the words about a task change."""

    def __init__(self, console: Paper) -> None:
        self._console = console
        self._shown: dict[str, str] = {}

    @property
    def closed(self) -> asyncio.Event:
        """Set when nobody reads any more."""
        return self._console.closed

    def status(self, update: Update) -> None:
        """Write a line if it says something new."""
        line = status_line(update)
        if self._shown.get(update.task_id) != line.plain:
            self._shown[update.task_id] = line.plain
            write_lines(self._console, line)

    def over(self, update: Update) -> None:
        """Forget what was written about a task."""
        self._shown.pop(update.task_id, None)

    def write(self, words: Text | str) -> None:
        """Write lines."""
        write_lines(self._console, words)


class LiveScreen:
    """A moving bar for each task, for a terminal with one thing going on."""

    def __init__(self, console: Paper) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.fields[headline]}", markup=False),
            console=console,
            transient=True,
        )
        self._console = console
        self._bars: dict[str, TaskID] = {}

    @property
    def closed(self) -> asyncio.Event:
        """Set when nobody reads any more."""
        return self._console.closed

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def status(self, update: Update) -> None:
        """Move the task's bar."""
        done = update.bar.fraction * 100 if update.bar else 0.0
        if update.task_id not in self._bars:
            name = plain(update.title)[:30]
            self._bars[update.task_id] = self._progress.add_task(name, total=100, headline=update.headline)
        self._progress.update(self._bars[update.task_id], completed=done, headline=update.headline)

    def over(self, update: Update) -> None:
        """Take the bar away."""
        bar = self._bars.pop(update.task_id, None)
        if bar is not None:
            self._progress.remove_task(bar)

    def write(self, words: Text | str) -> None:
        """Write lines above the bars."""
        write_lines(self._console, words)


class ChatScreen:
    """Lines above the prompt, and the running tasks as bars below it, moving on between updates."""

    def __init__(self, console: Paper) -> None:
        self._console = console
        self._running: dict[str, tuple[Update, float]] = {}

    @property
    def closed(self) -> asyncio.Event:
        """Set when nobody reads any more."""
        return self._console.closed

    def status(self, update: Update) -> None:
        """Note how the task stands; the foot shows it at its next turn."""
        self._running[update.task_id] = (update, time.monotonic())

    def over(self, update: Update) -> None:
        """Take the task out of the foot."""
        self._running.pop(update.task_id, None)

    def write(self, words: Text | str) -> None:
        """Write lines above the prompt."""
        write_lines(self._console, words)

    def foot(self) -> str:
        """Return the foot of the chat: one bar for each running task."""
        now = time.monotonic()
        updates = [update for update, _ in self._running.values()]
        fractions = [_fraction(update, now - seen) for update, seen in self._running.values()]
        return toolbar_text(updates, fractions)


def _fraction(update: Update, since_s: float) -> float:
    if update.bar is None:
        return 0.0
    return eased(update.bar.fraction, since_s=since_s, expected_s=update.bar.expected_s)
