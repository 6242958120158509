"""Escaping and cutting for Slack, with the words that hurt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import limits
from bot.cutting import ELLIPSIS, size_of


@given(st.text(), st.integers(min_value=2, max_value=300))
def test_whatever_people_write_fits(words: str, limit: int) -> None:
    assert size_of(limits.escaped(words, limit)) <= limit


@given(st.text(alphabet="<>&!@#|abc"))
def test_escaped_words_hold_no_markup(words: str) -> None:
    said = limits.escaped(words, 3000)

    assert "<" not in said
    assert ">" not in said
    assert said.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "").count("&") == 0


@pytest.mark.parametrize("limit", range(5, 30))
def test_no_cut_leaves_half_an_escape(limit: int) -> None:
    shown = limits.escaped("<" * 30, limit).removesuffix(ELLIPSIS)

    assert shown.replace("&lt;", "") == ""
