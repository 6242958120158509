"""What the command line and the sessions at the terminal agree on."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.errors import OperatorMistake

EXIT_DELIVERED, EXIT_FAILED, EXIT_REFUSED, EXIT_INTERRUPTED = 0, 1, 2, 130
"""A model was delivered; the task failed; it was refused before anything was sent; Ctrl-C, as shells have it."""

PROBE_BYTES = 1024**2
"""What must find room before anything is asked for: a small model with its pictures is about as large."""


class NoRoom(OperatorMistake):
    """A place on the disk takes no files."""


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


def check_room(terminal: Terminal) -> None:
    """Try whether finished files can be laid out, and temporary ones kept. Leaves nothing behind; blocks.

    Raises:
        NoRoom: they cannot; the sentence says what to do. Nothing was asked for or charged.
    """
    out = terminal.out.absolute()
    _probe(next(place for place in (out, *out.parents) if place.exists()), out, "choose another one with --out")
    try:
        scratch = Path(tempfile.gettempdir())
    except OSError as error:
        raise NoRoom(f"There is no place for temporary files: {error.strerror or error}. Set TMPDIR to one.") from error
    _probe(scratch, scratch, "set TMPDIR to another one")


def _probe(place: Path, meant: Path, way_out: str) -> None:
    try:
        with tempfile.TemporaryFile(dir=place) as probe:
            probe.write(bytes(PROBE_BYTES))
            probe.flush()
    except OSError as error:
        said = error.strerror or error
        raise NoRoom(f"Files cannot be written to {meant}: {said}. Make room or rights there, or {way_out}.") from error
