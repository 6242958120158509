"""Signs and checks the file host's links, in the shape that `file.hyper3d.com` was seen to use (Volcengine TOS).

Source: a link captured in February 2026; names of the query parameters and of the algorithm are from there.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

_DATE: Final = "%Y%m%dT%H%M%SZ"
_SIGNATURE: Final = "X-Tos-Signature"


class BadLink(Exception):
    """A link that does not open anything: `code` and message as the file host answers them."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


class LinkSigner:
    """Makes links that open one file until they expire. Its secret lives as long as the simulator."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def sign(self, path: str, *, shown_name: str, at: datetime, ttl_s: int) -> str:
        """Path and query of a fresh link; no two are alike, even within one second."""
        date = at.astimezone(UTC).strftime(_DATE)
        query = {
            "response-cache-control": "private, max-age=3600",
            "response-content-disposition": f"attachment; filename*=UTF-8''{quote(shown_name, safe='')}",
            "X-Tos-Algorithm": "TOS4-HMAC-SHA256",
            "X-Tos-Content-Sha256": "UNSIGNED-PAYLOAD",
            "X-Tos-Credential": f"AKTP{secrets.token_hex(16)}/{date[:8]}/simulator/tos/request",
            "X-Tos-Date": date,
            "X-Tos-Expires": str(ttl_s),
            "X-Tos-SignedHeaders": "host",
        }
        return f"{quote(path)}?{urlencode({**query, _SIGNATURE: self._signature(path, query)}, quote_via=quote)}"

    def check(self, path: str, query: Mapping[str, str], *, now: datetime) -> None:
        """Let a link through; `path` and `query` are decoded.

        Raises:
            BadLink: unsigned, changed, or expired.
        """
        given = query.get(_SIGNATURE, "")
        signed = {name: value for name, value in query.items() if name != _SIGNATURE}
        if not hmac.compare_digest(given.encode(), self._signature(path, signed).encode()):
            raise BadLink("SignatureDoesNotMatch", "The request signature does not match the one calculated.")
        begins_at = datetime.strptime(query["X-Tos-Date"], _DATE).replace(tzinfo=UTC)
        if now >= begins_at + timedelta(seconds=int(query["X-Tos-Expires"])):
            raise BadLink("AccessDenied", "Request has expired.")

    def _signature(self, path: str, query: Mapping[str, str]) -> str:
        canonical = "\n".join((path, *(f"{name}={value}" for name, value in sorted(query.items()))))
        return hmac.new(self._secret, canonical.encode(), hashlib.sha256).hexdigest()
