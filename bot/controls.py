"""What the operator can stop at once, for every process on the database: all spending, a person, a server, a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot import words_money
from bot.errors import Blocked, UserMistake
from bot.folding import folded
from bot.model import Owner

LONGEST_WORD = 300
"""Characters of the operator's word to those who wait, and of what can be blocked: it stands in chat messages."""

_MENTION = re.compile(r"<[@#][!&]?([A-Za-z0-9]+)(?:\|[^>]*)?>")


class BlockKind(StrEnum):
    """What a block is about. Values are stored: add new ones, never rename."""

    PERSON = "person"
    SERVER = "server"  # a Discord server, a Slack workspace
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Something the operator does not want. `value` is as `block_value` writes it, `since` when it began."""

    kind: BlockKind
    value: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Since when nothing is sent to Rodin, and the operator's word to those who wait, perhaps empty."""

    since: datetime
    word: str = ""


class Controls(Protocol):
    """The operator's switches. Every method is one transaction; any may raise DatabaseBusy and may then be repeated.

    A change holds for every process on the database at once: `TaskStore.claim_accepted` gives nothing while the bot is
    paused, and never a task of a blocked person or server.
    """

    async def pause(self, word: str = "", *, now: datetime) -> int:
        """Send nothing from now on; return how many tasks wait. The threads of those are told; again for a new word.

        What was claimed and not yet on its way stays here as well: its row has changed.
        """

    async def resume(self) -> int:
        """Send again; return how many tasks wait, whose threads are told. Harmless when nothing was paused."""

    async def paused(self) -> Pause | None:
        """Return the pause, or None while tasks are sent."""

    async def block(self, kind: BlockKind, value: str, *, now: datetime) -> bool:
        """Block something; return whether it was not blocked before."""

    async def unblock(self, kind: BlockKind, value: str) -> bool:
        """Allow it again; return whether it was blocked."""

    async def blocks(self) -> tuple[Block, ...]:
        """Return everything that is blocked, by kind, then by value."""


async def admit(controls: Controls, owner: Owner, words: str) -> None:
    """Refuse a wish of somebody, or with words, that the operator has blocked; `words` is all that a person wrote.

    Raises:
        Blocked: in words for the person who asks.
    """
    for block in await controls.blocks():
        if is_about(block, owner, words):
            raise refusal(block)


def refusal(block: Block) -> UserMistake:
    """Return what a person is told whose wish is blocked."""
    match block.kind:
        case BlockKind.PERSON:
            return Blocked(words_money.blocked_person())
        case BlockKind.SERVER:
            return Blocked(words_money.blocked_server())
        case BlockKind.WORD:
            return Blocked(words_money.blocked_word(block.value))


def is_about(block: Block, owner: Owner, words: str) -> bool:
    """Say whether a block is about a wish of this person with these words."""
    match block.kind:
        case BlockKind.PERSON:
            return block.value in ids_of(owner.platform, owner.user_id)
        case BlockKind.SERVER:
            return block.value in ids_of(owner.platform, owner.server_id)
        case BlockKind.WORD:
            return has_word(words, block.value)


def ids_of(platform: str, bare_id: str | None) -> tuple[str, ...]:
    """Return how an operator may name an id: as the platform has it, or with the platform in front."""
    return () if bare_id is None else (bare_id, f"{platform}:{bare_id}")


def block_value(kind: BlockKind, typed: str) -> str:
    """Return what an operator typed as it is kept and compared: a mention is an id, a word is folded.

    Raises:
        ValueError: nothing is left of it, or it is too long.
    """
    value = folded(typed) if kind is BlockKind.WORD else _MENTION.sub(r"\1", typed.strip())
    if not value:
        raise ValueError(f"say which {kind} to block")
    if len(value) > LONGEST_WORD:
        raise ValueError(f"a {kind} has at most {LONGEST_WORD} characters")
    return value


def has_word(prompt: str, word: str) -> bool:
    """Say whether a prompt holds a word or phrase, whole: "rat" is not in "decorate".

    Case, width, blanks and invisible characters do not count. Scripts that are written without blanks have no word
    ends to look for, so there it counts wherever it stands.
    """
    before = "" if _is_unspaced(word[:1]) else r"(?<!\w)"
    behind = "" if _is_unspaced(word[-1:]) else r"(?!\w)"
    return re.search(f"{before}{re.escape(word)}{behind}", folded(prompt)) is not None


def _is_unspaced(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"} or "\u0e00" <= char <= "\u0eff"  # Thai, Lao


def one_line(words: Iterable[str]) -> str:
    """Return an operator's word to those who wait: on one line, nothing invisible.

    Raises:
        ValueError: it is too long.
    """
    printable = "".join(char if char.isprintable() else " " for char in " ".join(words))
    word = " ".join(printable.split())
    if len(word) > LONGEST_WORD:
        raise ValueError(f"a word to those who wait has at most {LONGEST_WORD} characters; this has {len(word)}")
    return word
