"""How far a task is, in characters: its bar, and its state in a few words. Pure."""

from __future__ import annotations

from bot.update import Bar, Update

CELLS = 12
MOST_SHOWN = 0.99
"""Nothing is shown as full before the model is there."""


def render_bar(bar: Bar) -> str:
    """Return a bar and its percentage; never full, since a finished task has none."""
    fraction = _shown(bar)
    full = int(fraction * CELLS)
    return f"{'▰' * full}{'▱' * (CELLS - full)} {fraction:.0%}"


def bar_lines(update: Update) -> tuple[str, ...]:
    """Return the bar of a running task as a line of its own; none for a task that has no bar or has ended."""
    return () if update.bar is None or update.ending else (render_bar(update.bar),)


def standing(update: Update) -> str:
    """Return a task's state for one line of a list, such as "generating, 40%"."""
    percent = "" if update.bar is None or update.ending else f", {_shown(update.bar):.0%}"
    return f"{update.state}{percent}"


def _shown(bar: Bar) -> float:
    return min(max(bar.fraction, 0.0), MOST_SHOWN)
