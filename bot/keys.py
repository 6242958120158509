"""The Rodin keys that tasks are made with: the operator's own, and those that servers bring along.

A key is known by an id that is no secret: `OPERATOR`, or a fingerprint that only who has SECRET_KEY can make. The same
key in two servers is one key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from bot.errors import StorageError, VendorDown
from bot.model import Owner, RefusalReason
from bot.ports import Generator

OPERATOR = "operator"
"""What the operator's own key is called wherever keys are listed. A task made with it has no `key_id`."""


class Stop(StrEnum):
    """Why nothing is sent with a key. Values are stored: add new ones, never rename."""

    KEY = "key"  # Rodin does not take it any more
    PERMISSION = "permission"
    SUBSCRIPTION = "subscription"
    PLAN = "plan"
    CREDITS = "credits"
    SEALED = "sealed"  # SECRET_KEY is not the one that it was kept with


def stop_for(reason: RefusalReason) -> Stop | None:
    """Return the stop that a refusal speaks for; None where it is not about the key."""
    return next((stop for stop in Stop if stop.value == reason.value), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A Discord server or Slack workspace, in the platform's own id."""

    platform: str
    server_id: str


def server_of(owner: Owner) -> Server | None:
    """Return where somebody asks; None outside any server."""
    return None if owner.server_id is None else Server(platform=owner.platform, server_id=owner.server_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """What is known about a key, without its secret.

    `stopped` says why nothing is sent with it, since `since`; its wallet must hold `needs` credits for it to go on.
    `refused` counts the tasks in a row that Rodin refused because of it. `servers` are those that use it now.
    """

    id: str
    stopped: Stop | None = None
    since: datetime | None = None
    needs: Decimal = Decimal(0)
    look_at: datetime | None = None
    looks: int = 0
    refused: int = 0
    servers: tuple[Server, ...] = ()


def id_of(state: KeyState) -> str | None:
    """Return the `key_id` of the tasks that are made with a key."""
    return None if state.id == OPERATOR else state.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What came of keeping a key: its id, and how many waiting tasks of the server go on with it."""

    key_id: str
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOrder:
    """That a key stops: why, what its wallet must hold to go on, and when to look at it again."""

    why: Stop
    needs: Decimal
    now: datetime
    look_at: datetime


class KeyShut(VendorDown):
    """There is no asking Rodin with this key: it was erased, or does not open with this SECRET_KEY.

    To whoever reads from Rodin it is an outage; a submission is not even begun.
    """


class KeyGone(StorageError):
    """A task's key was removed while the task was being written down. Nothing was written; find the key again."""


class KeyStore(Protocol):
    """Remembers keys, sealed, and how they stand. Every method is one transaction and may raise DatabaseBusy.

    What is stopped is stopped for every process on the database: `TaskStore.claim_accepted` gives none of its tasks.
    `key_id` None is the operator's own key everywhere.
    """

    @property
    def can_keep(self) -> bool:
        """Whether keys can be kept here: SECRET_KEY comes from the environment."""

    async def keep(self, server: Server, secret: str, *, now: datetime) -> Kept:
        """Have a server's tasks made with a key from now on, those that wait already included. A stop of it ends.

        The threads of those that wait are told; what was claimed and not yet on its way is not sent with another key.
        """

    async def remove(self, server: Server) -> str | None:
        """Forget that a server has a key of its own; return the id of the one it had, None if it had none."""

    async def erase_unused(self) -> tuple[str, ...]:
        """Erase the secrets of keys that no server has and no task under way needs; return their ids."""

    async def key_of(self, server: Server) -> str | None:
        """Return the id of the key that a server's tasks are made with; None for the operator's."""

    async def secret_of(self, key_id: str) -> str:
        """Return a key.

        Raises:
            KeyShut: it was erased, or does not open.
        """

    async def state(self, key_id: str | None) -> KeyState:
        """Return how a key stands; one that nothing is known about is not stopped."""

    async def states(self) -> tuple[KeyState, ...]:
        """Return the keys that servers use or that are stopped, and the operator's if it ever was, by id."""

    async def count_refusal(self, key_id: str | None, *, now: datetime) -> int:
        """Note that Rodin refused a task because of a key; return how many in a row by now."""

    async def forget_refusals(self, key_id: str | None) -> None:
        """Note that Rodin took a task with a key."""

    async def stop(self, key_id: str | None, order: StopOrder) -> bool:
        """Send nothing more with a key; return whether it was not stopped before. Threads of what waits are told."""

    async def look_later(self, key_id: str | None, at: datetime) -> None:
        """Note that a stopped key was looked at and that nothing has changed."""

    async def resume(self, key_id: str | None, *, refused: int = 0) -> bool:
        """Send with a key again; return whether it was stopped. Threads of what waits are told.

        `refused` is how many refusals in a row it begins with: with some, the next one stops it again.
        """


class Keyring(Protocol):
    """Rodin through each of the keys."""

    async def of(self, key_id: str | None) -> Generator:
        """Return Rodin as it is reached with the key of a task.

        Raises:
            KeyShut: that key is not to be had any more.
        """

    def trying(self, secret: str) -> Generator:
        """Return Rodin as it is reached with a key that is not kept yet.

        Raises:
            ValueError: it cannot be a key.
        """


FIRST_LOOK = timedelta(minutes=3)
"""After so long a stopped key is looked at again; each look costs Rodin one question."""

LONGEST_LOOK = timedelta(minutes=30)
"""Between two looks at a key that stays stopped."""


def next_look(now: datetime, looks: int) -> datetime:
    """Return when to look again at a key that was looked at so often since it stopped."""
    wait: timedelta = min(FIRST_LOOK * (1 << min(looks, 10)), LONGEST_LOOK)
    return now + wait
