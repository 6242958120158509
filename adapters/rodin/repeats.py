"""When a read is asked again. Only reads: a submission is never repeated here."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from bot.errors import VendorBusy, VendorGarbled
from bot.ports import Clock

log = logging.getLogger(__name__)

T = TypeVar("T")

BACKOFF = wait_exponential_jitter(initial=1, max=15, jitter=1)
"""About 1, 2, 4, 8, 15 s: an outage of a minute is bridged, one that lasts is left to the caller's own schedule."""

GARBLED_ATTEMPTS = 3
"""A cut-off answer comes whole the next time; another shape stays another shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Repeats a read while that can help: after an outage, a rate limit or a garbled answer, within `deadline_s`."""

    clock: Clock
    deadline_s: float

    async def run(self, read: Callable[[float], Awaitable[T]]) -> T:
        """Return what `read` gives; it is called with the seconds that are left.

        Waits as long as Rodin wishes, and at least the back-off; when that ends after the deadline, or at the
        deadline, the last error is raised at once, with Rodin's wish in it.
        """
        deadline = self.clock.now() + timedelta(seconds=self.deadline_s)

        def is_over(state: RetryCallState) -> bool:
            is_garbled = isinstance(_error(state), VendorGarbled)
            wakes_at = self.clock.now() + timedelta(seconds=state.upcoming_sleep)
            return wakes_at >= deadline or (is_garbled and state.attempt_number >= GARBLED_ATTEMPTS)

        async def attempt() -> T:
            return await read((deadline - self.clock.now()).total_seconds())

        return await AsyncRetrying(
            sleep=self.clock.sleep,
            wait=_wait_s,
            stop=is_over,
            retry=retry_if_exception_type((VendorBusy, VendorGarbled)),
            before_sleep=_note,
            reraise=True,
        )(attempt)


def _wait_s(state: RetryCallState) -> float:
    error = _error(state)
    wish_s = error.retry_after_s if isinstance(error, VendorBusy) else None
    return max(BACKOFF(state), wish_s or 0.0)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _note(state: RetryCallState) -> None:
    log.debug(
        "read repeated attempt=%d wait_s=%.1f error=%s", state.attempt_number, state.upcoming_sleep, _error(state)
    )
