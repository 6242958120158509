"""What a file name means to a browser: its type, and the header that names a download."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

# Our own table, so that the answer does not depend on what the machine knows. Whatever is not in it is just bytes: no
# browser may run what somebody else's file holds.
# Sources: IANA media types; for USDZ: developer.apple.com, AR Quick Look.
_TYPES: Mapping[str, str] = {
    "fbx": "application/octet-stream",
    "gif": "image/gif",
    "glb": "model/gltf-binary",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "mtl": "text/plain; charset=utf-8",
    "obj": "text/plain; charset=utf-8",
    "png": "image/png",
    "stl": "model/stl",
    "usdz": "model/vnd.usdz+zip",
    "webp": "image/webp",
}
JUST_BYTES = "application/octet-stream"


def extension(name: str) -> str:
    """Return what follows the last dot, in lower case; empty without one."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def media_type(name: str) -> str:
    """Return the Content-Type for a file of this name."""
    return _TYPES.get(extension(name), JUST_BYTES)


def disposition(kind: str, name: str) -> str:
    """Return a Content-Disposition of `kind` (`inline` or `attachment`) with a readable name.

    Old programs read the plain ASCII name, all others the exact one. Source: RFC 6266, appendix D; RFC 8187.
    """
    plain = "".join(letter if _is_plain(letter) else "_" for letter in unicodedata.normalize("NFKD", name))
    # A lone surrogate cannot be encoded, and no name that we made holds one.
    exact = quote(name.encode("utf-8", "replace"), safe="")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def _is_plain(letter: str) -> bool:
    # Some programs decode a percent sign and split at a semicolon, although nothing says so.
    return letter.isascii() and letter.isprintable() and letter not in '"\\%/;'
