"""The patches: what each breaks, and what has to notice. A patch begins with its own description:

    A submission whose answer was lost is sent again.

    Run: torture --focus submissions
    Sees: charged .* times too often

    diff --git …

`Run` is a run of the kill harness, or a selection of tests; `Sees` is how the discrepancy, or the name of the failing
test, has to read. Any other trouble does not count as noticing.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]

DESCRIPTION = re.compile(r"(?P<bug>[^\n]+)\n\nRun: (?P<run>[^\n]+)\nSees: (?P<sees>[^\n]+)\n\ndiff --git ")


class Unusable(Exception):
    """A patch that cannot be tried; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A run that has to notice something: `tool` is `torture` or `pytest`."""

    tool: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join((self.tool, *self.arguments))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A planted bug: `bug` says it in a sentence, `sees` matches the line that gives it away."""

    name: str
    bug: str
    trial: Trial
    sees: re.Pattern[str]
    patch: Path

    def caught_by(self, lines: tuple[str, ...]) -> str | None:
        """Return the first of the lines that gives the bug away."""
        return next((line for line in lines if self.sees.search(line)), None)


def mutants() -> tuple[Mutant, ...]:
    """Return every mutant, by name."""
    return tuple(map(read_mutant, sorted(FOLDER.glob("*.patch"))))


def read_mutant(patch: Path) -> Mutant:
    """Read what stands at the beginning of a patch.

    Raises:
        Unusable: it does not begin as it should.
    """
    found = DESCRIPTION.match(patch.read_text("utf-8"))
    if found is None:
        raise Unusable(f"{patch.name} does not begin with its sentence, Run, and Sees")
    tool, *arguments = shlex.split(found["run"])
    if tool not in {"torture", "pytest"}:
        raise Unusable(f"{patch.name} is to be run by {tool}, which is not known here")
    return Mutant(
        name=patch.stem,
        bug=found["bug"],
        trial=Trial(tool=tool, arguments=tuple(arguments)),
        sees=re.compile(found["sees"]),
        patch=patch,
    )


def apply(patch: Path, tree: Path, *options: str) -> None:
    """Apply a patch to a tree; with `--check` only try whether it would fit.

    Raises:
        Unusable: it does not fit any more.
    """
    # No repository above the tree is asked: there git would leave out, without a word, what lies outside its folder.
    done = subprocess.run(
        ["git", "apply", *options, str(patch)],
        cwd=tree,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)},
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode != 0:
        raise Unusable(f"{patch.name} does not apply any more: {done.stderr.strip()}")
