"""The command line: `python -m tests.mutants [NAME…] [--jobs 2]`. Exits with 1 when a planted bug is not noticed."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from tests.mutants.patches import Mutant, Trial, mutants
from tests.mutants.trials import Tried, copy_tree, try_mutant, try_sound

_What = TypeVar("_What")

LAST_LINES = 12
"""So much of what a trial printed is shown when it went otherwise than it should."""

WIDEST = 26


def main() -> int:
    """Try everything that was asked for; 0 when each trial passes without a bug, and each bug is noticed."""
    values = _parser().parse_args()
    chosen = [mutant for mutant in mutants() if not values.names or mutant.name in values.names]
    unknown = set(values.names) - {mutant.name for mutant in chosen}
    if unknown:
        say(f"no such mutant: {', '.join(sorted(unknown))}")
        return 2
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(values.jobs) as pool:
        sound = Path(folder) / "sound"
        copy_tree(sound)
        passed = list(pool.map(_told(partial(try_sound, sound=sound), is_mutant=False), trials_of(chosen)))
        tried = list(pool.map(_told(partial(try_mutant, sound=sound), is_mutant=True), _longest_first(chosen)))
    for one in (*passed, *tried):
        if not one.is_good:
            say(f"\n{one.name}:\n{last_lines(one.said)}")
    caught = sum(one.is_good for one in tried)
    say(f"\n{len(tried)} mutants, {caught} caught, in {time.monotonic() - began:.0f} s")
    return 0 if all(one.is_good for one in (*passed, *tried)) else 1


def trials_of(chosen: Sequence[Mutant]) -> list[Trial]:
    """Return what has to pass without any bug: every run of the harness, and all tests in one."""
    tortures = dict.fromkeys(mutant.trial for mutant in chosen if mutant.trial.tool == "torture")
    tests = dict.fromkeys(name for mutant in chosen if mutant.trial.tool == "pytest" for name in mutant.trial.arguments)
    return [*tortures, *([Trial(tool="pytest", arguments=tuple(tests))] if tests else [])]


def line_of(one: Tried, *, is_mutant: bool) -> str:
    """Return one line of the table: what was tried, what caught it, seconds."""
    if is_mutant:
        outcome = f"caught: {one.caught}" if one.is_good else "SURVIVED"
    else:
        outcome = "passes without any bug" if one.is_good else "FAILS WITHOUT ANY BUG, so it proves nothing"
    return f"{one.seconds:5.0f} s  {one.name:<{WIDEST}}  {outcome}"


def last_lines(said: str) -> str:
    """Return the end of what a trial printed."""
    return "\n".join(f"    {line}" for line in said.splitlines()[-LAST_LINES:])


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _told(attempt: Callable[[_What], Tried], *, is_mutant: bool) -> Callable[[_What], Tried]:
    """Have what came of each trial said as soon as it is known."""

    def tell(what: _What) -> Tried:
        one = attempt(what)
        say(line_of(one, is_mutant=is_mutant))
        return one

    return tell


def _longest_first(chosen: Sequence[Mutant]) -> list[Mutant]:
    return sorted(chosen, key=lambda mutant: mutant.trial.tool == "pytest")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mutants", description="Plant bugs in copies of this tree, one at a time, and show that each is noticed."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; all by default")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="so many at once; 2 fit 2 cores")
    return parser


if __name__ == "__main__":
    sys.exit(main())
