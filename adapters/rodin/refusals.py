"""Rodin's refusals: which code means what, and which HTTP answers are refusals at all. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.errors import VendorBusy, VendorFull, VendorRefused
from bot.model import RefusalReason

REASONS: Mapping[str, RefusalReason] = {
    "UNAUTHORIZED": RefusalReason.KEY,
    "USER_NOT_FOUND": RefusalReason.KEY,
    "GROUP_NOT_FOUND": RefusalReason.KEY,
    "PERMISSION_DENIED": RefusalReason.PERMISSION,
    "NO_ACTIVE_SUBSCRIPTION": RefusalReason.SUBSCRIPTION,
    "API_NO_ACTIVE_SUBSCRIPTION": RefusalReason.SUBSCRIPTION,
    "SUBSCRIPTION_PLAN_TOO_LOW": RefusalReason.PLAN,
    "API_SUBSCRIPTION_PLAN_TOO_LOW": RefusalReason.PLAN,
    "INSUFFICIENT_FUND": RefusalReason.CREDITS,
    "INSUFFICIENT_FUNDS": RefusalReason.CREDITS,
    "API_INSUFFICIENT_FUND": RefusalReason.CREDITS,
    "API_INSUFFICIENT_FUNDS": RefusalReason.CREDITS,
    "INVALID_REQUEST": RefusalReason.REQUEST,
    "IMAGE_LABEL_LENGTH_TOO_LONG": RefusalReason.LABELS,
    "API_OBJECT_NOT_FOUND_ON_IMAGE": RefusalReason.NO_OBJECT,
    "IMAGE_CONTENT_VIOLATION": RefusalReason.CONTENT,
    "NO_SUCH_TASK": RefusalReason.NO_SUCH_TASK,
    "UNKNOWN": RefusalReason.UNKNOWN,
}
"""Source: error tables of developer.hyper3d.ai (old spellings) and docs.hyper3d.ai (`API_` prefix, plural funds).

Refusals of a submission come with HTTP 201 as well, so the code decides, not the status.
"""

PARALLEL_LIMIT = "API_PARALLELISM_LIMIT_REACHED"
"""Too many of the account's tasks run; nothing was started. Source: docs.hyper3d.ai, error codes."""

REASONS_BY_STATUS: Mapping[int, RefusalReason] = {
    400: RefusalReason.REQUEST,
    401: RefusalReason.KEY,
    402: RefusalReason.CREDITS,
    403: RefusalReason.PERMISSION,
    413: RefusalReason.REQUEST,
    415: RefusalReason.REQUEST,
    422: RefusalReason.REQUEST,
}
"""What a 4xx means when its code is missing or unknown: the words of HTTP itself (RFC 9110, section 15.5)."""

LONGEST_RETRY_S = 300.0
"""Longer wishes are cut: a task waits twenty minutes at most, and a wrong date must not stop the queue for days."""

LONGEST_MESSAGE = 500
"""Characters of Rodin's own text that are kept."""

SHORTEST_SECRET = 4
"""Characters; cutting shorter ones out of Rodin's messages would leave nothing of them."""

SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)


def refusal(code: str, message: str, *, status: int) -> VendorRefused | VendorFull:
    """Return the error for a refusal with a code; unknown codes are kept whole, with the status's own reason."""
    if code == PARALLEL_LIMIT:
        return VendorFull(code)
    reason = REASONS.get(code) or REASONS_BY_STATUS.get(status, RefusalReason.UNKNOWN)
    return VendorRefused(code, message[:LONGEST_MESSAGE], reason=reason)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return Rodin's own words without the keys that they may echo."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "[secret]")
    return text


def bare_refusal(status: int) -> VendorRefused:
    """Return the error for a 4xx or a redirect whose body says nothing we can read."""
    code = f"HTTP_{status}"
    return VendorRefused(code, reason=REASONS_BY_STATUS.get(status, RefusalReason.UNKNOWN))


def rate_limit(retry_after: str | None, *, now: datetime) -> VendorBusy:
    """Return the error for an HTTP 429."""
    return VendorBusy("too many calls (HTTP 429)", retry_after_s=parse_retry_after(retry_after, now=now))


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Return the wish of a `Retry-After` header in seconds, 0 to 300, or None where it has none that makes sense.

    Both forms are read: seconds, and an HTTP date. Source: RFC 9110, section 10.2.3; docs.hyper3d.ai says that
    Rodin sends either.
    """
    text = (value or "").strip()
    if SECONDS.fullmatch(text):
        return min(float(text), LONGEST_RETRY_S)
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        wish_s = (aware - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wish_s, 0.0), LONGEST_RETRY_S)
