"""Sealing the secrets of others."""

from __future__ import annotations

import base64
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.vault import Purpose, Vault

VAULT = Vault("a secret key for tests")
ANSWERS = Purpose.ANSWERS

any_text = st.text(st.characters(codec=None))


@given(any_text)
def test_what_is_sealed_comes_back_as_it_was(text: str) -> None:
    sealed = VAULT.seal(text, purpose=ANSWERS)

    assert Vault("a secret key for tests").unseal(sealed, purpose=ANSWERS) == text


def test_what_is_sealed_shows_nothing_and_is_different_each_time() -> None:
    sealed = [VAULT.seal("xoxb-s3cr3t", purpose=ANSWERS) for _ in range(2)]

    assert sealed[0] != sealed[1]
    assert all(text.isascii() and b"s3cr3t" not in base64.urlsafe_b64decode(text) for text in sealed)


def test_another_secret_opens_nothing_and_says_so_without_quoting(caplog: pytest.LogCaptureFixture) -> None:
    sealed = VAULT.seal("xoxb-s3cr3t", purpose=ANSWERS)

    with caplog.at_level(logging.WARNING):
        assert Vault("a secret key for testt").unseal(sealed, purpose=ANSWERS) is None

    assert "SECRET_KEY" in caplog.text
    assert "purpose=answers" in caplog.text
    assert sealed not in caplog.text
    assert "s3cr3t" not in caplog.text


@pytest.mark.parametrize("position", range(0, 140, 7))
def test_what_was_changed_anywhere_does_not_open(position: int) -> None:
    sealed = VAULT.seal("xoxb-s3cr3t", purpose=ANSWERS)
    raw = bytearray(base64.urlsafe_b64decode(sealed))
    raw[position % len(raw)] ^= 1

    assert VAULT.unseal(base64.urlsafe_b64encode(raw).decode(), purpose=ANSWERS) is None


@given(any_text)
def test_foreign_text_does_not_open(text: str) -> None:
    assert VAULT.unseal(text, purpose=ANSWERS) is None


@pytest.mark.parametrize("cut", [1, 4, 60])
def test_a_part_of_what_was_sealed_does_not_open(cut: int) -> None:
    sealed = VAULT.seal("xoxb-s3cr3t", purpose=ANSWERS)

    assert VAULT.unseal(sealed[:-cut], purpose=ANSWERS) is None


def test_what_was_sealed_long_ago_opens_still() -> None:
    sealed = "gAAAAABrAv1ZDr9Taw-PVJBwy8TRELTpOgpW8cnuyAYCEldWrkqXR9GZYY2KL0A8tShcI9Ckx4EQG8dSIjmVQhoyWG_7ZThqyA=="

    assert Vault("the secret of a released version").unseal(sealed, purpose=ANSWERS) == "kept for good"


def test_a_fingerprint_is_the_same_for_the_same_text_and_for_nobody_without_the_secret() -> None:
    mine = VAULT.fingerprint("a rodin key", purpose=Purpose.KEYS)

    assert mine == Vault("a secret key for tests").fingerprint("a rodin key", purpose=Purpose.KEYS)
    assert len({mine, VAULT.fingerprint("a rodin kez", purpose=Purpose.KEYS)}) == 2
    assert mine != Vault("another secret key").fingerprint("a rodin key", purpose=Purpose.KEYS)
    assert mine != VAULT.fingerprint("a rodin key", purpose=ANSWERS)
    assert len(mine) == 12
    assert mine.isalnum()
