"""Buttons under tasks. They hold the task's id, so they work after restarts and after days."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from adapters.slack import blocks, limits
from adapters.slack.asked import Asked
from adapters.slack.blocks import Json
from adapters.slack.drafts import Draft
from adapters.slack.wire import Asking
from bot.labels import LABELS, Weight, label_of
from bot.update import Choice, Update

PREFIX = "rodin:"


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


STYLES: Mapping[Weight, str] = {Weight.MAIN: "primary", Weight.USUAL: "", Weight.GRAVE: "danger"}
"""Slack's words for the colours of a button. Source: docs.slack.dev, Button element."""

ACTS: Mapping[Choice, Call] = {
    Choice.AGAIN: lambda c, a, t, _: c.again(a, t),
    Choice.VARIATION: lambda c, a, t, w: c.variation(a, t, w),
    Choice.BETTER: lambda c, a, t, _: c.better(a, t),
    Choice.FORMAT: lambda c, a, t, w: c.other_format(a, t, w),
    Choice.RETEXTURE: lambda c, a, t, w: c.retexture(a, t, w),
    Choice.SPLIT: lambda c, a, t, w: c.split(a, t, w),
    Choice.LINKS: lambda c, a, t, _: c.links(a, t),
    Choice.RESEND: lambda c, a, t, _: c.resend(a, t),
    Choice.CANCEL: lambda c, a, t, _: c.cancel(a, t),
    Choice.DELETE: lambda c, a, t, _: c.delete(a, t),
}
"""What a click on each button does: at once, or once the form that it opens is sent in."""


def choice_of(action_id: str) -> Choice | None:
    """Return what a button stands for; None for one of another version."""
    name = action_id.removeprefix(PREFIX)
    return Choice(name) if name in set(Choice) and Choice(name) in ACTS else None


def choice_buttons(update: Update) -> list[Json]:
    """Return a button for each choice that we know."""
    return [
        blocks.button(
            label_of(choice, update.cost_of(choice), longest=limits.BUTTON_TEXT),
            action=f"{PREFIX}{choice}",
            value=update.task_id,
            style=STYLES[LABELS[choice].weight],
        )
        for choice in update.choices
        if choice in ACTS
    ]
