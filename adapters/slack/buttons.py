"""Buttons under tasks. They hold the task's id, so they work after restarts and after days."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.slack import blocks
from adapters.slack.blocks import Json
from adapters.slack.drafts import Draft
from adapters.slack.wire import Asking
from bot.update import Choice

PREFIX = "rodin:"
LINK_PREFIX = "link:"


class Clicks(Protocol):
    """What a click may ask for: one method for each choice, taking the task's id."""

    async def cancel(self, asking: Asking, task_id: str) -> Draft | None:
        """Call a task off."""

    async def resend(self, asking: Asking, task_id: str) -> Draft | None:
        """Ask again for what failed or stayed unclear."""

    async def again(self, asking: Asking, task_id: str) -> Draft | None:
        """Ask for the same with another seed."""

    async def links(self, asking: Asking, task_id: str) -> Draft | None:
        """Hand out short-lived links."""

    async def delete(self, asking: Asking, task_id: str) -> Draft | None:
        """Remove a finished task's files."""


Call = Callable[[Clicks, Asking, str], Awaitable[Draft | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a choice looks like and what a click on it does. `style` is Slack's: empty, primary or danger."""

    label: str
    call: Call
    style: str = ""


ACTS: Mapping[Choice, Act] = {
    Choice.AGAIN: Act(label="Again", style="primary", call=lambda c, a, t: c.again(a, t)),
    Choice.LINKS: Act(label="Fresh links", call=lambda c, a, t: c.links(a, t)),
    Choice.RESEND: Act(label="Send it again", style="primary", call=lambda c, a, t: c.resend(a, t)),
    Choice.CANCEL: Act(label="Cancel", style="danger", call=lambda c, a, t: c.cancel(a, t)),
    Choice.DELETE: Act(label="Delete", style="danger", call=lambda c, a, t: c.delete(a, t)),
}
"""Every button there is: a new one is one line here and one method of `Clicks`."""


def act_of(action_id: str) -> Act | None:
    """Return what a button does; None for one of another version."""
    name = action_id.removeprefix(PREFIX)
    return ACTS.get(Choice(name)) if name in set(Choice) else None


def choice_buttons(choices: Sequence[Choice], task_id: str) -> list[Json]:
    """Return a button for each choice that we know."""
    return [
        blocks.button(ACTS[choice].label, action=f"{PREFIX}{choice}", value=task_id, style=ACTS[choice].style)
        for choice in choices
        if choice in ACTS
    ]
