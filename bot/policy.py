"""Who may do what in a server: rights, whom they are granted to, and the one rule over them. Pure data.

A right that has no rule of the server's own is granted as `Right.default` says. The admins of a server, and the
operator's, may always do everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.errors import BadRequest
from bot.keys import Server
from bot.model import Ask, Owner, Request
from bot.options import OPTIONS_BY_NAME
from bot.presets import PRESETS
from bot.reading import read_option
from bot.tiers import TIERS

MOST_NAMED = 100
"""Roles, and people, that one right can name: who has more gives them a role."""

LONGEST_ID = 64
"""Characters of a platform's id: Discord's have up to 20, Slack's about 11; a terminal's are names."""


class RightKind(StrEnum):
    """What a right is about. Values are stored: add new ones, never rename."""

    ASK = "ask"  # for models, and everything that is made of one
    MONEY = "money"  # to see the balance and what the server has used
    DELETE = "delete"  # what other people have made
    TIER = "tier"  # to ask for models of one tier
    PRESET = "preset"  # to ask with one preset


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """To whom a right is given, besides admins: everybody, or some by role or by name. All empty is admins only."""

    everyone: bool = False
    roles: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


EVERYONE = Grant(everyone=True)
ADMINS_ONLY = Grant()


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """Something that people may do in a server; `name` says which tier or preset, and is empty for the others."""

    kind: RightKind
    name: str = ""

    def __str__(self) -> str:
        """Return it as it is stored and typed: `ask`, `tier:Gen-2.5-High`."""
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)

    @property
    def default(self) -> Grant:
        """To whom it is given while the server has not said otherwise."""
        return ADMINS_ONLY if self.kind in {RightKind.MONEY, RightKind.DELETE} else EVERYONE

    @property
    def exists(self) -> bool:
        """Whether there is such a tier or preset: an operator may have taken a preset away since."""
        match self.kind:
            case RightKind.TIER:
                return self.name in TIERS
            case RightKind.PRESET:
                return self.name in PRESETS
            case _:
                return True


ASK = Right(kind=RightKind.ASK)
MONEY = Right(kind=RightKind.MONEY)
DELETE = Right(kind=RightKind.DELETE)

Rules = Mapping[Right, Grant]
"""What a server has said about rights; those that are missing are granted by default."""


class RightStore(Protocol):
    """Remembers the rules of each server. Every method is one transaction; any may raise DatabaseBusy.

    Of two that set the same right at once, the later one holds.
    """

    async def rules_of(self, server: Server) -> Rules:
        """Return every rule of a server. What another version of the bot wrote and this one cannot read is left out."""

    async def allow(self, server: Server, right: Right, grant: Grant) -> None:
        """Give a right to these and nobody else."""

    async def reset(self, server: Server, right: Right) -> bool:
        """Give a right as it is given by default; return whether there was a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightSetting:
    """One right as it stands in a server: what it allows, to whom it is given, and whether the server said so itself.

    `sentence` is about what can be done, as in "Ask for models".
    """

    right: Right
    sentence: str
    grant: Grant
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How a server is set up, for its admins to see.

    `rights` are all there are, the plain ones first, then tiers and presets; those whose tier or preset is gone come
    last, as long as the server has a rule about them. `key` and `notice` are sentences: with whose Rodin key models
    are made, and whether people have been told where their words go.
    """

    rights: tuple[RightSetting, ...]
    key: str
    notice: str


def all_rights() -> tuple[Right, ...]:
    """Return every right that there is something to do with: plain ones, tiers, presets."""
    tiers = tuple(Right(kind=RightKind.TIER, name=name) for name, tier in TIERS.items() if tier.is_offered)
    presets = tuple(Right(kind=RightKind.PRESET, name=name) for name in PRESETS)
    return (ASK, MONEY, DELETE, *tiers, *presets)


def rights_for(request: Ask) -> tuple[Right, ...]:
    """Return the rights that a request needs: to ask, its tier, and the preset that it was asked with."""
    if not isinstance(request, Request):
        return (ASK,)
    tier = Right(kind=RightKind.TIER, name=request.tier)
    return (ASK, tier) if request.preset is None else (ASK, tier, Right(kind=RightKind.PRESET, name=request.preset))


def stored_right(value: str) -> Right | None:
    """Return the right that a stored value names, whether its tier or preset is still there or not; None for none."""
    kind, _, name = value.partition(":")
    try:
        right = Right(kind=RightKind(kind), name=name)
    except ValueError:
        return None
    return right if bool(name) == (right.kind in _NAMED) else None


def read_right(typed: str) -> Right:
    """Return the right that somebody typed or picked: `ask`, `tier:high`, `preset print`.

    Raises:
        BadRequest: there is none like it; the sentence names those that there are.
    """
    kind, name = _parts(typed)
    try:
        right = Right(kind=RightKind(kind))
    except ValueError:
        raise BadRequest(_which()) from None
    if right.kind not in _NAMED:
        if name:
            raise BadRequest(f"The right {kind} stands alone, without {name[:LONGEST_ID]}.")
        return right
    if not name:
        raise BadRequest(f"Say which {kind}, as in {kind}:{_NAMED[right.kind]}.")
    return Right(kind=right.kind, name=str(read_option(OPTIONS_BY_NAME[kind], name)))


def checked(grant: Grant) -> Grant:
    """Return a grant as it is kept: whoever gives to everyone names nobody besides.

    Raises:
        BadRequest: it names too many, or what cannot be an id.
    """
    if grant.everyone:
        return EVERYONE
    for ids, what in ((grant.roles, "roles"), (grant.people, "people")):
        if len(ids) > MOST_NAMED:
            raise BadRequest(f"One right can name {MOST_NAMED} {what}; these are {len(ids)}. Give them a role instead.")
        if not all(one.strip() and one.isprintable() and len(one) <= LONGEST_ID for one in ids):
            raise BadRequest(f"One of the {what} has a name that cannot be one here. Name them anew.")
    return grant


def names(grant: Grant, owner: Owner, roles: frozenset[str]) -> bool:
    """Say whether a right is given to somebody with these roles."""
    return grant.everyone or owner.user_id in grant.people or not grant.roles.isdisjoint(roles)


_NAMED = {RightKind.TIER: "Gen-2.5-High", RightKind.PRESET: "print"}


def _parts(typed: str) -> tuple[str, str]:
    """Return the kind, and the tier or preset that follows it behind a colon, a `=` or a blank."""
    words = typed.strip().replace(":", " ", 1).replace("=", " ", 1).split(maxsplit=1)
    kind, name = (*words, "", "")[:2]
    return kind.lower(), name.strip()


def _which() -> str:
    plain = ", ".join(kind for kind in RightKind if kind not in _NAMED)
    named = " and ".join(f"{kind}:{example}" for kind, example in _NAMED.items())
    return f"There are the rights {plain}, and for one tier or preset such as {named}. Name one of them."
