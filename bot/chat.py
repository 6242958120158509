"""Chat platforms: what one is, and what it may ask of the core.

Every implementation of a port runs the same contract suite in `tests/contract/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from bot.model import Address, Owner, Task, TaskState
from bot.policy import Grant, ServerSettings
from bot.update import Choice, Update


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

    async def notify(self, channel: str, sentence: str, *, key: str) -> None:
        """Post a plain sentence to a channel of the operator's, once for each `key`.

        `channel` is what stands behind the platform's name in `OPERATOR_CHANNEL`, in the platform's own words.

        Raises:
            PlatformBusy: come back later. AddressGone: there is no such channel, or nothing may be posted there.
        """


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which tasks a list shows; what is left alone does not narrow it.

    Unasked they are the asker's own. `channel` takes those of the asker's channel, `everybody` those of everybody;
    of other people's only what the asker may see. `words` must all stand in what was asked for, each anywhere, in any
    case. `failed` takes those that ended without a model.
    """

    channel: bool = False
    failed: bool = False
    words: str = ""
    everybody: bool = False


EVERY_OWN = Filter()
"""Lets through every task of the asker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a person gets of their own data: a ZIP archive and the name of its file. For their eyes only."""

    name: str
    data: bytes

    def __repr__(self) -> str:
        """Keep people's words out of logs."""
        return f"Export(name={self.name!r}, size_bytes={len(self.data)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A task that somebody may mean who is typing an id."""

    task_id: str
    state: TaskState
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatOffer:
    """A format in which a model can be had: at what price in credits, 0 where it is converted here, and in words.

    `sentence` says the price and what would be lost; it stands for itself, and begins with the format's name.
    """

    name: str
    price: Decimal
    sentence: str


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
        """Ask for an ended task in another file format. Raises like `resend`.

        Where its model is here and the conversion is ours, it is done at once and the task's price is 0; otherwise
        Rodin makes it anew, at its price. `formats_of` tells which.
        """

    async def formats_of(self, task_id: str, owner: Owner) -> tuple[FormatOffer, ...]:
        """Return the formats that `other_format` takes for a task, free ones first. Raises NotFound.

        Empty while the task is under way, and where nothing is left that another format could be made of.
        """

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

    async def address_of(self, task_id: str, owner: Owner) -> Address:
        """Return where one's own task is told, so that the next version can be told there.

        Raises:
            NotFound: it is not there, or not theirs to see. NotYours: it is only to be seen.
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
        """Say how a task stands that this person may see, from wherever they ask. Raises NotFound."""

    async def tasks(self, owner: Owner, *, limit: int = 10, only: Filter = EVERY_OWN) -> tuple[Update, ...]:
        """Return the newest tasks that a filter lets through, newest first: the person's own unless it says else."""

    async def suggestions(
        self, owner: Owner, typed: str = "", *, need: Choice | None = None, limit: int = 25
    ) -> tuple[Suggestion, ...]:
        """Return the person's newest tasks whose id or title holds what was typed, and that `need` can be done to."""

    async def cancel(self, task_id: str, owner: Owner) -> str:
        """Call a task off and return the sentence that says what that meant. Raises NotFound, NotPossible."""

    async def delete(self, task_id: str, owner: Owner, *, forget: bool = False) -> str:
        """Remove a finished task's files and say so. Raises NotFound, NotPossible.

        With `forget` the words and pictures that it was asked with go as well, of any task that has ended: what stays
        is a row for the ledger. Said with it is which other versions, of those that they may see, still hold the same.
        """

    async def export(self, owner: Owner) -> Export:
        """Return everything that is kept of a person, as far as a chat can carry it; the rest is named in it."""

    async def forget_me(self, owner: Owner) -> str:
        """Remove everything that is kept of a person and say what remains. Cannot be undone: ask them twice first."""

    async def privacy(self, owner: Owner) -> str:
        """Say what goes where, for how long, who sees it, and how to export and forget it: paragraphs, plain text."""

    async def fresh_links(self, task_id: str, owner: Owner) -> FreshLinks:
        """Return short-lived links to a finished task's files, for this person only. Raises NotFound, NotPossible."""

    async def check_admin(self, owner: Owner) -> None:
        """Refuse whoever does not manage the server they ask from, so that no form opens for them.

        Asks the platform at most, never the database: it may come before an acknowledgement. What the form is for
        checks again.

        Raises:
            UserMistake: not an admin, or no server.
        """

    async def set_key(self, owner: Owner, key: str) -> str:
        """Have this server's tasks made with a Rodin key of its own from now on; say what that means.

        `key` is a secret: it comes from a form or a hidden input, never from a command's text, and is told to nobody
        again. For admins of the server. What waits goes on with it; what it replaces serves what it has begun.

        Raises:
            UserMistake: not an admin, no server, not a key that Rodin takes, or no way to keep it here safely.
        """

    async def remove_key(self, owner: Owner) -> str:
        """Forget the server's own key; its tasks are made with the operator's from now on. Raises like `set_key`."""

    async def settings(self, owner: Owner) -> ServerSettings:
        """Return how the asker's server is set up. For its admins.

        Raises:
            UserMistake: not an admin, or no server.
        """

    async def allow(self, owner: Owner, right: str, grant: Grant) -> str:
        """Give a right (`bot.policy.read_right` reads it) to these besides admins, and to nobody else; say so.

        Raises like `settings`, and BadRequest for what is no right or cannot be granted.
        """

    async def reset_right(self, owner: Owner, right: str) -> str:
        """Give a right as it is given unasked, and say so. Raises like `allow`."""

    async def usage(self, owner: Owner) -> str:
        """Say what the person has used, and to whoever may see it (the right `money`) what the server has."""

    async def balance(self, owner: Owner) -> str:
        """Say how many credits the key holds that the person's tasks are made with.

        For admins, and those to whom they give the right `money`; others get a UserMistake.
        """
