"""Buttons under tasks. They hold the task's id, so they work after restarts and after days."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from adapters.slack import blocks
from adapters.slack.asked import Asked
from adapters.slack.blocks import Json
from adapters.slack.drafts import Draft
from adapters.slack.wire import Asking
from bot.update import Choice, Update

PREFIX = "rodin:"
LINK_PREFIX = "link:"


class Clicks(Protocol):
    """What a click may ask for: one method for each choice, taking the task's id and, after a form, what was said."""

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

    async def variation(self, asking: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the next version."""

    async def better(self, asking: Asking, task_id: str) -> Draft | None:
        """Ask for the same in the next tier up."""

    async def other_format(self, asking: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the same in another file format."""

    async def retexture(self, asking: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for a new texture over the model."""

    async def split(self, asking: Asking, task_id: str, asked: Asked) -> Draft | None:
        """Ask for the model in parts."""


Call = Callable[[Clicks, Asking, str, Asked], Awaitable[Draft | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a choice looks like and what a click on it does: at once, or once the form that it opens is sent in.

    `style` is Slack's: empty, primary or danger.
    """

    label: str
    call: Call
    style: str = ""


ACTS: Mapping[Choice, Act] = {
    Choice.AGAIN: Act(label="Again", style="primary", call=lambda c, a, t, _: c.again(a, t)),
    Choice.VARIATION: Act(label="Variation…", call=lambda c, a, t, w: c.variation(a, t, w)),
    Choice.BETTER: Act(label="Better", call=lambda c, a, t, _: c.better(a, t)),
    Choice.FORMAT: Act(label="Other format…", call=lambda c, a, t, w: c.other_format(a, t, w)),
    Choice.RETEXTURE: Act(label="Retexture…", call=lambda c, a, t, w: c.retexture(a, t, w)),
    Choice.SPLIT: Act(label="Split into parts…", call=lambda c, a, t, w: c.split(a, t, w)),
    Choice.LINKS: Act(label="Fresh links", call=lambda c, a, t, _: c.links(a, t)),
    Choice.RESEND: Act(label="Send it again", style="primary", call=lambda c, a, t, _: c.resend(a, t)),
    Choice.CANCEL: Act(label="Cancel", style="danger", call=lambda c, a, t, _: c.cancel(a, t)),
    Choice.DELETE: Act(label="Delete", style="danger", call=lambda c, a, t, _: c.delete(a, t)),
}
"""Every button there is: a new one is one line here and one method of `Clicks`; one that wants words has a form."""


def choice_of(action_id: str) -> Choice | None:
    """Return what a button stands for; None for one of another version."""
    name = action_id.removeprefix(PREFIX)
    return Choice(name) if name in set(Choice) and Choice(name) in ACTS else None


def choice_buttons(update: Update) -> list[Json]:
    """Return a button for each choice that we know."""
    return [
        blocks.button(
            _label(choice, update.cost_of(choice)),
            action=f"{PREFIX}{choice}",
            value=update.task_id,
            style=ACTS[choice].style,
        )
        for choice in update.choices
        if choice in ACTS
    ]


def _label(choice: Choice, cost: str) -> str:
    """Return what stands on a button; with its price where a click alone spends it."""
    label = ACTS[choice].label
    return f"{label} · {cost}" if cost and not choice.wants_words else label
