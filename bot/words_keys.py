"""What people and operators read about Rodin keys, one function each: platform-neutral plain text, never a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC

from bot.keys import OPERATOR, KeyState, Server, Stop
from bot.model import RefusalReason

_OWN_STOPS: Mapping[str, str] = {
    RefusalReason.KEY: "Rodin does not accept this server's own key any more.",
    RefusalReason.PERMISSION: "Rodin allows nothing with this server's own key for now.",
    RefusalReason.SUBSCRIPTION: "The Rodin account of this server's own key has no active subscription.",
    RefusalReason.PLAN: "The Rodin plan of this server's own key is too low; the API needs a Business plan.",
    RefusalReason.CREDITS: "This server's own Rodin key has too few credits left.",
    Stop.SEALED: "This server's own Rodin key cannot be opened here any more.",
}
_OPERATORS_STOPS: Mapping[str, str] = {
    RefusalReason.KEY: "Rodin does not accept the bot's API key any more.",
    RefusalReason.PERMISSION: "Rodin allows nothing with the bot's account for now.",
    RefusalReason.SUBSCRIPTION: "The bot's Rodin account has no active subscription.",
    RefusalReason.PLAN: "The bot's Rodin plan is too low; the API needs a Business plan.",
    RefusalReason.CREDITS: "The bot's Rodin account has too few credits left.",
}
_OWN_WAY_OUT: Mapping[str, str] = {
    RefusalReason.CREDITS: "an admin of this server has added credits at Hyper3D or set another key",
    Stop.SEALED: "an admin of this server has set the key again",
}
_OWN_WAY_OUT_ELSE = "an admin of this server has put the account in order at Hyper3D or set another key"
_OPERATORS_WAY_OUT = "the person who runs the bot has put that right"


def stopped(why: str, *, is_own: bool) -> str:
    """Say why nothing can be made with a key; `is_own` says that it is the server's and not the operator's."""
    return _OWN_STOPS[why] if is_own else _OPERATORS_STOPS[why]


def waits(why: str, *, is_own: bool) -> str:
    """Say to somebody whose task waits that its key is stopped, and what goes on."""
    said = stopped(why, is_own=is_own)
    return f"{said} Your task waits and nothing was charged; it goes on by itself once {_way_out(why, is_own=is_own)}."


def refused(why: str, *, is_own: bool) -> str:
    """Say to somebody who asks that nothing can be made with the key for now."""
    said = stopped(why, is_own=is_own)
    return f"{said} Nothing was sent or charged. Ask again once {_way_out(why, is_own=is_own)}."


def _way_out(why: str, *, is_own: bool) -> str:
    return _OWN_WAY_OUT.get(why, _OWN_WAY_OUT_ELSE) if is_own else _OPERATORS_WAY_OUT


# What an admin of a server reads who sets or removes its key.


def cannot_keep() -> str:
    """Say that there is no way to keep a key safely here."""
    return (
        "This bot cannot keep keys of servers yet: the person who runs it has to set SECRET_KEY, with which they are "
        "encrypted. The key was not kept."
    )


def no_key() -> str:
    """Say that what was typed is no key."""
    return (
        "That is not a Rodin API key: it must be one word of plain letters, digits and signs. Copy it once more from "
        "https://hyper3d.ai/workspace/api-dashboard. Nothing was kept or changed."
    )


def operators_key() -> str:
    """Say that the key is the operator's own."""
    return "That is the key which this bot works with anyhow. Nothing was changed."


def not_accepted(reason: RefusalReason) -> str:
    """Say why Rodin does not take a key that is to be kept."""
    why = {
        RefusalReason.KEY: "Rodin does not accept this key.",
        RefusalReason.SUBSCRIPTION: "The account of this key has no active subscription.",
        RefusalReason.PLAN: "The plan of this key's account is too low; the API needs a Business plan.",
    }.get(reason, "Rodin refuses to say what this key's account holds.")
    return f"{why} Look at it in the Hyper3D dashboard and set it again. Nothing was kept or changed."


def not_checked() -> str:
    """Say that a key could not be checked."""
    return "Rodin does not answer, so the key could not be checked. Try again in a few minutes; nothing was kept."


def is_set(amount: str, *, moved: int, is_empty: bool) -> str:
    """Say that a key is kept, and what that means; `amount` is what its account holds, written out."""
    said = [
        "The key works and is kept, encrypted; nobody is shown it again.",
        "From now on this server's models are made with it.",
        f"Its account holds {amount}{', too little for any model' if is_empty else ''}.",
    ]
    if moved:
        said.append(f"{_tasks(moved)} that waited {'goes' if moved == 1 else 'go'} on with it.")
    return " ".join(said)


def is_removed(called_off: int) -> str:
    """Say that a server's key is forgotten."""
    said = (
        "This server's own key is removed. From now on its models are made with the bot's own key. What was asked "
        "for before is still made with the old one, which is erased afterwards."
    )
    if called_off:
        was = "was" if called_off == 1 else "were"
        said += f" {_tasks(called_off)} that waited for it to work again {was} called off; nothing was charged."
    return said


def none_to_remove() -> str:
    """Say that there was no key."""
    return "This server has no key of its own. Nothing was changed."


def own_balance(amount: str) -> str:
    """Say what the account of a server's own key holds; `amount` is written out."""
    return f"The Rodin account of this server's own key holds {amount}."


def own_key(why: str | None) -> str:
    """Say how a server's own key stands."""
    working = "This server's models are made with its own Rodin key."
    return working if why is None else f"{working} It is stopped: {stopped(why, is_own=True)}"


def bots_key(why: str | None) -> str:
    """Say that a server has no key of its own."""
    working = "This server's models are made with the bot's own Rodin key."
    return working if why is None else f"{working} It is stopped: {stopped(why, is_own=False)}"


# What the operator reads.


def told_stopped(state: KeyState) -> str:
    """Tell the operator that nothing is sent with a key any more."""
    why = state.stopped or ""
    if state.id == OPERATOR:
        return (
            f"{_OPERATORS_STOPS[why]} Nothing is sent for now; who waits is told. It is looked at every few minutes "
            "and goes on by itself; `rodin-bot resume` tries at once."
        )
    return f"The Rodin key of {_named(state.servers)} is stopped: {_REASONS[why]}. Other keys go on."


def told_resumed(state: KeyState) -> str:
    """Tell the operator that a key works again."""
    if state.id == OPERATOR:
        return "The bot's Rodin key works again. Tasks are sent."
    return f"The Rodin key of {_named(state.servers)} works again."


_REASONS: Mapping[str, str] = {
    RefusalReason.KEY: "not accepted",
    RefusalReason.PERMISSION: "no permission",
    RefusalReason.SUBSCRIPTION: "no subscription",
    RefusalReason.PLAN: "plan too low",
    RefusalReason.CREDITS: "too few credits",
    Stop.SEALED: "does not open with this SECRET_KEY",
}


def key_list(states: Sequence[KeyState]) -> str:
    """List the keys that servers use or that are stopped, one line for each key and server."""
    lines = [_key_line(state, server) for state in states for server in (state.servers or (None,))]
    return "\n".join(lines) if lines else "No server has a key of its own, and no key is stopped."


def were_resumed(count: int) -> str:
    """Say that stopped keys are tried again."""
    return f"{count} stopped {'key is' if count == 1 else 'keys are'} tried again."


def _key_line(state: KeyState, server: Server | None) -> str:
    whose = "no server any more" if server is None else f"{server.platform}:{server.server_id}"
    if server is None and state.id == OPERATOR:
        whose = "the bot itself"
    if state.stopped is None:
        return f"{state.id}  {whose}  working"
    since = "" if state.since is None else f" since {state.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{state.id}  {whose}  stopped{since}: {_REASONS.get(state.stopped, state.stopped)}"


def _named(servers: Sequence[Server]) -> str:
    names = [f"{one.platform}:{one.server_id}" for one in servers]
    return ", ".join(names) if names else "a server that has removed it"


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count:,} tasks"
