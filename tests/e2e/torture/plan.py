"""The dice: what each life of the bot is, what people do meanwhile, what goes wrong, and where it is killed. Pure.

The same seed gives the same lives, deeds and points. What comes of them depends on timing, which no seed can repeat:
which of two tasks a click finds, or whether a request was under way already.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

_Choice = TypeVar("_Choice")

CALLBACK = "/interactions/{interaction_id}/{token}/callback"
ANSWER = "/webhooks/{application_id}/{token}/messages/@original"
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
THREAD = "/channels/{channel_id}/messages/{message_id}/threads"


class Cast(StrEnum):
    """Which processes a life consists of."""

    RUN = "run"
    WITH_CONSOLE = "run and console"
    IN_ROLES = "gateway, worker and web"
    CONSOLE = "console"


class Act(StrEnum):
    """What somebody does."""

    WISH = "wish"  # by a command
    PICTURE = "picture"  # by a command or a form, with a picture
    MENTION = "mention"  # by writing to the bot
    FOLLOW = "follow"  # the next version, by a reply in a thread
    FORM = "form"  # a new model, by the form of one
    VARY = "vary"  # the following ones by the form behind a button, or typed
    FORMAT = "format"
    RETEXTURE = "retexture"
    SPLIT = "split"
    AGAIN = "again"  # the following ones by buttons
    CANCEL = "cancel"
    DELETE = "delete"
    RESEND = "resend"
    STRANGE = "strange"  # somebody else's button
    LOOK = "look"  # whatever is answered privately: list, status, show, links, usage, export …
    REPEAT = "repeat"  # the platform delivers once more


class Where(StrEnum):
    """What a point is counted on."""

    CLOCK = "clock"
    DISCORD = "discord"
    SLACK = "slack"
    RODIN = "rodin"
    DRAWING = "drawing"  # while a model is drawn
    CONVERTING = "converting"  # while a model is made into another format
    DELETING = "deleting"  # while the row cannot be written
    STOPPING = "stopping"  # after SIGTERM


class Moment(StrEnum):
    """When a request at a point is cut off."""

    BEFORE = "before"  # it never has its effect
    HALF = "half"  # half of the answer arrives
    AFTER = "after"  # it has its effect, and the answer never arrives
    UNNOTED = "unnoted"  # the answer arrives, and cannot be written down


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a life ends: at the `nth` request of a kind. `kind` is a method and route, a method, or a kind of the wire.

    On the clock, `after_s` counts from the birth; after a request or a signal, from there.
    """

    where: Where
    kind: str = ""
    moment: Moment = Moment.BEFORE
    nth: int = 1
    after_s: float = 0.0

    def __str__(self) -> str:
        words = [self.where, self.kind.partition(" ")[0] if self.where is Where.RODIN else _short(self.kind)]
        if self.where in REQUESTS:
            words.append(self.moment)
        return " ".join(word for word in words if word)


REQUESTS = frozenset({Where.DISCORD, Where.SLACK, Where.RODIN})
"""Places whose points are requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing somebody does. `pick`, from 0 to 1, chooses among what there is to choose from at that moment."""

    number: int
    at_s: float
    platform: str
    who: int
    act: Act
    pick: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something a chat platform does to the bot: an HTTP status for a kind of request, or its connection."""

    at_s: float
    platform: str
    kind: str
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One life of the bot. Everything is counted from the moment it is connected.

    `down_s` is how long it stays dead afterwards, by the clocks of the chats: ways to answer die, and Discord forgets
    which messages it has seen before.
    """

    number: int
    cast: Cast
    draws: bool
    down_s: float
    faults: str
    deeds: tuple[Deed, ...]
    troubles: tuple[Trouble, ...]
    point: Point


DISCORD_KINDS = (
    *(f"POST {CALLBACK}", f"PATCH {ANSWER}", *(f"POST {MESSAGES}",) * 4, f"POST {THREAD}"),
    *(f"PATCH {MESSAGE}", f"GET {MESSAGES}"),
)
SLACK_KINDS = (
    *(*("chat.postMessage",) * 5, "chat.update", "response_url", "files.getUploadURLExternal", "upload_url"),
    *("files.completeUploadExternal", "files.completeUploadExternal", "conversations.replies", "files.info"),
)
RODIN_KINDS = ("submit", "submit", "submit", "submit", "status", "download", "balance", "file", "file")

FAULTS = (
    *("rate_limit_seconds:0.3", "server_error_500:0.2", "bad_gateway_502:0.2", "drop_before_accept:0.3"),
    *("timeout_before_accept:0.2", "timeout_after_accept:0.3", "drop_after_accept:0.3", "garbled_after_accept:0.3"),
    *("server_error_after_accept:0.2", "missing_subscription_key:0.5", "jobs_as_list:0.5", "no_consumed:0.5"),
    *("status_server_error:0.4", "status_drop:0.3", "status_garbled:0.3", "download_drop:0.3", "download_garbled:0.3"),
    *("balance_server_error:0.5", "balance_timeout:0.3", "all_failed:0.3", "some_failed:0.4", "late_model:0.5"),
    *("odd_names:0.4", "expired_links:0.5", "broken_transfer:0.5", "slow_files:0.5", "files_server_error:0.3"),
    *("purged:0.3", "slow_accept:0.4"),
)
"""What goes wrong at Rodin, as its simulator names it. Nothing that stops the whole queue or lasts for minutes."""

ACTS: tuple[tuple[Act, int], ...] = (
    *((Act.WISH, 34), (Act.PICTURE, 10), (Act.MENTION, 10), (Act.FOLLOW, 8), (Act.AGAIN, 8), (Act.CANCEL, 8)),
    *((Act.DELETE, 6), (Act.RESEND, 8), (Act.STRANGE, 10), (Act.LOOK, 10), (Act.REPEAT, 4)),
    *((Act.FORM, 6), (Act.VARY, 6), (Act.FORMAT, 10), (Act.RETEXTURE, 8), (Act.SPLIT, 8)),
)
CASTS = ((Cast.RUN, 72), (Cast.WITH_CONSOLE, 10), (Cast.IN_ROLES, 10), (Cast.CONSOLE, 8))
WHERE: tuple[tuple[Where, int], ...] = (
    *((Where.CLOCK, 28), (Where.RODIN, 25), (Where.DISCORD, 16), (Where.SLACK, 16)),
    *((Where.DRAWING, 4), (Where.DELETING, 5), (Where.STOPPING, 6), (Where.CONVERTING, 3)),
)
TROUBLES: tuple[tuple[str, str, int], ...] = (
    *(("discord", f"POST {MESSAGES}", 429), ("discord", f"PATCH {MESSAGE}", 429), ("discord", f"POST {MESSAGES}", 502)),
    *(("discord", f"PATCH {MESSAGE}", 500), ("discord", f"POST {THREAD}", 500), ("discord", "connection", 0)),
    *(("discord", "session", 0), ("slack", "chat.postMessage", 429), ("slack", "chat.update", 429)),
    *(("slack", "chat.postMessage", 500), ("slack", "files.completeUploadExternal", 429), ("slack", "upload_url", 500)),
    *(("slack", "connection", 0), ("slack", "refresh", 0)),
)
"""Platform, kind of request or of connection, status."""

LATEST_DEED_S = 1.6

FORGOTTEN_S = 600.0
"""Longer than Discord remembers a nonce ("a few minutes")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """What a run keeps coming back to; what is not said is thrown as ever.

    `points` are where lives end, `faults` what goes wrong at Rodin, in every life one of each. `is_long_dead` lets so
    much time pass after each life that Discord forgets which messages it has seen.
    """

    points: tuple[Point, ...] = ()
    faults: tuple[str, ...] = ()
    acts: tuple[tuple[Act, int], ...] = ACTS
    casts: tuple[tuple[Cast, int], ...] = CASTS
    is_long_dead: bool = False
    is_exclusive: bool | None = None


class Plan:
    """All lives of one seed."""

    def __init__(self, seed: int, *, world: int = 0, focus: Focus | None = None) -> None:
        """Make one; several worlds that run at once under one seed have plans of their own."""
        self.seed = f"{seed}/{world}"
        self._focus = focus or Focus()
        dice = random.Random(self.seed)
        is_exclusive = dice.random() < 0.7
        self.is_exclusive = is_exclusive if self._focus.is_exclusive is None else self._focus.is_exclusive
        self.secret = f"{dice.randrange(10**20):020d} of a torture"

    def life(self, number: int) -> Life:
        """Return one life; the numbers begin at 0."""
        focus, dice = self._focus, random.Random(f"{self.seed}/{number}")
        cast = _one_of(dice, focus.casts) if number else Cast.RUN
        platforms = ("console",) if cast is Cast.CONSOLE else ("discord", "slack")
        if cast is Cast.WITH_CONSOLE:
            platforms = (*platforms, "console")
        point = dice.choice(focus.points) if focus.points else _point(dice, cast)
        return Life(
            number=number,
            cast=cast,
            draws=point.where is Where.DRAWING or dice.random() < 0.2,
            down_s=FORGOTTEN_S if dice.random() < 0.25 or focus.is_long_dead else 0.0,
            faults=dice.choice(focus.faults) if focus.faults else _faults(dice),
            deeds=_led_to(point, _deeds(dice, number, platforms, acts=focus.acts)),
            troubles=_troubles(dice, platforms),
            point=point,
        )


def _deeds(
    dice: random.Random, life: int, platforms: Sequence[str], *, acts: Sequence[tuple[Act, int]]
) -> tuple[Deed, ...]:
    count = dice.choice((1, 2, 2, 3, 3, 4))
    moments = sorted(round(dice.uniform(0.0, LATEST_DEED_S), 3) for _ in range(count))
    return tuple(
        Deed(
            number=life * 10 + place,
            at_s=0.0 if place == 0 else moment,
            platform=dice.choice(platforms),
            who=dice.randrange(2),
            act=_one_of(dice, acts),
            pick=dice.random(),
        )
        for place, moment in enumerate(moments)
    )


def _led_to(point: Point, deeds: tuple[Deed, ...]) -> tuple[Deed, ...]:
    """Let the first deed lead to the point: a wish, on the platform whose requests are counted, or a conversion."""
    if point.where is Where.CONVERTING:
        return (replace(deeds[0], act=Act.FORMAT), *deeds[1:])
    if point.where not in REQUESTS:
        return deeds
    first = replace(deeds[0], act=Act.WISH)
    if point.where is not Where.RODIN:
        first = replace(first, platform=point.where.value)
    return (first, *deeds[1:])


def _faults(dice: random.Random) -> str:
    return ",".join(dice.sample(FAULTS, dice.choice((0, 0, 1, 1, 2))))


def _troubles(dice: random.Random, platforms: Sequence[str]) -> tuple[Trouble, ...]:
    found = dice.sample(TROUBLES, dice.choice((0, 0, 1, 2)))
    return tuple(
        Trouble(at_s=round(dice.uniform(0.0, 1.5), 3), platform=platform, kind=kind, status=status)
        for platform, kind, status in found
        if platform in platforms
    )


def _point(dice: random.Random, cast: Cast) -> Point:
    where = _one_of(dice, WHERE)
    if cast is Cast.CONSOLE and where in {Where.DISCORD, Where.SLACK, Where.DELETING}:
        where = Where.RODIN
    return POINTS[where](dice)


def _at_request(where: Where, kinds: Sequence[str]) -> Callable[[random.Random], Point]:
    def throw(dice: random.Random) -> Point:
        kind = dice.choice(kinds)
        moments = [Moment.BEFORE, Moment.AFTER, Moment.UNNOTED, *((Moment.HALF,) * 3 if kind == "file" else ())]
        return Point(where=where, kind=kind, moment=dice.choice(moments), nth=dice.choice((1, 1, 1, 2, 2, 3)))

    return throw


POINTS: dict[Where, Callable[[random.Random], Point]] = {
    # The first tenths of a second are migrations, leases and sweeping, and are tried as often as all the rest.
    Where.CLOCK: lambda dice: Point(
        where=Where.CLOCK, after_s=round(dice.choice((dice.uniform(0.0, 0.6), dice.uniform(0.4, 4.0))), 3)
    ),
    Where.DISCORD: _at_request(Where.DISCORD, DISCORD_KINDS),
    Where.SLACK: _at_request(Where.SLACK, SLACK_KINDS),
    Where.RODIN: _at_request(Where.RODIN, RODIN_KINDS),
    Where.DRAWING: lambda dice: Point(where=Where.DRAWING, after_s=round(dice.uniform(0.0, 2.0), 3)),
    Where.CONVERTING: lambda dice: Point(where=Where.CONVERTING, after_s=round(dice.uniform(0.0, 1.0), 3)),
    Where.DELETING: lambda dice: Point(where=Where.DELETING, after_s=round(dice.uniform(0.1, 0.4), 3)),
    Where.STOPPING: lambda dice: Point(where=Where.STOPPING, after_s=round(dice.uniform(0.0, 0.5), 3)),
}


def _one_of(dice: random.Random, choices: Sequence[tuple[_Choice, int]]) -> _Choice:
    values, weights = zip(*choices, strict=True)
    chosen: _Choice = dice.choices(values, weights)[0]
    return chosen


def _short(kind: str) -> str:
    """Name a route by its last fixed parts: `POST messages`, `PATCH @original`."""
    method, _, route = kind.partition(" ")
    fixed = [part for part in route.split("/") if part and not part.startswith("{")]
    one = "message" if route.endswith("{message_id}") else (fixed[-1] if fixed else "")
    return f"{method} {one}".strip()
