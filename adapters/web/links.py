"""Links that last: a token names one task and one generation of its links, and is signed. Keeps `bot.ports.Links`."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote

from itsdangerous import Signer

# The key for links is derived from SECRET_KEY by this purpose: what is signed for another one is worth nothing here.
_PURPOSE = b"rodin-bot: links to a task, 1"

# task, generation, HMAC-SHA256 in 43 characters of base64url
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,64})\.([0-9]{1,9})\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a genuine token is for."""

    task_id: str
    generation: int


class SignedLinks:
    """Makes and reads links. Anybody who has a link may use it; nobody can make one without the key."""

    def __init__(self, secret_key: str | bytes, *, public_url: str | None) -> None:
        """Take the key, of 16 characters or more, and where people's browsers reach the web part, if they do.

        Raises:
            ValueError: the key is too short to keep anything secret.
        """
        if len(secret_key) < 16:
            raise ValueError("the key that signs links needs 16 characters or more")
        self._signer = Signer(secret_key, salt=_PURPOSE, key_derivation="hmac", digest_method=hashlib.sha256)
        self.public_url = public_url.rstrip("/") if public_url else None

    def token(self, task_id: str, generation: int) -> str:
        """Return the token of one generation of a task's links: letters, digits, `.`, `_` and `-`.

        Raises:
            ValueError: the id or the generation does not fit into a token.
        """
        token = self._signer.sign(f"{task_id}.{generation}").decode("ascii", "replace")
        if not _TOKEN.fullmatch(token):
            raise ValueError(f"no link can be made to task {task_id!r}, generation {generation}")
        return token

    def read(self, token: str) -> Claim | None:
        """Return what a token is for, or None when it is not one of ours, character for character."""
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            return None
        task_id, generation = parts.groups()
        # Compared as text and not as decoded bytes: the last character of base64 has bits that decode to nothing, so
        # four spellings of one signature would pass. The comparison takes the same time wherever they differ.
        genuine = self._signer.sign(f"{task_id}.{generation}")
        if not hmac.compare_digest(genuine, token.encode("ascii")):
            return None
        return Claim(task_id=task_id, generation=int(generation))

    def viewer_url(self, task_id: str, generation: int) -> str | None:
        """Return the address of a task's page, or None when people cannot reach it."""
        return f"{self.public_url}/t/{self.token(task_id, generation)}" if self.public_url else None

    def file_url(self, task_id: str, generation: int, name: str) -> str | None:
        """Return the address that downloads one file of a task, or None when people cannot reach it."""
        page = self.viewer_url(task_id, generation)
        return f"{page}/{quote(name, safe='')}" if page else None
