"""What the pages load besides their models: styles, scripts and the viewer, kept in memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from adapters.web.build_assets import ASSETS
from adapters.web.names import JUST_BYTES, extension

STATIC = Path(__file__).with_name("static")
VIEWER = "model-viewer.min.js"

_TYPES: Mapping[str, str] = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
}
_ENCODINGS: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}  # the better one first
_FOR_EVER = "public, max-age=31536000, immutable"
_DIGEST_CHARACTERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of ours; `packed` holds it compressed, by the encoding's name."""

    data: bytes
    media_type: str
    etag: str
    packed: Mapping[str, bytes]


class Shelf:
    """All assets by name, read once: some 2 MB with the viewer, 30 kB without. Blocks while it reads."""

    def __init__(self, *folders: Path) -> None:
        self._assets: dict[str, Asset] = {}
        for folder in folders:
            self._assets |= _assets_in(folder)
        every = "\n".join(f"{name} {asset.etag}" for name, asset in sorted(self._assets.items()))
        self.digest = hashlib.sha256(every.encode()).hexdigest()[:_DIGEST_CHARACTERS]

    @property
    def has_viewer(self) -> bool:
        """Whether the pages can show the model itself and not only pictures of it."""
        return VIEWER in self._assets

    def answer(self, request: web.Request) -> web.Response:
        """Answer `/assets/{digest}/{name}`.

        The digest is that of all assets together, so browsers may keep them for ever; a page of another version of the
        bot gets them too, but asks again the next time.

        Raises:
            HTTPNotFound: there is no asset of this name.
        """
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        is_current = request.match_info["digest"] == self.digest
        encoding = _best_encoding(request.headers.get("Accept-Encoding", ""), asset)
        headers = {
            "Content-Type": asset.media_type,
            "Cache-Control": _FOR_EVER if is_current else "no-cache",
            "ETag": f'"{asset.etag}{f"-{encoding}" if encoding else ""}"',
            "Vary": "Accept-Encoding",
        }
        if any(tag.value.startswith(asset.etag) for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        if encoding:
            headers["Content-Encoding"] = encoding
        return web.Response(body=asset.packed[encoding] if encoding else asset.data, headers=headers)


def default_shelf() -> Shelf:
    """Return the shelf of this installation: our own files, and the viewer if it was built."""
    return Shelf(STATIC, ASSETS)


def _assets_in(folder: Path) -> dict[str, Asset]:
    endings = tuple(_ENCODINGS.values())
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(endings)]
    return {path.relative_to(folder).as_posix(): _asset(path) for path in paths}


def _asset(path: Path) -> Asset:
    data = path.read_bytes()
    packed = {name: path.with_name(path.name + ending) for name, ending in _ENCODINGS.items()}
    return Asset(
        data=data,
        media_type=_TYPES.get(extension(path.name), JUST_BYTES),
        etag=hashlib.sha256(data).hexdigest()[:32],
        packed={name: place.read_bytes() for name, place in packed.items() if place.is_file()},
    )


def _best_encoding(accepted: str, asset: Asset) -> str | None:
    """Return the best encoding that the browser takes and we have. Source: RFC 9110, section 12.5.3."""
    refused = {"0", "0.0", "0.00", "0.000"}
    wanted = {
        found[1].lower()
        for found in re.finditer(r"([A-Za-z]+)\s*(?:;\s*q=([0-9.]+))?", accepted[:1000])
        if found[2] not in refused
    }
    return next((name for name in _ENCODINGS if name in wanted and name in asset.packed), None)
