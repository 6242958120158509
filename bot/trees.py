"""Trees of versions as lists show them: each tree once, and drawn with lines of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.chat import Intake, Version
from bot.model import Owner
from bot.update import Update

_BELOW = {"": "", "├─ ": "│  ", "└─ ": "   "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One line of a drawn tree: what stands in front of a version, and the version."""

    stem: str
    version: Version


async def trees_of(intake: Intake, owner: Owner, updates: Sequence[Update]) -> tuple[Version, ...]:
    """Return the trees in which tasks stand, each once, that of the first task first."""
    found: list[Version] = []
    shown: set[str] = set()
    for update in updates:
        if update.task_id not in shown:
            found.append(await intake.family(update.task_id, owner))
            shown |= members_of(found[-1])
    return tuple(found)


def members_of(version: Version) -> set[str]:
    """Return the ids of all versions in a tree."""
    return {version.update.task_id}.union(*map(members_of, version.children))


def branches(version: Version) -> Iterator[Branch]:
    """Give a tree from the top, a line for each version."""
    return _branches(version, before="", fork="")


def _branches(version: Version, *, before: str, fork: str) -> Iterator[Branch]:
    yield Branch(stem=f"{before}{fork}", version=version)
    for child in version.children:
        is_last = child is version.children[-1]
        yield from _branches(child, before=f"{before}{_BELOW[fork]}", fork="└─ " if is_last else "├─ ")
