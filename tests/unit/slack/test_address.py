"""Addresses come back as they went, and nobody else's are read."""

from __future__ import annotations

import pytest

from adapters.slack.address import Spot, event_of_interaction, parse_address
from bot.errors import AddressGone
from bot.model import Address

FULL = Spot(
    team="T1",
    enterprise="E1",
    channel="C1",
    user="U1",
    name="ann & bob=ü",
    since="1795360065.745810",
    root="1795360066.000001",
    status="1795360066.000001",
    result="1795360067.000002",
    uploads=("F1", "F2"),
    notes=("moved",),
)


@pytest.mark.parametrize("spot", [FULL, Spot(team="T1", channel="U1", user="U1", since="1.000000")])
def test_a_spot_comes_back_from_its_address(spot: Spot) -> None:
    assert parse_address(spot.address()) == spot


def test_the_place_is_the_thread_and_there_is_none_before_it() -> None:
    assert FULL.address().place == "T1:C1:1795360066.000001"
    assert Spot(team="T1", channel="C1", user="U1", since="1.0").address().place == ""


@pytest.mark.parametrize("value", ["", "you", "team=T1", "team=T1&channel=C1&user=U1&since=1&unheard=of"])
def test_an_address_that_is_none_ends_the_telling(value: str) -> None:
    with pytest.raises(AddressGone):
        parse_address(Address(platform="slack", value=value))


def test_the_name_of_an_interaction_does_not_give_its_trigger_away() -> None:
    event = event_of_interaction("13345224609.738474920.8088930838d88f008e0")

    assert event == event_of_interaction("13345224609.738474920.8088930838d88f008e0")
    assert "8088930838d88f008e0" not in event
    assert event != event_of_interaction("another")
