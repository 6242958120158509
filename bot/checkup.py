"""What `rodin-bot check` finds: one line for each thing that was tried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was tried, what was found, and what to do about it when that is not good. No secret in any of them."""

    what: str
    is_good: bool
    found: str
    advice: str = ""


Probe = Callable[[], Awaitable[tuple[Finding, ...]]]
"""Tries one part of the installation; says in findings what is wrong and raises nothing for it."""
