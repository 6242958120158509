"""Whose task it is, and who may see it."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import text
from bot.errors import NoSuchTask, NotFound, NotYours
from bot.model import Owner, Task
from bot.ports import TaskStore
from bot.update import Update

ID_SHAPE = re.compile(r"[a-z0-9_-]{1,40}")
"""What an id may look like that is worth looking up; whatever else people type is no task's."""


async def own_task(tasks: TaskStore, task_id: str, owner: Owner) -> Task:
    """Return a task if it is this person's; somebody else's looks the same as none.

    Raises:
        NotFound: it is not there, or not this person's to see. NotYours: it is only to be seen.
    """
    return owned(await seen_task(tasks, task_id, owner), owner)


def owned(task: Task, owner: Owner) -> Task:
    """Return a task that a person may see if it is theirs. Raises NotYours."""
    if not is_own(task, owner):
        raise NotYours(text.not_yours())
    return task


async def seen_task(tasks: TaskStore, task_id: str, owner: Owner) -> Task:
    """Return a task that this person may see: their own, or one that stands in a thread of their server.

    Raises:
        NotFound: it is not there, or not this person's to see.
    """
    task = await _found(tasks, task_id)
    if can_see(task, owner):
        return task
    raise NotFound(text.no_such_task(task_id))


def is_own(task: Task, owner: Owner) -> bool:
    """Say whether a person has asked for a task."""
    return (task.owner.platform, task.owner.user_id) == (owner.platform, owner.user_id)


def can_see(task: Task, owner: Owner) -> bool:
    """Say whether a person may see a task: it is their own, or stands in a thread of their server, for all to see."""
    if is_own(task, owner):
        return True
    is_shared = task.address.is_shared and owner.server_id is not None
    return is_shared and (task.owner.platform, task.owner.server_id) == (owner.platform, owner.server_id)


def as_seen_by(owner: Owner, task: Task, update: Update) -> Update:
    """Return what a thread shows of a task as one person gets it: only whose it is can do something about it."""
    return update if is_own(task, owner) else replace(update, choices=(), costs=())


async def _found(tasks: TaskStore, task_id: str) -> Task:
    wanted = task_id.strip().lower()
    if not ID_SHAPE.fullmatch(wanted):
        raise NotFound(text.no_such_task(task_id))
    try:
        return await tasks.load(wanted)
    except NoSuchTask as error:
        raise NotFound(text.no_such_task(task_id)) from error
