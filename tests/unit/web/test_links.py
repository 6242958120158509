"""Links name one task and one generation, and nobody can make one without the key."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.links import Claim, SignedLinks
from bot.exhibit import Links

KEY = "a key that only this test knows"
PUBLIC = "https://models.example"


@pytest.fixture
def links() -> SignedLinks:
    return SignedLinks(KEY, public_url=PUBLIC)


def test_a_token_says_for_which_task_and_generation_it_was_made(links: SignedLinks) -> None:
    token = links.token("du9xkna", 3)

    assert links.read(token) == Claim(task_id="du9xkna", generation=3)


def test_another_process_with_the_same_key_reads_the_token(links: SignedLinks) -> None:
    other = SignedLinks(KEY.encode(), public_url=None)

    assert other.read(links.token("du9xkna", 3)) == Claim(task_id="du9xkna", generation=3)


def test_no_character_of_a_token_can_be_changed(links: SignedLinks) -> None:
    token = links.token("du9xkna", 3)
    letters = string.ascii_letters + string.digits + "-_.=+/ \0ä"
    changed = [
        token[:at] + letter + token[at + 1 :] for at in range(len(token)) for letter in letters if letter != token[at]
    ]

    assert [one for one in changed if links.read(one)] == []


def test_a_token_that_was_cut_or_extended_is_nothing(links: SignedLinks) -> None:
    token = links.token("du9xkna", 3)

    pieces = [token[:end] for end in range(len(token))] + [token[start:] for start in range(1, len(token))]
    for altered in (*pieces, token + "A", token + "=", token + "\n", " " + token, token.upper(), token * 2):
        assert links.read(altered) is None


def test_a_token_is_worth_nothing_under_another_key(links: SignedLinks) -> None:
    other = SignedLinks("another key that nobody knows", public_url=PUBLIC)

    assert links.read(other.token("du9xkna", 3)) is None


def test_what_the_same_key_signs_for_another_purpose_is_no_link(
    links: SignedLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.web.links._PURPOSE", b"another purpose")
    other = SignedLinks(KEY, public_url=PUBLIC)

    assert links.read(other.token("du9xkna", 3)) is None


def test_the_generation_cannot_be_written_in_two_ways(links: SignedLinks) -> None:
    token = links.token("du9xkna", 3)

    assert links.read(token.replace(".3.", ".03.")) is None
    assert links.read(token.replace(".3.", ".٣.")) is None


@given(st.text())
def test_no_text_of_a_stranger_is_a_token(text: str) -> None:
    assert SignedLinks(KEY, public_url=PUBLIC).read(text) is None


@pytest.mark.parametrize(
    ("task_id", "generation"), [("", 0), ("a/b", 0), ("a.b", 0), ("ä", 0), ("a", -1), ("a", 10**9)]
)
def test_what_does_not_fit_into_a_token_is_refused(links: SignedLinks, task_id: str, generation: int) -> None:
    with pytest.raises(ValueError, match="no link can be made"):
        links.token(task_id, generation)


def test_a_short_key_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="16 characters") as caught:
        SignedLinks("s3cret", public_url=PUBLIC)

    assert "s3cret" not in str(caught.value)


def test_addresses_stand_below_the_public_one_and_names_are_encoded() -> None:
    links: Links = (signed := SignedLinks(KEY, public_url="https://models.example/rodin/"))
    token = signed.token("du9xkna", 0)

    assert links.viewer_url("du9xkna", 0) == f"https://models.example/rodin/t/{token}"
    assert links.file_url("du9xkna", 0, "tea pöt/../#1?.glb") == (
        f"https://models.example/rodin/t/{token}/tea%20p%C3%B6t%2F..%2F%231%3F.glb"
    )


def test_without_a_public_address_there_are_no_links() -> None:
    links: Links = SignedLinks(KEY, public_url=None)

    assert links.viewer_url("du9xkna", 0) is None
    assert links.file_url("du9xkna", 0, "model.glb") is None
