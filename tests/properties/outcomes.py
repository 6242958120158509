"""What came of a call that may be refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def result_or(refusals: type[Exception] | tuple[type[Exception], ...], call: Callable[[], Any]) -> tuple[Any, Any]:
    """Return what a call gives and None, or None and the refusal that it ended with; anything else is a failure."""
    try:
        return call(), None
    except refusals as refusal:
        return None, refusal
