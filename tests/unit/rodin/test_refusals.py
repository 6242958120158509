"""Rodin's codes and wishes: what each means, in both spellings and both forms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.rodin.refusals import bare_refusal, parse_retry_after, refusal, without_secrets
from bot.errors import VendorFull, VendorRefused
from bot.model import RefusalReason
from tests.factories import NOON

CODES = {
    "UNAUTHORIZED": "key",
    "USER_NOT_FOUND": "key",
    "GROUP_NOT_FOUND": "key",
    "PERMISSION_DENIED": "permission",
    "NO_ACTIVE_SUBSCRIPTION": "subscription",
    "API_NO_ACTIVE_SUBSCRIPTION": "subscription",
    "SUBSCRIPTION_PLAN_TOO_LOW": "plan",
    "API_SUBSCRIPTION_PLAN_TOO_LOW": "plan",
    "INSUFFICIENT_FUND": "credits",
    "API_INSUFFICIENT_FUNDS": "credits",
    "INVALID_REQUEST": "request",
    "IMAGE_LABEL_LENGTH_TOO_LONG": "labels",
    "API_OBJECT_NOT_FOUND_ON_IMAGE": "no_object",
    "IMAGE_CONTENT_VIOLATION": "content",
    "NO_SUCH_TASK": "no_such_task",
    "UNKNOWN": "unknown",
    "SOMETHING_NEW": "unknown",
}


@pytest.mark.parametrize(("code", "reason"), CODES.items())
def test_a_code_says_why(code: str, reason: str) -> None:
    error = refusal(code, "because", status=201)

    assert isinstance(error, VendorRefused)
    assert (error.code, error.message, error.reason) == (code, "because", reason)


def test_the_parallel_limit_is_room_that_will_come() -> None:
    assert isinstance(refusal("API_PARALLELISM_LIMIT_REACHED", "", status=201), VendorFull)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, RefusalReason.REQUEST),
        (401, RefusalReason.KEY),
        (402, RefusalReason.CREDITS),
        (403, RefusalReason.PERMISSION),
        (404, RefusalReason.UNKNOWN),
        (418, RefusalReason.UNKNOWN),
    ],
)
def test_a_status_alone_says_why_as_far_as_http_goes(status: int, reason: RefusalReason) -> None:
    assert bare_refusal(status).code == f"HTTP_{status}"
    assert bare_refusal(status).reason is reason
    assert refusal("NEW_CODE", "", status=status).reason is reason


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 12 ", 12.0),
        ("1.5", 1.5),
        ("300", 300.0),
        ("86400", 300.0),
        ("Mon, 02 Mar 2026 12:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 13:00:30 +0100", 30.0),
        ("Mon, 02 Mar 2026 12:00:30", 30.0),
        ("Monday, 02-Mar-26 12:00:30 GMT", 30.0),
        ("Mon Mar  2 12:00:30 2026", 30.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0.0),
        ("Tue, 02 Mar 2027 12:00:00 GMT", 300.0),
    ],
)
def test_both_forms_of_retry_after_are_read_and_bounded(header: str, seconds: float) -> None:
    assert parse_retry_after(header, now=NOON) == seconds


@pytest.mark.parametrize(
    "header", [None, "", "-5", "soon", "nan", "inf", "1e3", "٣", "0x10", "Mon, 99 Foo 2026", "5,5"]
)
def test_a_retry_after_that_makes_no_sense_is_none(header: str | None) -> None:
    assert parse_retry_after(header, now=NOON) is None


@settings(deadline=None)
@given(st.text())
def test_no_header_breaks_the_reading_of_retry_after(header: str) -> None:
    seconds = parse_retry_after(header, now=NOON)

    assert seconds is None or 0 <= seconds <= 300


def test_secrets_are_cut_out_of_rodins_words_unless_they_are_mere_letters() -> None:
    assert without_secrets("bad key sk-123, a", ("sk-123", "a")) == "bad key [secret], a"
