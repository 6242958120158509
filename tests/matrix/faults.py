"""What can go wrong with an outside call: the columns of the matrix."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """One column. Values are the names in `cells.toml` and in the documentation."""

    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    RESET = "reset"
    TOO_MANY = "429"
    ERROR = "500"
    HTML = "502"
    TRUNCATED = "truncated"
    WRONG_TYPES = "wrong_types"
    SLOW = "slow"
    EXPIRED = "expired"
    DISK_FULL = "disk_full"
    LOCKED = "locked"
    AN_HOUR_ON = "clock_on"
    AN_HOUR_BACK = "clock_back"


SENTENCES = {
    Fault.TIMEOUT_BEFORE: "the call is never taken and never answered",
    Fault.TIMEOUT_AFTER: "the call is done, and never answered",
    Fault.RESET: "the call is done, and the connection is reset instead of an answer",
    Fault.TOO_MANY: "HTTP 429 with `Retry-After: 2`, nothing done",
    Fault.ERROR: "HTTP 500 in plain text, nothing done",
    Fault.HTML: "the call is done, and a gateway answers HTTP 502 with a page",
    Fault.TRUNCATED: "the call is done, and half of the answer comes",
    Fault.WRONG_TYPES: "the call is done, and every value of the answer has another type",
    Fault.SLOW: "the call is done, and the answer comes in ten pieces, ten seconds apart",
    Fault.EXPIRED: "the credentials are not accepted, nothing done",
    Fault.DISK_FULL: "from this call on the disk is full, for the next three writes",
    Fault.LOCKED: "from this call on somebody else holds the database, for the next three transactions that write",
    Fault.AN_HOUR_ON: "during the call the machine's clock is put on by an hour",
    Fault.AN_HOUR_BACK: "during the call the machine's clock is put back by an hour",
}
"""What each column means."""

OURS = frozenset({Fault.DISK_FULL, Fault.LOCKED, Fault.AN_HOUR_ON, Fault.AN_HOUR_BACK})
"""Faults of our own machine, which need no wire."""

REPEATED = frozenset({Fault.ERROR, Fault.HTML})
"""Faults after which discord.py makes a call again by itself: five tries in all."""
