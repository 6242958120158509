"""The tree of versions that one model belongs to, as far as a person may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot import text, words_versions
from bot.chat import Version
from bot.errors import NoSuchTask
from bot.forgetting import has_words
from bot.model import Owner, Task
from bot.ownership import as_seen_by, can_see, seen_task
from bot.ports import TaskStore
from bot.update import Update
from bot.view import Viewer

MOST_VERSIONS = 100
"""Versions that are shown of one family; nobody reads a longer tree, and each level of it is a question."""

Heirs = Mapping[str | None, Sequence[Task]]
"""Tasks by the id of the one that they were made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """Walks from a task up to the first version and down to the last ones."""

    tasks: TaskStore
    viewer: Viewer

    async def of(self, task_id: str, owner: Owner) -> Version:
        """Return the tree from the first version that this person may see; it holds the one that was asked for.

        Versions that are not for this person are left out, and what was made from them hangs from the one above.

        Raises:
            NotFound: there is no such task, or it is not this person's to see.
        """
        asked = await seen_task(self.tasks, task_id, owner)
        line = await line_to(self.tasks, asked, most=MOST_VERSIONS)
        first = next(position for position, task in enumerate(line) if can_see(task, owner))
        members = await descendants(self.tasks, line[first:], most=MOST_VERSIONS)
        seen = [task for task in members if can_see(task, owner)]
        shown = await self.viewer.updates(seen)
        updates = {task.id: as_seen_by(owner, task, update) for task, update in zip(seen, shown, strict=True)}
        return _grown(members[0], updates=updates, heirs=_by_parent(members), asked=asked.id)


async def line_to(tasks: TaskStore, task: Task, *, most: int) -> tuple[Task, ...]:
    """Return the versions that led to a task, from the first one (or the first whose row is there) to itself."""
    line = [task]
    while task.parent_id is not None and len(line) < most:
        try:
            task = await tasks.load(task.parent_id)
        except NoSuchTask:
            break
        line.append(task)
    return tuple(reversed(line))


async def descendants(tasks: TaskStore, line: Sequence[Task], *, most: int) -> tuple[Task, ...]:
    """Return a line of versions and all else that came of its first one; of a very large family not everything."""
    found = {task.id: task for task in line}
    level = [line[0].id]
    while level and len(found) < most:
        children = await tasks.children(level, limit=most)
        level = [child.id for child in children]
        for child in children[: most - len(found)]:
            found.setdefault(child.id, child)
    return tuple(found.values())


def _by_parent(members: Sequence[Task]) -> Heirs:
    """Return all members but the first, from which everything hangs, by their parents."""
    heirs: defaultdict[str | None, list[Task]] = defaultdict(list)
    for task in sorted(members[1:], key=lambda task: (task.created_at, task.id)):
        heirs[task.parent_id].append(task)
    return heirs


def _grown(
    task: Task, *, updates: Mapping[str, Update], heirs: Heirs, asked: str, above: Task | None = None
) -> Version:
    return Version(
        update=updates[task.id],
        difference="" if above is None else _difference(above, task),
        is_asked_for=task.id == asked,
        children=tuple(
            _grown(child, updates=updates, heirs=heirs, asked=asked, above=task)
            for child in _visible_heirs(task, updates=updates, heirs=heirs)
        ),
    )


def _difference(above: Task, task: Task) -> str:
    """Say how a version differs from the one above it; of a forgotten one nobody knows."""
    if not has_words(task.request):
        return text.title(task.request)
    return words_versions.difference(above.request, task.request)


def _visible_heirs(task: Task, *, updates: Mapping[str, Update], heirs: Heirs) -> list[Task]:
    """Return the nearest versions below one that may be seen, past those that may not."""
    found: list[Task] = []
    for child in heirs.get(task.id, ()):
        found += [child] if child.id in updates else _visible_heirs(child, updates=updates, heirs=heirs)
    return found
