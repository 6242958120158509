"""What an HTTP answer of Rodin's API means: one rule for reads, a stricter one for submissions. Pure.

A read can be repeated, so doubt about it is an outage. A submission may have cost money, so doubt about it is
said to be doubt (`VendorUnclear`) and never ends in a second attempt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from adapters.rodin.refusals import LONGEST_MESSAGE, bare_refusal, parse_retry_after, rate_limit, without_secrets
from adapters.rodin.wire import JsonObject, check_error, parse_object, parse_submission
from bot.errors import VendorBusy, VendorDown, VendorFull, VendorGarbled, VendorRefused, VendorUnclear
from bot.model import RefusalReason, Submission

REQUEST_TIMEOUT = 408
TOO_MANY = 429
SERVER_ERROR = 500

BAD_ARRAY = re.compile(r"SyntaxError\b[^<]{0,2000}?is not valid JSON", re.DOTALL)
"""The text of the HTTP 500 with which Rodin rejects an array field that is no JSON; nothing is taken then.

Source: a real run of September 2026, reported in public code. Text that quotes markup is left out: it would be
about an answer between Rodin's own servers, which can come after the task was taken.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer as it came. `body` may be cut off; `secrets` are the words that no error may repeat."""

    status: int
    body: bytes
    retry_after: str | None
    at: datetime
    secrets: tuple[str, ...]


def read_object(answer: Answer) -> JsonObject:
    """Return the JSON of a read that succeeded.

    Raises:
        VendorBusy: HTTP 429. VendorDown: HTTP 5xx or 408. Both with Rodin's wish when to come back.
        VendorRefused: another 4xx, or a 2xx with a code in `error`.
        VendorGarbled: a redirect, or no readable JSON.
    """
    if answer.status == TOO_MANY:
        raise _too_many(answer)
    if answer.status >= SERVER_ERROR or answer.status == REQUEST_TIMEOUT:
        wish_s = parse_retry_after(answer.retry_after, now=answer.at)
        raise VendorDown(f"HTTP {answer.status}", retry_after_s=wish_s)
    if answer.status >= 400:
        raise _refused(answer)
    if answer.status >= 300:
        # Never followed: the key must not go to another host.
        raise VendorGarbled(f"a redirect (HTTP {answer.status}) instead of an answer; is the API address right?")
    return _checked(answer)


def read_submission(answer: Answer) -> Submission:
    """Return what a submission gave back: 2xx, `error` empty and a `uuid`; without a key when that did not come.

    Raises:
        VendorBusy, VendorFull: HTTP 429, or the code for too many tasks at once; nothing was taken.
        VendorRefused: another 4xx, a 2xx with a code in `error`, a redirect, or the HTTP 500 for a malformed array
            field, which is a mistake of ours; nothing was taken.
        VendorUnclear: any other 5xx, or a 2xx that cannot be read.
    """
    if answer.status == TOO_MANY:
        raise _too_many(answer)
    if answer.status >= SERVER_ERROR:
        raise _bad_array(answer) or VendorUnclear(f"a submission was answered with HTTP {answer.status}")
    if answer.status >= 400:
        raise _refused(answer)
    if answer.status == 303:  # "see other" is what servers say after they did the work
        raise VendorUnclear("a submission was answered with HTTP 303")
    if answer.status >= 300:
        raise bare_refusal(answer.status)
    try:
        return parse_submission(_checked(answer))
    except VendorGarbled as error:
        raise VendorUnclear(f"a submission was answered with HTTP {answer.status} and {error}") from error


def _checked(answer: Answer) -> JsonObject:
    found = parse_object(answer.body)
    check_error(found, status=answer.status, secrets=answer.secrets)
    return found


def _too_many(answer: Answer) -> VendorBusy:
    error = rate_limit(answer.retry_after, now=answer.at)
    said = _refused(answer)
    return VendorFull("HTTP 429", retry_after_s=error.retry_after_s) if isinstance(said, VendorFull) else error


def _refused(answer: Answer) -> VendorRefused | VendorFull:
    try:
        _checked(answer)
    except (VendorRefused, VendorFull) as error:
        return error
    except VendorGarbled:
        pass  # the status alone has to do
    return bare_refusal(answer.status)


def _bad_array(answer: Answer) -> VendorRefused | None:
    found = BAD_ARRAY.search(answer.body.decode(errors="replace")) if answer.status == SERVER_ERROR else None
    if found is None:
        return None
    said = without_secrets(found.group(), answer.secrets)[:LONGEST_MESSAGE]
    return VendorRefused(f"HTTP_{answer.status}", said, reason=RefusalReason.REQUEST)
