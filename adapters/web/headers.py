"""What every answer says to the browser besides its content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from aiohttp import web

Answer = TypeVar("Answer", bound=web.StreamResponse)

ALWAYS: Mapping[str, str] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The viewer's AR needs the first; nothing here needs the others.
    "Permissions-Policy": "xr-spatial-tracking=(self), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",  # the address of a page is a key to it
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "X-Robots-Tag": "noindex, nofollow",
}

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

# For everything that is not said to be a page of ours: whatever it holds, it cannot act.
SEALED = f"{_NOTHING}; sandbox"

# Pages of words and pictures.
PLAIN_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# The page with model-viewer. Measured with 4.4.0: its decoders need WebAssembly and blob workers, its textures and
# shadow styles blob: and inline styles; without the latter two stray canvases lie on the page. Nothing needs eval.
VIEWER_PAGE = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' blob: data:; connect-src 'self' blob: data:; worker-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def complete_any(_request: web.Request, response: web.StreamResponse) -> None:
    """Complete the answer of whichever route before it leaves. For `on_response_prepare`."""
    complete(response)


def complete(response: Answer) -> Answer:
    """Add what is missing to an answer, and return it. Harmless to repeat."""
    response.headers["Server"] = "rodin-bot"  # aiohttp has put its version and Python's there
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", SEALED)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
