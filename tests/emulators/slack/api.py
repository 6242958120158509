"""The Web API's front door: who calls, with what, and is it allowed; the methods themselves stand elsewhere.

An unknown method or argument is answered as Slack does *and* remembered as a complaint.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.emulators.slack.errors import Refused
from tests.emulators.slack.records import Channel, Json

if TYPE_CHECKING:
    from tests.emulators.slack.outbox import Outbox
    from tests.emulators.slack.workspace import Workspace
    from tests.emulators.slack.world import World

JSON_ARGUMENTS = (
    "attachments",
    "blocks",
    "files",
    "loading_messages",
    "metadata",
    "unfurls",
    "user_auth_blocks",
    "view",
)
SCOPE_WORDS = {"channel": "channels", "group": "groups", "im": "im"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a method is called with. `team` is absent where an app, not a workspace's bot, calls."""

    world: World
    outbox: Outbox
    installed: Workspace | None
    arguments: Json
    token: str
    client: tuple[str, str] | None

    @property
    def team(self) -> Workspace:
        """The workspace whose token was sent."""
        if self.installed is None:
            raise Refused("not_allowed_token_type")
        return self.installed

    def text(self, name: str) -> str:
        """Return an argument's text, empty when it was not given."""
        value = self.arguments.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Return whether a boolean argument is on, in any of the ways to say so."""
        return str(self.arguments.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, otherwise: int) -> int:
        """Return a number, or what to take when none was given."""
        given = self.text(name)
        if not given:
            return otherwise
        if not given.isdigit():
            raise Refused("invalid_arguments", f"{name} must be an integer")
        return int(given)

    def need(self, scope: str) -> None:
        """Refuse a token without a scope."""
        if scope not in self.team.scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(self.team.scopes))

    def channel(self, name: str = "channel", *, error: str = "channel_not_found") -> Channel:
        """Return the conversation that an argument names and the bot can see."""
        return self.team.visible_channel(self.text(name), error=error)

    def need_in(self, channel: Channel, what: str) -> None:
        """Refuse a token without the scope for this kind of conversation, such as `history`."""
        self.need(f"{SCOPE_WORDS[channel.kind]}:{what}")


Handler = Callable[[Context], Awaitable[Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method of the Web API. `caller` is whose token it wants: bot, app, client or any."""

    name: str
    run: Handler
    arguments: frozenset[str]
    needed: tuple[str, ...]
    scopes: tuple[str, ...]
    caller: str


METHODS: dict[str, Method] = {}


def method(
    name: str, arguments: str = "", *, needed: str = "", scopes: str = "", caller: str = "bot"
) -> Callable[[Handler], Handler]:
    """Register a method. Arguments and scopes are lists in one string; all `scopes` are needed."""

    def register(run: Handler) -> Handler:
        known = frozenset(arguments.split()) | frozenset(needed.split())
        METHODS[name] = Method(
            name=name,
            run=run,
            arguments=known,
            needed=tuple(needed.split()),
            scopes=tuple(scopes.split()),
            caller=caller,
        )
        return run

    return register


async def read_arguments(request: web.Request) -> Json:
    """Return a call's arguments: from the address, and from a form or a JSON body."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        found |= body if isinstance(body, dict) else {}
    elif request.can_read_body:
        found |= dict(await request.post())
    return {name: _parsed(name, value) for name, value in found.items()}


def _parsed(name: str, value: Any) -> Any:
    if name not in JSON_ARGUMENTS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def token_of(request: web.Request, arguments: Json) -> str:
    """Return the token of a call and take it out of the arguments."""
    given = str(arguments.pop("token", "") or "")
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if scheme == "Bearer" else given


def client_of(request: web.Request) -> tuple[str, str] | None:
    """Return an app's id and secret from a Basic header."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic":
        return None
    name, _, secret = base64.b64decode(value).decode().partition(":")
    return name, secret


def find_team(world: World, token: str) -> Workspace | None:
    """Return the workspace that a bot token opens."""
    return next((team for team in world.teams.values() if token in team.tokens), None)


async def run(context: Context, name: str) -> Json:
    """Run a method, or refuse as Slack would.

    Raises:
        Refused: the answer is `ok: false`.
    """
    known = METHODS.get(name)
    if known is None:
        context.world.complain(f"unknown method {name}")
        raise Refused("unknown_method", req_method=name)
    _check_caller(context, known)
    _check_arguments(context, known)
    return {"ok": True, **await known.run(context)}


def _check_caller(context: Context, known: Method) -> None:
    if known.caller == "client":
        return
    if not context.token:
        raise Refused("not_authed")
    is_app = context.token == context.world.app_token
    if is_app and known.caller in ("app", "any"):
        return
    if is_app or (known.caller == "app" and context.installed is not None):
        raise Refused("not_allowed_token_type")
    if context.installed is None or known.caller == "app":
        raise Refused("invalid_auth")
    if context.token in context.installed.revoked:
        raise Refused("token_revoked")
    for scope in known.scopes:
        context.need(scope)


def _check_arguments(context: Context, known: Method) -> None:
    given = context.arguments
    unknown = sorted(given.keys() - known.arguments - {"team_id"})
    if unknown:
        context.world.complain(f"{known.name} does not know {', '.join(unknown)}")
        raise Refused("invalid_arguments", *(f"unknown argument: {name}" for name in unknown))
    missing = [name for name in known.needed if given.get(name) in (None, "")]
    if missing:
        raise Refused("invalid_arguments", *(f"missing required field: {name}" for name in missing))
    wrong = [name for name in JSON_ARGUMENTS if isinstance(given.get(name), str) and given[name]]
    if wrong:
        raise Refused("invalid_arguments", *(f"{name} is no JSON" for name in wrong))


def scope_headers(team: Workspace | None, name: str) -> Mapping[str, str]:
    """Return the headers that say what a token may and what the method wants."""
    wanted: Iterable[str] = METHODS[name].scopes if name in METHODS else ()
    held = team.scopes if team is not None else ()
    return {"X-OAuth-Scopes": ",".join(held), "X-Accepted-OAuth-Scopes": ",".join(wanted)}
