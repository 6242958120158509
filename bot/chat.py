"""Chat platforms: what one is, and what it may ask of the core.

Every implementation of a port runs the same contract suite in `tests/contract/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from bot.model import Address, Owner, Task
from bot.update import Update


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a chat platform can show. `edit_spacing_s` is the least time between two revisions of one message."""

    longest_text: int
    largest_upload_bytes: int
    edit_spacing_s: float


class Platform(Protocol):
    """A place where people talk. The same call made twice with one `key` must do no harm.

    `key` is 16 characters and stays the same for every repeat of one telling. A message whose sending had an unknown
    outcome (killed or timed out in between) is looked up where it went before it is sent again; `bot.outbox.SendLog`
    remembers which ones began.
    """

    name: str
    capabilities: Capabilities

    async def start(self, intake: Intake) -> None:
        """Connect and begin to take commands."""

    async def stop(self) -> None:
        """Stop taking commands and disconnect."""

    async def watch(self) -> None:
        """Wait, once started, until the connection is over: return after `stop`, or raise what ended it for good.

        Raises:
            OperatorMistake: it cannot be had again without a change, as with a revoked token.
        """

    async def ping(self) -> None:
        """Return when people can be heard and told; raise PlatformError, saying what is missing, when not."""

    async def show(self, address: Address, update: Update, *, key: str) -> Address:
        """Show the state of a task by revising its status message, or make one. Returns where it now stands.

        Raises:
            PlatformBusy: come back later. AddressGone: nobody can be told there any more.
        """

    async def say(self, address: Address, update: Update, *, key: str) -> Address:
        """Post a new message that the person notices: how the task ended. Raises like `show`."""

    async def amend(self, address: Address, update: Update, *, key: str) -> Address:
        """Revise that message quietly: a picture has joined, or the files are gone. Raises like `show`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for, as the adapter read it: nothing checked yet.

    `options` maps names of `bot.catalog.OPTIONS` to what was typed or picked; `pictures` are raw bytes. In a variation
    they take the place of the earlier ones, or with `keeps_pictures` join them.
    """

    prompt: str = ""
    pictures: tuple[bytes, ...] = ()
    options: Mapping[str, str | int | float | bool] | None = None
    keeps_pictures: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The values of an earlier task, for a form that starts from them.

    `options` goes by option name, each value as a person would type it; handed back whole in a `Wish`, changed or
    not, they stand for themselves (whoever takes one out goes back to what the tier does unasked). `pictures` counts
    those that stay unless new ones come. `sentence` says what it would cost.
    """

    task_id: str
    prompt: str
    options: Mapping[str, str]
    pictures: int
    price: Decimal
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One node of a tree of versions, with what was made from it, oldest first.

    `difference` says in a few words how it differs from the one above; empty for the first. `is_asked_for` marks the
    one whose tree this is.
    """

    update: Update
    difference: str
    is_asked_for: bool
    children: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshLink:
    """A short-lived address of one file. It is a bearer capability: for one person's eyes, never for a log."""

    name: str
    url: str
    size_bytes: int | None = None

    def __repr__(self) -> str:
        """Keep the address out of logs."""
        return f"FreshLink(name={self.name!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshLinks:
    """Links to a task's files, with the sentence that says how long they live.

    `expires_at` is the moment when they die; None for links of our own, which live as long as the files.
    """

    sentence: str
    links: tuple[FreshLink, ...]
    expires_at: datetime | None


class Intake(Protocol):
    """What a chat platform may ask of the core. Every answer is about the asker's own tasks.

    A task that is not the asker's raises NotFound as one that does not exist, so ids of others tell nothing; whoever
    clicks under a task that they can see anyhow gets NotYours.
    """

    async def generate(self, wish: Wish, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Check a wish and write it down; from then on it will not be lost.

        The same `event` gives back the same task.

        Raises:
            UserMistake: with a sentence; nothing was written, sent or charged.
        """

    async def follow(self, wish: Wish, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Make the next version of the newest task at `address.place`: its options, with new words or pictures.

        What the wish leaves out is taken from that task; the seed is new. Of a new texture or a split it is the model
        that those go back to. Raises like `generate`, and NotFound when no task lives there.
        """

    async def variation(
        self, task_id: str, wish: Wish, owner: Owner, address: Address, *, event: str | None = None
    ) -> Task:
        """Make the next version of one task, as `follow` does; it may still run. Raises like `resend`."""

    async def better(self, task_id: str, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Ask for an ended task in the next tier up, with the same seed, words and pictures. Raises like `resend`."""

    async def other_format(
        self, task_id: str, file_format: str, owner: Owner, address: Address, *, event: str | None = None
    ) -> Task:
        """Ask for an ended task in another file format, at Rodin's price. Raises like `resend`."""

    async def retexture(
        self, task_id: str, wish: Wish, owner: Owner, address: Address, *, event: str | None = None
    ) -> Task:
        """Ask for a new texture over a finished model, after words, one picture, or both. Raises like `resend`.

        Options may be those of `bot.catalog.TEXTURE_CHOICES`.
        """

    async def split(
        self, task_id: str, wish: Wish, owner: Owner, address: Address, *, event: str | None = None
    ) -> Task:
        """Ask for a finished model in parts. Raises like `resend`.

        The wish's words say how to split; its options may be those of `bot.catalog.SPLIT_CHOICES`, with `strength`
        from 2 to 12.
        """

    async def draft_of(self, task_id: str, owner: Owner) -> Draft:
        """Return the values of a task for a form of a variation. Raises NotFound, NotPossible for a remake."""

    async def family(self, task_id: str, owner: Owner) -> Version:
        """Return the tree of versions around a task, as far as this person may see it. Raises NotFound."""

    async def again(self, task_id: str, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Ask for a finished task once more with another seed, as a new task. Raises like `resend`."""

    async def resend(self, task_id: str, owner: Owner, address: Address, *, event: str | None = None) -> Task:
        """Ask again for what failed or stayed unclear, as a new task. Raises NotFound, NotPossible, UserMistake."""

    async def status(self, task_id: str, owner: Owner) -> Update:
        """Say how one of the person's tasks stands. Raises NotFound."""

    async def tasks(self, owner: Owner, *, limit: int = 10) -> tuple[Update, ...]:
        """Return the person's newest tasks, newest first."""

    async def cancel(self, task_id: str, owner: Owner) -> str:
        """Call a task off and return the sentence that says what that meant. Raises NotFound, NotPossible."""

    async def delete(self, task_id: str, owner: Owner) -> str:
        """Remove a finished task's files and say so. Raises NotFound, NotPossible."""

    async def fresh_links(self, task_id: str, owner: Owner) -> FreshLinks:
        """Return short-lived links to a finished task's files, for this person only. Raises NotFound, NotPossible."""

    async def usage(self, owner: Owner) -> str:
        """Say what the person has used."""

    async def balance(self, owner: Owner, *, is_admin: bool = False) -> str:
        """Say how many credits the key holds; for admins.

        `is_admin` says that the platform vouches for the person (an administrator of the server or workspace); the
        operator's own admins are known here. Raises UserMistake for others.
        """
