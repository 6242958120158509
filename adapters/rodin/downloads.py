"""Result files, from Rodin's signed links to the disk.

The links are bearer capabilities on another host: they get no key and no cookie, and never stand in an error or a
log line. aiohttp's own errors can quote them, so those are not kept as causes here; their kind is named instead.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from yarl import URL

from adapters.rodin.hosts import ForbiddenAddress, check_link, open_socket
from adapters.rodin.options import RodinOptions
from adapters.rodin.partfile import PartFile, part_file
from adapters.rodin.refusals import rate_limit
from adapters.rodin.session import WithSession
from bot.errors import FileBroken, FileLinkExpired, FileRefused, VendorDown, VendorError
from bot.model import RemoteFile
from bot.ports import Clock

log = logging.getLogger(__name__)

MOST_REDIRECTS = 3
MOST_RESUMES = 2
"""How often a broken transfer goes on where it stopped, within one fetch; after that the caller decides."""

CHUNK_BYTES = 128 * 1024

REDIRECTS = frozenset({301, 302, 303, 307, 308})
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
HTML_BEGINNINGS = (b"<!doctype html", b"<html")

WELL_WRITTEN = re.compile(r"[\x21-\x7e]+", re.ASCII)
"""A link that needs no quoting, and gets none: its signature covers the very letters."""


class Downloads(WithSession):
    """Fetches result files; an async context manager."""

    def __init__(self, options: RodinOptions, clock: Clock) -> None:
        super().__init__()
        self._options = options
        self._clock = clock

    def _new_session(self) -> aiohttp.ClientSession:
        guard = None if self._options.is_local else open_socket
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=guard),
            cookie_jar=aiohttp.DummyCookieJar(),
            # Unpacked, a file could not be compared with its announced length, nor taken up in the middle.
            headers={"Accept-Encoding": "identity", "User-Agent": self._options.user_agent},
            timeout=aiohttp.ClientTimeout(
                total=self._options.file_timeout_s,
                connect=self._options.connect_timeout_s,
                sock_connect=self._options.connect_timeout_s,
                sock_read=self._options.file_stall_s,
            ),
        )

    async def fetch(self, file: RemoteFile, target: Path) -> str:
        """Stream a file to `target`, whole or not at all, and return its SHA-256 in hex. Safe to repeat.

        A transfer that breaks goes on where it stopped when the host names the file's exact version.

        Raises:
            FileLinkExpired: 4xx. Rodin's host says 403 to an old link; other stores say 400, 401, 404 or 410, and a
                fresh link is the one thing that can help in each case.
            FileBroken: cut short, too slow, empty, an HTML page in its place, or a server fault.
            FileRefused: an address that files may not come from, or more bytes than allowed.
            VendorBusy: 429. VendorDown: the host cannot be reached.
            StorageError: the disk will not take it.
        """
        async with part_file(target) as part:
            try:
                async with asyncio.timeout(self._options.file_timeout_s):
                    await self._transfer(file, part)
            except TimeoutError:
                raise FileBroken(f"a file took longer than {self._options.file_timeout_s:g} s") from None
            check_content(part, name=file.name)
            return await part.keep()

    async def _transfer(self, file: RemoteFile, part: PartFile) -> None:
        url = parse_link(file.url)
        version: str | None = None
        for resumes_left in reversed(range(MOST_RESUMES + 1)):
            began_at = part.size_bytes
            try:
                async with self._opened(url, part, version=version) as response:
                    check_type(response, name=file.name)
                    version = exact_version(response)
                    await self._receive(response, part)
            except FileBroken as error:
                has_grown = part.size_bytes > began_at
                if version is None or not has_grown or not resumes_left:
                    raise
                log.info("transfer resumed at_bytes=%d error=%s", part.size_bytes, error)
            else:
                return

    async def _receive(self, response: aiohttp.ClientResponse, part: PartFile) -> None:
        """Take the body, and stop in the middle when it grows too large."""
        self._check_size(part.size_bytes + (response.content_length or 0))
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            self._check_size(part.size_bytes + len(chunk))
            await part.add(chunk)

    def _check_size(self, size_bytes: int) -> None:
        if size_bytes > self._options.max_file_bytes:
            raise FileRefused(f"a file of more than {self._options.max_file_bytes} bytes")

    @asynccontextmanager
    async def _opened(self, url: URL, part: PartFile, *, version: str | None) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open a link, or the rest of its file, and translate everything that goes wrong until it is closed."""
        headers = {"Range": f"bytes={part.size_bytes}-", "If-Range": version} if version and part.size_bytes else {}
        try:
            async with self._followed(url, headers) as response:
                await self._check_status(response, part)
                yield response
        except aiohttp.ClientConnectorError as error:
            raise _unreachable(error, url) from None
        except aiohttp.ConnectionTimeoutError:
            raise VendorDown(f"file host {url.host} takes no connection in time") from None
        except (aiohttp.InvalidURL, UnicodeError):  # a name that cannot be looked up at all
            raise FileRefused("a file link whose host is no host name") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise FileBroken(f"a transfer from {url.host} broke ({type(error).__name__})") from None

    @asynccontextmanager
    async def _followed(self, url: URL, headers: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open a link, following redirects one by one, each checked like the link itself."""
        for _ in range(MOST_REDIRECTS + 1):
            check_link(url, api_is_local=self._options.is_local)
            async with self.session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status not in REDIRECTS:
                    yield response
                    return
                url = url.join(parse_link(response.headers.get("Location", "")))
        raise FileRefused(f"more than {MOST_REDIRECTS} redirects for one file")

    async def _check_status(self, response: aiohttp.ClientResponse, part: PartFile) -> None:
        status, host = response.status, response.url.host
        if status == 206 and part.size_bytes and _starts_at(response, part.size_bytes):
            return
        if status == 200:
            if part.size_bytes:
                await part.restart()
            return
        if status == 429:
            raise rate_limit(response.headers.get("Retry-After"), now=self._clock.now())
        if 400 <= status < 500 and status not in {408, 416}:
            log.info("file link refused status=%d lives_s=%s", status, response.url.query.get("X-Tos-Expires", "?"))
            raise FileLinkExpired(f"file host {host} answered HTTP {status}")
        raise FileBroken(f"file host {host} answered HTTP {status}")


def parse_link(text: str) -> URL:
    """Return a link as a URL, letter by letter where it is well written.

    Raises:
        FileRefused: it is no URL.
    """
    try:
        url = URL(text, encoded=WELL_WRITTEN.fullmatch(text) is not None)
    except ValueError:
        raise FileRefused("a file link that is no URL") from None
    if not text:
        raise FileRefused("an empty file link")
    return url


def check_type(response: aiohttp.ClientResponse, *, name: str) -> None:
    """Check that the host does not call a file a page. Gateways send pages while they fail, so it may pass.

    Raises:
        FileBroken: it does.
    """
    if response.content_type in HTML_TYPES and not _is_page(name):
        raise FileBroken("an HTML page instead of a file")


def check_content(part: PartFile, *, name: str) -> None:
    """Check what was received against what it claims to be.

    Raises:
        FileBroken: nothing came, a page came instead of the file, or a GLB is shorter than its own header says.
    """
    if not part.size_bytes:
        raise FileBroken("an empty file")
    beginning = part.head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if beginning.startswith(HTML_BEGINNINGS) and not _is_page(name):
        raise FileBroken("an HTML page instead of a file")
    # GLB: magic, version and total length, each four bytes, little-endian. Source: glTF 2.0, section 4.4.2.
    if part.head.startswith(b"glTF") and int.from_bytes(part.head[8:12], "little") > part.size_bytes:
        raise FileBroken(f"a GLB cut short after {part.size_bytes} bytes")


def _is_page(name: str) -> bool:
    return name.casefold().endswith((".html", ".htm"))


def exact_version(response: aiohttp.ClientResponse) -> str | None:
    """Return the strong entity tag by which a transfer can go on later, or None. Source: RFC 9110, section 13.1.5."""
    tag = response.headers.get("ETag", "")
    is_plain = "Content-Encoding" not in response.headers
    return tag if tag.startswith('"') and is_plain else None


def _starts_at(response: aiohttp.ClientResponse, first: int) -> bool:
    return response.headers.get("Content-Range", "").replace(" ", "").startswith(f"bytes{first}-")


def _unreachable(error: aiohttp.ClientConnectorError, url: URL) -> VendorError:
    """Tell an address that we refuse from a host that does not answer."""
    if isinstance(getattr(error, "os_error", None), ForbiddenAddress):
        return FileRefused(f"file host {url.host} leads to an address that is not public")
    return VendorDown(f"file host {url.host} cannot be reached ({type(error).__name__})")
