"""Installing by OAuth: the page that asks, the code that comes back, and what it is worth.

Source: docs.slack.dev, authentication/installing-with-oauth.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from tests.emulators.slack.errors import Refused
from tests.emulators.slack.records import Person

if TYPE_CHECKING:
    from tests.emulators.slack.workspace import Workspace
    from tests.emulators.slack.world import World

CODE_LIFE_S = 600  # "must be exchanged within 10 minutes"
MEMBER_HEADER = "X-Stand-In-Member"  # who sits before the browser; Slack has a cookie for that


@dataclass(slots=True, kw_only=True)
class Grant:
    """What somebody agreed to, waiting to be fetched with its code."""

    person: Person
    person_team: Workspace
    scopes: tuple[str, ...]
    redirect_uri: str
    given_redirect: bool
    issued_s: float
    used: bool = False


class OAuth:
    """The codes that are out."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}

    def redeem(self, world: World, code: str, redirect_uri: str) -> Grant:
        """Return what a code is worth, once."""
        grant = self._grants.get(code)
        if grant is None:
            raise Refused("invalid_code")
        if grant.used:
            raise Refused("code_already_used")
        if world.clock.now_s() - grant.issued_s > CODE_LIFE_S:
            raise Refused("invalid_code")
        if (grant.given_redirect or redirect_uri) and redirect_uri != grant.redirect_uri:
            raise Refused("bad_redirect_uri")
        grant.used = True
        return grant

    def ask(self, world: World, request: web.Request) -> web.Response:
        """Show the page on which a person agrees or declines."""
        query = dict(request.query)
        if query.get("client_id") != world.client_id:
            return _page("invalid_client_id", status=400)
        if _redirect(world, query) is None:
            return _page("bad_redirect_uri", status=400)
        missing = [name for name in (query.get("scope") or "").split(",") if name]
        if not missing:
            return _page("no_scopes", status=400)
        choices = "".join(
            f'<a href="/oauth/v2/answer?{escape(urlencode({**query, "answer": word}))}">{word}</a>'
            for word in ("allow", "cancel")
        )
        return _page(f"{world.settings.name} wants: {', '.join(missing)}. {choices}")

    def answer(self, world: World, request: web.Request) -> web.Response:
        """Take the person's answer and send the browser back to the app."""
        query = dict(request.query)
        redirect = _redirect(world, query)
        found = [
            (p, t)
            for t in world.teams.values()
            for p in t.people.values()
            if p.id == request.headers.get(MEMBER_HEADER)
        ]
        if redirect is None or not found:
            return _page("bad_redirect_uri or nobody signed in", status=400)
        person, team = found[0]
        back = {"state": query.get("state", "")}
        if query.get("answer") != "allow":
            raise web.HTTPFound(f"{redirect}?{urlencode({**back, 'error': 'access_denied'})}")
        code = secrets.token_hex(16)
        self._grants[code] = Grant(
            person=person,
            person_team=team,
            scopes=tuple(name for name in query["scope"].split(",") if name),
            redirect_uri=redirect,
            given_redirect="redirect_uri" in query,
            issued_s=world.clock.now_s(),
        )
        raise web.HTTPFound(f"{redirect}?{urlencode({**back, 'code': code})}")


def _redirect(world: World, query: dict[str, str]) -> str | None:
    """Return where to send the browser: what was asked, if the app's settings cover it, else the first one there."""
    allowed, asked = world.settings.redirect_urls, query.get("redirect_uri", "")
    if asked and (not allowed or any(asked.startswith(start) for start in allowed)):
        return asked
    return allowed[0] if allowed and not asked else None


def _page(body: str, *, status: int = 200) -> web.Response:
    return web.Response(
        text=f"<!doctype html><title>Slack</title><p>{body}</p>", content_type="text/html", status=status
    )
