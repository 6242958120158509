"""Routes as Discord's documentation writes them, and what a handler is given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.emulators.discord.requests import Request
from tests.emulators.discord.world import World

# A status and a body; None answers 204 without one.
Answered = tuple[int, Any]
NOTHING: Answered = (204, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One checked request in the hands of its handler."""

    world: World
    request: Request

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object that came; empty where none came."""
        return self.request.body or {}

    def id(self, name: str) -> int:
        """An id out of the path."""
        return self.request.ids[name]

    @property
    def token(self) -> str:
        """The interaction token out of the path."""
        assert self.request.token is not None
        return self.request.token


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route; `query` names what may follow the `?`. `token_free`: the path itself holds the proof of who asks."""

    method: str
    template: str
    handle: Callable[[Call], Answered]
    query: frozenset[str] = frozenset()
    token_free: bool = False

    def match(self, method: str, path: str) -> re.Match[str] | None:
        """The path's parts, if this route is meant."""
        pattern = re.sub(r"\{(\w+)\}", lambda name: f"(?P<{name[1]}>{_part(name[1])})", self.template)
        return re.fullmatch(pattern, path) if method == self.method else None


def _part(name: str) -> str:
    return "[^/]+" if name == "token" else r"\d+"


def route(
    method: str, template: str, handle: Callable[[Call], Answered], *, query: str = "", token_free: bool = False
) -> Route:
    """Write down a route; `query` names its parameters, separated by spaces."""
    names = frozenset(query.split())
    return Route(method=method, template=template, handle=handle, query=names, token_free=token_free)
