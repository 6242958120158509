"""How the ids of tasks are spelled: short enough to be said and typed."""

from __future__ import annotations

import secrets

ID_CHARACTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0 or o, no 1, i or l: ids are read aloud and typed."""

ID_LENGTH = 7
"""27 thousand million ids: two of a million tasks meet with a chance of one in fifty, and then one is refused."""


def any_id() -> str:
    """Return an id at random; whether a task has it already, the caller looks."""
    return "".join(secrets.choice(ID_CHARACTERS) for _ in range(ID_LENGTH))
