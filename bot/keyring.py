"""Rodin through each of the keys: the operator's client, and the same client with another key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.keys import KeyStore
from bot.ports import Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenKeyring:
    """Opens a key each time it is needed, so that one that was erased is gone for every process at once.

    `operator` is Rodin through the operator's key, `with_key` through another one, over the same connections. `hide`
    is told every key before anything is done with it, so that no log shows it.
    """

    operator: Generator
    with_key: Callable[[str], Generator]
    keys: KeyStore
    hide: Callable[[str], None]

    async def of(self, key_id: str | None) -> Generator:
        """Return Rodin as it is reached with the key of a task. Raises KeyShut, StorageError."""
        if key_id is None:
            return self.operator
        return self.trying(await self.keys.secret_of(key_id))

    def trying(self, secret: str) -> Generator:
        """Return Rodin as it is reached with a key that is not kept yet. Raises ValueError for what is none."""
        self.hide(secret)
        return self.with_key(secret)
