"""Which tasks a person may look at, one by one and in lists."""

from __future__ import annotations

from dataclasses import dataclass

from bot import words_privacy
from bot.chat import Filter
from bot.errors import UserMistake
from bot.folding import words_sought
from bot.model import Owner, TaskState
from bot.ownership import as_seen_by, seen_task
from bot.permits import Permits
from bot.ports import Sought, TaskStore
from bot.update import Update
from bot.view import Viewer

WITHOUT_MODEL = frozenset({TaskState.FAILED, TaskState.UNCLEAR})
"""How a task ends that did not come to a model although nobody called it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Shows tasks to people, as far as they may see them."""

    tasks: TaskStore
    viewer: Viewer
    permits: Permits

    async def one(self, task_id: str, owner: Owner) -> Update:
        """Return a task that this person may see. Raises NotFound."""
        task = await seen_task(self.tasks, task_id, owner)
        return as_seen_by(owner, task, await self.viewer.update(task))

    async def some(self, owner: Owner, only: Filter, *, limit: int) -> tuple[Update, ...]:
        """Return the newest tasks that a filter lets through. Raises UserMistake like `sought_by`."""
        wants_all = only.everybody and not only.channel
        sought = sought_by(owner, only, is_admin=wants_all and await self.permits.is_admin(owner))
        found = await self.tasks.search(sought, limit=limit)
        shown = await self.viewer.updates(found)
        return tuple(as_seen_by(owner, task, update) for task, update in zip(found, shown, strict=True))


def sought_by(owner: Owner, only: Filter, *, is_admin: bool) -> Sought:
    """Return what a filter looks for.

    What everybody in a server has asked for is for its admins: a server may have channels that not all can read. Where
    there is no server, everybody is the asker.

    Raises:
        UserMistake: there is no channel here, or the asker is no admin.
    """
    if only.channel and owner.channel_id is None:
        raise UserMistake(words_privacy.no_channel())
    if only.everybody and not only.channel and owner.server_id is not None and not is_admin:
        raise UserMistake(words_privacy.whole_server())
    return Sought(
        asker=owner,
        is_own_only=not (only.channel or only.everybody),
        channel_id=owner.channel_id if only.channel else None,
        states=WITHOUT_MODEL if only.failed else None,
        words=words_sought(only.words),
    )
