"""What an HTTP answer means, where the whole client would be more than the question needs."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from adapters.rodin.answers import Answer, read_object, read_submission
from adapters.rodin.refusals import LONGEST_MESSAGE
from bot.errors import VendorFull, VendorRefused
from tests.factories import NOON

FULL = {"error": "API_PARALLELISM_LIMIT_REACHED", "message": "Too many."}


def an_answer(status: int, body: object, *, retry_after: str | None = None) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status=status, body=data, retry_after=retry_after, at=NOON, secrets=("sk-of-the-tests",))


@pytest.mark.parametrize("status", [201, 400, 429])
def test_the_parallel_limit_is_known_by_its_code_under_any_status(status: int) -> None:
    with pytest.raises(VendorFull):
        read_submission(an_answer(status, FULL))


def test_the_parallel_limit_under_429_keeps_the_wish() -> None:
    with pytest.raises(VendorFull) as caught:
        read_submission(an_answer(429, FULL, retry_after="15"))

    assert caught.value.retry_after_s == 15


@pytest.mark.parametrize("read", [read_object, read_submission])
def test_a_sermon_is_cut_short(read: Callable[[Answer], object]) -> None:
    with pytest.raises(VendorRefused) as caught:
        read(an_answer(201, {"error": "INVALID_REQUEST", "message": "no " * 10_000}))

    assert len(caught.value.message) == LONGEST_MESSAGE


def test_a_syntax_error_in_a_later_500_text_is_found_wherever_it_stands() -> None:
    body = b'{"message": "Internal Server Error: SyntaxError: Unexpected token F in \\"F\\" is not valid JSON"}'

    with pytest.raises(VendorRefused, match="HTTP_500"):
        read_submission(an_answer(500, body))
