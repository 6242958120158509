"""What people read about who may do what, and about where their words go, one function each: plain text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.reading import join_words

if TYPE_CHECKING:
    from bot.policy import Grant, Right

NOTHING_DONE = "Nothing was sent or charged."

_WHO_CAN_CHANGE = "The server's admins decide that with the command settings; ask one of them."

Named = Callable[[str], str]
"""Writes an id as a platform's people read it, such as a mention."""


# Refusals.


def may_not_ask() -> str:
    """Say that somebody may not ask for models in this server."""
    return f"In this server not everyone may ask for models, and you may not yet. {_WHO_CAN_CHANGE} {NOTHING_DONE}"


def may_not_use(right: Right) -> str:
    """Say that a tier or preset is not open to somebody in this server."""
    what = f"The {right.kind} {right.name}"
    return f"{what} is not open to you in this server. Choose another {right.kind}. {_WHO_CAN_CHANGE} {NOTHING_DONE}"


def may_not_see_money() -> str:
    """Say that the balance is not for somebody."""
    return "Only admins may see the balance, and those whom they let with the command settings."


def not_known_now() -> str:
    """Say that the platform does not answer who somebody is, so that a right cannot be looked up."""
    return f"Whether you may do this here cannot be found out right now. Try again in a minute. {NOTHING_DONE}"


def only_in_a_server() -> str:
    """Say that there is nothing to set up outside a server."""
    return "These settings belong to a server or workspace. Use the command there."


def only_for_admins() -> str:
    """Say who may see and change the settings of a server."""
    return "Only admins of this server may see and change its settings."


def too_late_for_others() -> str:
    """Say to an admin why somebody else's task goes on: it costs what it costs, and its asker waits for it."""
    return (
        "Rodin has that task already and charges for it, so it goes on for whoever asked for it. Before it is sent an "
        "admin can call it off for nothing."
    )


# Settings.


def about(right: Right) -> str:
    """Say what a right allows."""
    kind = str(right.kind)
    if not right.name:
        return _ABOUT[kind]
    gone = "" if right.exists else f" (there is no such {kind} any more)"
    return f"Use the {kind} {right.name}{gone}"


_ABOUT = {
    "ask": "Ask for models",
    "money": "See the balance and what this server has used",
    "delete": "Delete what other people have made",
}


def to_whom(grant: Grant, *, role: Named = str, person: Named = str) -> str:
    """Say to whom a right is given; `role` and `person` write their ids as the platform's people read them."""
    if grant.everyone:
        return "everyone"
    return join_words(("admins", *map(role, sorted(grant.roles)), *map(person, sorted(grant.people))), last="and")


def allowed(right: Right, grant: Grant) -> str:
    """Say to whom a right is given from now on, by numbers: ids say little to people."""
    counted = (_count(len(grant.roles), "role"), _count(len(grant.people), "person", "people"))
    whom = "everyone" if grant.everyone else join_words(("admins", *filter(None, counted)), last="and")
    return f"{about(right)}: from now on for {whom}{'' if counted[0] or counted[1] or grant.everyone else ' only'}."


def was_reset(right: Right, *, had_rule: bool) -> str:
    """Say that a right is given as it is unasked."""
    whom = "everyone" if right.default.everyone else "admins only"
    if not had_rule:
        return f"{about(right)}: that is for {whom} already, as it is unless somebody changes it."
    return f"{about(right)}: for {whom} again." if right.exists else f"The rule about {right.name} is gone."


def notice_pending() -> str:
    """Say that nobody in a server has been told yet where words and pictures go."""
    return "The first task here will say that words and pictures go to Hyper3D, and how long files are kept."


def notice_given(at: datetime) -> str:
    """Say when people in a server were told where words and pictures go."""
    return f"The first task here said on {at.astimezone(UTC):%Y-%m-%d} that words and pictures go to Hyper3D."


def server_used(today: str, lately: str) -> str:
    """Say what everybody in a server has used today and in the last 30 days, both written out."""
    return f"Everybody in this server together: {today} today, {lately} in the last 30 days."


# The first task of a server.


def first_notice(keep_days: int, *, page: str | None) -> str:
    """Say where words and pictures go, how long files are kept, and where to read more; `page` is its address."""
    days = "1 day" if keep_days == 1 else f"{keep_days:,} days"
    more = f"{page} or the command privacy" if page else "the command privacy"
    return (
        "Said once, with the first task here: what you write and the pictures you send go to Hyper3D "
        f"(https://hyper3d.ai), which makes the model. This bot keeps the files for {days}. More about it: {more}."
    )


def _count(number: int, one: str, many: str = "") -> str:
    if not number:
        return ""
    return f"1 {one}" if number == 1 else f"{number} {many or one + 's'}"
