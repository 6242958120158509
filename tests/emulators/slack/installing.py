"""A browser that goes through an app's installation.

Source: docs.slack.dev, authentication/installing-with-oauth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from tests.emulators.slack.errors import MemberCannot
from tests.emulators.slack.oauth import MEMBER_HEADER
from tests.emulators.slack.records import Person

if TYPE_CHECKING:
    from tests.emulators.slack.world import World

BROWSER_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page in somebody's browser."""

    url: str
    status: int
    text: str


async def go_through_install(url: str, world: World, person: Person, *, allow: bool) -> Page:
    """Open an install address, follow it to the stand-in's page, answer there, and return where that ends."""
    # A browser keeps Secure cookies for a loopback address, too.
    origins = [URL(url).origin(), URL(world.base_url).origin()]
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=origins)
    timeout = aiohttp.ClientTimeout(total=BROWSER_S)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=timeout, headers={MEMBER_HEADER: person.id}) as browser:
        page = await _open(browser, url)
        if "/oauth/v2/authorize" not in page.url:
            page = await _open(browser, _link(page, "/oauth/v2/authorize"))
        word = "allow" if allow else "cancel"
        return await _open(browser, _link(page, f"answer={word}"))


async def _open(browser: aiohttp.ClientSession, url: str) -> Page:
    async with browser.get(url) as reply:
        return Page(url=str(reply.url), status=reply.status, text=await reply.text())


def _link(page: Page, part: str) -> str:
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', page.text)]
    found = next((link for link in links if part in link), None)
    if found is None:
        raise MemberCannot(f"no link with {part} on {page.url}: {page.text[:500]}")
    return urljoin(page.url, found)
