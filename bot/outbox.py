"""What keeps messages from being posted twice, and private answers possible: two small stores, one Protocol each.

Every implementation of a port runs the same contract suite in `tests/contract/`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What is known of a message before it is posted.

    `is_repeat` means that posting it began before; then `message`, the platform's own id of it, says that it
    succeeded, and None that nobody knows.
    """

    is_repeat: bool
    message: str | None = None


class SendLog(Protocol):
    """Which messages were posted under which key: write first, then post, then note.

    Any method may raise DatabaseBusy, and may then be repeated.
    """

    async def begin(self, key: str, *, now: datetime) -> Sending:
        """Note that a message is about to be posted under a key, and say what is known of earlier tries.

        Of two callers at once, one is told that it is the first. `key` is 64 characters at most.
        """

    async def sent(self, key: str, *, message: str) -> None:
        """Note that the message of a key was posted, and its id. May be repeated."""

    async def undo(self, key: str) -> None:
        """Forget that posting began: the platform surely did not take it."""

    async def forget(self, *, before: datetime) -> int:
        """Forget what began before a moment; return how many. No message is repeated after so long a time."""


class AnswerStore(Protocol):
    """Short-lived ways to answer one person privately (an interaction token, a response address).

    They are secrets: kept encrypted, apart from the tasks, and erased when they die. Any method may raise
    DatabaseBusy, and may then be repeated.
    """

    async def keep(self, key: str, secret: str, *, until: datetime) -> None:
        """Keep a secret until it dies. One that is kept under the same key is replaced."""

    async def load(self, key: str, *, now: datetime) -> str | None:
        """Return a secret that still lives, else None; None too when it cannot be decrypted any more."""

    async def erase(self, *, before: datetime) -> int:
        """Erase every secret that died before a moment; return how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message that is to be posted once, under a key.

    `send` posts it and returns the platform's id of it. `find` looks for it where it went and returns its id, or None
    where it is not or nobody can look. `unsent` are the errors after which it surely is not there.
    """

    key: str
    send: Callable[[], Awaitable[str]]
    find: Callable[[], Awaitable[str | None]]
    unsent: tuple[type[Exception], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that is there; `is_new` when it shows what was just sent, else it may show something older."""

    message: str
    is_new: bool


async def post_once(sends: SendLog, outgoing: Outgoing, *, now: datetime) -> Posted:
    """Post a message once, whatever happens in between: write first, then post, then note.

    One whose posting had an unknown outcome is looked for before it is posted again.
    """
    sending = await sends.begin(outgoing.key, now=now)
    if sending.message is not None:
        return Posted(message=sending.message, is_new=False)
    if sending.is_repeat and (found := await outgoing.find()) is not None:
        log.info("message found again key=%s", outgoing.key)
        await sends.sent(outgoing.key, message=found)
        return Posted(message=found, is_new=False)
    try:
        message = await outgoing.send()
    except outgoing.unsent:
        if not sending.is_repeat:  # an earlier try may still stand somewhere
            await sends.undo(outgoing.key)
        raise
    await sends.sent(outgoing.key, message=message)
    return Posted(message=message, is_new=True)
