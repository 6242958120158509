"""Settings, privacy and news as messages: readable, harmless, within limits."""

from __future__ import annotations

import re

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import limits
from adapters.discord.drafts import Draft
from adapters.discord.render import notice_draft, privacy_draft, settings_draft
from bot import words_policy, words_privacy
from bot.cutting import size_of
from bot.policy import ADMINS_ONLY, EVERYONE, MOST_NAMED, Grant, Right, RightSetting, ServerSettings, all_rights

SNOWFLAKES = [str(10**18 + number) for number in range(MOST_NAMED)]
CROWD = Grant(roles=frozenset(SNOWFLAKES), people=frozenset(SNOWFLAKES))


def a_setting(right: Right, grant: Grant) -> RightSetting:
    return RightSetting(right=right, sentence=words_policy.about(right), grant=grant, is_default=False)


def of(grant: Grant) -> str:
    """Return how a server's settings read where every right is given to these."""
    rights = tuple(a_setting(right, grant) for right in all_rights())
    return text_of(settings_draft(ServerSettings(rights=rights, key="The bot's own key.", notice="Told.")))


def text_of(draft: Draft) -> str:
    assert isinstance(draft.embed, discord.Embed)
    return draft.embed.description or ""


@pytest.mark.parametrize(
    ("grant", "said"),
    [
        (EVERYONE, ": everyone"),
        (ADMINS_ONLY, ": admins"),
        (Grant(roles=frozenset({"7"}), people=frozenset({"8"})), ": admins, <@&7> and <@8>"),
        (CROWD, "and 194 more"),
    ],
)
def test_each_right_says_to_whom_it_is_given(grant: Grant, said: str):
    lines = of(grant).split("\n")

    assert lines[:3] == ["The bot's own key.", "Told.", ""]
    assert all(line.endswith(said) for line in lines[3:])
    assert len(lines) == 3 + len(all_rights())


def test_crowds_behind_every_right_still_fit_into_one_message():
    assert size_of(of(CROWD)) <= limits.EMBED_DESCRIPTION


@pytest.mark.parametrize("days", [1, 30, 3650])
def test_the_words_about_privacy_are_whole_and_have_headings_and_points(days: int):
    shown = text_of(privacy_draft(words_privacy.privacy(days)))

    assert not shown.endswith("…")
    headings = [line for line in shown.split("\n") if line.startswith("**")]
    assert headings == [f"**{section.heading}**" for section in words_privacy.sections(days)]
    assert all(line.startswith(("**", "- ")) for line in shown.split("\n") if line)


@settings(deadline=None)
@given(st.text(max_size=2500), st.text(alphabet="0123456789abcdef", min_size=1, max_size=16))
def test_news_fit_and_are_found_again_by_their_last_line(sentence: str, key: str):
    draft = notice_draft(sentence, key)

    assert size_of(draft.content) <= limits.CONTENT
    assert draft.content.rpartition("\n")[2] == f"-# {draft.mark}"
    assert draft.pings is None


def test_addresses_in_our_own_sentences_stay_links_without_a_preview():
    said = limits.linked("Words go to *Rodin* (https://hyper3d.ai). More: https://a.example/x_y.", 500)

    assert said == "Words go to \\*Rodin\\* (<https://hyper3d.ai>). More: <https://a.example/x_y>."


@settings(deadline=None)
@given(st.text(max_size=300), st.integers(min_value=1, max_value=300))
def test_a_sentence_with_addresses_is_never_longer_than_its_limit(words: str, limit: int):
    assert size_of(limits.linked(f"{words} https://a.example/ {words}", limit)) <= limit


def test_whatever_has_no_scheme_is_no_link():
    assert not re.search(r"<[^>]*>", limits.linked("javascript:alert(1) and discord.gg/abc", 500))
