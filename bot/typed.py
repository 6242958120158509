"""What people type after a command's name, read alike wherever commands are typed: which task, and what about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.catalog import split_command
from bot.chat import EVERY_OWN, Filter
from bot.cutting import plain
from bot.errors import UserMistake
from bot.policy import RightKind
from bot.remakes import STRENGTH

FORGET = "forget"
"""The word with which a deletion takes words and pictures along."""

EVERYONE = frozenset({"everyone", "everybody"})
"""Words that give a right to everyone."""

NOBODY_BESIDES = frozenset({"admins", "nobody", "and", "or"})
"""Words among those to whom a right is given that name nobody besides admins, who have every right."""

LONGEST_SHOWN = 60

_NUMBER = re.compile(r"([0-9]+)(?:\s+|$)")
_DASHES = "(?:--|\u2014|\u2013)"
"""How options begin. Phones and chat programs turn two dashes into a long one."""

_LIST_WORD = re.compile(rf"\s*{_DASHES}?([A-Za-z]+)(?:=|\s+|$)")
_LIST_VALUE = re.compile(rf"\"([^\"]*)\"|\u201c([^\u201d]*)\u201d|'([^']*)'|((?:(?!{_DASHES})\S+\s*)+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutTask:
    """Which task a line is about, and what follows its id."""

    task_id: str
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which tasks a list is to show, and whether with what was made from what."""

    only: Filter = EVERY_OWN
    is_tree: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutRight:
    """Which right a line is about, as `tier:high` if it stands there as `tier high`, and what follows it."""

    right: str
    rest: str = ""


def about_right(line: str) -> AboutRight:
    """Read a line that begins with a right; of an empty line both are empty."""
    right, rest = (*line.split(maxsplit=1), "", "")[:2]
    if right.lower() in {RightKind.TIER, RightKind.PRESET}:
        name, rest = (*rest.split(maxsplit=1), "", "")[:2]
        right = f"{right}:{name}"
    return AboutRight(right=right, rest=rest.strip())


def about_task(line: str) -> AboutTask:
    """Read a line that begins with a task's id; of an empty line both are empty."""
    task_id, rest = (*line.strip().split(maxsplit=1), "", "")[:2]
    return AboutTask(task_id=task_id, rest=rest)


def split_wish(line: str) -> str:
    """Return what is wanted of a split as words and options: a bare number in front becomes the option `strength`."""
    number = _NUMBER.match(line)
    if number is None or STRENGTH in split_command(line)[1]:
        return line
    return f"{line[number.end() :]} --{STRENGTH} {number[1]}".strip()


def read_listing(line: str) -> Listing:
    """Read what follows `list`: `--channel --failed --everybody --tree --words "green moss"`; dashes may be left out.

    Raises:
        UserMistake: something else stands there; names what could.
    """
    flags: set[str] = set()
    words = ""
    at = 0
    while line[at:].strip():
        found = _LIST_WORD.match(line, at)
        name = found[1].lower() if found else ""
        if found is None or name not in {*_FLAGS, _WORDS}:
            raise UserMistake(_no_such_filter(line[at:]))
        at = found.end()
        if name in _FLAGS:
            flags.add(name)
            continue
        value = _LIST_VALUE.match(line, at)
        if value is None:
            raise UserMistake(f'Which words? Type --{_WORDS} and what to look for, such as --{_WORDS} "green moss".')
        words, at = next(part for part in value.groups() if part is not None).strip(), value.end()
    only = Filter(channel="channel" in flags, failed="failed" in flags, everybody="everybody" in flags, words=words)
    return Listing(only=only, is_tree="tree" in flags)


def typed_options(options: Mapping[str, str]) -> str:
    """Write options as somebody would type them."""
    return " ".join(f"--{name} {_quoted(value)}" for name, value in options.items())


def read_forget(rest: str) -> bool:
    """Read what follows the id of a task that is to be deleted: whether its words and pictures go as well.

    Raises:
        UserMistake: something else stands there.
    """
    if not rest:
        return False
    if re.fullmatch(rf"{_DASHES}?{FORGET}", rest.strip(), re.IGNORECASE):
        return True
    said = plain(rest, LONGEST_SHOWN)
    raise UserMistake(f'delete knows only --{FORGET}, which removes the words and pictures too, not "{said}".')


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


_FLAGS = ("channel", "failed", "everybody", "tree")
_WORDS = "words"


def _no_such_filter(rest: str) -> str:
    known = ", ".join(f"--{name}" for name in _FLAGS)
    return f'list knows {known} and --{_WORDS} "…", not "{plain(rest.strip(), LONGEST_SHOWN)}".'
