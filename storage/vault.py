"""Seals the secrets of others before the database gets them; only who knows `SECRET_KEY` can open them again.

Sealing is Fernet: AES-128-CBC under an HMAC-SHA256, so what was changed or comes from elsewhere does not open at all.
Source: cryptography.io, Fernet.
"""

from __future__ import annotations

import base64
import hmac
import logging
from enum import StrEnum

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

log = logging.getLogger(__name__)

_KEY_BYTES = 32  # what Fernet takes: half signs, half encrypts

_FINGERPRINT_CHARS = 12


class Purpose(StrEnum):
    """What is sealed; each has a key of its own. Values go into the keys: add new ones, never rename."""

    ANSWERS = "answers"  # short-lived ways to answer one person
    INSTALLATIONS = "installations"  # tokens of the workspaces that have let the app in
    KEYS = "keys"  # Rodin keys of servers


class Vault:
    """Seals and unseals text with keys derived from one secret.

    `secret` must be hard to guess (`SECRET_KEY`); it is neither stretched nor kept. Another secret opens nothing that
    this one has sealed, and one purpose opens nothing of another.
    """

    def __init__(self, secret: str) -> None:
        self._locks = {purpose: Fernet(_key(secret, purpose)) for purpose in Purpose}
        self._marks = {purpose: _derived(secret, f"rodin-bot fingerprint {purpose}") for purpose in Purpose}

    def seal(self, text: str, *, purpose: Purpose) -> str:
        """Return the text sealed, in ASCII. The same text comes out different each time."""
        # Foreign text may hold half a character; it comes back as it was.
        return self._locks[purpose].encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")

    def fingerprint(self, text: str, *, purpose: Purpose) -> str:
        """Return 12 characters by which a text is known; nobody without the secret can tell of which text they are.

        The same text has the same ones. Two texts share theirs by a chance of one in 10^18.
        """
        digest = hmac.digest(self._marks[purpose], text.encode("utf-8", "surrogatepass"), "sha256")
        return base64.b32encode(digest).decode("ascii")[:_FINGERPRINT_CHARS].lower()

    def unseal(self, sealed: str, *, purpose: Purpose) -> str | None:
        """Return the text that was sealed; None, with a line in the log, when this secret does not open it."""
        try:
            return self._locks[purpose].decrypt(sealed).decode("utf-8", "surrogatepass")
        except (InvalidToken, ValueError):  # a ValueError when it is not even ASCII
            # Without what was read, and without a trace, which might show it.
            log.warning("sealed text does not open, SECRET_KEY was changed or the text was purpose=%s", purpose)
            return None


def _key(secret: str, purpose: Purpose) -> bytes:
    """Derive a key as HKDF does (RFC 5869) and write it as Fernet wants it."""
    return base64.urlsafe_b64encode(_derived(secret, f"rodin-bot vault {purpose}"))


def _derived(secret: str, info: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info.encode())
    return derived.derive(secret.encode("utf-8", "surrogatepass"))
