"""One SECRET_KEY, and a key of its own for each purpose: what serves one is worth nothing for another."""

from __future__ import annotations

import hashlib
import hmac
import inspect
import itertools
from dataclasses import replace

import pytest

from adapters.web.links import SignedLinks
from bot.model import FORGOTTEN
from bot.pseudonyms import Pseudonyms
from storage.vault import Purpose, Vault
from tests.factories import NOON, an_owner

SECRET = "one secret for everything, of this test"
TASK = "du9xkna"


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(Purpose, 2)))
def test_what_is_sealed_for_one_purpose_does_not_open_for_another(one: Purpose, other: Purpose) -> None:
    vault = Vault(SECRET)

    sealed = vault.seal("a token", purpose=one)

    assert vault.unseal(sealed, purpose=other) is None
    assert vault.unseal(sealed, purpose=one) == "a token"


def test_every_purpose_marks_a_text_differently() -> None:
    vault = Vault(SECRET)

    marks = {vault.fingerprint("a key", purpose=purpose) for purpose in Purpose}

    assert len(marks) == len(Purpose)


@pytest.mark.parametrize("purpose", Purpose)
def test_nothing_sealed_is_a_link_and_no_link_opens_as_sealed(purpose: Purpose) -> None:
    vault, links = Vault(SECRET), SignedLinks(SECRET, public_url=None)

    assert links.read(vault.seal(f"{TASK}.0", purpose=purpose)) is None
    assert vault.unseal(links.token(TASK, 0), purpose=purpose) is None


@pytest.mark.parametrize("key", [SECRET, f"{SECRET}signer", f"rodin-bot pseudonyms{SECRET}"])
def test_a_signature_made_with_the_secret_itself_is_no_link(key: str) -> None:
    digest = hmac.digest(key.encode(), f"{TASK}.0".encode(), hashlib.sha256)
    token = f"{TASK}.0.{_text(digest)}"

    assert SignedLinks(SECRET, public_url=None).read(token) is None


def test_whoever_knows_pseudonyms_knows_no_key() -> None:
    told = Pseudonyms(SECRET).of(an_owner(), at=NOON).user_id

    plain = hmac.digest(SECRET.encode(), b"person\0console\0ada\x002026-03-02", hashlib.sha256).hex()
    assert told.startswith(FORGOTTEN)
    assert told.removeprefix(FORGOTTEN) not in plain
    assert told != Pseudonyms(SECRET).of(replace(an_owner(), user_id="ben"), at=NOON).user_id
    assert told != Pseudonyms("another secret").of(an_owner(), at=NOON).user_id


def test_signatures_are_compared_in_the_same_time_wherever_they_differ() -> None:
    source = inspect.getsource(SignedLinks.read)

    assert "compare_digest(" in source
    assert "==" not in source


@pytest.mark.parametrize(
    "token",
    [
        *("", ".", "..", "a.0.", ".0." + "A" * 43, "a.-1." + "A" * 43, "a.٠." + "A" * 43, "a.0." + "Ａ" * 43),  # noqa: RUF001 - other scripts' letters
        *("a.0." + "A" * 42, "a.0." + "A" * 44, "a.0." + "A" * 42 + "\n", "a\x00.0." + "A" * 43, "x" * 100_000),
    ],
)
def test_what_only_looks_like_a_token_is_refused_without_an_error(token: str) -> None:
    assert SignedLinks(SECRET, public_url=None).read(token) is None


def _text(digest: bytes) -> str:
    """Return bytes as tokens spell them."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    number, length = int.from_bytes(digest, "big") << 2, 43
    return "".join(alphabet[(number >> 6 * place) & 63] for place in reversed(range(length)))
