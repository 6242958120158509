"""Trying one source tree: a copy with a planted bug, or without, and what the kill harness or the tests say of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.patches import ROOT, Mutant, Trial, Unusable, apply

SEED, MINUTES, PATIENCE_S = 1, 0.6, 60
"""What the kill harness is run with unless a patch says otherwise: five times what it needs to come to rest."""

WITHIN_S = 400.0

FOUND = re.compile(r"^(?:  ! |FAILED |ERROR )(.+)$", re.MULTILINE)
"""A discrepancy of the kill harness, or a failing test in the summary of pytest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a trial. `caught` is the line that gives a mutant away; `said` the end of what it printed."""

    name: str
    is_good: bool
    caught: str
    said: str
    seconds: float


def try_mutant(mutant: Mutant, sound: Path) -> Tried:
    """Plant a bug in a copy of a sound tree, which lies beside it for so long, and see whether it is noticed."""
    tree, began = sound.with_name(mutant.name), time.monotonic()
    try:
        shutil.copytree(sound, tree)
        apply(mutant.patch, tree)
        code, said = run(mutant.trial, tree, sound)
    except Unusable as error:
        return Tried(name=mutant.name, is_good=False, caught="", said=str(error), seconds=time.monotonic() - began)
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    caught = mutant.caught_by(tuple(FOUND.findall(said))) if code == 1 else None
    return Tried(
        name=mutant.name,
        is_good=caught is not None,
        caught=caught or "",
        said=said,
        seconds=time.monotonic() - began,
    )


def try_sound(trial: Trial, sound: Path) -> Tried:
    """Run a trial on a tree without any bug: it has to pass, else it proves nothing."""
    began = time.monotonic()
    try:
        code, said = run(trial, sound, sound)
    except Unusable as error:
        code, said = 1, str(error)
    return Tried(name=str(trial), is_good=code == 0, caught="", said=said, seconds=time.monotonic() - began)


def copy_tree(target: Path) -> None:
    """Copy what belongs to the source, as it lies here, changes that are not committed included.

    Everything is tried on this one copy and copies of it: what somebody changes here meanwhile does not matter.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, copy = ROOT / name, target / name
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)


def run(trial: Trial, tree: Path, sound: Path) -> tuple[int, str]:
    """Run a trial against a tree, the kill harness being that of the sound one; return exit code and output.

    Raises:
        Unusable: it did not end in time.
    """
    command, folder = (_torture(trial, tree), sound) if trial.tool == "torture" else (_pytest(trial), tree)
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            # What a run of the harness leaves to be read goes with the tree.
            env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(tree.parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=WITHIN_S,
        )
    except subprocess.TimeoutExpired as error:
        raise Unusable(f"{trial} did not end within {WITHIN_S:g} s") from error
    return done.returncode, done.stdout


def _torture(trial: Trial, tree: Path) -> list[str]:
    usual = ("--seed", str(SEED), "--minutes", str(MINUTES), "--patience", str(PATIENCE_S), "--worlds", "1")
    return [sys.executable, "-m", "tests.e2e.torture", *usual, "--source", str(tree), *trial.arguments]


def _pytest(trial: Trial) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", *trial.arguments]
