"""Words of people: cut where Discord would refuse, escaped so that they mean nothing to it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import limits
from bot.cutting import size_of

WORDS = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\\`*_~|<>[]()@#:-+./\u200d\ufe0f ")), max_size=80)


@settings(deadline=None)
@given(WORDS, st.integers(min_value=1, max_value=60))
def test_nothing_is_longer_than_its_limit(words: str, limit: int):
    assert size_of(limits.escaped(words, limit)) <= limit


@settings(deadline=None)
@given(WORDS)
def test_whatever_steers_discord_has_a_backslash_before_it(words: str):
    shown = limits.escaped(words, 1000)

    bare = re.sub(r"\\.", "", shown, flags=re.DOTALL)
    assert not re.search(r"[`*_~|<>\[\]@\\]", bare)
    assert not re.search(r"(?m)^ *[#+-]", bare) or re.search(r"(?m)^ *[#+-]", re.sub(r"\\.", "x", shown)) is None
    assert "://" not in bare


@settings(deadline=None)
@given(WORDS, st.integers(min_value=1, max_value=60))
def test_no_cut_leaves_half_an_escape(words: str, limit: int):
    shown = limits.escaped(words, limit)

    trailing = len(shown) - len(shown.rstrip("\\"))
    assert trailing % 2 == 0


@settings(deadline=None)
@given(st.text(alphabet="abc *\\", max_size=40))
def test_words_that_fit_lose_nothing(words: str):
    assert re.sub(r"\\(.)", r"\1", limits.escaped(words, 1000)) == words


def test_markup_behind_a_joiner_is_escaped_all_the_same():
    assert limits.escaped("a\u200d**b**", 50) == "a\u200d\\*\\*b\\*\\*"


def test_ordinary_sentences_stay_as_they_are():
    said = "Task ab2c3de: Gen-2.5-Medium, glb (60,000 triangles), T/A pose. Price: 0.5 credits; 3 + 4 = 7!"

    assert limits.escaped(said, 200) == said


@pytest.mark.parametrize("link", ["https://evil.example", "http://a", "discord.gg/abc", "DISCORD.GG/abc"])
def test_addresses_become_no_links(link: str):
    assert link not in limits.escaped(f"see {link}", 100)
