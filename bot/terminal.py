"""What the command line and the sessions at the terminal agree on."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

EXIT_DELIVERED, EXIT_FAILED, EXIT_REFUSED, EXIT_INTERRUPTED = 0, 1, 2, 130
"""A model was delivered; the task failed; it was refused before anything was sent; Ctrl-C, as shells have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """How to talk: where files go, who speaks, and whether a person is watching.

    With `is_flat` a single task's files lie in `out` itself, else in a folder of their own below it. Without
    `takes_commands` there is no later moment at which a command about a task could be typed. With `serves` the web
    page of a model stays after a single task.
    """

    out: Path
    is_flat: bool = False
    speaker: str = "you"
    is_interactive: bool = False
    takes_commands: bool = True
    serves: bool = False


def is_watched() -> bool:
    """Say whether a person sits at both ends of this process."""
    return sys.stdin.isatty() and sys.stdout.isatty()
