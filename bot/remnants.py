"""What other versions still hold of a task that is forgotten: its words, its pictures, or the very model. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot import text
from bot.cutting import ELLIPSIS
from bot.folding import folded, words_in
from bot.model import Ask, BangRequest, Request, Task, TaskState


def holders(task: Task, family: Sequence[Task]) -> tuple[Task, ...]:
    """Return the versions of a family that hold something of one of them, oldest first.

    `task` is as it was before it was forgotten, the others are as they are now.
    """
    parents = {one.id: one.parent_id for one in family if not isinstance(one.request, Request)}
    model, words, pictures = _first_with_its_model(task.id, parents), _own_words(task.request), _looks(task)

    def holds(other: Task) -> bool:
        if other.id == task.id or other.showing.is_forgotten:
            return False
        if _keeps_files(other) and _first_with_its_model(other.id, parents) == model:
            return True
        if any(said in words_in(other.request) for said in words):
            return True
        return _keeps_files(other) and not pictures.isdisjoint(_looks(other))

    return tuple(sorted(filter(holds, family), key=lambda one: (one.created_at, one.id)))


def _first_with_its_model(task_id: str, parents: Mapping[str, str | None]) -> str:
    """Return the version in which a model first came up: new textures, splits and conversions are of an earlier one."""
    while (above := parents.get(task_id)) is not None:
        task_id = above
    return task_id


def _own_words(ask: Ask) -> tuple[str, ...]:
    """Return, folded, what a request says in words; of long ones as much as remakes are named after."""
    if isinstance(ask, Request):
        said = [text.shortened(ask.prompt)]
    else:
        said = [ask.subject, ask.prompt, ask.instruction if isinstance(ask, BangRequest) else ""]
    return tuple(filter(None, (folded(words.removesuffix(ELLIPSIS)) for words in said)))


def _looks(task: Task) -> set[tuple[int, int, int]]:
    """Return what tells a task's pictures apart without reading them."""
    return {(one.size_bytes, one.width_px, one.height_px) for one in task.request.pictures}


def _keeps_files(task: Task) -> bool:
    """Say whether files lie here for a task, or may still come."""
    if task.showing.removal is not None or task.state is TaskState.CANCELLED:
        return False
    return bool(task.files or task.request.pictures) or not task.has_ended
