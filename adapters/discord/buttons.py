"""Buttons under tasks. They hold the task's id, so they work after restarts and after days."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, Self

import discord

from adapters.discord import limits
from adapters.discord.asked import Asked
from adapters.discord.drafts import ActButton, Button, Draft, LinkButton
from adapters.discord.forms import opened
from bot.chat import FormatOffer
from bot.labels import LABELS, Weight, label_of
from bot.questions import FORMS
from bot.update import Choice

TEMPLATE = r"rodin:(?P<act>[a-z_]{1,20}):(?P<task>[a-z0-9_-]{1,40})"
"""The id of a button, and of the form that a click on it opens."""

LONGEST_PRICED_LABEL = 22
"""Two rows of ten buttons stay narrow enough for a phone."""


class Clicks(Protocol):
    """What a click may ask for: one method for each choice.

    Those that make a task take what was filled in, too: nothing, where the click alone says everything.
    """

    async def cancel(self, interaction: discord.Interaction[Any], task_id: str) -> Draft | None:
        """Call a task off."""

    async def resend(self, interaction: discord.Interaction[Any], task_id: str, asked: Asked) -> Draft | None:
        """Ask again for what failed or stayed unclear."""

    async def again(self, interaction: discord.Interaction[Any], task_id: str, asked: Asked) -> Draft | None:
        """Ask for the same with another seed."""

    async def variation(self, interaction: discord.Interaction[Any], task_id: str, asked: Asked) -> Draft | None:
        """Ask for the next version."""

    async def better(self, interaction: discord.Interaction[Any], task_id: str, asked: Asked) -> Draft | None:
        """Ask for the same in the next tier up."""

    async def other_format(self, interaction: discord.Interaction[Any], task_id: str, asked: Asked) -> Draft | None:
        """Ask for the same in another file format."""

    async def retexture(self, interaction: discord.Interaction[Any], task_id: str, asked: Asked) -> Draft | None:
        """Ask for a new texture over the model."""

    async def split(self, interaction: discord.Interaction[Any], task_id: str, asked: Asked) -> Draft | None:
        """Ask for the model in parts."""

    async def links(self, interaction: discord.Interaction[Any], task_id: str) -> Draft | None:
        """Hand out short-lived links."""

    async def delete(self, interaction: discord.Interaction[Any], task_id: str, asked: Asked) -> Draft | None:
        """Remove a finished task's files; its words and pictures too when that was asked."""


STYLES: Mapping[Weight, discord.ButtonStyle] = {
    Weight.MAIN: discord.ButtonStyle.primary,
    Weight.USUAL: discord.ButtonStyle.secondary,
    Weight.GRAVE: discord.ButtonStyle.danger,
}

Call = Callable[[Clicks, discord.Interaction[Any], str, Asked], Awaitable[Draft | None]]


ACTS: Mapping[Choice, Call] = {
    Choice.AGAIN: lambda c, i, t, a: c.again(i, t, a),
    Choice.VARIATION: lambda c, i, t, a: c.variation(i, t, a),
    Choice.BETTER: lambda c, i, t, a: c.better(i, t, a),
    Choice.FORMAT: lambda c, i, t, a: c.other_format(i, t, a),
    Choice.RETEXTURE: lambda c, i, t, a: c.retexture(i, t, a),
    Choice.SPLIT: lambda c, i, t, a: c.split(i, t, a),
    Choice.LINKS: lambda c, i, t, _: c.links(i, t),
    Choice.RESEND: lambda c, i, t, a: c.resend(i, t, a),
    Choice.CANCEL: lambda c, i, t, _: c.cancel(i, t),
    Choice.DELETE: lambda c, i, t, a: c.delete(i, t, a),
}
"""What a click on each button does: at once, or once the form that it opens is sent in."""


def act_named(name: str) -> Call | None:
    """Return what a click on a button does, by its id; None for one of another version of us."""
    return ACTS.get(Choice(name)) if name in set(Choice) else None


def form_of(name: str, task_id: str, offers: Sequence[FormatOffer] = ()) -> discord.ui.Modal | None:
    """Return the form that a click opens, with the click's id; None where the click itself says everything.

    With `offers` its menu of formats says what each costs and loses.
    """
    form = FORMS.get(Choice(name)) if name in set(Choice) else None
    return None if form is None else opened(form, _id_of(name, task_id), offers)


class TaskButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=TEMPLATE):
    """One choice about one task. A click goes to the client, which acknowledges it before anything else."""

    def __init__(self, act: str, task_id: str, *, cost: str = "") -> None:
        label, style = _face(act, cost)
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=_id_of(act, task_id)))
        self.act, self.task_id = act, task_id

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was clicked."""
        return cls(match["act"], match["task"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the click on."""
        await interaction.client.clicked(interaction, self.act, self.task_id)


def view_of(buttons: Sequence[Button]) -> discord.ui.View | None:
    """Return the buttons as Discord wants them, five in a row. Nothing listens to it: clicks come by their ids."""
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in buttons[: limits.BUTTONS]:
        if isinstance(button, LinkButton):
            view.add_item(discord.ui.Button(label=button.label[: limits.BUTTON_LABEL], url=button.url))
        elif isinstance(button, ActButton):
            style = STYLES[Weight.GRAVE]
            view.add_item(discord.ui.Button(label=button.label, style=style, custom_id=button.custom_id))
        elif button.choice in ACTS:
            view.add_item(TaskButton(button.choice.value, button.task_id, cost=button.cost))
    view.stop()  # else discord.py keeps every view that was ever sent
    return view


def _face(act: str, cost: str) -> tuple[str, discord.ButtonStyle]:
    """Return what a button says and its colour; one of another version of us says its own name."""
    if act_named(act) is None:
        return act, STYLES[Weight.USUAL]
    choice = Choice(act)
    return label_of(choice, cost, longest=LONGEST_PRICED_LABEL), STYLES[LABELS[choice].weight]


def _id_of(act: str, task_id: str) -> str:
    return f"rodin:{act}:{task_id}"
