"""Rodin's JSON, as documented, as reported, and as nobody would expect it."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.rodin.wire import (
    check_error,
    parse_balance,
    parse_listing,
    parse_object,
    parse_status,
    parse_submission,
    parse_usage,
)
from bot.errors import VendorGarbled, VendorRefused
from bot.model import JobState, JobStatus, Submission
from tests.emulators.scripted_rodin import payload

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELD_NAMES = st.sampled_from(
    ["error", "jobs", "uuid", "subscription_key", "status", "list", "name", "url", "balance", "usage", "consumed"]
) | st.sampled_from(["task_uuid", "time", "item", "amount", "queue_length", "prompt", "message"])
ANSWERS = st.dictionaries(
    FIELD_NAMES, JSON | st.dictionaries(FIELD_NAMES, JSON) | st.lists(st.dictionaries(FIELD_NAMES, JSON)), max_size=6
)
PARSERS = [parse_submission, parse_status, parse_listing, parse_balance, parse_usage]


def as_parsed(value: Any) -> Any:
    return parse_object(json.dumps(value).encode())


@pytest.mark.parametrize("name", ["submission", "submission_jobs_as_list"])
def test_a_submission_is_read_from_both_shapes(name: str) -> None:
    submission = parse_submission(as_parsed(payload(name)))

    assert submission == Submission(
        uuid="5f0c6f2e-7a6e-4d1b-9d0a-0a3d8f2b7c11",
        subscription_key="eyJhbGciOiJub25lIn0.eyJtYWRlIjoidXAifQ.",
        consumed=Decimal("0.5"),
        prompt=payload(name).get("prompt", ""),
    )


@pytest.mark.parametrize(
    "jobs", [None, {}, [], {"uuids": []}, {"subscription_key": ""}, {"subscription_key": 7}, "x", [1]]
)
def test_a_taken_task_is_not_lost_over_a_missing_subscription_key(jobs: Any) -> None:
    submission = parse_submission({"uuid": "u", "jobs": jobs, "consumed": 1})

    assert submission == Submission(uuid="u", subscription_key=None, consumed=Decimal(1))


def test_the_first_usable_subscription_key_counts() -> None:
    jobs = [{"uuid": "a"}, {"subscription_key": 7}, {"subscription_key": "k"}]

    assert parse_submission({"uuid": "u", "jobs": jobs}).subscription_key == "k"


@pytest.mark.parametrize("uuid", [None, "", "  ", 7, ["u"], {"a": 1}, "a\ud800", "a\x00"])
def test_a_submission_without_a_uuid_is_garbled(uuid: Any) -> None:
    with pytest.raises(VendorGarbled, match="uuid"):
        parse_submission({"uuid": uuid, "jobs": {"subscription_key": "k"}})


@pytest.mark.parametrize("consumed", [None, "much", -1, True, [], 10**12])
def test_a_taken_task_is_not_lost_over_an_odd_price(consumed: Any) -> None:
    submission = parse_submission({"uuid": "u", "jobs": {"subscription_key": "k"}, "consumed": consumed})

    assert submission.consumed is None


def test_jobs_are_read_with_their_place_in_the_queue() -> None:
    jobs = parse_status(as_parsed(payload("status")))

    assert [(job.state, job.queue_length) for job in jobs] == [
        (JobState.DONE, None),
        (JobState.GENERATING, None),
        (JobState.WAITING, 7),
    ]


def test_jobs_in_an_object_are_read_as_well() -> None:
    jobs = parse_status(as_parsed(payload("status_jobs_as_object")))

    assert [(job.uuid[-2:], job.state, job.queue_length) for job in jobs] == [
        ("01", JobState.DONE, None),
        ("02", JobState.WAITING, 2),
    ]


def test_one_job_by_itself_and_a_map_of_words_are_read_as_well() -> None:
    assert parse_status({"jobs": {"uuid": "a", "status": "Done"}}) == (
        JobStatus(uuid="a", state=JobState.DONE, word="Done"),
    )
    assert parse_status({"jobs": {"a": "Failed"}}) == (JobStatus(uuid="a", state=JobState.FAILED, word="Failed"),)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Waiting", JobState.WAITING),
        ("Generating", JobState.GENERATING),
        ("Done", JobState.DONE),
        ("Failed", JobState.FAILED),
        ("Canceled", JobState.CANCELED),
        ("Cancelled", JobState.CANCELED),
        ("Packaging", JobState.OTHER),
    ],
)
def test_a_status_word_is_understood_and_kept(word: str, state: JobState) -> None:
    (job,) = parse_status({"jobs": [{"uuid": "a", "status": word}]})

    assert (job.state, job.word) == (state, word)


@pytest.mark.parametrize("queue_length", [None, -1, True, "7", Decimal("1.5"), 10**9, []])
def test_a_queue_length_that_cannot_be_is_left_out(queue_length: Any) -> None:
    (job,) = parse_status({"jobs": [{"uuid": "a", "status": "Waiting", "queue_length": queue_length}]})

    assert job.queue_length is None


@pytest.mark.parametrize("jobs", [[], None, {}])
def test_no_jobs_yet_means_queued(jobs: Any) -> None:
    assert parse_status({"error": "OK", "jobs": jobs}) == ()


@pytest.mark.parametrize(
    "answer", [{}, {"jobs": "x"}, {"jobs": 0}, {"jobs": [1]}, {"jobs": [{}]}, {"jobs": [{"status": 5}]}]
)
def test_a_status_in_another_shape_is_garbled(answer: Any) -> None:
    with pytest.raises(VendorGarbled):
        parse_status(answer)


def test_listed_files_keep_their_raw_names_and_links() -> None:
    files = parse_listing(as_parsed(payload("listing")))

    assert [file.name for file in files] == ["base_basic_pbr.glb", "preview.webp"]
    assert [file.url for file in files] == [entry["url"] for entry in payload("listing")["list"]]


def test_a_listed_file_without_a_link_is_not_there_yet() -> None:
    assert parse_listing({"list": [{"name": "base.glb", "url": None}]}) == ()
    assert parse_listing({"list": None}) == ()


@pytest.mark.parametrize(
    "answer", [{}, {"list": {}}, {"list": ["x"]}, {"list": [{"name": 1, "url": "x"}]}, {"list": ""}]
)
def test_a_listing_in_another_shape_is_garbled(answer: Any) -> None:
    with pytest.raises(VendorGarbled):
        parse_listing(answer)


def test_a_balance_is_read_to_the_last_digit() -> None:
    assert parse_balance(parse_object(b'{"balance": 0.1}')) == Decimal("0.1")
    assert parse_balance(parse_object(b'{"balance": 12345678.123456789012345}')) == Decimal("12345678.123456789012345")
    assert parse_balance(as_parsed(payload("balance"))) == Decimal("227.5")
    assert parse_balance(parse_object(b'{"balance": "12.5"}')) == Decimal("12.5")


@pytest.mark.parametrize(
    "number", ["-1", "true", "null", '"NaN"', '"Infinity"', '"x"', "1e999", "[]", "0." + "1" * 100, '"-0.5"']
)
def test_a_balance_that_cannot_be_is_garbled(number: str) -> None:
    with pytest.raises(VendorGarbled):
        parse_balance(parse_object(f'{{"balance": {number}}}'.encode()))


def test_charges_are_read_newest_first_as_rodin_gives_them() -> None:
    records = parse_usage(as_parsed(payload("usage")))

    assert [(record.item, record.amount) for record in records] == [
        ("Rodin Gen-2.5-Medium", Decimal("0.5")),
        ("Rodin Gen-2.5-Extreme-High", Decimal(1)),
    ]
    assert records[0].time == datetime(2026, 11, 22, 9, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "time", ["2026-11-22T09:14:05Z", "2026-11-22T10:14:05+01:00", "2026-11-22 09:14:05", 1795338845, 1795338845000]
)
def test_the_moment_of_a_charge_is_read_in_every_likely_form(time: Any) -> None:
    (record,) = parse_usage({"usage": [{"task_uuid": "a", "time": time, "item": "x", "amount": 1}]})

    assert record.time == datetime(2026, 11, 22, 9, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize("time", [None, "yesterday", True, 10**400, [], "9999-12-31T23:59:59-12:00"])
def test_a_charge_whose_moment_cannot_be_read_has_none(time: Any) -> None:
    (record,) = parse_usage({"usage": [{"task_uuid": "a", "time": time, "item": "x", "amount": 1}]})

    assert record.time is None


def test_a_record_that_names_no_task_is_no_charge_for_one() -> None:
    assert parse_usage({"usage": [{"task_uuid": None, "item": "refill", "amount": 100}]}) == ()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"usage": None},
        {"usage": {}},
        {"usage": [{"task_uuid": "a"}]},
        {"usage": [{"task_uuid": "a", "amount": -1}]},
    ],
)
def test_usage_that_is_not_understood_whole_is_garbled(answer: Any) -> None:
    with pytest.raises(VendorGarbled):
        parse_usage(answer)


@pytest.mark.parametrize("error", [None, "", "OK", "ok", " "])
def test_an_empty_error_is_none(error: Any) -> None:
    check_error({"error": error}, status=201)
    check_error({}, status=201)


@pytest.mark.parametrize("error", [True, 5, {"code": "X"}, ["X"]])
def test_an_error_that_is_no_text_is_garbled(error: Any) -> None:
    with pytest.raises(VendorGarbled):
        check_error({"error": error}, status=201)


def test_a_refusal_keeps_rodins_own_words_but_no_secret() -> None:
    with pytest.raises(VendorRefused) as caught:
        check_error(
            {"error": "NEW_CODE", "message": "key sk-12345 is bad"}, status=201, secrets=("sk-12345", "eyJ.longer")
        )

    assert (caught.value.code, caught.value.message) == ("NEW_CODE", "key [secret] is bad")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'"x"', b'{"a": NaN}', b'{"a": Infinity}', b"\xff\xfe", b"<html>"],
)
def test_a_body_that_is_no_json_object_is_garbled(body: bytes) -> None:
    with pytest.raises(VendorGarbled):
        parse_object(body)


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"a": 1e99999999999999999999}', b'{"a": ' + b"9" * 5000 + b"}"],
    ids=["deep", "far", "long"],
)
def test_json_that_goes_beyond_every_measure_is_garbled(body: bytes) -> None:
    with pytest.raises(VendorGarbled):
        parse_object(body)


def test_a_byte_order_mark_is_no_trouble() -> None:
    assert parse_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_text_that_no_database_takes_is_made_harmless() -> None:
    answer = {"uuid": "u", "jobs": {"subscription_key": "k"}, "prompt": "an\x00 owl \ud83d"}

    assert parse_submission(answer).prompt == "an owl ?"


@settings(deadline=None)
@given(ANSWERS)
def test_no_json_object_breaks_a_parser(answer: dict[str, Any]) -> None:
    with suppress(VendorGarbled):
        parsed = as_parsed(answer)
        for parse in PARSERS:
            with suppress(VendorGarbled):
                assert parse(parsed) is not None
        with suppress(VendorRefused):
            check_error(parsed, status=201)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_break_the_reading_of_json(body: bytes) -> None:
    with suppress(VendorGarbled):
        assert isinstance(parse_object(body), dict)
