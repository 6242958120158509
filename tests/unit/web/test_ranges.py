"""Which bytes a Range header asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.ranges import NoSuchStretch, parse_range


@pytest.mark.parametrize(
    ("header", "start", "length"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=10-19", 10, 10),
        ("bytes=90-", 90, 10),
        ("bytes=99-99", 99, 1),
        ("bytes=-1", 99, 1),
        ("bytes=-100", 0, 100),
        ("bytes=-1000", 0, 100),
        ("bytes=50-1000", 50, 50),
        ("bytes=0-99999999999999999999999999999999", 0, 100),
        ("bytes=-" + "9" * 1000, 0, 100),
        ("BYTES=0-1", 0, 2),
        ("bytes= 5-6 ", 5, 2),
        ("bytes=007-8", 7, 2),
    ],
)
def test_a_range_is_read_as_the_standard_says(header: str, start: int, length: int) -> None:
    found = parse_range(header, 100)

    assert found is not None
    assert (found.start, found.length) == (start, length)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "bytes=1-2,4-5",
        "items=0-1",
        "bytes=+1-2",
        "bytes=1-2-3",
        "bytes=0x1-2",
        "bytes=\u0661-\u0662",
        "bytes=1.5-2",
        "bytes=--1",
        "0-1",
        f"bytes={'9' * 1001}-",
    ],
)
def test_what_cannot_be_read_or_is_several_ranges_means_the_whole_file(header: str | None) -> None:
    assert parse_range(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=" + "9" * 1000 + "-", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(header: str) -> None:
    with pytest.raises(NoSuchStretch):
        parse_range(header, 100)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_an_empty_file_has_no_ranges(header: str) -> None:
    with pytest.raises(NoSuchStretch):
        parse_range(header, 0)


@given(st.one_of(st.text(), st.from_regex(r"bytes=[0-9]*-[0-9]*", fullmatch=True)), st.integers(0, 10**15))
def test_a_stretch_lies_inside_its_file_and_is_not_empty(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except NoSuchStretch:
        return

    assert found is None or (found.start >= 0 and found.length > 0 and found.start + found.length <= size)
