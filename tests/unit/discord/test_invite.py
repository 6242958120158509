"""The invite link and the rights it asks for."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.invite import RIGHTS, application_id_of, invite_link, manifest_text


def test_the_link_asks_for_exactly_the_rights_of_the_table():
    query = parse_qs(urlsplit(invite_link(42)).query)

    asked = discord.Permissions(int(query["permissions"][0]))
    assert asked == discord.Permissions(**{right.name: True for right in RIGHTS})
    assert query["client_id"] == ["42"]
    assert query["scope"] == ["bot applications.commands"]


def test_no_right_is_asked_for_that_could_do_harm():
    asked = discord.Permissions(**{right.name: True for right in RIGHTS})

    assert not asked.administrator
    assert not asked.mention_everyone
    assert not asked.manage_messages


def test_every_right_says_why():
    printed = manifest_text(42)

    assert all(right.title in printed and right.why in printed for right in RIGHTS)


def test_without_an_id_it_says_where_to_find_it():
    assert "APPLICATION_ID" in manifest_text(None)
    assert "General Information" in manifest_text(None)


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_the_id_is_read_out_of_a_token(number: int):
    head = base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")

    assert application_id_of(f"{head}.abcdef.ghijkl") == number


@pytest.mark.parametrize("token", ["", "no", "a.b.c", "....", "ÄÖ.x.y"])
def test_what_is_no_token_has_no_id(token: str):
    assert application_id_of(token) is None
