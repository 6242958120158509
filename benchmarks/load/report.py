"""The words around the figures, and their place in a document."""

from __future__ import annotations

import os
import platform
import sys
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime

import psutil

from benchmarks.load.figures import Outcome, tables
from benchmarks.load.scene import Size

TABLES = "<!-- figures -->", "<!-- end of figures -->"
SENTENCE = "<!-- load -->", "<!-- end of load -->"
"""Where a document wants the tables, and where it wants them in one sentence: between such marks."""


def report(outcomes: Sequence[Outcome], size: Size) -> str:
    """Return where and how it was measured, and the tables."""
    return f"{_circumstances(size)}\n\n{tables(outcomes)}"


def sentence(outcome: Outcome, size: Size) -> str:
    """Return the figures of one scene as they stand in a list of promises."""
    within = " and ".join(f"{1000 * acks.p99:.0f} ms on {name.title()}" for name, acks in outcome.bot.acks.items())
    return (
        f"At {size.rate:g} commands a second with {size.tracked} models in the making, 99 of 100 are acknowledged "
        f"within {within}."
    )


def written_into(document: str, outcomes: Sequence[Outcome], size: Size) -> str:
    """Put the figures between the marks of a document, in place of the ones before.

    Raises:
        ValueError: there are no such marks.
    """
    if all(mark in document for mark in TABLES):
        return _between(document, TABLES, f"\n\n{report(outcomes, size)}\n\n")
    if all(mark in document for mark in SENTENCE):
        lines = textwrap.indent(textwrap.fill(sentence(outcomes[0], size), 120), "  ")
        return _between(document, SENTENCE, f"\n{lines}\n  ")
    raise ValueError(f"the document has no place for figures: {' and '.join(TABLES)}, or {' and '.join(SENTENCE)}")


def _between(document: str, marks: tuple[str, str], said: str) -> str:
    before, _, rest = document.partition(marks[0])
    return f"{before}{marks[0]}{said}{marks[1]}{rest.partition(marks[1])[2]}"


def _circumstances(size: Size) -> str:
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    memory_gb = psutil.virtual_memory().total / 1e9
    machine = f"{os.cpu_count()} shared {platform.machine()} cores, {memory_gb:.0f} GB, Python {sys.version.split()[0]}"
    what = f"{size.rate:g} commands a second for {size.seconds:g} s while {size.tracked} models are tracked"
    return f"Measured on {day}, {machine}: {what}."
