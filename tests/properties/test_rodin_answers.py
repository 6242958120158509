"""Whatever Rodin answers: our types, or one of the errors that the core knows what to do with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.rodin.answers import Answer, read_object, read_submission
from adapters.rodin.refusals import LONGEST_RETRY_S, REASONS, parse_retry_after
from adapters.rodin.wire import parse_balance, parse_listing, parse_status, parse_submission, parse_usage
from bot.errors import VendorBusy, VendorError, VendorFull, VendorGarbled, VendorRefused, VendorUnclear
from bot.model import Submission
from tests.factories import NOON
from tests.properties.outcomes import result_or
from tests.properties.profile import tried
from tests.properties.words import WORDS, as_json, json_values

SECRET = "a-key-of-the-operator"

FIELDS = st.sampled_from(
    ["uuid", "jobs", "subscription_key", "status", "list", "name", "url", "error", "message", "balance", "consumed",
     "usage", "task_uuid", "time", "item", "amount", "prompt", "queue_length"]
)  # fmt: skip
CODES = st.sampled_from([*REASONS, "API_PARALLELISM_LIMIT_REACHED", "OK", "", SECRET])
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        "uuid": st.sampled_from(["u-1", "", SECRET]) | WORDS,
        "error": CODES | st.none() | WORDS,
        "message": st.just(f"no access with {SECRET}") | WORDS,
        "jobs": json_values(FIELDS),
        "list": st.lists(st.fixed_dictionaries({"name": WORDS, "url": WORDS | st.none()}), max_size=3),
        "usage": st.lists(json_values(FIELDS), max_size=3),
        "balance": st.floats() | st.integers() | WORDS,
    },
)
BODIES = st.one_of(
    LIKELY.map(as_json),
    json_values(FIELDS).map(as_json),
    LIKELY.map(as_json).flatmap(lambda body: st.integers(0, len(body)).map(lambda end: body[:end])),
    st.binary(max_size=60),
    st.just(b"<html><body>502 Bad Gateway</body></html>"),
    st.just(b"SyntaxError: Unexpected token ? is not valid JSON"),
)
STATUSES = st.sampled_from([200, 201, 204, 301, 303, 400, 401, 404, 408, 429, 500, 502, 503, 599])
ANSWERS = st.builds(
    Answer,
    status=STATUSES,
    body=BODIES,
    retry_after=st.none() | st.sampled_from(["3", "-1", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT"]) | WORDS,
    at=st.just(NOON),
    secrets=st.just((SECRET,)),
)

PARSERS: dict[str, Callable[[Any], object]] = {
    "status": parse_status,
    "listing": parse_listing,
    "balance": parse_balance,
    "usage": parse_usage,
    "submission": parse_submission,
}


@pytest.mark.parametrize("parser", PARSERS)
@tried(40)
@given(answer=ANSWERS)
def test_a_read_gives_our_types_or_an_error_that_does_not_speak_of_money(parser: str, answer: Answer) -> None:
    refusals = (VendorBusy, VendorGarbled, VendorRefused)
    _, refusal = result_or(refusals, lambda: PARSERS[parser](read_object(answer)))

    assert SECRET not in str(refusal)


@tried(80)
@given(answer=ANSWERS)
def test_a_submission_is_taken_refused_or_in_doubt_and_never_garbled(answer: Answer) -> None:
    outcomes = (VendorBusy, VendorFull, VendorRefused, VendorUnclear)
    submission, error = result_or(outcomes, lambda: read_submission(answer))

    assert SECRET not in str(error)
    if error is None:
        assert isinstance(submission, Submission)
        assert 200 <= answer.status < 300
        assert submission.uuid.strip()
    elif not isinstance(error, VendorUnclear):
        surely_not_taken = answer.status not in {500, 502, 503, 599, 303}
        assert surely_not_taken or b"SyntaxError" in answer.body


@tried(80)
@given(header=st.none() | WORDS | st.floats().map(str) | st.integers().map(str))
def test_a_wish_to_wait_is_sane_or_none(header: str | None) -> None:
    wish_s = parse_retry_after(header, now=NOON)

    assert wish_s is None or 0 <= wish_s <= LONGEST_RETRY_S


@tried(40)
@given(answer=st.dictionaries(FIELDS, json_values(FIELDS), max_size=6))
def test_what_is_read_can_be_stored(answer: Any) -> None:
    with suppress(VendorError):
        submission = parse_submission(answer)
        for words in (submission.uuid, submission.subscription_key or "", submission.prompt):
            assert "\x00" not in words
            assert words.encode()
