"""Cutting words to fit, with the words that hurt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cutting import ELLIPSIS, clusters, joined, plain, size_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAG = "\U0001f1e9\U0001f1ea"
THUMB = "\U0001f44d\U0001f3fd"
HEART = "\u2764\ufe0f"


@settings(deadline=None)
@given(st.text(), st.integers(min_value=1, max_value=300))
def test_nothing_is_longer_than_its_limit(words: str, limit: int):
    assert size_of(plain(words, limit)) <= limit


@settings(deadline=None)
@given(st.text())
def test_the_pieces_are_the_words(words: str):
    assert "".join(clusters(words)) == words


@pytest.mark.parametrize("emoji", [FAMILY, FLAG, THUMB, HEART, "e\u0301"])
@pytest.mark.parametrize("limit", range(1, 40))
def test_no_cut_leaves_half_an_emoji(emoji: str, limit: int):
    shown = plain(emoji * 12, limit)

    assert shown.removesuffix(ELLIPSIS).replace(emoji, "") == ""


@pytest.mark.parametrize("emoji", [FAMILY, FLAG, THUMB, HEART, "e\u0301"])
def test_what_a_person_sees_as_one_character_is_one_piece(emoji: str):
    assert list(clusters(f"a{emoji}{emoji}b")) == ["a", emoji, emoji, "b"]


def test_ascii_behind_a_joiner_begins_a_piece_so_that_it_can_be_escaped():
    assert list(clusters("a\u200d*")) == ["a\u200d", "*"]


@pytest.mark.parametrize("steering", ["\u202e", "\u2066", "\x00", "\x07", "\x1b", "\u2028", "\ud800"])
def test_what_steers_a_screen_is_taken_out(steering: str):
    assert plain(f"a{steering}b", 10) == "a b"


def test_lines_are_joined_whole():
    assert joined(["a" * 10, "b" * 10], 100) == "a" * 10 + "\n" + "b" * 10
    assert joined(["a" * 10, "b" * 10], 15) == "a" * 10 + "\n" + ELLIPSIS
