"""Buttons under tasks. They hold the task's id, so they work after restarts and after days."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import discord

from adapters.discord import forms, limits
from adapters.discord.asked import Asked
from adapters.discord.drafts import ChoiceButton, Draft, LinkButton
from adapters.discord.forms import Form
from bot.update import Choice

TEMPLATE = r"rodin:(?P<act>[a-z_]{1,20}):(?P<task>[a-z0-9_-]{1,40})"
"""The id of a button, and of the form that a click on it opens."""

LONGEST_PRICED_LABEL = 22
"""Two rows of ten buttons stay narrow enough for a phone. A price that finds no room is in the answer all the same."""


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

    async def delete(self, interaction: discord.Interaction[Any], task_id: str) -> Draft | None:
        """Remove a finished task's files."""


PRIMARY, SECONDARY, DANGER = discord.ButtonStyle.primary, discord.ButtonStyle.secondary, discord.ButtonStyle.danger

Call = Callable[[Clicks, discord.Interaction[Any], str, Asked], Awaitable[Draft | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a choice looks like and what a click on it does: at once, or once the `form` it opens is sent in."""

    label: str
    style: discord.ButtonStyle = SECONDARY
    call: Call
    form: Form | None = None


ACTS: dict[Choice, Act] = {
    Choice.AGAIN: Act(label="Again", style=PRIMARY, call=lambda c, i, t, a: c.again(i, t, a)),
    Choice.VARIATION: Act(label="Variation…", call=lambda c, i, t, a: c.variation(i, t, a), form=forms.VARIATION),
    Choice.BETTER: Act(label="Better", call=lambda c, i, t, a: c.better(i, t, a)),
    Choice.FORMAT: Act(label="Other format…", call=lambda c, i, t, a: c.other_format(i, t, a), form=forms.OTHER_FORMAT),
    Choice.RETEXTURE: Act(label="Retexture…", call=lambda c, i, t, a: c.retexture(i, t, a), form=forms.RETEXTURE),
    Choice.SPLIT: Act(label="Split into parts…", call=lambda c, i, t, a: c.split(i, t, a), form=forms.SPLIT),
    Choice.LINKS: Act(label="Fresh links", call=lambda c, i, t, _: c.links(i, t)),
    Choice.RESEND: Act(label="Send it again", style=PRIMARY, call=lambda c, i, t, a: c.resend(i, t, a)),
    Choice.CANCEL: Act(label="Cancel", style=DANGER, call=lambda c, i, t, _: c.cancel(i, t)),
    Choice.DELETE: Act(label="Delete", style=DANGER, call=lambda c, i, t, _: c.delete(i, t)),
}
"""Every button there is: a new one is one line here and one method of `Clicks`; one that wants words has a form."""


def act_named(name: str) -> Act | None:
    """Return what a button's id names; None for one of another version of us."""
    return ACTS.get(Choice(name)) if name in set(Choice) else None


def form_of(name: str, task_id: str) -> discord.ui.Modal | None:
    """Return the form that a click opens, with the click's id; None where the click itself says everything."""
    act = act_named(name)
    return None if act is None or act.form is None else forms.opened(act.form, _id_of(name, task_id))


class TaskButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=TEMPLATE):
    """One choice about one task. A click goes to the client, which acknowledges it before anything else."""

    def __init__(self, act: str, task_id: str, *, cost: str = "") -> None:
        known = act_named(act)
        super().__init__(
            discord.ui.Button(
                label=_label(known, cost) if known else act,
                style=known.style if known else SECONDARY,
                custom_id=_id_of(act, task_id),
            )
        )
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


def view_of(buttons: Sequence[LinkButton | ChoiceButton]) -> discord.ui.View | None:
    """Return the buttons as Discord wants them, five in a row. Nothing listens to it: clicks come by `TaskButton`."""
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in buttons[: limits.BUTTONS]:
        if isinstance(button, LinkButton):
            view.add_item(discord.ui.Button(label=button.label[: limits.BUTTON_LABEL], url=button.url))
        elif button.choice in ACTS:
            view.add_item(TaskButton(button.choice.value, button.task_id, cost=button.cost))
    view.stop()  # else discord.py keeps every view that was ever sent
    return view


def _label(act: Act, cost: str) -> str:
    """Return what stands on a button; with its price where a click alone spends it and it stays short."""
    priced = f"{act.label} · {cost}"
    return priced if cost and act.form is None and len(priced) <= LONGEST_PRICED_LABEL else act.label


def _id_of(act: str, task_id: str) -> str:
    return f"rodin:{act}:{task_id}"
