"""Addresses: what is written down can be read back, and what is no address ends the telling."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.address import Kind, Spot, parse_address
from adapters.discord.invite import TITLES
from bot.errors import AddressGone
from bot.model import Address

SNOWFLAKES = st.integers(min_value=1, max_value=2**63 - 1)
RIGHTS = st.lists(st.sampled_from(sorted(TITLES)), unique=True).map(tuple)

SPOTS = st.builds(
    Spot,
    kind=st.sampled_from(Kind),
    channel=SNOWFLAKES,
    user=SNOWFLAKES,
    since=SNOWFLAKES,
    guild=st.none() | SNOWFLAKES,
    thread=st.none() | SNOWFLAKES,
    root=st.none() | SNOWFLAKES,
    status=st.none() | st.just(0) | SNOWFLAKES,
    result=st.none() | SNOWFLAKES,
    dm=st.none() | SNOWFLAKES,
    answer=st.just("") | SNOWFLAKES.map(lambda number: f"discord:{number}"),
    lacks=RIGHTS,
    named=RIGHTS,
)


@settings(deadline=None)
@given(SPOTS)
def test_a_spot_survives_being_written_down(spot: Spot):
    assert parse_address(spot.address()) == spot


@settings(deadline=None)
@given(SPOTS)
def test_only_a_thread_is_a_place_that_others_share(spot: Spot):
    expected = str(spot.thread) if spot.thread and spot.kind is not Kind.PRIVATE else ""

    assert spot.address().place == expected


@settings(deadline=None)
@given(st.text(max_size=60))
def test_what_is_no_address_ends_the_telling(value: str):
    with pytest.raises(AddressGone):
        parse_address(Address(platform="discord", value=value))


def test_an_address_holds_no_token():
    spot = Spot(kind=Kind.PRIVATE, channel=1, user=2, since=3, answer="discord:3")

    assert spot.address().value == "kind=private&channel=1&user=2&since=3&answer=discord%3A3"
