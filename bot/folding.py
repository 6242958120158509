"""Words as they are compared: case, width, blanks and invisible characters do not count."""

from __future__ import annotations

import unicodedata

from bot.requests import Ask, BangRequest, Request

LONGEST_SEARCH = 300
"""Characters of a search; more of them find nothing else. SQLite takes patterns of up to 50,000 bytes."""


def folded(text: str) -> str:
    """Return words in the one form in which those that read alike are equal."""
    plain = unicodedata.normalize("NFKC", text)
    visible = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible.casefold()).split())


def words_in(ask: Ask) -> str:
    """Return, folded, what a search for words looks through: what was asked for, and of what model."""
    if isinstance(ask, Request):
        return folded(ask.prompt)
    instruction = ask.instruction if isinstance(ask, BangRequest) else ""
    return folded(f"{ask.subject}\n{ask.prompt}\n{instruction}")


def words_sought(typed: str) -> tuple[str, ...]:
    """Return, folded, the words that a person looks for."""
    return tuple(dict.fromkeys(folded(typed)[:LONGEST_SEARCH].split()))
