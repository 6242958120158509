"""Cutting and escaping, with the words that hurt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import limits

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@given(st.text(), st.integers(min_value=2, max_value=300))
def test_whatever_people_write_fits(words: str, limit: int) -> None:
    assert limits.size_of(limits.escaped(words, limit)) <= limit
    assert limits.size_of(limits.plain(words, limit)) <= limit


@given(st.text(alphabet="<>&!@#|abc"))
def test_escaped_words_hold_no_markup(words: str) -> None:
    said = limits.escaped(words, 3000)

    assert "<" not in said
    assert ">" not in said
    assert said.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "").count("&") == 0


@pytest.mark.parametrize("limit", range(5, 30))
def test_no_cut_leaves_half_an_emoji_or_half_an_escape(limit: int) -> None:
    family = limits.plain(FAMILY * 5, limit).removesuffix(limits.ELLIPSIS)
    escape = limits.escaped("<" * 30, limit).removesuffix(limits.ELLIPSIS)

    assert family.replace(FAMILY, "") == ""
    assert escape.replace("&lt;", "") == ""


def test_what_steers_a_screen_is_taken_out() -> None:
    assert limits.plain("gnp\u202egnp.exe\x07", 50) == "gnp gnp.exe "


def test_lines_are_joined_whole() -> None:
    assert limits.joined(["a" * 10, "b" * 10], 100) == "a" * 10 + "\n" + "b" * 10
    assert limits.joined(["a" * 10, "b" * 10], 15) == "a" * 10 + "\n" + limits.ELLIPSIS
