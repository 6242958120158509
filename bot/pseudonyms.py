"""Ids in the place of a person's own, once that person has asked to be forgotten.

The limits of a day must go on counting what was spent, or whoever asks to be forgotten could spend it again. So a
forgotten task names its person by a code that only somebody with the bot's secret can make from their id, and only in
one direction. The day is part of it: nothing that a person asked for on one day leads to what they asked for on
another, and what they ask for tomorrow is not counted with it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime

from bot.limits import Scope
from bot.model import FORGOTTEN, Owner

_DIGITS = 24
"""Hex digits of a code, 96 bits: nobody meets another one by chance."""


class Pseudonyms:
    """Makes codes with a key that is derived from one secret (`SECRET_KEY`); with another secret they are others."""

    def __init__(self, secret: str) -> None:
        """Derive the key; the secret is not kept."""
        self._key = hmac.digest(secret.encode("utf-8", "surrogatepass"), b"rodin-bot pseudonyms", hashlib.sha256)

    def __repr__(self) -> str:
        """Keep the key out of logs."""
        return "Pseudonyms()"

    def of(self, owner: Owner, *, at: datetime) -> Owner:
        """Return whom a task of that moment belongs to once its person is forgotten.

        The channel is a code too: that of a direct conversation tells who it was with. The server stays.
        """
        if owner.is_forgotten:
            return owner
        codes = self.aliases(owner, at=at)
        return replace(owner, user_id=codes[Scope.PERSON], channel_id=codes.get(Scope.CHANNEL), standing=None)

    def aliases(self, owner: Owner, *, at: datetime) -> dict[Scope, str]:
        """Return under which ids else tasks of a day are those of this person and this channel."""
        ids = {Scope.PERSON: owner.user_id, Scope.CHANNEL: owner.channel_id}
        return {scope: self._code(scope, owner.platform, name, at) for scope, name in ids.items() if name is not None}

    def _code(self, scope: Scope, platform: str, name: str, at: datetime) -> str:
        said = "\0".join((scope, platform, name, at.date().isoformat()))
        digest = hmac.new(self._key, said.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"{FORGOTTEN}{digest.hexdigest()[:_DIGITS]}"
