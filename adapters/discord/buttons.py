"""Buttons under tasks. They hold the task's id, so they work after restarts and after days."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import discord

from adapters.discord import limits
from adapters.discord.drafts import ChoiceButton, Draft, LinkButton
from bot.update import Choice

TEMPLATE = r"rodin:(?P<act>[a-z_]{1,20}):(?P<task>[a-z0-9_-]{1,40})"


class Clicks(Protocol):
    """What a click may ask for: one method for each choice, taking the task's id."""

    async def cancel(self, interaction: discord.Interaction[Any], task_id: str) -> Draft | None:
        """Call a task off."""

    async def resend(self, interaction: discord.Interaction[Any], task_id: str) -> Draft | None:
        """Ask again for what failed or stayed unclear."""

    async def again(self, interaction: discord.Interaction[Any], task_id: str) -> Draft | None:
        """Ask for the same with another seed."""

    async def links(self, interaction: discord.Interaction[Any], task_id: str) -> Draft | None:
        """Hand out short-lived links."""

    async def delete(self, interaction: discord.Interaction[Any], task_id: str) -> Draft | None:
        """Remove a finished task's files."""


Call = Callable[[Clicks, discord.Interaction[Any], str], Awaitable[Draft | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a choice looks like and what a click on it does."""

    label: str
    style: discord.ButtonStyle
    call: Call


ACTS: dict[Choice, Act] = {
    Choice.AGAIN: Act(label="Again", style=discord.ButtonStyle.primary, call=lambda c, i, t: c.again(i, t)),
    Choice.LINKS: Act(label="Fresh links", style=discord.ButtonStyle.secondary, call=lambda c, i, t: c.links(i, t)),
    Choice.RESEND: Act(label="Send it again", style=discord.ButtonStyle.primary, call=lambda c, i, t: c.resend(i, t)),
    Choice.CANCEL: Act(label="Cancel", style=discord.ButtonStyle.danger, call=lambda c, i, t: c.cancel(i, t)),
    Choice.DELETE: Act(label="Delete", style=discord.ButtonStyle.danger, call=lambda c, i, t: c.delete(i, t)),
}
"""Every button there is: a new one is one line here and one method of `Clicks`."""

Click = Callable[[discord.Interaction[Any], str, str], Awaitable[None]]
"""Takes a click: the interaction, the act's name, the task's id."""


class TaskButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=TEMPLATE):
    """One choice about one task. A click goes to the client, which acknowledges it before anything else."""

    def __init__(self, act: str, task_id: str) -> None:
        known = ACTS.get(Choice(act)) if act in set(Choice) else None
        super().__init__(
            discord.ui.Button(
                label=known.label if known else act,
                style=known.style if known else discord.ButtonStyle.secondary,
                custom_id=f"rodin:{act}:{task_id}",
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
    """Return the buttons as Discord wants them. Nothing listens to it: clicks come by `TaskButton`."""
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in buttons[: limits.BUTTONS]:
        if isinstance(button, LinkButton):
            view.add_item(discord.ui.Button(label=button.label[: limits.BUTTON_LABEL], url=button.url))
        elif button.choice in ACTS:
            view.add_item(TaskButton(button.choice.value, button.task_id))
    view.stop()  # else discord.py keeps every view that was ever sent
    return view
